#ifndef MESHCTL_UI_PROGRESS_INTERNAL_H
#define MESHCTL_UI_PROGRESS_INTERNAL_H

#include "meshctl/ui/progress.h"

enum cell_state { CELL_IDLE, CELL_RUNNING, CELL_BETWEEN, CELL_DONE, CELL_FAILED, CELL_SKIPPED };

/* One step of one cluster. */
struct progress_cell {
    enum cell_state state;
    bool has_begun; /* it has been told that the step started */
    char *text;
    char *result;     /* of the last task of the step that had one */
    int64_t since_ms; /* start of the running task */
    int64_t spent_ms; /* of the tasks that ended */
};

struct progress {
    const struct term *term;
    const struct plan *plan;
    bool verbose;
    const char **rows;
    size_t rows_count, lanes;
    struct progress_cell *cells; /* rows x lanes */
    int64_t *last_line_ms;       /* a task's last waiting line */
    bool shares_terminal;        /* with programs that ask a person */
    bool was_lent;               /* one of them had it since the last drawing */
    int lines_drawn;             /* live rows on the screen now */
    bool is_final;               /* the last drawing: it may scroll */
    /* `e` is NULL for a tick. */
    void (*draw)(struct progress *p, const struct event *e);
};

void draw_warnings(struct progress *p, const struct event *e);
void draw_lines(struct progress *p, const struct event *e);
void draw_live(struct progress *p, const struct event *e);
void draw_jsonl(struct progress *p, const struct event *e);

#endif
