/* What is in a cluster around the mesh, and would carry it or stand in its way. */
#ifndef MESHCTL_PROBE_SURROUNDINGS_H
#define MESHCTL_PROBE_SURROUNDINGS_H

#include "meshctl/probe/probe.h"

/* What was read of it; each NULL where it may not be read. */
struct surroundings {
    json_t *nodes;
    json_t *services;     /* of all namespaces */
    json_t *dns_services; /* of the cluster's DNS */
    json_t *dns_pods;
    json_t *dns_deployments;
    json_t *crds;                  /* metadata */
    json_t *mutating, *validating; /* webhook configurations */
    json_t *quotas, *limits;       /* of all namespaces */
};
void surroundings_release(struct surroundings *s);

/* Findings MC117 and MC630: what a mesh that runs lives on. One round of reads; what may not be read is
 * left out. */
int surroundings_check_running(struct probe *p, struct error **err) MC_WARN_UNUSED;
/* Findings MC110 to MC118 and MC306, and MC105 for what may not be read: before a mesh is made. */
int surroundings_check(struct probe *p, struct error **err) MC_WARN_UNUSED;

/* ---- the parts, pure but for the findings ---- */

/* MC116 and MC118. */
void surroundings_judge_nodes(struct probe *p, const json_t *nodes);
void surroundings_judge_balancer(struct probe *p, const json_t *services, const json_t *nodes);
/* MC110 and MC112: another control plane, and whose Istio's kinds are. */
void others_check(struct probe *p, const json_t *crds);
/* MC111: who else injects proxies. */
void webhooks_judge_injectors(struct probe *p, const json_t *mutating);
/* MC630: whether the mesh's own istiod does; `mutating` NULL: not known. */
void webhooks_judge_own(struct probe *p, const json_t *mutating);
/* MC113: webhooks that a change of ours has to pass and whose server is not there. Asks for the endpoints
 * of their Services. */
int webhooks_check_dead(struct probe *p, const json_t *mutating, const json_t *validating,
                        struct error **err) MC_WARN_UNUSED;
/* MC114: what Pod Security lets into the mesh's namespaces. MC115: quotas and limits there. */
void limits_judge_security(struct probe *p);
void limits_judge_quotas(struct probe *p, const json_t *quotas, const json_t *limits);

/* Whether a label selector (matchLabels, matchExpressions) takes a set of labels; NULL takes all. */
bool webhooks_selects(const json_t *selector, const json_t *labels);

#endif
