/* How a cluster gets other certificates: the commands, for the newest finding. */
#ifndef MESHCTL_PROBE_TRUST_H
#define MESHCTL_PROBE_TRUST_H

#include "meshctl/probe/probe.h"

/* An intermediate of the root in --ca-dir for the cluster that is looked at, instead of what its Secret
 * holds; `first` says when, or is "". A copy of the Secret is kept: its key may be the only one. */
void trust_fix_signer(struct probe *p, const char *first);
/* A new root for the whole mesh. */
void trust_fix_root(struct probe *p);

#endif
