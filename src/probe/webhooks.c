/* Admission webhooks that would act on the mesh: other injectors, and those that nobody serves. */
#include "surroundings.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"

#define MAX_WEBHOOKS 64 /* whose endpoints are asked for */

/* ---- selectors ------------------------------------------------------------------------------- */

static bool has_value(const json_t *values, const char *value)
{
    size_t i;
    json_t *row;
    json_array_foreach(values, i, row)
        if (value && text_equal(json_string_value(row), value))
            return true;
    return false;
}

static bool expression_takes(const json_t *expression, const json_t *labels)
{
    const char *key = json_dig_str(expression, "key", NULL);
    const char *operator= json_dig_str(expression, "operator", NULL);
    const char *value = key ? json_string_value(json_object_get(labels, key)) : NULL;
    const json_t *values = json_object_get(expression, "values");
    if (text_equal(operator, "In"))
        return has_value(values, value);
    if (text_equal(operator, "NotIn"))
        return !has_value(values, value);
    if (text_equal(operator, "Exists"))
        return value != NULL;
    return text_equal(operator, "DoesNotExist") && !value;
}

bool webhooks_selects(const json_t *selector, const json_t *labels)
{
    const char *key;
    json_t *value;
    size_t i;
    json_object_foreach(json_object_get(selector, "matchLabels"), key, value)
        if (!json_equal(json_object_get(labels, key), value))
            return false;
    json_array_foreach(json_object_get(selector, "matchExpressions"), i, value)
        if (!expression_takes(value, labels))
            return false;
    return true;
}

/* ---- injectors ------------------------------------------------------------------------------- */

static bool is_injector(const json_t *webhook)
{
    const char *name = json_dig_str(webhook, "name", NULL);
    return name && text_has_suffix(name, "sidecar-injector.istio.io");
}

void webhooks_judge_injectors(struct probe *p, const json_t *mutating)
{
    size_t i, k, others = 0;
    json_t *configuration, *webhook;
    json_array_foreach(mutating, i, configuration) {
        json_array_foreach(json_object_get(configuration, "webhooks"), k, webhook) {
            const char *namespace_ =
                json_dig_str(webhook, "clientConfig", "service", "namespace", NULL);
            if (!is_injector(webhook) || text_equal(namespace_, p->mesh->istio_namespace))
                continue;
            others++;
            finding_warn(p, "MC111", "no other one",
                         "MutatingWebhookConfiguration %s has proxies injected by namespace %s",
                         json_dig_str(configuration, "metadata", "name", NULL),
                         namespace_ ? namespace_ : "of no service in the cluster");
            break;
        }
    }
    if (!others && mutating)
        finding_ok(p, "MC111", "none beside the mesh's");
}

void webhooks_judge_own(struct probe *p, const json_t *mutating)
{
    const char *namespace_ = p->mesh->istio_namespace;
    size_t i, k;
    json_t *configuration, *webhook;
    if (!mutating || !facts_istiod_of(probe_facts(p), namespace_))
        return;
    json_array_foreach(mutating, i, configuration)
        json_array_foreach(json_object_get(configuration, "webhooks"), k, webhook)
            if (is_injector(webhook) &&
                text_equal(json_dig_str(webhook, "clientConfig", "service", "namespace", NULL),
                           namespace_)) {
                finding_ok(p, "MC630", "MutatingWebhookConfiguration %s",
                           json_dig_str(configuration, "metadata", "name", NULL));
                return;
            }
    /* A webhook may know istiod by an address instead, and then it says nothing of its namespace. */
    json_array_foreach(mutating, i, configuration)
        json_array_foreach(json_object_get(configuration, "webhooks"), k, webhook)
            if (is_injector(webhook) && json_dig(webhook, "clientConfig", "url", NULL))
                return;
    finding_bad(p, "MC630", "a webhook that leads to istiod",
                "no MutatingWebhookConfiguration of namespace %s", namespace_);
}

/* ---- those that nobody serves ---------------------------------------------------------------- */

/* What the charts bring into a namespace. */
static const char *const resources[] = {
    "*",           "*/*",         "pods",       "services",
    "deployments", "secrets",     "configmaps", "serviceaccounts",
    "roles",       "rolebindings"};

static bool names_any(const json_t *texts, const char *const *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (has_value(texts, wanted[i]))
            return true;
    return false;
}

static bool concerns_us(const json_t *webhook)
{
    static const char *const operations[] = {"*", "CREATE", "UPDATE"};
    size_t i;
    json_t *rule;
    json_array_foreach(json_object_get(webhook, "rules"), i, rule)
        if (names_any(json_object_get(rule, "operations"), operations, MC_ARRAY_LEN(operations)) &&
            names_any(json_object_get(rule, "resources"), resources, MC_ARRAY_LEN(resources)))
            return true;
    return false;
}

