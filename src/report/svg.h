/* Elements of SVG, one call each. Texts are others': cleaned, escaped, and cut to the room that they
 * have. All is set in one family of letters of one width, so that the room a text takes is known
 * without its font; what is not ASCII, which may come from another font, is made to take it
 * (textLength). */
#ifndef REPORT_SVG_H
#define REPORT_SVG_H

#include "graph_place.h"
#include "graph_words.h"

enum svg_size { SVG_SMALL, SVG_NORMAL, SVG_LARGE };
enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

/* Cleaned, and with XML's five characters as entities: for content and attributes. */
void svg_escape(struct buf *out, const char *text);
/* How wide a column of text is. */
double svg_advance(enum svg_size size);
double svg_text_width(enum svg_size size, const char *text);

struct svg_text {
    double x, y; /* of its base line */
    double room;
    enum svg_size size;
    enum svg_anchor anchor;
    const char *classes; /* constant; may be NULL */
};
void svg_text(struct buf *out, const struct svg_text *at, const char *text);
/* `classes`: constants, as with all below. */
void svg_box(struct buf *out, const struct place_box *box, double radius, const char *classes);
/* <g> with a <title>, which a pointer that rests on it and readers of screens get. */
void svg_group(struct buf *out, const char *classes, const char *title);
void svg_end(struct buf *out);
void svg_line(struct buf *out, const struct place_line *line, const char *classes);
/* Of a line that comes from `from`, at `to`. */
void svg_head(struct buf *out, struct place_point from, struct place_point to);
/* A sign of its own shape for each health, 10 wide, its middle at x, y. */
void svg_health(struct buf *out, double x, double y, enum graph_health health);
/* A lock, open or closed, 9 by 11 from x, y; nothing when it is not known. */
void svg_lock(struct buf *out, double x, double y, enum graph_mtls mtls);

/* svg_clusters.c, svg_services.c: the two parts of a picture, from `top` on. */
struct svg_part {
    double width, height;
};
struct svg_part svg_clusters(struct buf *out, const struct graph *g, double top);
struct svg_part svg_services(struct buf *out, const struct graph *g, double top);

/* picture_svg.c: the whole. `is_file`: by itself, with its name space and a title of its own. */
void svg_picture(struct buf *out, const struct graph *g, bool is_file);

#endif
