/* Which clusters are members of the mesh, and its names. */
#include "options_mesh.h"

#define FIELD(f) OPTION_FIELD(struct options_mesh, f)

static const struct option rows[] = {
    {"filename", 'f', FIELD(filename), "FILE",
     "mesh file: the clusters and all that is said of the mesh; options win over it"},
    {"west", 0, FIELD(west), "FILE[@CONTEXT]", "kubeconfig of the cluster west"},
    {"east", 0, FIELD(east), "FILE[@CONTEXT]", "kubeconfig of the cluster east"},
    {"cluster", 0, FIELD(clusters), "NAME=FILE[@CONTEXT]",
     "a cluster by its short name; FILE may be left out (NAME=@CONTEXT). Repeatable"},
    {"kubeconfig", 0, FIELD(kubeconfig), "FILE",
     "for clusters given without FILE (default: KUBECONFIG, then ~/.kube/config)"},
    {"mesh-id", 0, FIELD(mesh_id), "ID", "mesh id (default mesh)"},
    {"cluster-name", 0, FIELD(cluster_names), "NAME=ID", "cluster id (default NAME-cluster)"},
    {"network", 0, FIELD(networks), "NAME=NETWORK",
     "network (default NAME-network); on the same one, pods reach each other by their own "
     "addresses"},
    {"server", 0, FIELD(servers), "NAME=URL",
     "address of NAME's API server for the other clusters (default: the kubeconfig's)"},
    {"server-ca", 0, FIELD(server_cas), "NAME=FILE",
     "authorities (PEM) that vouch for it to them (default: the cluster's own)"},
    {"server-tls-name", 0, FIELD(server_tls_names), "NAME=HOST",
     "what its certificate is for (default: the kubeconfig's tls-server-name, with --server its "
     "host)"},
    {"istio-namespace", 0, FIELD(istio_namespace), "NAMESPACE",
     "where istiod lives (default istio-system)"},
    {"ingress-namespace", 0, FIELD(ingress_namespace), "NAMESPACE",
     "where the gateways live (default istio-ingress)"},
    {"bookinfo-namespace", 0, FIELD(bookinfo_namespace), "NAMESPACE",
     "where the Bookinfo sample lives (default bookinfo)"},
    {"release", 0, FIELD(releases), "COMPONENT=NAME",
     "name of a Helm release; components: base, istiod, ingress, eastwest"},
};

const struct option_family options_mesh_family = {"Clusters and names", rows, MC_ARRAY_LEN(rows),
                                                  sizeof(struct options_mesh)};

const struct options_mesh *options_mesh_of(const struct options *o)
{
    return options_get(o, &options_mesh_family);
}
