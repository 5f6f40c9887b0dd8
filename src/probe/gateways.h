/* Which Services and pods are gateways: found by labels and selectors, whatever their names. */
#ifndef MESHCTL_PROBE_GATEWAYS_H
#define MESHCTL_PROBE_GATEWAYS_H

#include "meshctl/probe/probe.h"

/* The Service through which the network of member `at` is reached, by its label; NULL when its cluster
 * was not looked at or has none. Borrowed. */
const json_t *gateways_network_service(const struct probe *p, size_t at);
/* Whether a Service has the label of the network that is looked at. */
bool gateways_is_of_network(const struct probe *p, const json_t *service);
/* Whether an address is an IP rather than a host's name. */
bool gateways_is_ip(const char *address);
/* Whether its load balancer is so young that DNS may not know its host's name yet. */
bool gateways_is_fresh_name(const json_t *service, time_t now);
/* "app=x,istio=y"; yours to free. */
char *gateways_selector_dup(const json_t *selector);
/* Whether all labels of a selector (at least one) stand on a pod. */
bool gateways_selects(const json_t *selector, const json_t *pod);
/* The Services, of any namespace, that lead to pods with these labels. New reference. */
int gateways_services(const struct probe *p, const json_t *selector, json_t **ret_services,
                      struct error **err) MC_WARN_UNUSED;
/* Each ready pod of the network's Service and of every Gateway, the east-west ones first. New
 * reference. */
int gateways_pods(const struct probe *p, json_t **ret_pods, struct error **err) MC_WARN_UNUSED;
/* A Gateway's server, of any name and namespace, that passes the mesh's own TLS through on 15443;
 * NULL when there is none. Borrowed: the Gateway. */
const json_t *gateways_passthrough(const struct facts *f);
/* "deployment/istio-ingress" of a pod: what `kubectl rollout restart` takes; NULL when nothing made
 * it that could be restarted. Yours to free. */
char *gateways_workload_dup(const json_t *pod);
/* Adds the command that restarts a pod's workload, each once. */
void gateways_add_restart(struct strlist *commands, const json_t *pod);
#define GATEWAYS_MAX_RESTARTS 8 /* commands in one line, where whole meshes may need it */
/* All of them as one line, the fix of the newest finding; nothing where there is none. */
void gateways_fix_by_restart(struct probe *p, const struct strlist *commands);
/* Adds to `pods` the ready ones of those that istiod calls gateways ("NAME.NAMESPACE" keys) and that are
 * not among them: no Gateway and no network leads through these. */
int gateways_add_named(const struct probe *p, const json_t *names, json_t *pods, struct error **err)
    MC_WARN_UNUSED;

#endif
