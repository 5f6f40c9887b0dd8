/* What may stand in a mesh file, and what each field becomes. */
#include "file_fields.h"

#define MESH(f) OWNER_MESH, offsetof(struct mesh, f)
#define MEMBER(f) OWNER_MEMBER, offsetof(struct mesh_member, f)
#define TABLE(rows_, needed_)                                                                      \
    {                                                                                              \
        .rows = rows_, .count = MC_ARRAY_LEN(rows_), .needed = needed_                             \
    }
#define BELOW(name_, table_, help_)                                                                \
    {                                                                                              \
        .name = name_, .kind = FIELD_TABLE, .table = &(table_), .help = help_                      \
    }
#define OPTION(name_, kind_, option_, help_)                                                       \
    {                                                                                              \
        .name = name_, .kind = kind_, .owner = OWNER_OPTION, .option = option_, .help = help_      \
    }

#define BOTH_GATEWAYS (1U << MESH_INGRESS | 1U << MESH_EASTWEST)
/* "gateway" comes before the two that it stands for, which are then more exact. */
#define VALUES_ROWS(owner_)                                                                        \
    {"base", FIELD_VALUES, owner_, .components = 1U << MESH_BASE, .help = "values of chart base"}, \
        {"istiod", FIELD_VALUES, owner_, .components = 1U << MESH_ISTIOD,                          \
         .help = "values of chart istiod"},                                                        \
        {"gateway", FIELD_VALUES, owner_, .components = BOTH_GATEWAYS,                             \
         .help = "values of both gateways"},                                                       \
        {"ingress", FIELD_VALUES, owner_, .components = 1U << MESH_INGRESS,                        \
         .help = "values of gateway istio-ingress"},                                               \
    {                                                                                              \
        "eastwest", FIELD_VALUES, owner_, .components = 1U << MESH_EASTWEST,                       \
                                          .help = "values of gateway istio-eastwest"               \
    }

static const struct field values_rows[] = {VALUES_ROWS(MESH(file_values))};
static const struct field_table values_table = TABLE(values_rows, NULL);
static const struct field member_values_rows[] = {VALUES_ROWS(MEMBER(file_values))};
static const struct field_table member_values_table = TABLE(member_values_rows, NULL);

#define VALUES_FILES(name_)                                                                        \
    {                                                                                              \
        .name = name_, .kind = FIELD_PATHS, .owner = OWNER_OPTION, .option = "values",             \
        .prefix = name_ "=", .help = "values files, merged in this order"                          \
    }
static const struct field values_files_rows[] = {
    VALUES_FILES("base"),    VALUES_FILES("istiod"),   VALUES_FILES("gateway"),
    VALUES_FILES("ingress"), VALUES_FILES("eastwest"),
};
static const struct field_table values_files_table = TABLE(values_files_rows, NULL);

static const struct field releases_rows[] = {
    {"base", FIELD_WORD, MESH(releases[MESH_BASE]), .help = "default istio-base"},
    {"istiod", FIELD_WORD, MESH(releases[MESH_ISTIOD]), .help = "default istiod"},
    {"ingress", FIELD_WORD, MESH(releases[MESH_INGRESS]), .help = "default istio-ingress"},
    {"eastwest", FIELD_WORD, MESH(releases[MESH_EASTWEST]), .help = "default istio-eastwest"},
};
static const struct field_table releases_table = TABLE(releases_rows, NULL);

static const struct field chart_server_rows[] = {
    OPTION("caFile", FIELD_PATH, "ca-file", "authorities (PEM) that vouch for the chart server"),
    OPTION("certFile", FIELD_PATH, "cert-file", "client certificate for the chart server"),
    OPTION("keyFile", FIELD_PATH, "key-file", "its private key"),
    OPTION("insecureSkipTLSVerify", FIELD_FLAG, "insecure-skip-tls-verify",
           "do not look at the chart server's certificate"),
    OPTION("plainHTTP", FIELD_FLAG, "plain-http", "reach an oci:// registry over http"),
};
static const struct field_table chart_server_table = TABLE(chart_server_rows, NULL);

