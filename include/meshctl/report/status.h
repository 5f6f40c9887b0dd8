/* The mesh as it is (steps_status) for people: JSON in, text out. */
#ifndef MESHCTL_REPORT_STATUS_H
#define MESHCTL_REPORT_STATUS_H

#include "meshctl/data/json.h"
#include "meshctl/ui/term.h"

/* On a terminal a column a cluster; a row a cluster and below them a row a direction where there are
 * more than 3 clusters or less than 100 columns, of more than 3 clusters those that are not well;
 * elsewhere lines without padding. Then services and calls where the document has them, findings
 * in a line each, and the verdict, with the command that comes `next` where the mesh is not well.
 * `is_wide`: nothing is folded. */
void report_status(const struct term *term, const char *next, const json_t *status, bool is_wide,
                   struct buf *out);
/* "mesh ok clusters=2/2 links=2/2 requests=6.0/s errors=0.0/s error=0 warning=0" */
void report_status_short(const json_t *status, struct buf *out);

#endif
