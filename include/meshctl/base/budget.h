/* What a piece of work on somebody else's input may use up: memory, processor time, and the
 * patience of who pressed Ctrl-C. One budget holds for all that is done for it, by every function
 * that is called and by a worker that helps: it belongs to the thread, and is handed to none of
 * them. So nothing that is made on the way goes uncounted, whoever made it.
 *
 * Memory is that of the whole process, as the kernel counts it: what the limit is for is that the
 * machine stays usable. A budget that is over stays so, and who finds it over returns as soon as
 * he can, with an error or without one: nothing that was made by then counts as a result. Whoever
 * asks for results in the end calls budget_check before he gives any away.
 *
 * One budget a thread; a second one within it has no effect: the first goes on. Thread-safe. */
#ifndef MESHCTL_BASE_BUDGET_H
#define MESHCTL_BASE_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meshctl/base/cancel.h"
#include "meshctl/base/error.h"

#define BUDGET_MEMORY ((size_t)512 * 1024 * 1024)
#define BUDGET_CPU_MS ((int64_t)20 * 1000)

struct budget_limits {
    size_t max_memory;     /* bytes that the process may have at its peak; 0: BUDGET_MEMORY */
    int64_t max_cpu_ms;    /* of all threads that work for it; 0: BUDGET_CPU_MS */
    struct cancel *cancel; /* or NULL */
};

enum budget_end { BUDGET_HOLDS, BUDGET_NO_MEMORY, BUDGET_NO_TIME, BUDGET_CANCELLED };

struct budget {
    struct budget_limits limits;
    atomic_int end; /* enum budget_end */
    atomic_int_least64_t cpu_us;
    bool is_within; /* another one */
};

/* `limits` NULL: the defaults. */
void budget_begin(struct budget *b, const struct budget_limits *limits);
/* By the thread that began it, when no other works for it any more. */
void budget_end(struct budget *b);
/* The thread's, to be joined by another one that works for it; NULL: none. */
struct budget *budget_current(void);
void budget_join(struct budget *b); /* NULL is fine in both */
void budget_leave(struct budget *b);

/* Whether it is over, as far as known. Costs nothing. */
bool budget_is_over(void);
/* Looks. For loops whose length input decides, once a round: rounds should take less than 10 ms, and
 * not less than 100 ns. */
bool budget_look(void);
/* The same; -1 with an error that says which limit, and how to raise it. */
int budget_check(struct error **err) MC_WARN_UNUSED;
/* Of one that is over: that error. -1. */
int budget_fail(struct error **err);
/* Whether there is room for so much more in one piece; false: the budget is over from now on. */
bool budget_admits(size_t bytes);
/* Told of all that mem.h hands out. */
void budget_note(size_t bytes);

/* Up to the end of the block. */
#define AUTO_BUDGET MC_CLEANUP(budget_end) struct budget

#endif
