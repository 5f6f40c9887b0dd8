/* A table: cells, widths, rows. */
#include "meshctl/ui/table.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/ui/line.h"

static size_t add_cells(struct table *t, va_list ap)
{
    size_t n = 0;
    for (const char *cell; (cell = va_arg(ap, const char *)); n++) {
        AUTO_BUF clean = BUF_INIT;
        line_append(&clean, cell, strlen(cell));
        strlist_add(&t->cells, buf_str(&clean));
    }
    return n;
}

struct table table_with(const char *first_column, ...)
{
    struct table t = {0};
    va_list ap;
    va_start(ap, first_column);
    strlist_add(&t.cells, first_column);
    t.columns = 1 + add_cells(&t, ap);
    va_end(ap);
    return t;
}

void table_row(struct table *t, ...)
{
    va_list ap;
    va_start(ap, t);
    size_t n = add_cells(t, ap);
    va_end(ap);
    for (; n < t->columns; n++)
        strlist_add(&t->cells, "");
}

static size_t column_width(const struct table *t, size_t column)
{
    size_t width = 0;
    for (size_t i = column; i < t->cells.count; i += t->columns) {
        size_t w = text_width(t->cells.items[i]);
        width = w > width ? w : width;
    }
    return width;
}

void table_print(const struct table *t, const struct term *term, struct buf *out)
{
    AUTO_FREE size_t *widths = mem_array(t->columns, sizeof(*widths));
    for (size_t c = 0; c < t->columns; c++)
        widths[c] = column_width(t, c);
    for (size_t i = 0; i < t->cells.count; i++) {
        size_t column = i % t->columns;
        const char *cell = t->cells.items[i];
        term_append(term, out, i < t->columns ? TERM_BOLD : TERM_PLAIN, cell);
        if (column + 1 == t->columns)
            buf_appendc(out, '\n');
        else
            buf_pad(out, ' ', widths[column] - text_width(cell) + 3);
    }
}

void table_release(struct table *t)
{
    strlist_release(&t->cells);
}
