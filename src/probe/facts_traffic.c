/* Reads what decides about traffic into a value: Services with the pods behind them, policies in the
 * order in which istiod takes them. */
#include "facts_traffic.h"

#include <stdlib.h>
#include <string.h>

#include "gateways.h"
#include "meshctl/base/text.h"

enum read_id { PODS, SERVICES, DESTINATION_RULES, PEER_AUTHENTICATIONS, AUTHORIZATIONS, SIDECARS };

static const struct {
    const char *api_version, *kind, *field_selector;
    bool metadata_only;
    const char *resource;
} rows[FACTS_TRAFFIC_READS] = {
    /* Of a pod that has ended, or has no node yet, nobody expects anything. */
    [PODS] = {"v1", "Pod", "status.phase=Running", true, NULL},
    [SERVICES] = {"v1", "Service", NULL, false, NULL},
    [DESTINATION_RULES] = {"networking.istio.io/v1beta1", "DestinationRule", NULL, false,
                           "destinationrules.networking.istio.io"},
    [PEER_AUTHENTICATIONS] = {"security.istio.io/v1beta1", "PeerAuthentication", NULL, false,
                              "peerauthentications.security.istio.io"},
    [AUTHORIZATIONS] = {"security.istio.io/v1beta1", "AuthorizationPolicy", NULL, false,
                        "authorizationpolicies.security.istio.io"},
    [SIDECARS] = {"networking.istio.io/v1beta1", "Sidecar", NULL, false,
                  "sidecars.networking.istio.io"},
};

void facts_traffic_reads(struct kube_read *reads)
{
    for (size_t i = 0; i < FACTS_TRAFFIC_READS; i++)
        reads[i] = (struct kube_read){.ref = {rows[i].api_version, rows[i].kind, NULL, NULL},
                                      .is_list = true,
                                      .field_selector = rows[i].field_selector,
                                      .metadata_only = rows[i].metadata_only};
}

const char *facts_traffic_resource(size_t read)
{
    return rows[read].resource;
}

/* ---- pods and Services ----------------------------------------------------------------------- */

bool facts_is_in_mesh(const struct facts_traffic *t, const json_t *pod)
{
    /* What the injector and the node's agent leave behind (istio pkg/kube/inject, cni/pkg/util). */
    const json_t *notes = json_dig(pod, "metadata", "annotations", NULL);
    const char *revision = json_dig_str(notes, "istio.io/rev", NULL);
    if (text_equal(json_dig_str(notes, "inject.istio.io/templates", NULL), "gateway") ||
        (revision && t->revisions.count && !strlist_has(&t->revisions, revision)))
        return false;
    return json_object_get(notes, "sidecar.istio.io/status") ||
           text_equal(json_dig_str(notes, "ambient.istio.io/redirection", NULL), "enabled");
}

static json_t *living(const json_t *pods)
{
    json_t *out = json_array(), *pod;
    size_t i;
    json_array_foreach(pods, i, pod)
        if (!json_dig(pod, "metadata", "deletionTimestamp", NULL))
            json_array_append(out, pod);
    return out;
}

/* Namespace to its pods: a Service is held against those of its own namespace only. */
static json_t *by_namespace(const json_t *pods)
{
    json_t *out = json_object(), *pod;
    size_t i;
    json_array_foreach(pods, i, pod) {
        const char *namespace_ = json_dig_str(pod, "metadata", "namespace", NULL);
        json_t *those = namespace_ ? json_object_get(out, namespace_) : NULL;
        if (!namespace_)
            continue;
        if (!those) {
            those = json_array();
            json_object_set_new(out, namespace_, those);
        }
        json_array_append(those, pod);
    }
    return out;
}

static int by_name(const void *a, const void *b)
{
    const struct facts_service *x = a, *y = b;
    int order = strcmp(x->namespace_, y->namespace_);
    return order ? order : strcmp(x->name, y->name);
}

static void count_pods(const struct facts_traffic *t, struct facts_service *s, const json_t *pods)
{
    const json_t *selector = json_dig(s->object, "spec", "selector", NULL);
    size_t i;
    json_t *pod;
    json_array_foreach(pods, i, pod) {
        if (!gateways_selects(selector, pod))
            continue;
        s->pods++;
        s->in_mesh += facts_is_in_mesh(t, pod);
    }
}

