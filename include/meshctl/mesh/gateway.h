/* How the east-west gateway of a member is reached: the type of its Service, and addresses that the person
 * gives instead of what the Service has. Pure functions.
 *
 * A given address is written as a Service of its own in the member's cluster, one for each port: of type
 * LoadBalancer and of a class that no load balancer controller has, labelled with the network and (label
 * networking.istio.io/gatewayPort) its port, with the addresses in its status. istiod takes status addresses of
 * every Service with the network's label (pilot/pkg/serviceregistry/kube/controller/network.go and
 * kube/conversion.go, since before 1.16), names as well as numbers, and does so in each cluster that it watches.
 * So it is said once, all istiods of the mesh agree, and none restarts. Of the other ways a Service's
 * spec.externalIPs takes no names and is refused by many clusters' admission; meshNetworks in the mesh config
 * has to be the same in every istiod of the mesh and counts only where no Service is labelled
 * (pilot/pkg/xds/endpoints/ep_filters.go, selectNetworkGateways); a Gateway of class istio-remote needs the
 * Gateway API, and one in every cluster. */
#ifndef MESHCTL_MESH_GATEWAY_H
#define MESHCTL_MESH_GATEWAY_H

#include "meshctl/mesh/mesh.h"

#define MESH_PORT_LABEL "networking.istio.io/gatewayPort"
#define MESH_GATEWAY_PORT 15443
#define MESH_ADDRESS_CLASS "meshctl.io/address" /* spec.loadBalancerClass; it cannot be changed */
/* Without it istiod tells nothing of a Service of type NodePort; its value selects nodes by their labels. */
#define MESH_NODES_ANNOTATION "traffic.istio.io/nodeSelector"

enum mesh_gateway_type {
    MESH_GATEWAY_LOAD_BALANCER,
    MESH_GATEWAY_NODE_PORT,
    MESH_GATEWAY_CLUSTER_IP,
    MESH_GATEWAY_TYPES,
};
/* As Kubernetes writes it; the other way round in any case of letters, false when it is none. */
const char *mesh_gateway_type_name(enum mesh_gateway_type type);
bool mesh_gateway_type_find(const char *name, enum mesh_gateway_type *ret_type);
/* What a member has of its own, or the mesh's; LoadBalancer where nobody says. */
enum mesh_gateway_type mesh_gateway_type_of(const struct mesh *m, const struct mesh_member *member);
bool mesh_gateway_is_internal(const struct mesh *m, const struct mesh_member *member);

/* HOST[:PORT], [IPv6]:PORT or a bare IPv6 address: its host (without brackets; yours to free) and port, 0 where
 * none is given. NULL, or what is wrong with it, which is constant. */
const char *mesh_address_parse(const char *text, char **ret_host, unsigned *ret_port);

/* The Services of a member's given addresses, "status" in each; an empty array without addresses. `place` is
 * where its gateway's pods are and what they are known by. The member has no problems (mesh_find_problems).
 * New reference. */
struct mesh_gateway_place {
    const char *namespace_;
    const char *release; /* the Services are named after it */
    const char *label;   /* of the pods: istio=LABEL */
};
json_t *mesh_address_services(const struct mesh_member *member,
                              const struct mesh_gateway_place *place);

#endif
