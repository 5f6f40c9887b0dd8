/* What verify's caller could reach of the peers: the part that is room probe's own. */
#ifndef MESHCTL_PROBE_PROOF_REACH_H
#define MESHCTL_PROBE_PROOF_REACH_H

#include "meshctl/probe/proof.h"

void proof_targets_release(struct proof *f);
/* Whether Envoy's response flags ("UF,URX") say that nobody answered: what closes a connection has. Pure. */
bool proof_flags_are_silent(const char *flags);
/* MC747, MC748 and MC749 of the targets that were asked: as warnings where the path to that member works all the
 * same. Pure. */
void proof_judge_reach(struct probe *p, const struct proof *f);
/* `reached` of proof_json. New reference. */
json_t *proof_reach_json(const struct probe *p, const struct proof *f);

#endif
