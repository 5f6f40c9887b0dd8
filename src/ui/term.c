/* What a stream can do, and writing to it. */
#include "meshctl/ui/term.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool environment_has(const char *name)
{
    const char *value = getenv(name);
    return value && value[0];
}

static bool is_dumb(void)
{
    const char *term = getenv("TERM");
    return !term || strcmp(term, "dumb") == 0;
}

void term_init(struct term *t, int fd, enum term_color_mode mode, bool ascii)
{
    t->fd = fd;
    t->is_tty = isatty(fd) && !is_dumb();
    t->ascii = ascii;
    term_locale_changed(t);
    t->color = mode == TERM_COLOR_ALWAYS ||
               (mode == TERM_COLOR_AUTO && t->is_tty && !environment_has("NO_COLOR"));
}

void term_locale_changed(struct term *t)
{
    t->unicode = !t->ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int term_width(const struct term *t)
{
    struct winsize size;
    if (ioctl(t->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

int term_height(const struct term *t)
{
    struct winsize size;
    if (ioctl(t->fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0)
        return size.ws_row;
    return 24;
}

const char *term_symbol(const struct term *t, enum term_symbol s)
{
    static const char *const symbols[][2] = {
        [TERM_OK] = {"ok", "\342\234\223"},   [TERM_FAIL] = {"XX", "\342\234\227"},
        [TERM_WARN] = {"!!", "\342\200\274"}, [TERM_BUSY] = {"..", "\342\200\246"},
        [TERM_SKIP] = {"--", "\342\210\222"}, [TERM_IDLE] = {"", ""},
    };
    return symbols[s][t->unicode];
}

void term_append(const struct term *t, struct buf *out, enum term_style style, const char *text)
{
    static const char *const codes[] = {
        [TERM_PLAIN] = "", [TERM_BOLD] = "1",   [TERM_DIM] = "2",
        [TERM_RED] = "31", [TERM_GREEN] = "32", [TERM_YELLOW] = "33",
    };
    if (!t->color || style == TERM_PLAIN)
        buf_appends(out, text);
    else
        buf_appendf(out, "\033[%sm%s\033[0m", codes[style], text);
}

int term_write(const struct term *t, const struct buf *text)
{
    for (size_t done = 0; done < text->len;) {
        ssize_t n = write(t->fd, text->data + done, text->len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        done += (size_t)n;
    }
    return 0;
}
