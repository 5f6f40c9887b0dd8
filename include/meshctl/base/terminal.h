/* The terminal that the process was started on, shared out: it is written by whoever draws, or it
 * belongs to one program that asks a person. One for the whole process; thread-safe.
 *
 * Whoever draws does so between terminal_draw_begin and terminal_draw_end, and may be told by
 * terminal_on_take when a program comes. */
#ifndef MESHCTL_BASE_TERMINAL_H
#define MESHCTL_BASE_TERMINAL_H

#include <stdint.h>

#include "meshctl/base/cancel.h"
#include "meshctl/base/error.h"

/* Takes it for a program; `what` is the line that tells the person which one and why. Waits until
 * it is free: ERROR_TIMEOUT at `deadline_ms`, ERROR_CANCELLED when `cancel` (may be NULL) is set.
 */
int terminal_take(const char *what, int64_t deadline_ms, struct cancel *cancel, struct error **err)
    MC_WARN_UNUSED;
void terminal_give(void);

/* Waits until no program has it; until the end none gets it. Not to be called between take and
 * give. */
void terminal_draw_begin(void);
void terminal_draw_end(void);

/* From now on `on_take` is called before a program gets the terminal, in that program's thread,
 * while nothing is drawn: to clear what stands there and to show `what`. It must not call anything
 * of this header. NULL: nobody wants to know. */
void terminal_on_take(void (*on_take)(void *ctx, const char *what), void *ctx);

#endif