static const struct field istio_rows[] = {
    {"version", FIELD_WORD, MESH(istio_version),
     .help = "chart and image version (default " MESH_DEFAULT_ISTIO_VERSION ")"},
    OPTION("charts", FIELD_SOURCE, "charts",
           "where charts come from: a folder, the URL of a chart repository, or oci://HOST/PATH"),
    BELOW("chartServer", chart_server_table, "how the chart server is reached"),
    {"hub", FIELD_WORD, MESH(hub), .help = "where images come from (default docker.io/istio)"},
    {"namespace", FIELD_WORD, MESH(istio_namespace),
     .help = "where istiod lives (default istio-system)"},
    {"ingressNamespace", FIELD_WORD, MESH(ingress_namespace),
     .help = "where the gateways live (default istio-ingress)"},
    BELOW("releases", releases_table, "names of the Helm releases"),
    BELOW(
        "values", values_table,
        "values of the charts in all clusters; ${cluster}, ${network}, ${mesh} are filled in, and "
        "$${ is ${"),
    BELOW("valuesFiles", values_files_table, "the same in files, taken as they are"),
};
static const struct field_table istio_table = TABLE(istio_rows, NULL);

static const struct field trust_rows[] = {
    OPTION("dir", FIELD_PATH, "ca-dir",
           "folder of the root and the intermediates (default ./NAME-ca)"),
};
static const struct field_table trust_table = TABLE(trust_rows, NULL);

#define GATEWAY_ROWS(owner_)                                                                       \
    {"type", FIELD_WORD, owner_(gateway_type),                                                     \
     .help = "of its Service: LoadBalancer, NodePort or ClusterIP (default LoadBalancer)"},        \
        {"internal", FIELD_FLAG, owner_(gateway_internal),                                         \
         .help = "whether its load balancer is reached from inside alone, as the cloud has it"},   \
    {                                                                                              \
        "annotations", FIELD_TEXTS, owner_(gateway_annotations), .help = "of its Service"          \
    }

static const struct field gateway_rows[] = {
    {"ports", FIELD_NUMBER, MESH(gateway_ports),
     .help =
         "of the east-west gateway, 3 or 4: 15021, 15443, 15012, with 4 also 15017 (default 3)"},
    GATEWAY_ROWS(MESH),
};
static const struct field_table gateway_table = TABLE(gateway_rows, NULL);
static const struct field member_gateway_rows[] = {
    {"address", FIELD_WORDS, MEMBER(gateway_addresses),
     .help = "HOST[:PORT], or a list: where the other clusters reach it, instead of what its "
             "Service has"},
    {"port", FIELD_NUMBER, MEMBER(gateway_port),
     .help = "of addresses that have none (default 15443)"},
    {"ports", FIELD_NUMBER, MEMBER(gateway_ports), .help = "of the east-west gateway: 3 or 4"},
    GATEWAY_ROWS(MEMBER),
};
static const struct field_table member_gateway_table = TABLE(member_gateway_rows, NULL);

static const struct field defaults_rows[] = {
    OPTION("kubeconfig", FIELD_PATH, "kubeconfig",
           "of clusters that name none (default: KUBECONFIG, then ~/.kube/config)"),
    {"cloud", FIELD_WORD, MESH(cloud),
     .help = "profile of a cloud's load balancers; auto: by the nodes"},
    BELOW("gateway", gateway_table, "how the east-west gateways are reached"),
};
static const struct field_table defaults_table = TABLE(defaults_rows, NULL);

static const struct field server_rows[] = {
    {"url", FIELD_WORD, MEMBER(server),
     .help = "address of its API server for the other clusters (default: the kubeconfig's)"},
    {"caFile", FIELD_PATH, MEMBER(server_ca_file),
     .help = "authorities (PEM) that vouch for it to them (default: the cluster's own)"},
    {"tlsName", FIELD_WORD, MEMBER(server_tls_name), .help = "what its certificate is for"},
};
static const struct field_table server_table = TABLE(server_rows, NULL);

