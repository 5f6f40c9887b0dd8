/* The table of rights, printed as a role and asked of a server. */
#include "meshctl/probe/needs.h"

#include <stdlib.h>
#include <string.h>

#define ALL (NEED_CHECK | NEED_VERIFY | NEED_UP)
#define MAX_RIGHTS 512

/* Where it is needed. A role is for the whole cluster all the same: the names of namespaces vary. */
enum where {
    CLUSTER, /* all namespaces, or none */
    MESH,    /* istiod's namespace and that of the gateways */
};

/* Lists with commas between. */
static const struct need {
    unsigned uses;
    const char *group, *resources, *verbs;
    enum where where;
} needs[] = {
    {ALL, "", "namespaces,nodes,services,pods,configmaps", "get,list,watch", CLUSTER},
    {ALL, "", "resourcequotas,limitranges,serviceaccounts,events", "get,list", CLUSTER},
    {ALL, "", "pods/log", "get", CLUSTER},
    {ALL, "", "secrets", "get,list", MESH},
    /* A WebSocket begins with a GET; from 1.35 on create is asked for, too. */
    {ALL, "", "pods/portforward", "get,create", CLUSTER},
    {ALL, "apps", "deployments,replicasets", "get,list,watch", CLUSTER},
    {ALL, "discovery.k8s.io", "endpointslices", "get,list", CLUSTER},
    {ALL, "networking.istio.io", "gateways,destinationrules,sidecars", "get,list", CLUSTER},
    {ALL, "security.istio.io", "authorizationpolicies,peerauthentications", "get,list", CLUSTER},
    {ALL, "apiextensions.k8s.io", "customresourcedefinitions", "get,list", CLUSTER},
    {ALL, "admissionregistration.k8s.io",
     "mutatingwebhookconfigurations,validatingwebhookconfigurations", "get,list", CLUSTER},

    /* What verify sends its requests from and to, in a namespace of its own. */
    {NEED_VERIFY | NEED_UP, "", "namespaces", "create,delete", CLUSTER},
    {NEED_VERIFY | NEED_UP, "", "serviceaccounts,configmaps,services", "create,patch", CLUSTER},
    {NEED_VERIFY | NEED_UP, "apps", "deployments", "create,patch", CLUSTER},
    {NEED_VERIFY | NEED_UP, "", "pods/proxy", "get", CLUSTER},

    /* What the charts and the steps put there, and down takes off; updates are patches. */
    {NEED_UP, "", "namespaces", "patch,update", CLUSTER},
    {NEED_UP, "", "services,serviceaccounts,configmaps", "create,patch,update,delete", MESH},
    {NEED_UP, "", "secrets", "create,patch,update,delete,watch", MESH},
    {NEED_UP, "apps", "deployments", "create,patch,update,delete", MESH},
    {NEED_UP, "autoscaling", "horizontalpodautoscalers", "get,list,create,patch,update,delete",
     MESH},
    {NEED_UP, "policy", "poddisruptionbudgets", "get,list,create,patch,update,delete", MESH},
    {NEED_UP, "networking.k8s.io", "networkpolicies", "get,list,create,patch,update,delete", MESH},
    {NEED_UP, "networking.istio.io", "gateways,virtualservices,envoyfilters",
     "get,list,create,patch,update,delete", MESH},
    {NEED_UP, "apiextensions.k8s.io", "customresourcedefinitions",
     "create,patch,update,delete,watch", CLUSTER},
    {NEED_UP, "admissionregistration.k8s.io",
     "mutatingwebhookconfigurations,validatingwebhookconfigurations,validatingadmissionpolicies,"
     "validatingadmissionpolicybindings",
     "get,list,create,patch,update,delete", CLUSTER},
    /* Who makes a role must have what it gives, or may escalate and bind. */
    {NEED_UP, "rbac.authorization.k8s.io", "clusterroles,roles",
     "get,list,create,patch,update,delete,escalate,bind", CLUSTER},
    {NEED_UP, "rbac.authorization.k8s.io", "clusterrolebindings,rolebindings",
     "get,list,create,patch,update,delete", CLUSTER},
    /* One writer at a time. */
    {NEED_UP, "coordination.k8s.io", "leases", "get,create,update,delete", MESH},
};