/* Whether it is asked about what is in that namespace, which may not be there yet. */
static bool selects_namespace(const struct probe *p, const json_t *webhook, const char *name)
{
    const json_t *namespace = facts_namespace(probe_facts(p), name);
    json_auto_t *fresh = json_pack("{s:s}", "kubernetes.io/metadata.name", name);
    const json_t *labels = json_dig(namespace, "metadata", "labels", NULL);
    return webhooks_selects(json_object_get(webhook, "namespaceSelector"), labels ? labels : fresh);
}

static bool must_be_passed(const struct probe *p, const json_t *webhook)
{
    const char *policy = json_dig_str(webhook, "failurePolicy", NULL);
    return !text_equal(policy, "Ignore") && concerns_us(webhook) &&
           (selects_namespace(p, webhook, p->mesh->istio_namespace) ||
            selects_namespace(p, webhook, p->mesh->ingress_namespace));
}

/* Its Service; NULL for one outside the cluster, or that of the mesh, which may yet come. */
static const json_t *service_of(const struct probe *p, const json_t *webhook)
{
    const json_t *service = json_dig(webhook, "clientConfig", "service", NULL);
    return text_equal(json_dig_str(service, "namespace", NULL), p->mesh->istio_namespace) ? NULL
                                                                                          : service;
}

/* What is asked. */
struct dead {
    struct kube_read reads[MAX_WEBHOOKS];
    const json_t *webhooks[MAX_WEBHOOKS], *configurations[MAX_WEBHOOKS];
    char *selectors[MAX_WEBHOOKS];
    size_t count;
};

static void dead_release(struct dead *d)
{
    kube_reads_release(d->reads, d->count);
    for (size_t i = 0; i < d->count; i++)
        free(d->selectors[i]);
}

static void add(struct probe *p, const json_t *configurations, struct dead *d)
{
    size_t i, k;
    json_t *configuration, *webhook;
    json_array_foreach(configurations, i, configuration)
        json_array_foreach(json_object_get(configuration, "webhooks"), k, webhook) {
            const json_t *service = service_of(p, webhook);
            const char *name = json_dig_str(service, "name", NULL);
            if (!name || d->count == MAX_WEBHOOKS || !must_be_passed(p, webhook))
                continue;
            d->webhooks[d->count] = webhook;
            d->configurations[d->count] = configuration;
            d->selectors[d->count] = mem_printf("kubernetes.io/service-name=%s", name);
            d->reads[d->count] =
                (struct kube_read){.ref = {"discovery.k8s.io/v1", "EndpointSlice",
                                           json_dig_str(service, "namespace", NULL), NULL},
                                   .is_list = true,
                                   .label_selector = d->selectors[d->count]};
            d->count++;
        }
}

static bool has_endpoint(const json_t *slices)
{
    size_t i, k;
    json_t *slice, *endpoint;
    json_array_foreach(slices, i, slice)
        json_array_foreach(json_object_get(slice, "endpoints"), k, endpoint)
            if (!json_is_false(json_dig(endpoint, "conditions", "ready", NULL)))
                return true;
    return false;
}

static void judge(struct probe *p, const struct dead *d)
{
    size_t bad = 0;
    for (size_t i = 0; i < d->count; i++) {
        const json_t *service = json_dig(d->webhooks[i], "clientConfig", "service", NULL);
        struct kube_ref ref = kube_ref_of(d->configurations[i]);
        if (d->reads[i].error || has_endpoint(d->reads[i].found))
            continue;
        bad++;
        finding_bad(p, "MC113", "a ready endpoint of its Service",
                    "%s of %s %s: none of Service %s/%s",
                    json_dig_str(d->webhooks[i], "name", NULL), ref.kind, ref.name,
                    json_dig_str(service, "namespace", NULL), json_dig_str(service, "name", NULL));
        finding_fix(p,
                    "bring its server back: kubectl get pods -n %s; if its owner is gone for good: "
                    "kubectl delete %s %s",
                    json_dig_str(service, "namespace", NULL),
                    text_equal(ref.kind, "MutatingWebhookConfiguration")
                        ? "mutatingwebhookconfiguration"
                        : "validatingwebhookconfiguration",
                    ref.name);
    }
    if (!bad)
        finding_ok(p, "MC113", "%zu that have to be passed", d->count);
}

int webhooks_check_dead(struct probe *p, const json_t *mutating, const json_t *validating,
                        struct error **err)
{
    MC_CLEANUP(dead_release) struct dead d = {0};
    if (!mutating && !validating)
        return 0;
    add(p, mutating, &d);
    add(p, validating, &d);
    if (kube_read_many(p->client, d.reads, d.count, err) < 0)
        return -1;
    judge(p, &d);
    return 0;
}