static void take_services(struct facts_traffic *t)
{
    json_auto_t *pods = by_namespace(t->pods);
    size_t i;
    json_t *object;
    t->by_name = mem_array(json_array_size(t->services) + 1, sizeof(*t->by_name));
    json_array_foreach(t->services, i, object) {
        struct facts_service *s = &t->by_name[t->by_name_count];
        s->object = object;
        s->namespace_ = json_dig_str(object, "metadata", "namespace", NULL);
        s->name = json_dig_str(object, "metadata", "name", NULL);
        if (!s->namespace_ || !s->name)
            continue;
        s->host = mem_printf("%s.%s.svc.%s", s->name, s->namespace_, t->domain);
        count_pods(t, s, json_object_get(pods, s->namespace_));
        t->by_name_count++;
    }
    qsort(t->by_name, t->by_name_count, sizeof(*t->by_name), by_name);
}

const struct facts_service *facts_service_find(const struct facts_traffic *t,
                                               const char *namespace_, const char *name)
{
    struct facts_service key = {.namespace_ = namespace_, .name = name};
    return bsearch(&key, t->by_name, t->by_name_count, sizeof(*t->by_name), by_name);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* Times are all of one form and sort as text; of one second the name decides (istio
 * pkg/config/model.go, sortConfigByCreationTime). */
static int by_age(const void *a, const void *b)
{
    static const char *const keys[] = {"creationTimestamp", "name", "namespace"};
    for (size_t i = 0; i < MC_ARRAY_LEN(keys); i++) {
        const char *x = json_dig_str(*(json_t *const *)a, "metadata", keys[i], NULL);
        const char *y = json_dig_str(*(json_t *const *)b, "metadata", keys[i], NULL);
        int order = strcmp(x ? x : "", y ? y : "");
        if (order)
            return order;
    }
    return 0;
}

static json_t *oldest_first(const json_t *found)
{
    size_t count = json_array_size(found);
    AUTO_FREE json_t **items = mem_array(count + 1, sizeof(json_t *));
    json_t *sorted = found ? json_array() : NULL;
    for (size_t i = 0; i < count; i++)
        items[i] = json_array_get(found, i);
    qsort(items, count, sizeof(*items), by_age);
    for (size_t i = 0; i < count; i++)
        json_array_append(sorted, items[i]);
    return sorted;
}

static char *said_dup(const char *text, const char *fallback)
{
    return mem_strdup(text && text[0] ? text : fallback);
}

struct facts_traffic *facts_traffic_new(const struct kube_read *reads, const struct facts *f,
                                        const char *istio_namespace, json_t *config,
                                        const json_t *values)
{
    struct facts_traffic *t = mem_zalloc(sizeof(*t));
    t->config = config ? json_incref(config) : json_object();
    t->root = said_dup(json_dig_str(config, "rootNamespace", NULL), istio_namespace);
    t->domain =
        said_dup(json_dig_str(values, "global", "proxy", "clusterDomain", NULL), "cluster.local");
    for (size_t i = 0; i < f->istiods_count; i++)
        if (text_equal(f->istiods[i].namespace_, istio_namespace))
            strlist_add(&t->revisions, f->istiods[i].revision);
    t->pods = living(reads[PODS].found);
    t->services = json_incref(reads[SERVICES].found);
    t->destination_rules = oldest_first(reads[DESTINATION_RULES].found);
    t->peer_authentications = oldest_first(reads[PEER_AUTHENTICATIONS].found);
    t->authorization_policies = oldest_first(reads[AUTHORIZATIONS].found);
    t->sidecars = oldest_first(reads[SIDECARS].found);
    take_services(t);
    return t;
}

void facts_traffic_free(struct facts_traffic *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->by_name_count; i++)
        free(t->by_name[i].host);
    free(t->by_name);
    json_decref(t->pods);
    json_decref(t->services);
    json_decref(t->destination_rules);
    json_decref(t->peer_authentications);
    json_decref(t->authorization_policies);
    json_decref(t->sidecars);
    json_decref(t->config);
    free(t->domain);
    free(t->root);
    strlist_release(&t->revisions);
    free(t);
}
