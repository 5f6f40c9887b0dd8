/* On a terminal: rows redrawn in place. Everything goes out in one write, so that it does not
 * flicker. */
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/ui/line.h"
#include "progress_internal.h"

#define STEP_WIDTH 16
#define MAX_COLUMNS 3 /* more clusters than this get a row each */
#define MIN_COLUMN_WIDTH 40
#define MIN_CELL_WIDTH 20 /* of the list: mark, some of the text, time */
#define MIN_NAME_WIDTH 5

/* A name in a column of `width`: cut so that a blank follows it. */
static void append_name(struct buf *out, const char *name, size_t width)
{
    line_append_fitted(out, name, width - 1, true);
    buf_appendc(out, ' ');
}

static void append_cell(const struct progress *p, struct buf *out, const struct progress_cell *cell,
                        size_t width, bool pad)
{
    static const struct {
        enum term_symbol symbol;
        enum term_style style;
    } looks[] = {
        [CELL_IDLE] = {TERM_IDLE, TERM_PLAIN},  [CELL_RUNNING] = {TERM_BUSY, TERM_YELLOW},
        [CELL_BETWEEN] = {TERM_BUSY, TERM_DIM}, [CELL_DONE] = {TERM_OK, TERM_GREEN},
        [CELL_FAILED] = {TERM_FAIL, TERM_RED},  [CELL_SKIPPED] = {TERM_SKIP, TERM_DIM},
    };
    if (cell->state == CELL_IDLE) {
        if (pad)
            buf_pad(out, ' ', width);
        return;
    }
    int64_t spent = cell->spent_ms;
    if (cell->state == CELL_RUNNING)
        spent += clock_now_ms() - cell->since_ms;
    AUTO_FREE char *time = clock_duration_dup(spent);
    const char *symbol = term_symbol(p->term, looks[cell->state].symbol);
    term_append(p->term, out, looks[cell->state].style, symbol);
    size_t used = text_width(symbol) + 1 + strlen(time) + 2;
    buf_appendc(out, ' ');
    line_append_fitted(out, cell->text ? cell->text : "", width > used ? width - used : 0, true);
    buf_appendf(out, " %s", time);
    if (pad)
        buf_appendc(out, ' ');
}

static void append_line_end(struct progress *p, struct buf *out)
{
    buf_appends(out, TERM_CLEAR_LINE "\n");
    p->lines_drawn++;
}

static void append_header(struct progress *p, struct buf *out, size_t width)
{
    AUTO_BUF line = BUF_INIT;
    append_name(&line, "STEP", STEP_WIDTH);
    for (size_t lane = 0; lane < p->lanes; lane++)
        append_name(&line, plan_lane_name(p->plan, (int)lane), width);
    term_append(p->term, out, TERM_BOLD, buf_str(&line));
    append_line_end(p, out);
}

static void append_grid(struct progress *p, struct buf *out, size_t width)
{
    append_header(p, out, width);
    for (size_t row = 0; row < p->rows_count; row++) {
        append_name(out, p->rows[row], STEP_WIDTH);
        for (size_t lane = 0; lane < p->lanes; lane++)
            append_cell(p, out, &p->cells[row * p->lanes + lane], width, lane + 1 < p->lanes);
        append_line_end(p, out);
    }
}

static size_t begun_cells(const struct progress *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->rows_count * p->lanes; i++)
        n += p->cells[i].state != CELL_IDLE;
    return n;
}

static bool is_over(const struct progress_cell *cell)
{
    return cell->state == CELL_DONE || cell->state == CELL_SKIPPED;
}

/* Two columns of names before a cell of the list, which are narrower where the terminal is. */
static size_t name_width(size_t longest, size_t width)
{
    size_t room = (width - MIN_CELL_WIDTH) / 2;
    if (room >= STEP_WIDTH)
        return STEP_WIDTH;
    return longest + 1 < room ? longest + 1 : room;
}

static size_t longer(size_t longest, const char *name)
{
    size_t width = text_width(name);
    return width > longest ? width : longest;
}

/* Narrow terminals and many clusters: a row for each step of each cluster that has begun. More rows
 * than the screen has could not be redrawn in place: then those that are over are left out first,
 * until the last drawing. */
static void append_list(struct progress *p, struct buf *out, size_t width, size_t height)
{
    size_t total = begun_cells(p), room = p->is_final || total < height ? total : height - 2;
    size_t hidden = total - room, over_hidden = 0, step = 0, cluster = 0;
    for (size_t i = 0; i < p->rows_count; i++)
        step = longer(step, p->rows[i]);
    for (size_t i = 0; i < p->lanes; i++)
        cluster = longer(cluster, plan_lane_name(p->plan, (int)i));
    step = name_width(step, width);
    cluster = name_width(cluster, width);
    for (size_t i = 0; i < p->rows_count * p->lanes && room > 0; i++) {
        const struct progress_cell *cell = &p->cells[i];
        if (cell->state == CELL_IDLE || (is_over(cell) && over_hidden++ < hidden))
            continue;
        append_name(out, p->rows[i / p->lanes], step);
        append_name(out, plan_lane_name(p->plan, (int)(i % p->lanes)), cluster);
        append_cell(p, out, cell, width - step - cluster, false);
        append_line_end(p, out);
        room--;
    }
    if (hidden) {
        buf_appendf(out, "and %zu more", hidden);
        append_line_end(p, out);
    }
}

/* Warnings (and notes, with -v) scroll by above the rows. */
static void append_above(struct progress *p, struct buf *out, const struct event *e)
{
    bool is_note = e && e->kind == EVENT_NOTE && p->verbose;
    if (!is_note && !(e && e->kind == EVENT_WARNING))
        return;
    if (!is_note) {
        term_append(p->term, out, TERM_YELLOW, term_symbol(p->term, TERM_WARN));
        buf_appendc(out, ' ');
    }
    if (e->cluster)
        buf_appendf(out, "%s: ", e->cluster);
    line_append(out, e->text, strlen(e->text));
    buf_appends(out, TERM_CLEAR_LINE "\n");
}

/* A program may have left the cursor behind a prompt, and nobody can see it. A line's length of
 * blanks leads into the next line from there; from a first column it does not, since terminals wrap
 * only when one more character comes. */
static void leave_prompt(struct progress *p, struct buf *out)
{
    if (!p->was_lent)
        return;
    buf_pad(out, ' ', (size_t)term_width(p->term));
    buf_appends(out, TERM_TO_START);
    p->was_lent = false;
}

void draw_live(struct progress *p, const struct event *e)
{
    AUTO_BUF out = BUF_INIT;
    size_t width = (size_t)term_width(p->term) - 1, height = (size_t)term_height(p->term);
    leave_prompt(p, &out);
    if (p->lines_drawn)
        buf_appendf(&out, TERM_UP TERM_TO_START, p->lines_drawn);
    append_above(p, &out, e);
    p->lines_drawn = 0;
    size_t column = p->lanes ? (width - STEP_WIDTH) / p->lanes : 0;
    if (p->lanes <= MAX_COLUMNS && width > STEP_WIDTH && column >= MIN_COLUMN_WIDTH &&
        p->rows_count + 1 < height)
        append_grid(p, &out, column);
    else if (width >= 2 * MIN_NAME_WIDTH + MIN_CELL_WIDTH && height > 2)
        append_list(p, &out, width, height);
    buf_appends(&out, TERM_CLEAR_BELOW);
    (void)term_draw(p->term, &out);
}
