/* A table whose rows have a level: its symbol stands before them, in its colour. */
#ifndef MESHCTL_REPORT_STATUS_TABLE_H
#define MESHCTL_REPORT_STATUS_TABLE_H

#include "meshctl/ui/table.h"
#include "status_words.h"

struct status_table {
    struct table table;
    struct buf levels; /* a byte a row */
};
#define STATUS_TABLE(...) ((struct status_table){.table = table_with(__VA_ARGS__, NULL)})
void status_table_release(struct status_table *t);
#define AUTO_STATUS_TABLE MC_CLEANUP(status_table_release) struct status_table
/* After table_row(&t->table, ...). */
void status_table_level(struct status_table *t, enum status_level level);
/* Nothing without rows. Columns that are too far right for the terminal are left out. An empty line
 * before it. */
void status_table_print(const struct status_table *t, const struct term *term, struct buf *out);

#endif