static const struct field cluster_rows[] = {
    {"name", FIELD_WORD, MEMBER(name), .help = "short name: the first word of all output"},
    {"kubeconfig", FIELD_PATH, MEMBER(kubeconfig), .help = "kubeconfig of the cluster"},
    {"context", FIELD_WORD, MEMBER(context), .help = "context in it (default: the current one)"},
    {"cluster", FIELD_WORD, MEMBER(cluster), .help = "cluster id (default NAME-cluster)"},
    {"network", FIELD_WORD, MEMBER(network),
     .help = "network (default NAME-network); of clusters with the same one, pods reach each other "
             "by their own addresses"},
    {"version", FIELD_WORD, MEMBER(istio_version),
     .help = "chart and image version (default istio.version)"},
    BELOW("server", server_table, "how the other clusters reach its API server"),
    {"cloud", FIELD_WORD, MEMBER(cloud),
     .help = "profile of a cloud's load balancers; auto: by the nodes"},
    BELOW("gateway", member_gateway_table, "how its east-west gateway is reached"),
    BELOW("values", member_values_table, "values of its charts, over those of all clusters"),
};
static const struct field_table cluster_table = TABLE(cluster_rows, "name");

static const struct field verify_rows[] = {
    OPTION("bookinfo", FIELD_FLAG, "bookinfo",
           "deploy Istio's Bookinfo sample over the clusters and verify with its traffic"),
    {"bookinfoNamespace", FIELD_WORD, MESH(bookinfo_namespace),
     .help = "where the Bookinfo sample lives (default bookinfo)"},
    OPTION("requests", FIELD_NUMBER, "requests", "requests to send at the least"),
    {"traffic", FIELD_FLAG, OWNER_OPTION, .option = "no-traffic", .negated = true,
     .help = "whether requests of meshctl's own are sent (default true)"},
};
static const struct field_table verify_table = TABLE(verify_rows, NULL);

static const struct field file_rows[] = {
    {"apiVersion", FIELD_WORD, .must_be = FILE_API_VERSION, .help = "form of this file"},
    {"kind", FIELD_WORD, .must_be = FILE_KIND, .help = "what this file is"},
    {"name", FIELD_WORD, MESH(id), .help = "mesh id (default mesh)"},
    BELOW("istio", istio_table, "what is installed"),
    BELOW("trust", trust_table, "the certificate authority"),
    BELOW("defaults", defaults_table, "of clusters that do not say otherwise"),
    {.name = "clusters",
     .kind = FIELD_ITEMS,
     .table = &cluster_table,
     .help = "the members, in the order of all output"},
    BELOW("verify", verify_table, "how the mesh is proved"),
    OPTION("manifests", FIELD_PATH, "manifests",
           "folder whose files replace built-in manifests of the same name"),
    OPTION("fieldManager", FIELD_WORD, "field-manager",
           "manager of the objects that are not a chart's (default meshctl)"),
};
const struct field_table file_table = TABLE(file_rows, NULL);

static void *slot(const struct field *f, struct mesh *m, struct mesh_member *member)
{
    return (f->owner == OWNER_MEMBER ? (char *)member : (char *)m) + f->offset;
}

char **field_text(const struct field *f, struct mesh *m, struct mesh_member *member)
{
    return slot(f, m, member);
}

int *field_number(const struct field *f, struct mesh *m, struct mesh_member *member)
{
    return slot(f, m, member);
}

struct strlist *field_words(const struct field *f, struct mesh *m, struct mesh_member *member)
{
    return slot(f, m, member);
}

json_t **field_texts(const struct field *f, struct mesh *m, struct mesh_member *member)
{
    return slot(f, m, member);
}

enum mesh_choice *field_choice(const struct field *f, struct mesh *m, struct mesh_member *member)
{
    return slot(f, m, member);
}

json_t **field_values(const struct field *f, struct mesh *m, struct mesh_member *member)
{
    return slot(f, m, member);
}
