/* The judgements on the sample, without asking anybody. */
#ifndef MESHCTL_PROBE_SAMPLE_JUDGE_H
#define MESHCTL_PROBE_SAMPLE_JUDGE_H

#include "meshctl/probe/probe.h"
#include "meshctl/probe/traffic.h"

/* Whose endpoints of reviews: those of a workload that knows no other cluster yet, of one that does, or of the
 * east-west gateway, which knows its own network. */
enum sample_view { SAMPLE_ALONE, SAMPLE_WORKLOAD, SAMPLE_GATEWAY };
/* What is wrong with them, or NULL. `pods`: the addresses of this cluster's own. Of the other clusters a
 * workload must have each's gateway, by any of its addresses, or on one network a pod. Yours to free. */
char *sample_endpoints_problem_dup(const struct probe *p, const json_t *endpoints,
                                   const struct strlist *pods, enum sample_view view);
/* The port at which a Service leads to that port number of a Gateway, 0 when it does not. As istiod
 * resolves it (pilot/pkg/model/gateway.go, resolvePorts): a Service port of that number, or else the one
 * that has it as its target. */
unsigned sample_service_port(const json_t *service, unsigned number);
/* "[2001:db8::1]:8080": the address in a URL; yours to free. */
char *sample_authority_dup(const char *address, unsigned port);
/* What is not yet as wanted, in few words, or NULL. Yours to free. */
char *sample_answers_problem_dup(const struct probe *p, const struct traffic *t, bool alone);
/* Findings of the counts. */
void sample_judge_answers(struct probe *p, const struct traffic *t, bool alone);

#endif
