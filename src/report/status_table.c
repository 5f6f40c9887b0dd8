/* Tables with a symbol before each row. */
#include "status_table.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/ui/line.h"

#define GAP 3
#define MIN_COLUMNS 2 /* shown even where they do not fit */

void status_table_release(struct status_table *t)
{
    table_release(&t->table);
    buf_release(&t->levels);
}

void status_table_level(struct status_table *t, enum status_level level)
{
    buf_appendc(&t->levels, (char)level);
}

/* As many columns as each symbol has, and a blank. */
static size_t symbol_width(const struct term *term)
{
    return text_width(term_symbol(term, TERM_OK)) + 1;
}

static void append_level(const struct term *term, enum status_level level, struct buf *out)
{
    if (level == STATUS_PLAIN) {
        buf_pad(out, ' ', symbol_width(term));
        return;
    }
    status_append_symbol(term, level, out);
    buf_appendc(out, ' ');
}

static const char *cell_of(const struct status_table *t, size_t row, size_t column)
{
    return t->table.cells.items[row * t->table.columns + column];
}

static size_t column_width(const struct status_table *t, size_t column)
{
    size_t width = 0;
    for (size_t row = 0; row <= t->levels.len; row++) {
        size_t cell = text_width(cell_of(t, row, column));
        width = cell > width ? cell : width;
    }
    return width;
}

/* Whole columns, and as many as fit: half of an address helps nobody. */
static size_t count_columns(const struct status_table *t, size_t width)
{
    size_t used = 0;
    for (size_t column = 0; column < t->table.columns; column++) {
        used += column_width(t, column) + (column ? GAP : 0);
        if (used > width)
            return column > MIN_COLUMNS ? column : MIN_COLUMNS;
    }
    return t->table.columns;
}

static void append_row(const struct status_table *t, size_t row, size_t columns, size_t width,
                       const struct term *term, struct buf *out)
{
    AUTO_BUF line = BUF_INIT, shown = BUF_INIT;
    for (size_t column = 0; column < columns; column++) {
        const char *cell = cell_of(t, row, column);
        buf_appends(&line, cell);
        if (column + 1 < columns)
            buf_pad(&line, ' ', column_width(t, column) - text_width(cell) + GAP);
    }
    line_append_fitted(&shown, buf_str(&line), width, false);
    append_level(term, row ? (enum status_level)t->levels.data[row - 1] : STATUS_PLAIN, out);
    term_append(term, out, row ? TERM_PLAIN : TERM_BOLD, buf_str(&shown));
    buf_appendc(out, '\n');
}

void status_table_print(const struct status_table *t, const struct term *term, struct buf *out)
{
    size_t width = term->is_tty ? (size_t)term_width(term) : SIZE_MAX, used = symbol_width(term);
    width = width > used ? width - used : 0;
    size_t columns = count_columns(t, width);
    if (!t->levels.len)
        return;
    buf_appendc(out, '\n');
    for (size_t row = 0; row <= t->levels.len; row++)
        append_row(t, row, columns, width, term, out);
}
