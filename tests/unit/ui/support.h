/* What the tests of this room share: a stream whose bytes can be read back, on a pipe or a
 * pseudo-terminal. */
#ifndef UI_SUPPORT_H
#define UI_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <locale.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "meshctl/base/buf.h"
#include "meshctl/ui/term.h"

struct stream {
    int read_fd, write_fd;
    struct term term;
};

/* The environment of a plain terminal with UTF-8. */
static inline void plain_environment(void)
{
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        fail_msg("there is no locale C.UTF-8");
}

static inline void open_pipe(struct stream *s)
{
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    *s = (struct stream){.read_fd = fds[0], .write_fd = fds[1]};
    term_init(&s->term, s->write_fd, TERM_COLOR_AUTO, false);
}

/* Raw: what is written comes out unchanged. */
static inline void open_pty(struct stream *s, unsigned short columns, unsigned short rows)
{
    struct winsize size = {.ws_col = columns, .ws_row = rows};
    struct termios raw;
    memset(&raw, 0, sizeof(raw));
    cfmakeraw(&raw);
    *s = (struct stream){0};
    assert_int_equal(openpty(&s->read_fd, &s->write_fd, NULL, &raw, &size), 0);
    fcntl(s->read_fd, F_SETFL, O_NONBLOCK);
    term_init(&s->term, s->write_fd, TERM_COLOR_AUTO, false);
}

static inline void close_stream(struct stream *s)
{
    close(s->read_fd);
    close(s->write_fd);
}

/* Everything written since the last call; yours to free. */
static inline char *written_dup(struct stream *s)
{
    struct buf out = BUF_INIT;
    char part[4096];
    for (ssize_t n; (n = read(s->read_fd, part, sizeof(part))) > 0;)
        buf_append(&out, part, (size_t)n);
    return buf_detach(&out, NULL);
}

#endif
