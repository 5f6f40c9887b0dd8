/* Findings as a table, and below it what to do about those that are not good. */
#include "meshctl/report/checks.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/ui/line.h"

#define MAX_COLUMNS 3 /* more clusters than this get a row each */
#define MIN_GRID 100  /* columns of a terminal that shows clusters side by side */
#define CHECK_WIDTH 24
#define CLUSTER_WIDTH 16
#define FIELD_WIDTH 9

static const struct {
    const char *level;
    enum term_symbol symbol;
    enum term_style style;
} levels[] = {
    {"ok", TERM_OK, TERM_GREEN},
    {"warning", TERM_WARN, TERM_YELLOW},
    {"error", TERM_FAIL, TERM_RED},
};

static const char *text_of(const json_t *row, const char *key)
{
    const char *s = json_dig_str(row, key, NULL);
    return s ? s : "";
}

static size_t level_of(const json_t *row)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(levels); i++)
        if (strcmp(levels[i].level, text_of(row, "level")) == 0)
            return i;
    return 0;
}

static bool is_of(const json_t *row, const char *key, const char *value)
{
    return strcmp(text_of(row, key), value) == 0;
}

static void append_symbol(const struct term *term, struct buf *out, const json_t *row)
{
    size_t level = level_of(row);
    term_append(term, out, levels[level].style, term_symbol(term, levels[level].symbol));
}

/* ---- the table ------------------------------------------------------------------------------- */

struct cell {
    const json_t *worst; /* the first row of the worst level; NULL: not asked */
    size_t count;        /* rows of that level */
};

static struct cell cell_of(const json_t *checks, const char *id, const char *cluster)
{
    struct cell cell = {0};
    size_t i;
    json_t *row;
    json_array_foreach(checks, i, row) {
        if (!is_of(row, "id", id) || !is_of(row, "cluster", cluster))
            continue;
        bool worse = !cell.worst || level_of(row) > level_of(cell.worst);
        if (worse)
            cell = (struct cell){row, 0};
        cell.count += level_of(row) == level_of(cell.worst);
    }
    return cell;
}

/* "✓ root 1234abcd", and a blank behind it, in `width` columns. */
static void append_cell(const struct term *term, struct buf *out, const struct cell *cell,
                        size_t width, bool pad)
{
    AUTO_BUF text = BUF_INIT;
    if (!cell->worst) {
        buf_pad(out, ' ', pad ? width : 0);
        return;
    }
    size_t used = text_width(term_symbol(term, levels[level_of(cell->worst)].symbol)) + 2;
    append_symbol(term, out, cell->worst);
    buf_appendc(out, ' ');
    buf_appends(&text, text_of(cell->worst, "found"));
    if (cell->count > 1)
        buf_appendf(&text, " (%zu more)", cell->count - 1);
    line_append_fitted(out, buf_str(&text), width > used ? width - used : 0, pad);
    buf_pad(out, ' ', pad ? 1 : 0);
}

/* What is drawn, and how. */
struct drawing {
    const struct term *term;
    const json_t *checks, *clusters;
    struct buf *out;
    size_t width;
};

static const char *cluster_of(const struct drawing *d, size_t i)
{
    return text_of(json_array_get(d->clusters, i), "name");
}

static void append_label(const struct drawing *d, const json_t *row)
{
    buf_appends(d->out, "  ");
    line_append_fitted(d->out, text_of(row, "check"), CHECK_WIDTH - 3, true);
    buf_appendc(d->out, ' ');
}

static void append_side_by_side(const struct drawing *d, const json_t *row)
{
    size_t count = json_array_size(d->clusters);
    size_t width = (d->width - CHECK_WIDTH) / count;
    append_label(d, row);
    for (size_t i = 0; i < count; i++) {
        struct cell cell = cell_of(d->checks, text_of(row, "id"), cluster_of(d, i));
        append_cell(d->term, d->out, &cell, width, i + 1 < count);
    }
    buf_appendc(d->out, '\n');
}

static void append_one_below_another(const struct drawing *d, const json_t *row)
{
    size_t used = CHECK_WIDTH + CLUSTER_WIDTH;
    for (size_t i = 0; i < json_array_size(d->clusters); i++) {
        struct cell cell = cell_of(d->checks, text_of(row, "id"), cluster_of(d, i));
        if (!cell.worst)
            continue;
        append_label(d, row);
        line_append_fitted(d->out, cluster_of(d, i), CLUSTER_WIDTH - 1, true);
        buf_appendc(d->out, ' ');
        append_cell(d->term, d->out, &cell, d->width > used ? d->width - used : 0, false);
        buf_appendc(d->out, '\n');
    }
}

/* "✓ MC201 west trust, shared root: root 1234abcd": whole, for those who search in lines. */
static void append_lines(const struct drawing *d, const json_t *like)
{
    size_t i;
    json_t *row;
    json_array_foreach(d->checks, i, row) {
        const char *found = text_of(row, "found");
        if (!is_of(row, "id", text_of(like, "id")))
            continue;
        append_symbol(d->term, d->out, row);
        buf_appendf(d->out, " %s %s %s, %s: ", text_of(row, "id"), text_of(row, "cluster"),
                    text_of(row, "category"), text_of(row, "check"));
        line_append(d->out, found, strlen(found));
        buf_appendc(d->out, '\n');
    }
}

