/* The program on a terminal of its own, and who sits at it. */
#ifndef CLI_PERSON_H
#define CLI_PERSON_H

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "program.h"

#define LIMIT_MS 60000
/* Longer than the rows go without being drawn. */
#define QUIET_MS 700

struct person {
    int terminal;
    pid_t pid;
    struct buf seen; /* all of it */
};

static inline void person_begins(struct person *p, const char *const *argv)
{
    struct winsize size = {.ws_col = 120, .ws_row = 30};
    *p = (struct person){.seen = BUF_INIT_MAX(1 << 20)};
    p->pid = forkpty(&p->terminal, NULL, NULL, &size);
    if (p->pid == 0) {
        execv(program, (char *const *)argv);
        _exit(99);
    }
}

/* Reads what there is within `ms`; false at the end. */
static inline bool person_reads(struct person *p, int ms)
{
    char part[4096];
    struct pollfd fd = {.fd = p->terminal, .events = POLLIN};
    if (poll(&fd, 1, ms) <= 0)
        return true;
    ssize_t n = read(p->terminal, part, sizeof(part));
    if (n > 0)
        buf_append(&p->seen, part, (size_t)n);
    return n > 0;
}

/* Until one of the texts stands at the end; returns which. */
static inline int person_waits_for(struct person *p, const char *const *texts, int count)
{
    int64_t deadline = clock_now_ms() + LIMIT_MS;
    while (clock_left_ms(deadline)) {
        for (int i = 0; i < count; i++)
            if (text_has_suffix(buf_str(&p->seen), texts[i]))
                return i;
        if (!person_reads(p, 100))
            break;
    }
    fail_msg("nothing was asked; on the terminal: %s", buf_str(&p->seen));
    return -1;
}

static inline void person_sees_nothing_new(struct person *p)
{
    size_t before = p->seen.len;
    int64_t deadline = clock_now_ms() + QUIET_MS;
    while (clock_left_ms(deadline))
        person_reads(p, (int)clock_left_ms(deadline));
    assert_string_equal(p->seen.data + before, "");
}

static inline void person_types(struct person *p, const char *text)
{
    assert_int_equal(write(p->terminal, text, strlen(text)), strlen(text));
}

static inline int person_ends(struct person *p)
{
    int status = 0;
    int64_t deadline = clock_now_ms() + LIMIT_MS;
    while (person_reads(p, 100) && clock_left_ms(deadline))
        continue;
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    close(p->terminal);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

#endif
