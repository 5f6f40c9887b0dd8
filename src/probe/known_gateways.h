/* What an istiod knows of other networks' gateways (GET /debug/networkz), held against what their clusters
 * tell. */
#ifndef MESHCTL_PROBE_KNOWN_GATEWAYS_H
#define MESHCTL_PROBE_KNOWN_GATEWAYS_H

#include "meshctl/probe/probe.h"

/* "192.0.2.1:15443, lb.example.com:15443 (no A and no AAAA record)" of those addresses of a member's network that
 * istiod does not know; NULL when it knows all. A name is known by what istiod has resolved it to, which it does
 * itself, in both families, through its pod's resolvers (istio pilot/pkg/model/network.go): so by a row that no
 * other address explains. Yours to free. */
char *known_gateways_missing_dup(const struct probe *p, const json_t *networkz, size_t member);
/* Whether one of those that are missing is a name: what mends that is another matter. */
bool known_gateways_lacks_name(const char *missing);
/* "east 192.0.2.1:15443": what it knows of the members that are not looked at; "" when nothing. Yours to free. */
char *known_gateways_text_dup(const struct probe *p, const json_t *networkz);

#endif
