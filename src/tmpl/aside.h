/* Where the worker of a set builds what it does in advance: in an arena of its own, which lives as
 * long as the set's. What fails there is done again by who wants it, so that errors come from one
 * place. */
#ifndef MESHCTL_TMPL_ASIDE_H
#define MESHCTL_TMPL_ASIDE_H

#include "meshctl/base/arena.h"
#include "meshctl/base/worker.h"

struct aside {
    struct worker *worker;              /* NULL: nothing is done in advance */
    struct arena *arenas[WORKER_SIDES]; /* the owner's is borrowed */
    size_t used;                        /* bytes of the worker's that the owner knows of */
};

#endif
