/* A page of HTML that needs nothing but itself: styles, one script, and a policy that lets no other
 * run. Texts are others': cleaned and escaped. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "svg.h"

/* `refresh_ms`: how often the script asks the server that the page came from for it again; 0: never. */
void html_begin(struct buf *out, const char *title, int refresh_ms);
void html_end(struct buf *out);
/* A heading, and a table of these columns below it (NULL ends them). */
void html_table(struct buf *out, const char *heading, const char *const *columns);
void html_table_end(struct buf *out);
/* One row: `cells`, ended by NULL; what `health` is stands first, with its sign. */
void html_row(struct buf *out, enum graph_health health, const char *const *cells);
/* picture_html.c: the picture, and what it shows as tables. */
void html_picture(struct buf *out, const json_t *status);

#endif