static void append_header(const struct drawing *d, bool side_by_side)
{
    size_t count = json_array_size(d->clusters);
    AUTO_BUF line = BUF_INIT;
    line_append_fitted(&line, "check", CHECK_WIDTH, true);
    if (side_by_side) {
        for (size_t i = 0; i < count; i++)
            line_append_fitted(&line, cluster_of(d, i), (d->width - CHECK_WIDTH) / count,
                               i + 1 < count);
    } else {
        line_append_fitted(&line, "cluster", CLUSTER_WIDTH, true);
        buf_appends(&line, "found");
    }
    term_append(d->term, d->out, TERM_BOLD, buf_str(&line));
    buf_appendc(d->out, '\n');
}

static int by_id(const void *a, const void *b)
{
    const json_t *const *x = a, *const *y = b;
    return strcmp(text_of(*x, "id"), text_of(*y, "id"));
}

static void append_table(const struct drawing *d)
{
    size_t count = json_array_size(d->checks);
    AUTO_FREE const json_t **rows = mem_array(count, sizeof(*rows));
    bool side_by_side = json_array_size(d->clusters) <= MAX_COLUMNS && d->width >= MIN_GRID;
    for (size_t i = 0; i < count; i++)
        rows[i] = json_array_get(d->checks, i);
    qsort(rows, count, sizeof(*rows), by_id);
    if (d->term->is_tty)
        append_header(d, side_by_side);
    for (size_t i = 0; i < count; i++) {
        if (i && by_id(&rows[i - 1], &rows[i]) == 0)
            continue;
        if (!d->term->is_tty) {
            append_lines(d, rows[i]);
            continue;
        }
        if (!i || !is_of(rows[i], "category", text_of(rows[i - 1], "category"))) {
            term_append(d->term, d->out, TERM_DIM, text_of(rows[i], "category"));
            buf_appendc(d->out, '\n');
        }
        (side_by_side ? append_side_by_side : append_one_below_another)(d, rows[i]);
    }
}

/* ---- what to do ------------------------------------------------------------------------------ */

static void append_field(const struct drawing *d, const char *name, const char *value)
{
    if (!value[0])
        return;
    buf_appends(d->out, "    ");
    term_append(d->term, d->out, TERM_DIM, name);
    buf_pad(d->out, ' ', FIELD_WIDTH - strlen(name));
    line_append(d->out, value, strlen(value));
    buf_appendc(d->out, '\n');
}

/* Whether an earlier row has said the same of effect and fix: then these stand there. */
static bool is_explained(const json_t *checks, size_t at)
{
    const json_t *row = json_array_get(checks, at);
    for (size_t i = 0; i < at; i++) {
        const json_t *earlier = json_array_get(checks, i);
        if (level_of(earlier) && is_of(earlier, "id", text_of(row, "id")) &&
            is_of(earlier, "fix", text_of(row, "fix")))
            return true;
    }
    return false;
}

static void append_problem(const struct drawing *d, const char *program, size_t at)
{
    const json_t *row = json_array_get(d->checks, at);
    AUTO_FREE char *explain = mem_printf("%s explain %s", program, text_of(row, "id"));
    buf_appendc(d->out, '\n');
    append_symbol(d->term, d->out, row);
    buf_appendf(d->out, " %s %s: %s\n", text_of(row, "id"), text_of(row, "cluster"),
                text_of(row, "title"));
    append_field(d, "found", text_of(row, "found"));
    append_field(d, "wanted", text_of(row, "wanted"));
    if (is_explained(d->checks, at))
        return;
    append_field(d, "effect", text_of(row, "effect"));
    append_field(d, "fix", text_of(row, "fix"));
    append_field(d, "explain", explain);
}

static bool is_bad(const json_t *row)
{
    return is_of(row, "level", "error");
}

static bool follows(const json_t *row)
{
    return is_bad(row) && json_is_true(json_object_get(row, "follows"));
}

static void append_problems(const struct drawing *d, const char *program)
{
    bool any = false;
    size_t i;
    json_t *row;
    json_array_foreach(d->checks, i, row)
        if (level_of(row) && !follows(row))
            append_problem(d, program, i);
    json_array_foreach(d->checks, i, row) {
        if (!follows(row))
            continue;
        if (!any)
            buf_appends(d->out, "\nlikely follows from that:\n");
        any = true;
        buf_appends(d->out, "  ");
        append_symbol(d->term, d->out, row);
        buf_appendf(d->out, " %s %s: ", text_of(row, "id"), text_of(row, "cluster"));
        line_append(d->out, text_of(row, "found"), strlen(text_of(row, "found")));
        buf_appendc(d->out, '\n');
    }
}

void report_checks(const struct term *term, const char *program, const json_t *found,
                   struct buf *out)
{
    struct drawing d = {term, json_object_get(found, "checks"), json_object_get(found, "clusters"),
                        out, (size_t)term_width(term)};
    append_table(&d);
    append_problems(&d, program);
}

static void append_count(struct buf *out, long long count, const char *what)
{
    if (count)
        buf_appendf(out, ", %lld %s%s", count, what, count == 1 ? "" : "s");
}

void report_check_counts(const json_t *found, struct buf *out)
{
    const json_t *counts = json_object_get(found, "counts");
    buf_appendf(out, "%lld good", (long long)json_dig_int(counts, 0, "ok", NULL));
    append_count(out, (long long)json_dig_int(counts, 0, "warning", NULL), "warning");
    append_count(out, (long long)json_dig_int(counts, 0, "error", NULL), "error");
}

const json_t *report_first_cause(const json_t *found)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(found, "checks"), i, row)
        if (is_bad(row))
            return row;
    return NULL;
}
