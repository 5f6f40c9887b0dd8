/* A child with all that it starts: one process group, which has the terminal while it asks and ends
 * as one. Of the room base alone. */
#ifndef PROC_GROUP_H
#define PROC_GROUP_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct proc_group {
    pid_t pid; /* of the child, and of the group */
    bool asks;
    bool takes_terminal; /* it is ours to give */
    bool has_ended;
    int status; /* as waitpid tells it; once it has ended */
    bool has_modes;
    struct termios modes; /* of the terminal, as it was before */
};

/* Before the fork. */
void proc_group_prepare(struct proc_group *g, bool asks);
/* In the child, before its program: async-signal-safe. One that asks takes the terminal along. */
void proc_group_enter(const struct proc_group *g);
/* In the parent, with `pid` set. */
void proc_group_begin(struct proc_group *g);
/* Looks whether the child has ended. While a person has stopped it (Ctrl-Z), we stop as well. */
bool proc_group_has_ended(struct proc_group *g);
/* Takes the terminal back, with its modes where the child did not end by itself. `by_force`: the
 * whole group is ended first, gently and then not. What a child that ended well left running is its
 * own business. */
void proc_group_end(struct proc_group *g, bool by_force);
/* Whether that is the end that Ctrl-C makes. */
bool proc_was_interrupted(int status);

#endif
