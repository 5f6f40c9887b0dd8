/* How an Envoy calls an endpoint: whose it is and whether by the mesh's own TLS, from its configuration
 * as istiod gave it. Pure. */
#ifndef MESHCTL_PROBE_WIRES_H
#define MESHCTL_PROBE_WIRES_H

#include "meshctl/base/buf.h"
#include "meshctl/data/json.h"

/* Appends a query for the endpoints (`what` WIRES_ENDPOINTS) or the settings of those clusters of Envoy
 * alone; `names` is an object with them as keys. */
#define WIRES_ENDPOINTS "include_eds&resource=dynamic_endpoint_configs"
#define WIRES_CLUSTERS "resource=dynamic_active_clusters"
void wires_append_path(struct buf *out, const char *what, const json_t *names);

/* Adds "CLUSTER ENDPOINT" to {owner, tls} of each endpoint in an answer to WIRES_ENDPOINTS: `owner` is
 * the id of the endpoint's cluster, null where istiod did not say; `tls` whether the endpoint takes the
 * mesh's TLS. */
void wires_add_endpoints(const json_t *answer, json_t *wires);
/* Adds "CLUSTER" to "auto" (as each endpoint takes it), "mesh", "own" (TLS of the service's own) or
 * "plain", from an answer to WIRES_CLUSTERS. */
void wires_add_clusters(const json_t *answer, json_t *wires);
/* Whether calls of the endpoint go by the mesh's TLS, as JSON; null when that is not known. New
 * reference. */
json_t *wires_mtls(const json_t *wires, const char *cluster, const char *endpoint);
/* The endpoint's cluster id, NULL when it is not known. Borrowed. */
const char *wires_owner(const json_t *wires, const char *cluster, const char *endpoint);

#endif
