/* What a mesh is: its members and their names, versions and values. Built by the command line,
 * checked once (all problems at once), then immutable. This room has no input or output: everything
 * in it is a pure function. */
#ifndef MESHCTL_MESH_MESH_H
#define MESHCTL_MESH_MESH_H

#include <stdbool.h>

#include "meshctl/base/error.h"
#include "meshctl/base/strlist.h"
#include "meshctl/data/json.h"

#define MESH_DEFAULT_ISTIO_VERSION "1.31.0"

#define MESH_MAX_MEMBERS 64

/* The charts, by the role they play; each is one Helm release a cluster. */
enum mesh_component {
    MESH_BASE,
    MESH_ISTIOD,
    MESH_INGRESS,
    MESH_EASTWEST,
    MESH_COMPONENTS,
};

struct mesh_component_info {
    const char *name;    /* as in --set NAME.key=value: "base", "istiod", "ingress", "eastwest" */
    const char *chart;   /* "base", "istiod", "gateway", "gateway" */
    const char *release; /* default release name */
    bool in_ingress_namespace;
    const char *label; /* of a gateway's pods, "istio": what Gateways select; or NULL */
};
const struct mesh_component_info *mesh_component_info(enum mesh_component c);
/* By name; false when there is none. "gateway" is not one: the caller gives it to both gateways. */
bool mesh_component_find(const char *name, enum mesh_component *ret_component);

/* What may be said, or left to others to say. */
enum mesh_choice { MESH_UNSAID, MESH_YES, MESH_NO };

struct mesh_member {
    char *name;       /* the person's short name: first word of all output ("west") */
    char *kubeconfig; /* file, or NULL for KUBECONFIG or ~/.kube/config */
    char *context;    /* or NULL for the current one */
    char *cluster;    /* cluster id: "west-cluster" */
    char *network;    /* "west-network" */
    /* How the peers shall reach this API server; each NULL: as mesh_server_of says. */
    char *server;          /* its address for them */
    char *server_ca;       /* PEM of the authorities that vouch for it */
    char *server_tls_name; /* what its certificate is for, when that is not the address's host */
    char *server_ca_file;  /* where server_ca is to be read from, or NULL */
    char *istio_version;   /* NULL: the mesh's */
    char *cloud;           /* NULL: the mesh's */
    /* How its east-west gateway is reached (meshctl/mesh/gateway.h). */
    int gateway_ports;                /* 0: the mesh's */
    int gateway_port;                 /* of addresses without one; 0: 15443 */
    struct strlist gateway_addresses; /* HOST[:PORT] each, instead of its Service's own */
    char *gateway_type;               /* of its Service; NULL: the mesh's */
    enum mesh_choice gateway_internal;
    json_t *gateway_annotations;          /* of its Service, over the mesh's; object or NULL */
    json_t *file_values[MESH_COMPONENTS]; /* its part of the mesh file's, objects or NULL */
};

struct mesh {
    char *id; /* mesh id: "mesh" */
    struct mesh_member *members;
    size_t members_count, members_cap;
    char *istio_version; /* "1.31.0" */
    char *hub;           /* "docker.io/istio" */
    char *cloud;         /* a profile of manifests/clouds, or NULL */
    int gateway_ports;   /* of the east-west gateway: 3, or 4 by the chart's networkGateway */
    char *gateway_type;  /* of its Service; NULL: LoadBalancer */
    enum mesh_choice gateway_internal; /* its load balancer is not seen from the internet */
    json_t *gateway_annotations;       /* of its Service, over the cloud's; object or NULL */
    char *istio_namespace;
    char *ingress_namespace;
    char *bookinfo_namespace;
    char *releases[MESH_COMPONENTS];
    json_t *file_values[MESH_COMPONENTS]; /* the mesh file's, with placeholders; objects or NULL */
    json_t *overrides[MESH_COMPONENTS];   /* the command line's values, objects */
};

/* Defaults as in docs/options.md; "mesh", no members. */
struct mesh *mesh_new(void);
void mesh_free(struct mesh *m);
/* Adds a member with its derived names (NAME-cluster, NAME-network); strings may be changed after
 * by mesh_set. Returns its index. */
size_t mesh_add_member(struct mesh *m, const char *name, const char *kubeconfig,
                       const char *context);
/* NULL when there is none of that short name. */
struct mesh_member *mesh_find_member(const struct mesh *m, const char *name);
/* Replaces a string field: mesh_set(&member->network, "net1"). */
void mesh_set(char **field, const char *value);

/* What a member has of its own, or the mesh's. */
const char *mesh_version_of(const struct mesh *m, const struct mesh_member *member);
const char *mesh_cloud_of(const struct mesh *m, const struct mesh_member *member);
int mesh_gateway_ports_of(const struct mesh *m, const struct mesh_member *member);
/* Istio's, of the mesh and all its members. */
void mesh_set_version(struct mesh *m, const char *version);

/* Whether pods of the two reach each other by their own addresses, which is what one network means to
 * istiod: it sends requests between them to pods (pilot/pkg/xds/endpoints/ep_filters.go). */
bool mesh_shares_network(const struct mesh_member *a, const struct mesh_member *b);
/* Whether any two members do. */
bool mesh_has_shared_network(const struct mesh *m);
/* Whether a member needs an east-west gateway: some other one is on another network. So does the only one
 * of a mesh, for those to come. On a shared network each has its own, and istiod prefers that of the
 * cluster that a pod is in. */
bool mesh_needs_eastwest(const struct mesh *m, const struct mesh_member *member);

/* One thing that is wrong, and with which field of the mesh file it is: "istio.version", or with a
 * member "network" of it. */
struct mesh_problem {
    int member; /* index, or -1 */
    const char *field;
    char *text;
};
struct mesh_problems {
    struct mesh_problem *items;
    size_t count, cap;
};
/* Those of a mesh that has members; each problem once. */
void mesh_find_problems(const struct mesh *m, struct mesh_problems *out);
void mesh_problems_release(struct mesh_problems *p);

/* Everything that can be said without a cluster: names that Kubernetes or Istio would refuse,
 * cluster ids used twice, fewer than one member, port count, version's form. One
 * problem a line. Returns -1 with an ERROR_INPUT that lists all of them when there is any. */
int mesh_check(const struct mesh *m, struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(mesh_cleanup, struct mesh, mesh_free);

#endif
