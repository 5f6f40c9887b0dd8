/* The picture of a mesh, out of the document that `status -o json` prints (kind MeshStatus): clusters,
 * gateways and links, and, where it holds services and calls, who calls whom. JSON in, bytes out; what
 * is missing in the document, or of another type than it should be, is shown as not known. All texts in
 * it are others': they are cleaned and escaped, and cut where room is short. */
#ifndef MESHCTL_REPORT_PICTURE_H
#define MESHCTL_REPORT_PICTURE_H

#include "meshctl/data/json.h"
#include "meshctl/ui/term.h"

/* Boxes of letters, at most `width` columns wide (60 at the least); with `term`'s signs and colours. */
void report_picture_ascii(const struct term *term, int width, const json_t *status,
                          struct buf *out);
/* For Graphviz. */
void report_picture_dot(const json_t *status, struct buf *out);
/* One file each, that a browser shows without a network, in light or dark as its user likes; the page
 * has one script in it, and a policy that lets no other run. */
void report_picture_svg(const json_t *status, struct buf *out);
/* `refresh_ms`: how often the page asks the server that it came from for itself again; 0: never. */
void report_picture_html(const json_t *status, int refresh_ms, struct buf *out);

#endif
