/* Finds what can be asked about traffic in a cluster: istiods, gateways, pods with a proxy. */
#include "flows_internal.h"

#include <stdlib.h>
#include <string.h>

#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/proxy.h"

#define MAX_SELECTORS 64 /* of gateways */
#define MAX_ISTIODS 32   /* pods */
#define MAX_READS (MAX_SELECTORS + 2 * FLOWS_MAX_NAMESPACES + 5)
/* On each pod that the injector has given a proxy (istio pkg/kube/inject/webhook.go). */
#define INJECTED_LABEL "security.istio.io/tlsMode"
/* On each pod of a Gateway of the Kubernetes Gateway API. */
#define GATEWAY_API_LABEL "gateway.networking.k8s.io/gateway-name"
/* Gateways that no Gateway has chosen yet. */
#define USUAL_SELECTOR "istio in (ingressgateway,egressgateway)"

void flows_truncate(struct flows *f, const char *what, size_t shown, size_t of)
{
    if (shown < of)
        json_array_append_new(f->truncated, json_pack("{s:s, s:I, s:I}", "what", what, "shown",
                                                      (json_int_t)shown, "of", (json_int_t)of));
}

bool flows_is_named(const struct flows *f, const char *namespace_)
{
    return namespace_ && strlist_has(&f->namespaces, namespace_);
}

static void find_injected(const struct facts *facts, struct strlist *out)
{
    size_t i;
    json_t *namespace;
    json_array_foreach(facts->namespaces, i, namespace)
        if (facts_is_injected(namespace))
            strlist_add(out, json_dig_str(namespace, "metadata", "name", NULL));
}

/* ---- reading --------------------------------------------------------------------------------- */

struct finding {
    struct kube_read reads[MAX_READS];
    json_t **into[MAX_READS]; /* array that the read's items are added to */
    size_t count;
    struct strlist selectors; /* the reads borrow them */
    struct strlist seen;
    struct strlist places; /* gateways' namespaces */
};

static void add_read(struct finding *find, struct kube_read read, json_t **into)
{
    if (find->count == MAX_READS)
        return;
    read.is_list = true;
    find->reads[find->count] = read;
    find->into[find->count++] = into;
}

static void add_pods(struct finding *find, const char *namespace_, const char *selector,
                     json_t **into)
{
    add_read(find,
             (struct kube_read){.ref = {"v1", "Pod", namespace_, NULL}, .label_selector = selector},
             into);
}

static void add_gateway(struct finding *find, const char *namespace_, const json_t *selector,
                        struct flows *f)
{
    AUTO_FREE char *text = gateways_selector_dup(selector);
    AUTO_FREE char *key = mem_printf("%s %s", namespace_ ? namespace_ : "", text);
    if (!*text || strlist_has(&find->seen, key) || find->selectors.count == MAX_SELECTORS)
        return;
    strlist_add(&find->seen, key);
    strlist_add(&find->selectors, text);
    add_pods(find, namespace_, find->selectors.items[find->selectors.count - 1], &f->gateway_pods);
}

static void add_gateways(struct finding *find, const struct facts *facts, struct flows *f)
{
    size_t i;
    json_t *row;
    strlist_add(&find->places, f->mesh->ingress_namespace);
    json_array_foreach(facts->network_services, i, row) {
        const char *namespace_ = json_dig_str(row, "metadata", "namespace", NULL);
        add_gateway(find, namespace_, json_dig(row, "spec", "selector", NULL), f);
        if (namespace_ && !strlist_has(&find->places, namespace_) &&
            find->places.count < FLOWS_MAX_NAMESPACES)
            strlist_add(&find->places, namespace_);
    }
    json_array_foreach(facts->gateways, i, row)
        add_gateway(find, NULL, json_dig(row, "spec", "selector", NULL), f);
    add_pods(find, NULL, GATEWAY_API_LABEL, &f->gateway_pods);
    add_pods(find, NULL, USUAL_SELECTOR, &f->gateway_pods);
    for (i = 0; i < find->places.count; i++)
        add_read(find,
                 (struct kube_read){.ref = {"apps/v1", "Deployment", find->places.items[i], NULL}},
                 &f->deployments);
}

/* Two selectors may choose the same gateway. */
static bool has_item(const json_t *items, const json_t *item)
{
    const json_t *uid = json_dig(item, "metadata", "uid", NULL);
    size_t i;
    json_t *other;
    json_array_foreach(items, i, other)
        if (uid && json_equal(json_dig(other, "metadata", "uid", NULL), uid))
            return true;
    return false;
}

/* What may not be listed is left out. */
static void take_reads(struct finding *find, const struct flows *f)
{
    for (size_t i = 0; i < find->count; i++) {
        json_t *found = find->reads[i].found, **into = find->into[i], *item;
        size_t j;
        if (found && !*into)
            *into = json_array();
        json_array_foreach(found, j, item)
            if (into != (json_t *const *)&f->gateway_pods || !has_item(*into, item))
                json_array_append(*into, item);
    }
}

