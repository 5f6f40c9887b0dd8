/* The cancel token: set once (by a signal handler or a failed neighbour), seen by everything that
 * waits. cancel_set is async-signal-safe; all functions are thread-safe. A NULL token is never
 * cancelled. */
#ifndef MESHCTL_BASE_CANCEL_H
#define MESHCTL_BASE_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>

struct cancel {
    atomic_int count; /* how often it was asked; the second time means: leave at once */
    atomic_bool owes; /* something of others is away that this process gives back when it is set */
    int fds[2];       /* a pipe; fds[0] is readable for ever once set */
};

/* Returns -1 (errno) when no pipe can be had. */
int cancel_init(struct cancel *c);
void cancel_release(struct cancel *c);
void cancel_set(struct cancel *c);
bool cancel_is_set(struct cancel *c);
/* Says that the end needs a moment more than an end needs otherwise; NULL: nobody is told. */
void cancel_owe(struct cancel *c, bool owes);
/* For poll(POLLIN) and curl_multi_poll; -1 for NULL. */
int cancel_fd(struct cancel *c);

#endif
