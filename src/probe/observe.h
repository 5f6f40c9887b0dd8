/* The parts of an observation. */
#ifndef MESHCTL_PROBE_OBSERVE_H
#define MESHCTL_PROBE_OBSERVE_H

#include "meshctl/probe/facts.h"

/* Whether a read that failed may be left out: then the error is cleared, and the right noted. `where`
 * is a namespace, or NULL for all. */
bool facts_may_miss(const struct facts_options *o, struct facts *f, const char *verb,
                    const char *resource, const char *where, struct error **err);
/* observe_releases.c: f->releases. */
int facts_read_releases(struct kube_client *c, const struct facts_options *o, struct facts *f,
                        struct error **err) MC_WARN_UNUSED;

#endif
