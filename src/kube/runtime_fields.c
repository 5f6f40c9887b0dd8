/* The table of runtimes that set fields of objects which a chart sets, too, as a part of their own
 * work. An apply of the chart's value would be in conflict with them, and by force it would undo
 * what they did until they do it again. */
#include "runtime_fields.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "owned.h"

#define MAX_STEPS 4
#define WEBHOOKS "admissionregistration.k8s.io/v1"

/* A LabelSelector of which the runtime only adds expressions: all that is wanted is there. */
static bool selector_holds(const json_t *live, const json_t *desired)
{
    const char *key;
    json_t *value;
    size_t i, k;
    json_object_foreach(json_object_get(desired, "matchLabels"), key, value) {
        if (!json_same(json_dig(live, "matchLabels", key, NULL), value))
            return false;
    }
    json_array_foreach(json_object_get(desired, "matchExpressions"), i, value) {
        const json_t *all = json_object_get(live, "matchExpressions");
        for (k = 0; k < json_array_size(all) && !json_same(json_array_get(all, k), value);)
            k++;
        if (k == json_array_size(all))
            return false;
    }
    return true;
}

static const struct row {
    const char *api_version, *kind;
    const char *manager;
    const char *subresource;                                  /* NULL: none */
    const char *path[MAX_STEPS + 1];                          /* "*": each item of a list */
    bool (*holds)(const json_t *live, const json_t *desired); /* NULL: whatever it set there */
} rows[] = {
    /* istiod: pkg/webhooks/webhookpatch.go, pkg/webhooks/validation/controller/controller.go (its
     * failurePolicy goes from Ignore to Fail once it answers). */
    {WEBHOOKS,
     "MutatingWebhookConfiguration",
     "pilot-discovery",
     NULL,
     {"webhooks", "*", "clientConfig", "caBundle"},
     NULL},
    {WEBHOOKS,
     "ValidatingWebhookConfiguration",
     "pilot-discovery",
     NULL,
     {"webhooks", "*", "clientConfig", "caBundle"},
     NULL},
    {WEBHOOKS,
     "ValidatingWebhookConfiguration",
     "pilot-discovery",
     NULL,
     {"webhooks", "*", "failurePolicy"},
     NULL},
    /* AKS's Admissions Enforcer adds expressions that keep webhooks out of kube-system and AKS's
     * own namespaces, and does so again after each change. */
    {WEBHOOKS,
     "MutatingWebhookConfiguration",
     "admissionsenforcer",
     NULL,
     {"webhooks", "*", "namespaceSelector"},
     selector_holds},
    {WEBHOOKS,
     "ValidatingWebhookConfiguration",
     "admissionsenforcer",
     NULL,
     {"webhooks", "*", "namespaceSelector"},
     selector_holds},
    /* A HorizontalPodAutoscaler (pkg/controller/podautoscaler/horizontal.go). `kubectl scale` has a
     * name of its own. */
    {"apps/v1", "Deployment", "kube-controller-manager", "scale", {"spec", "replicas"}, NULL},
    {"apps/v1", "StatefulSet", "kube-controller-manager", "scale", {"spec", "replicas"}, NULL},
};

static const json_t *fields_of(const json_t *entry, const struct row *row)
{
    const char *subresource = json_dig_str(entry, "subresource", NULL);
    bool same = text_equal(json_dig_str(entry, "manager", NULL), row->manager) &&
                text_equal(json_dig_str(entry, "apiVersion", NULL), row->api_version) &&
                text_equal(subresource && *subresource ? subresource : NULL, row->subresource);
    return same ? json_object_get(entry, "fieldsV1") : NULL;
}

/* The live item that the element of managedFields names as it does `item`. */
static const json_t *live_item(const json_t *fields, const json_t *list, const char *element)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        const char *other = kube_owned_element(fields, item);
        if (other && strcmp(other, element) == 0)
            return item;
    }
    return NULL;
}

static bool drop(json_t *desired, const json_t *live, const json_t *fields, const struct row *row,
                 const char *const *path);

static bool drop_in_items(json_t *desired, const json_t *live, const json_t *fields,
                          const struct row *row, const char *const *path)
{
    size_t i;
    json_t *item;
    bool dropped = false;
    json_array_foreach(desired, i, item) {
        const char *element = kube_owned_element(fields, item);
        if (element && drop(item, live_item(fields, live, element),
                            json_object_get(fields, element), row, path + 1))
            dropped = true;
    }
    return dropped;
}

/* Takes the field at the path out of `desired` where `fields` has it. */
static bool drop(json_t *desired, const json_t *live, const json_t *fields, const struct row *row,
                 const char *const *path)
{
    if (strcmp(path[0], "*") == 0)
        return drop_in_items(desired, live, fields, row, path);
    AUTO_FREE char *element = mem_printf("f:%s", path[0]);
    json_t *value = json_object_get(desired, path[0]);
    const json_t *now = json_object_get(live, path[0]);
    const json_t *below = json_object_get(fields, element);
    if (!value || !below)
        return false;
    if (path[1])
        return drop(value, now, below, row, path + 1);
    if (row->holds && !row->holds(now, value))
        return false;
    json_object_del(desired, path[0]);
    return true;
}

static bool is_about(const struct row *row, const json_t *object)
{
    return text_equal(json_dig_str(object, "kind", NULL), row->kind) &&
           text_equal(json_dig_str(object, "apiVersion", NULL), row->api_version);
}

json_t *kube_without_runtime_fields(json_t *desired, const json_t *live)
{
    json_auto_t *copy = NULL;
    bool dropped = false;
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        size_t k;
        json_t *entry;
        if (!is_about(&rows[i], desired))
            continue;
        copy = copy ? copy : json_deep_copy(desired);
        json_array_foreach(json_dig(live, "metadata", "managedFields", NULL), k, entry) {
            const json_t *fields = fields_of(entry, &rows[i]);
            if (fields && drop(copy, live, fields, &rows[i], rows[i].path))
                dropped = true;
        }
    }
    return dropped ? TAKE(copy) : json_incref(desired);
}
