/* A run in one line a cluster, for scripts and for a glance: JSON in, text out. */
#ifndef MESHCTL_REPORT_SHORT_H
#define MESHCTL_REPORT_SHORT_H

#include "meshctl/base/buf.h"
#include "meshctl/data/json.h"

/* What a line is made of; each of `findings` and `errors` may be NULL: there are none then. */
struct report_short {
    const json_t
        *clusters; /* name, and objects {created, changed, unchanged, deleted} or changes */
    const json_t *findings; /* id, cluster, level, follows */
    const json_t *errors;   /* of steps that failed: cluster, kind, and the id where there is one */
};
/* "west error good=44 warning=0 error=2 MC501,MC521": the ids of the worst level, without those that follow
 * from others where there is a cause among them. With objects "created=3 changed=0 unchanged=58 deleted=0"
 * stands before the counts of findings, which are left out without any. */
void report_short(const struct report_short *run, struct buf *out);
/* "west differs create=3 update=0 delete=0 record=1", or "same" where nothing is to do. */
void report_short_changes(const struct report_short *run, struct buf *out);

#endif
