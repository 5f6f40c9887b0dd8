/* Picks how a run is drawn, and hands events to it. */
#include "meshctl/ui/progress.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/terminal.h"
#include "meshctl/base/text.h"
#include "meshctl/ui/line.h"
#include "progress_internal.h"

static size_t row_of(const struct progress *p, const char *step)
{
    for (size_t i = 0; i < p->rows_count; i++)
        if (strcmp(p->rows[i], step) == 0)
            return i;
    return p->rows_count;
}

static bool plan_has_step(const struct plan *plan, const char *step)
{
    for (int i = 0; i < plan_tasks(plan); i++)
        if (strcmp(plan_task_step(plan, i), step) == 0)
            return true;
    return false;
}

/* A program is about to ask a person: the rows make room for it and for who it is. */
static void lend(void *ctx, const char *what)
{
    struct progress *p = ctx;
    AUTO_BUF out = BUF_INIT;
    if (p->lines_drawn)
        buf_appendf(&out, TERM_UP TERM_TO_START TERM_CLEAR_BELOW, p->lines_drawn);
    p->lines_drawn = 0;
    p->was_lent = true;
    line_append(&out, what, strlen(what));
    buf_appendc(&out, '\n');
    (void)term_draw(p->term, &out);
}

struct progress *progress_new(const struct term *term, const struct plan *plan,
                              const char *const *steps, enum progress_mode mode, bool verbose)
{
    struct progress *p = mem_zalloc(sizeof(*p));
    size_t count = 0;
    while (steps[count])
        count++;
    p->term = term;
    p->plan = plan;
    p->verbose = verbose;
    p->rows = mem_array(count, sizeof(*p->rows));
    for (size_t i = 0; i < count; i++)
        if (plan_has_step(plan, steps[i]))
            p->rows[p->rows_count++] = steps[i];
    p->lanes = (size_t)plan_lanes(plan);
    p->cells = mem_array(p->rows_count * p->lanes, sizeof(*p->cells));
    p->last_line_ms = mem_array((size_t)plan_tasks(plan), sizeof(*p->last_line_ms));
    p->draw = mode == PROGRESS_JSONL   ? draw_jsonl
              : mode == PROGRESS_QUIET ? draw_warnings
              : term->is_tty           ? draw_live
                                       : draw_lines;
    p->shares_terminal = term->is_tty || isatty(term->fd);
    if (p->shares_terminal && mode != PROGRESS_JSONL)
        terminal_on_take(lend, p);
    return p;
}

void progress_free(struct progress *p)
{
    if (!p)
        return;
    terminal_on_take(NULL, NULL);
    for (size_t i = 0; i < p->rows_count * p->lanes; i++) {
        free(p->cells[i].text);
        free(p->cells[i].result);
    }
    free(p->cells);
    free(p->rows);
    free(p->last_line_ms);
    free(p);
}

static void set_text(struct progress_cell *cell, const char *text)
{
    char *copy = mem_strdup_opt(text);
    free(cell->text);
    cell->text = copy;
}

/* NULL for an event that belongs to no cell. */
static struct progress_cell *cell_of(struct progress *p, const struct event *e)
{
    size_t row = e->task < 0 ? p->rows_count : row_of(p, e->step);
    if (row == p->rows_count)
        return NULL;
    return &p->cells[row * p->lanes + (size_t)plan_task_lane(p->plan, e->task)];
}

/* What the event makes of its cell; a step of several tasks in one lane is one cell. */
static void update_cell(struct progress_cell *cell, const struct event *e)
{
    switch (e->kind) {
    case EVENT_STARTED:
        cell->has_begun = true;
        cell->state = CELL_RUNNING;
        cell->since_ms = clock_now_ms();
        set_text(cell, NULL);
        break;
    case EVENT_WAITING:
        set_text(cell, e->text);
        break;
    case EVENT_DONE:
        cell->state = e->last_of_step ? CELL_DONE : CELL_BETWEEN;
        cell->spent_ms += e->elapsed_ms;
        if (e->text) {
            free(cell->result);
            cell->result = mem_strdup(e->text);
        }
        set_text(cell, cell->result);
        break;
    case EVENT_FAILED:
        cell->state = CELL_FAILED;
        cell->spent_ms += e->elapsed_ms;
        set_text(cell, e->error->id ? e->error->id : error_kind_name(e->error->kind));
        break;
    case EVENT_SKIPPED:
        if (cell->state != CELL_FAILED) {
            cell->state = CELL_SKIPPED;
            set_text(cell, e->text);
        }
        break;
    case EVENT_NOTE:
    case EVENT_WARNING:
    case EVENT_ENDED:
        break;
    }
}

/* What a program that asks has on the terminal stays whole: drawing waits for its end. */
static void draw(struct progress *p, const struct event *e)
{
    if (p->shares_terminal)
        terminal_draw_begin();
    p->draw(p, e);
    if (p->is_final)
        p->lines_drawn = 0;
    if (p->shares_terminal)
        terminal_draw_end();
}

/* Whether the event is one of the step's and not only of a task of it: a step starts and ends once in
 * a lane, and after its failure nothing more is told of it. `cell` is as it was before. */
static bool is_of_step(const struct progress_cell *cell, const struct event *e)
{
    switch (e->kind) {
    case EVENT_STARTED:
        return !cell->has_begun;
    case EVENT_DONE:
        return e->last_of_step;
    case EVENT_SKIPPED:
        return e->last_of_step && cell->state != CELL_FAILED;
    default:
        return true;
    }
}

void progress_event(struct progress *p, const struct event *e)
{
    struct progress_cell *cell = cell_of(p, e);
    struct event told = *e;
    bool is_told = !cell || is_of_step(cell, e);
    if (cell) {
        update_cell(cell, e);
        if (e->kind == EVENT_DONE || e->kind == EVENT_FAILED)
            told.elapsed_ms = cell->spent_ms;
        if (e->kind == EVENT_DONE)
            told.text = cell->result;
    }
    draw(p, is_told ? &told : NULL);
}

void progress_tick(struct progress *p)
{
    draw(p, NULL);
}

void progress_end(struct progress *p)
{
    p->is_final = true;
    draw(p, NULL);
}

/* Whoever wants no progress is warned all the same. */
void draw_warnings(struct progress *p, const struct event *e)
{
    if (e && e->kind == EVENT_WARNING)
        draw_lines(p, e);
}
