/* Which Services are one and the same in several clusters: those that requests cross between. */
#ifndef MESHCTL_PROBE_SPANS_H
#define MESHCTL_PROBE_SPANS_H

#include "facts_traffic.h"
#include "meshctl/probe/probe.h"
#include "object.h"

/* Istio's names (pkg/config/host): whether a host is one of those that a pattern ("*.local") stands for. */
bool host_covers(const char *pattern, const char *host);
/* "reviews" of a namespace in full; what has a dot or is a pattern stays. Yours to free. */
char *host_full_dup(const char *host, const char *namespace_, const char *domain);

/* Where requests of this cluster to that Service may go, too: the first other cluster with a Service of
 * its name and pods in the mesh behind it. False where it stays in its cluster: by nature (kube-system,
 * the API server: istio pilot/pkg/model/cluster_local.go) or by istiod's serviceSettings. */
bool spans_out(const struct probe *p, const struct facts_service *s, size_t *ret_peer);
/* From where requests to its pods here may come, too: the first other cluster that has its name. */
bool spans_in(const struct probe *p, const struct facts_service *s, size_t *ret_peer);
/* Whether one of both. */
bool spans(const struct probe *p, const struct facts_service *s);

/* Names in a line: all are counted, the first few told. */
struct named {
    struct strlist first;
    size_t count;
};
void named_add(struct named *n, const char *fmt, ...) MC_PRINTF(2, 3);
/* "a, b and 3 more"; yours to free. */
char *named_text_dup(const struct named *n);
void named_release(struct named *n);
#define AUTO_NAMED MC_CLEANUP(named_release) struct named

#endif
