/* The objects that make the mesh, as YAML: a file a kind and namespace. */
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "meshctl/data/yaml.h"
#include "meshctl/kube/diff.h"

enum where {
    MESH,    /* in the mesh's own namespaces */
    BOTH,    /* and in those of applications */
    CLUSTER, /* everywhere, or of no namespace */
};

/* Istio's kinds in versions that all of its releases from 1.16 on serve. What an application keeps in
 * ConfigMaps is its own; of Secrets nobody's content is asked for. */
static const struct {
    enum where where;
    const char *api_version, *kind;
    bool names_only;
} kinds[] = {
    {BOTH, "apps/v1", "Deployment", false},
    {BOTH, "apps/v1", "ReplicaSet", false},
    {BOTH, "apps/v1", "DaemonSet", false},
    {BOTH, "apps/v1", "StatefulSet", false},
    {BOTH, "v1", "Pod", false},
    {BOTH, "v1", "Service", false},
    {BOTH, "discovery.k8s.io/v1", "EndpointSlice", false},
    {BOTH, "v1", "Event", false},
    {BOTH, "networking.k8s.io/v1", "NetworkPolicy", false},
    {MESH, "v1", "ConfigMap", false},
    {MESH, "v1", "ServiceAccount", false},
    {MESH, "v1", "Secret", true},
    {MESH, "autoscaling/v2", "HorizontalPodAutoscaler", false},
    {MESH, "policy/v1", "PodDisruptionBudget", false},
    {MESH, "rbac.authorization.k8s.io/v1", "Role", false},
    {MESH, "rbac.authorization.k8s.io/v1", "RoleBinding", false},
    {MESH, "coordination.k8s.io/v1", "Lease", false},
    {CLUSTER, "v1", "Namespace", false},
    {CLUSTER, "v1", "Node", false},
    {CLUSTER, "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", false},
    {CLUSTER, "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", false},
    {CLUSTER, "apiextensions.k8s.io/v1", "CustomResourceDefinition", true},
    {CLUSTER, "networking.istio.io/v1beta1", "Gateway", false},
    {CLUSTER, "networking.istio.io/v1beta1", "VirtualService", false},
    {CLUSTER, "networking.istio.io/v1beta1", "DestinationRule", false},
    {CLUSTER, "networking.istio.io/v1beta1", "ServiceEntry", false},
    {CLUSTER, "networking.istio.io/v1beta1", "Sidecar", false},
    {CLUSTER, "networking.istio.io/v1beta1", "WorkloadEntry", false},
    {CLUSTER, "networking.istio.io/v1beta1", "WorkloadGroup", false},
    {CLUSTER, "networking.istio.io/v1beta1", "ProxyConfig", false},
    {CLUSTER, "networking.istio.io/v1alpha3", "EnvoyFilter", false},
    {CLUSTER, "security.istio.io/v1beta1", "PeerAuthentication", false},
    {CLUSTER, "security.istio.io/v1beta1", "RequestAuthentication", false},
    {CLUSTER, "security.istio.io/v1beta1", "AuthorizationPolicy", false},
    {CLUSTER, "telemetry.istio.io/v1alpha1", "Telemetry", false},
    {CLUSTER, "extensions.istio.io/v1alpha1", "WasmPlugin", false},
    {CLUSTER, "gateway.networking.k8s.io/v1", "Gateway", false},
    {CLUSTER, "gateway.networking.k8s.io/v1", "HTTPRoute", false},
};

#define MAX_NAMESPACES 64
#define MAX_READS (MC_ARRAY_LEN(kinds) * (MAX_NAMESPACES + 1))

/* What only the server's bookkeeping is about. */
static void append_yaml(struct buf *out, const json_t *object)
{
    json_auto_t *masked = kube_masked(object);
    json_object_del(json_object_get(masked, "metadata"), "managedFields");
    if (out->len)
        buf_appends(out, "---\n");
    yaml_write(out, masked);
}

static void add_file(struct collecting *c, const struct kube_read *read)
{
    const char *namespace_ = read->ref.namespace_;
    AUTO_FREE char *path =
        namespace_ ? collect_path_dup(c, ".yaml", "objects", namespace_, read->ref.kind, NULL)
                   : collect_path_dup(c, ".yaml", "objects", read->ref.kind, NULL);
    AUTO_BUF text = BUF_INIT_MAX(4 * FILES_MAX_FILE);
    size_t i;
    json_t *object;
    json_array_foreach(read->found, i, object)
        append_yaml(&text, object);
    files_add(c->files, path, &text);
}

static size_t add_reads(struct kube_read *reads, enum where where, const char *namespace_)
{
    size_t n = 0;
    for (size_t i = 0; i < MC_ARRAY_LEN(kinds); i++) {
        bool is_wanted = kinds[i].where == where || (where == MESH && kinds[i].where == BOTH);
        if (is_wanted)
            reads[n++] = (struct kube_read){
                .ref = {kinds[i].api_version, kinds[i].kind, namespace_, NULL},
                .is_list = true,
                .metadata_only = kinds[i].names_only,
                .is_spare = true,
            };
    }
    return n;
}

static int take(struct collecting *c, struct kube_read *read, struct error **err)
{
    if (read->error) {
        AUTO_FREE char *what = mem_printf("objects %s", read->ref.kind);
        return collect_forgive(c, what, &read->error, err);
    }
    add_file(c, read);
    if (strcmp(read->ref.kind, "Pod") == 0)
        json_array_extend(c->pods, read->found);
    return 0;
}

static size_t list_reads(const struct collecting *c, struct kube_read *reads)
{
    const struct strlist *own = &c->mesh_namespaces, *more = c->options->namespaces;
    size_t count = add_reads(reads, CLUSTER, NULL), namespaces = 0;
    for (size_t i = 0; i < own->count && namespaces < MAX_NAMESPACES; i++, namespaces++)
        count += add_reads(reads + count, MESH, own->items[i]);
    for (size_t i = 0; more && i < more->count && namespaces < MAX_NAMESPACES; i++, namespaces++)
        if (!strlist_has(own, more->items[i]))
            count += add_reads(reads + count, BOTH, more->items[i]);
    return count;
}

int collect_objects(struct collecting *c, struct error **err)
{
    AUTO_FREE struct kube_read *reads = mem_array(MAX_READS, sizeof(*reads));
    size_t count = list_reads(c, reads);
    AUTO_ERROR struct error *problem = NULL;
    int rc = 0;
    if (kube_read_many(c->probe->client, reads, count, &problem) < 0)
        rc = collect_forgive(c, "objects", &problem, err);
    for (size_t i = 0; i < count && rc == 0; i++)
        if (reads[i].found || reads[i].error)
            rc = take(c, &reads[i], err);
    kube_reads_release(reads, count);
    return rc;
}
