/* Rows of text cells, printed aligned with three spaces between columns, as kubectl does. */
#ifndef MESHCTL_UI_TABLE_H
#define MESHCTL_UI_TABLE_H

#include "meshctl/base/strlist.h"
#include "meshctl/ui/term.h"

struct table {
    size_t columns;
    struct strlist cells; /* row by row */
};

/* The header row: names, ended by NULL. */
void table_init(struct table *t, ...) MC_SENTINEL;
/* One row of as many cells as there are columns; control characters are taken out.
 * Ended by NULL. */
void table_row(struct table *t, ...) MC_SENTINEL;
void table_print(const struct table *t, const struct term *term, struct buf *out);
void table_release(struct table *t);
#define AUTO_TABLE MC_CLEANUP(table_release) struct table

#endif
