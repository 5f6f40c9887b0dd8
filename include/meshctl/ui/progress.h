/* How a running plan looks. On a terminal: a row a step, a column a cluster, redrawn in place.
 * Elsewhere: one line an event with its time, cluster and step, no escapes, and while waiting a
 * line at most every 10 s. As JSON lines: one object an event. One thread at a time.
 *
 * While a program has the terminal to ask a person (meshctl/base/terminal.h), nothing is drawn on
 * it: the rows are cleared, a line says who asks, and the functions below wait for its end. One
 * progress at a time has a terminal. */
#ifndef MESHCTL_UI_PROGRESS_H
#define MESHCTL_UI_PROGRESS_H

#include "meshctl/plan/plan.h"
#include "meshctl/ui/term.h"

enum progress_mode { PROGRESS_AUTO, PROGRESS_QUIET, PROGRESS_JSONL };

struct progress;

/* `steps` (NULL-terminated) gives the order of rows; those that the plan does not have are left
 * out. With PROGRESS_JSONL `term` should be stdout. `verbose` shows notes. All borrowed for its
 * life. */
struct progress *progress_new(const struct term *term, const struct plan *plan,
                              const char *const *steps, enum progress_mode mode, bool verbose);
void progress_free(struct progress *p);
void progress_event(struct progress *p, const struct event *e);
/* To be called a few times a second while nothing happens: moves the clocks of running rows. */
void progress_tick(struct progress *p);
/* The last state stays on the screen. */
void progress_end(struct progress *p);

/* An error as a person reads it, several lines: "✗ MC303 message", where, fix, explain. `program`
 * is the command's own name for the explain line. */
void ui_append_error(const struct term *t, struct buf *out, const char *program,
                     const struct error *err);

MC_DEFINE_CLEANUP(progress_cleanup, struct progress, progress_free);

#endif
