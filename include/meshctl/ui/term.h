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

/* The one way to a stream. All of it is written; -1 when the stream refuses (full disk, closed
 * pipe).
 *
 * For people: cleaned (text_append_clean) but for the styles of term_append, where the stream has
 * colour. What others wrote is cleaned before, where it becomes part of a text: this is the second
 * door, and whatever comes around the first can colour and nothing else. */
int term_write(const struct term *t, const struct buf *text);
/* That, with the moves of the cursor below; for drawings whose texts all went through
 * line_append. */
int term_draw(const struct term *t, const struct buf *text);
/* For programs: manifests, documents, pictures. Byte for byte, but on a terminal as term_write:
 * nobody parses what was shown there, and a manifest may hold whatever a chart's author likes. (helm
 * and kubectl -o yaml leave that to the terminal; kubectl escapes it in its tables, git in names.) */
int term_write_data(const struct term *t, const struct buf *text);

#define TERM_TO_START "\r"
#define TERM_UP "\033[%dA"       /* so many lines */
#define TERM_CLEAR_LINE "\033[K" /* from the cursor on */
#define TERM_CLEAR_BELOW "\033[J"
#define TERM_CLEAR_ALL "\033[2J"
#define TERM_HOME "\033[H"
#define TERM_WRAP_OFF "\033[?7l"
#define TERM_WRAP_ON "\033[?7h"

#endif
