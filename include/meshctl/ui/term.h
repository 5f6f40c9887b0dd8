/* One output stream and what it can do. Colour and symbols are decided once: --color, --ascii,
 * NO_COLOR, TERM=dumb, whether the stream is a terminal, whether the locale speaks UTF-8. One
 * thread at a time. */
#ifndef MESHCTL_UI_TERM_H
#define MESHCTL_UI_TERM_H

#include <stdbool.h>

#include "meshctl/base/buf.h"

enum term_color_mode { TERM_COLOR_AUTO, TERM_COLOR_ALWAYS, TERM_COLOR_NEVER };
enum term_style { TERM_PLAIN, TERM_BOLD, TERM_DIM, TERM_RED, TERM_GREEN, TERM_YELLOW };
enum term_symbol { TERM_OK, TERM_FAIL, TERM_WARN, TERM_BUSY, TERM_SKIP, TERM_IDLE };

struct term {
    int fd;
    bool is_tty; /* a terminal that can move its cursor */
    bool color;
    bool ascii; /* no symbols, whatever the locale */
    bool unicode;
};

void term_init(struct term *t, int fd, enum term_color_mode mode, bool ascii);
/* To be called when the locale is set later than the stream. */
void term_locale_changed(struct term *t);
/* Columns; 80 when nobody says. */
int term_width(const struct term *t);
/* Rows; 24 when nobody says. */
int term_height(const struct term *t);
/* "✓" or "ok" and so on; constant. */
const char *term_symbol(const struct term *t, enum term_symbol s);
/* Appends text in a style, reset after it; plain where colour is off. */
void term_append(const struct term *t, struct buf *out, enum term_style style, const char *text);
/* Writes all of it; -1 when the stream refuses (full disk, closed pipe). */
int term_write(const struct term *t, const struct buf *text);

#endif
