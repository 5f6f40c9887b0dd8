/* Boxes of letters, line by line. */
#include "ascii.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/ui/line.h"

const char *ascii_sign(const struct ascii *a, enum ascii_sign sign)
{
    static const char *const signs[][2] = {
        [ASCII_ACROSS] = {"-", "\u2500"},    [ASCII_RIGHT] = {">", "\u25b6"},
        [ASCII_LEFT] = {"<", "\u25c0"},      [ASCII_DOWN_RIGHT] = {"+", "\u250c"},
        [ASCII_DOWN_LEFT] = {"+", "\u2510"}, [ASCII_UP_RIGHT] = {"+", "\u2514"},
        [ASCII_UP_LEFT] = {"+", "\u2518"},   [ASCII_SIDE] = {"|", "\u2502"},
        [ASCII_MORE] = {"~", "\u2026"},
    };
    return signs[sign][a->term->unicode];
}

void ascii_signs(const struct ascii *a, struct buf *out, enum ascii_sign sign, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_appends(out, ascii_sign(a, sign));
}

const char *ascii_health(const struct ascii *a, enum graph_health health)
{
    static const enum term_symbol symbols[] = {
        [GRAPH_OK] = TERM_OK, [GRAPH_WARNING] = TERM_WARN, [GRAPH_ERROR] = TERM_FAIL};
    return health == GRAPH_UNKNOWN ? "?" : term_symbol(a->term, symbols[health]);
}

enum term_style ascii_style(enum graph_health health)
{
    static const enum term_style styles[] = {
        [GRAPH_UNKNOWN] = TERM_DIM,
        [GRAPH_OK] = TERM_PLAIN,
        [GRAPH_WARNING] = TERM_YELLOW,
        [GRAPH_ERROR] = TERM_RED,
    };
    return styles[health];
}

void ascii_fit(const struct ascii *a, struct buf *out, const char *text, size_t width, bool pad)
{
    AUTO_BUF clean = BUF_INIT;
    line_append(&clean, text, strlen(text));
    if (text_width(buf_str(&clean)) <= width) {
        line_append_fitted(out, buf_str(&clean), width, pad);
        return;
    }
    size_t start = out->len;
    line_append_fitted(out, buf_str(&clean), width > 0 ? width - 1 : 0, false);
    if (width > 0)
        buf_appends(out, ascii_sign(a, ASCII_MORE));
    AUTO_FREE char *written = mem_strndup(out->data + start, out->len - start);
    size_t used = text_width(written);
    if (pad && used < width) /* a wide letter did not fit */
        buf_pad(out, ' ', width - used);
}

void ascii_open(const struct ascii *a, struct buf *out, const char *name, size_t width)
{
    AUTO_BUF head = BUF_INIT;
    ascii_fit(a, &head, name, width > 8 ? width - 6 : 0, false);
    size_t used = text_width(buf_str(&head));
    buf_appends(out, ascii_sign(a, ASCII_DOWN_RIGHT));
    ascii_signs(a, out, ASCII_ACROSS, 1);
    buf_appendc(out, ' ');
    term_append(a->term, out, TERM_BOLD, buf_str(&head));
    buf_appendc(out, ' ');
    ascii_signs(a, out, ASCII_ACROSS, width > used + 5 ? width - used - 5 : 0);
    buf_appends(out, ascii_sign(a, ASCII_DOWN_LEFT));
}

void ascii_close(const struct ascii *a, struct buf *out, size_t width)
{
    buf_appends(out, ascii_sign(a, ASCII_UP_RIGHT));
    ascii_signs(a, out, ASCII_ACROSS, width - 2);
    buf_appends(out, ascii_sign(a, ASCII_UP_LEFT));
}

void ascii_row(const struct ascii *a, struct buf *out, enum term_style style, const char *text,
               size_t width)
{
    AUTO_BUF line = BUF_INIT;
    ascii_fit(a, &line, text, width - 4, true);
    buf_appends(out, ascii_sign(a, ASCII_SIDE));
    buf_appendc(out, ' ');
    term_append(a->term, out, style, buf_str(&line));
    buf_appendc(out, ' ');
    buf_appends(out, ascii_sign(a, ASCII_SIDE));
}
