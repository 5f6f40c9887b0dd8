/* The parts of an observation. */
#ifndef MESHCTL_PROBE_OBSERVE_H
#define MESHCTL_PROBE_OBSERVE_H

#include "meshctl/probe/facts.h"

/* observe_releases.c: f->releases. */
int facts_read_releases(struct kube_client *c, const struct facts_options *o, struct facts *f,
                        struct error **err) MC_WARN_UNUSED;

#endif
