/* Boxes of letters. One line at a time: what is in it is fitted, padded and framed. */
#ifndef REPORT_ASCII_H
#define REPORT_ASCII_H

#include "graph_words.h"
#include "meshctl/ui/term.h"

struct ascii {
    const struct term *term;
    struct buf *out;
    size_t width;
};

enum ascii_sign {
    ASCII_ACROSS,
    ASCII_RIGHT,
    ASCII_LEFT,
    ASCII_DOWN_RIGHT, /* corners, by where their lines go */
    ASCII_DOWN_LEFT,
    ASCII_UP_RIGHT,
    ASCII_UP_LEFT,
    ASCII_SIDE,
    ASCII_MORE, /* what is cut goes on */
};
/* Of one column each. */
const char *ascii_sign(const struct ascii *a, enum ascii_sign sign);
/* `count` times. */
void ascii_signs(const struct ascii *a, struct buf *out, enum ascii_sign sign, size_t count);
const char *ascii_health(const struct ascii *a, enum graph_health health);
enum term_style ascii_style(enum graph_health health);
/* `text`, cut with a sign where it is longer than `width`, and padded to it when `pad`. */
void ascii_fit(const struct ascii *a, struct buf *out, const char *text, size_t width, bool pad);
/* The upper border of a box, with a name in it, and the lower one. */
void ascii_open(const struct ascii *a, struct buf *out, const char *name, size_t width);
void ascii_close(const struct ascii *a, struct buf *out, size_t width);
/* Text between two sides. */
void ascii_row(const struct ascii *a, struct buf *out, enum term_style style, const char *text,
               size_t width);

/* ascii_services.c: each cluster's services, and below each whom it calls. */
void ascii_services(const struct ascii *a, const struct graph *g);

#endif