/* ---- as a role ------------------------------------------------------------------------------- */

static void append_list(struct buf *out, const char *key, const char *text)
{
    AUTO_STRLIST parts = STRLIST_INIT;
    strlist_split(&parts, text, ',');
    buf_appendf(out, "  %s: [", key);
    for (size_t i = 0; i < parts.count; i++)
        buf_appendf(out, "%s%s", i ? ", " : "", *parts.items[i] ? parts.items[i] : "\"\"");
    buf_appends(out, "]\n");
}

void needs_append_role(struct buf *out, const char *name, enum need_use use)
{
    buf_appendf(out,
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n"
                "  name: meshctl-%s\nrules:\n",
                name);
    for (size_t i = 0; i < MC_ARRAY_LEN(needs); i++) {
        AUTO_BUF rule = BUF_INIT;
        if (!(needs[i].uses & use))
            continue;
        append_list(&rule, "apiGroups", needs[i].group);
        append_list(&rule, "resources", needs[i].resources);
        append_list(&rule, "verbs", needs[i].verbs);
        rule.data[0] = '-';
        buf_append(out, rule.data, rule.len);
    }
}

/* ---- as questions ---------------------------------------------------------------------------- */

struct rights {
    struct kube_right rows[MAX_RIGHTS];
    struct strlist texts; /* what they borrow */
    size_t count;
};

static void rights_free(struct rights *r)
{
    strlist_release(&r->texts);
    free(r);
}
MC_DEFINE_CLEANUP(rights_cleanup, struct rights, rights_free);

static const char *keep(struct rights *r, const char *text)
{
    strlist_add(&r->texts, text);
    return r->texts.items[r->texts.count - 1];
}

/* `resource` may have a subresource behind it: "pods/log". */
static void add_right(struct rights *r, const struct need *need, const char *resource,
                      const char *verb, const char *namespace_)
{
    const char *slash = strchr(resource, '/');
    AUTO_FREE char *name = mem_strndup(resource, strcspn(resource, "/"));
    if (r->count == MAX_RIGHTS)
        return;
    r->rows[r->count++] = (struct kube_right){.verb = keep(r, verb),
                                              .group = need->group,
                                              .resource = keep(r, name),
                                              .subresource = slash ? keep(r, slash + 1) : NULL,
                                              .namespace_ = namespace_};
}

static void add_need(const struct probe *p, struct rights *r, const struct need *need)
{
    AUTO_STRLIST resources = STRLIST_INIT, verbs = STRLIST_INIT;
    strlist_split(&resources, need->resources, ',');
    strlist_split(&verbs, need->verbs, ',');
    for (size_t i = 0; i < resources.count; i++) {
        for (size_t k = 0; k < verbs.count; k++) {
            if (need->where == CLUSTER) {
                add_right(r, need, resources.items[i], verbs.items[k], NULL);
                continue;
            }
            add_right(r, need, resources.items[i], verbs.items[k], p->mesh->istio_namespace);
            add_right(r, need, resources.items[i], verbs.items[k], p->mesh->ingress_namespace);
        }
    }
}

int needs_missing(const struct probe *p, enum need_use use, struct strlist *missing,
                  struct error **err)
{
    MC_CLEANUP(rights_cleanup) struct rights *r = mem_zalloc(sizeof(*r));
    for (size_t i = 0; i < MC_ARRAY_LEN(needs); i++)
        if (needs[i].uses & use)
            add_need(p, r, &needs[i]);
    return kube_missing_rights(p->client, r->rows, r->count, missing, err);
}
