/* How the east-west gateways are reached. */
#include "options_gateway.h"

#define FIELD(f) OPTION_FIELD(struct options_gateway, f)

static const struct option rows[] = {
    {"cloud", 0, FIELD(cloud), "NAME",
     "profile of a cloud's load balancers (manifests/clouds); auto: by the nodes"},
    {"gateway-address", 0, FIELD(addresses), "NAME=HOST[:PORT]",
     "where the other clusters reach NAME's gateway, instead of what its Service has; port 15443 "
     "without one. Repeatable"},
    {"gateway-type", 0, FIELD(type), "TYPE",
     "of the gateways' Services: LoadBalancer, NodePort or ClusterIP (default LoadBalancer)"},
    {"gateway-internal", 0, FIELD(internal), NULL,
     "load balancers that are reached from inside alone, as the cloud has them"},
    {"gateway-ports", 0, FIELD(ports), "3|4",
     "ports of the east-west gateway: 15021, 15443, 15012, with 4 also 15017 (default 3)"},
};

const struct option_family options_gateway_family = {"Gateways", rows, MC_ARRAY_LEN(rows),
                                                     sizeof(struct options_gateway)};

const struct options_gateway *options_gateway_of(const struct options *o)
{
    return options_get(o, &options_gateway_family);
}
