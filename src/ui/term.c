/* What a stream can do, and writing to it. */
#include "meshctl/ui/term.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "meshctl/base/text.h"

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

static const char *const styles[] = {
    [TERM_PLAIN] = "\033[0m", [TERM_BOLD] = "\033[1m",   [TERM_DIM] = "\033[2m",
    [TERM_RED] = "\033[31m",  [TERM_GREEN] = "\033[32m", [TERM_YELLOW] = "\033[33m",
};

void term_append(const struct term *t, struct buf *out, enum term_style style, const char *text)
{
    if (!t->color || style == TERM_PLAIN)
        buf_appends(out, text);
    else
        buf_appendf(out, "%s%s%s", styles[style], text, styles[TERM_PLAIN]);
}

/* ---- writing --------------------------------------------------------------------------------- */

/* How many bytes at `s` are one of those sequences. */
static size_t one_of(const char *const *sequences, size_t count, const char *s, size_t len)
{
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(sequences[i]);
        if (n <= len && memcmp(s, sequences[i], n) == 0)
            return n;
    }
    return 0;
}

/* TERM_UP with its number. */
static size_t up_len(const char *s, size_t len)
{
    size_t i = 2;
    if (len < i || memcmp(s, TERM_UP, i) != 0)
        return 0;
    while (i < len && s[i] >= '0' && s[i] <= '9')
        i++;
    return i > 2 && i < len && s[i] == 'A' ? i + 1 : 0;
}

static size_t move_len(const char *s, size_t len)
{
    static const char *const moves[] = {TERM_TO_START,  TERM_CLEAR_LINE, TERM_CLEAR_BELOW,
                                        TERM_CLEAR_ALL, TERM_HOME,       TERM_WRAP_OFF,
                                        TERM_WRAP_ON};
    size_t n = one_of(moves, MC_ARRAY_LEN(moves), s, len);
    return n ? n : up_len(s, len);
}

/* How many bytes of ours are at `s`. */
static size_t own_len(const struct term *t, bool moves, const char *s, size_t len)
{
    size_t n = t->color ? one_of(styles, MC_ARRAY_LEN(styles), s, len) : 0;
    return n || !moves ? n : move_len(s, len);
}

static void append_shown(const struct term *t, bool moves, const struct buf *text, struct buf *out)
{
    size_t clean = 0; /* all before it is in `out` */
    for (size_t i = 0; i < text->len; i++) {
        char c = text->data[i];
        size_t n = c == '\033' || c == '\r' ? own_len(t, moves, text->data + i, text->len - i) : 0;
        if (n == 0)
            continue;
        text_append_clean(out, text->data + clean, i - clean);
        buf_append(out, text->data + i, n);
        clean = i + n;
        i = clean - 1;
    }
    text_append_clean(out, text->data + clean, text->len - clean);
}

static int write_all(int fd, const char *data, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, data + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        done += (size_t)n;
    }
    return 0;
}

static int write_shown(const struct term *t, bool moves, const struct buf *text)
{
    if (text_plain_len(text->data, text->len) == text->len)
        return write_all(t->fd, text->data, text->len);
    AUTO_BUF shown = BUF_INIT;
    append_shown(t, moves, text, &shown);
    return write_all(t->fd, shown.data, shown.len);
}

int term_write(const struct term *t, const struct buf *text)
{
    return write_shown(t, /* moves= */ false, text);
}

int term_draw(const struct term *t, const struct buf *text)
{
    return write_shown(t, /* moves= */ true, text);
}

int term_write_data(const struct term *t, const struct buf *text)
{
    return isatty(t->fd) ? term_write(t, text) : write_all(t->fd, text->data, text->len);
}