static int read_all(struct probe *p, struct flows *f, struct error **err)
{
    struct finding find = {0};
    add_read(&find, (struct kube_read){.ref = {"v1", "Service", NULL, NULL}}, &f->services);
    add_pods(&find, NULL, ISTIOD_SELECTOR, &f->istiod_pods);
    add_gateways(&find, probe_facts(p), f);
    for (size_t i = 0; i < f->namespaces.count; i++)
        add_pods(&find, f->namespaces.items[i], NULL, &f->pods);
    if (!f->namespaces.count)
        add_read(&find,
                 (struct kube_read){.ref = {"v1", "Pod", NULL, NULL},
                                    .label_selector = INJECTED_LABEL,
                                    .metadata_only = true},
                 &f->pods);
    int rc = kube_read_many(p->client, find.reads, find.count, err);
    if (rc == 0)
        take_reads(&find, f);
    kube_reads_release(find.reads, find.count);
    strlist_release(&find.selectors);
    strlist_release(&find.seen);
    strlist_release(&find.places);
    return rc;
}

/* ---- whom to ask ----------------------------------------------------------------------------- */

/* "reviews-v2" of a Deployment's or StatefulSet's pod; else the pod's own name. Yours to free. */
static char *workload_dup(const json_t *pod)
{
    AUTO_FREE char *owner = gateways_workload_dup(pod);
    const char *slash = owner ? strchr(owner, '/') : NULL;
    return mem_strdup(slash ? slash + 1 : json_dig_str(pod, "metadata", "name", NULL));
}

static bool is_asked(const struct flows *f, const json_t *pod)
{
    for (size_t i = 0; i < f->proxies_count; i++)
        if (json_equal(json_dig(f->proxies[i].pod, "metadata", "uid", NULL),
                       json_dig(pod, "metadata", "uid", NULL)))
            return true;
    return false;
}

static bool runs(const json_t *pod)
{
    const char *phase = json_dig_str(pod, "status", "phase", NULL);
    return (!phase || strcmp(phase, "Running") == 0) && json_dig_str(pod, "metadata", "name", NULL);
}

/* Where the list is metadata alone every pod is one with a proxy. */
static void add_proxies(struct flows *f, const json_t *pods, bool is_gateway, size_t max)
{
    size_t i, asked = 0, all = 0;
    json_t *pod;
    json_array_foreach(pods, i, pod) {
        bool is_whole = json_object_get(pod, "spec") != NULL;
        if (!runs(pod) || (is_whole && !proxy_is_in(pod)) || is_asked(f, pod))
            continue;
        all++;
        if (f->proxies_count >= max)
            continue;
        asked++;
        f->proxies[f->proxies_count++] = (struct flows_proxy){
            .pod = pod,
            .namespace_ = mem_strdup_opt(json_dig_str(pod, "metadata", "namespace", NULL)),
            .name = mem_strdup_opt(json_dig_str(pod, "metadata", "name", NULL)),
            .workload = workload_dup(pod),
            .is_gateway = is_gateway,
            .wires = json_object(),
        };
    }
    AUTO_FREE char *what =
        mem_printf("%s asked in %s", is_gateway ? "gateways' pods" : "pods", f->member->name);
    flows_truncate(f, what, asked, all);
}

static void add_istiods(struct flows *f)
{
    size_t i, all = 0;
    json_t *pod;
    f->istiods = mem_array(MAX_ISTIODS, sizeof(*f->istiods));
    json_array_foreach(f->istiod_pods, i, pod) {
        if (!proxy_is_ready(pod))
            continue;
        if (all++ >= MAX_ISTIODS)
            continue;
        const char *namespace_ = json_dig_str(pod, "metadata", "namespace", NULL);
        f->istiods[f->istiods_count++] = (struct flows_istiod){
            .namespace_ = mem_strdup_opt(namespace_),
            .name = mem_strdup_opt(json_dig_str(pod, "metadata", "name", NULL)),
            .workload = workload_dup(pod),
            .is_meshs = text_equal(namespace_, f->mesh->istio_namespace),
            .proxies = -1};
    }
    AUTO_FREE char *what = mem_printf("istiod pods asked in %s", f->member->name);
    flows_truncate(f, what, f->istiods_count, all);
}

int flows_find(struct probe *p, struct flows *f, struct error **err)
{
    size_t max = f->namespaces.count ? FLOWS_MAX_PROXIES : FLOWS_MAX_SAMPLED;
    find_injected(probe_facts(p), &f->injected);
    if (read_all(p, f, err) < 0)
        return -1;
    f->proxies = mem_array(max, sizeof(*f->proxies));
    add_proxies(f, f->gateway_pods, true, max);
    add_proxies(f, f->pods, false, max);
    add_istiods(f);
    return 0;
}
