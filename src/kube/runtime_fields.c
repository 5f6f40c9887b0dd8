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

/* What goes along on the way down to a field. */
struct dropping {
    const struct row *row;
    struct buf path; /* as the server writes it: `.webhooks[name="x"].failurePolicy` */
    struct kube_conflicts *left_out;
    bool dropped;
};

static void drop(struct dropping *d, json_t *desired, const json_t *live, const json_t *fields,
                 const char *const *steps);

/* `k:{"name":"x"}` as `[name="x"]`. */
static void append_element(struct buf *path, const char *element)
{
    AUTO_ERROR struct error *ignored = NULL;
    json_auto_t *keys = NULL;
    const char *key, *comma = "";
    json_t *value;
    /* It has fitted an item, so it can be read. */
    (void)!json_read(element + 2, strlen(element + 2), "managedFields", &keys, &ignored);
    buf_appendc(path, '[');
    json_object_foreach(keys, key, value) {
        AUTO_FREE char *text = json_write_dup(value, JSON_WRITE_NO_ESCAPE);
        buf_appendf(path, "%s%s=%s", comma, key, text);
        comma = ",";
    }
    buf_appendc(path, ']');
}

static void drop_in_items(struct dropping *d, json_t *desired, const json_t *live,
                          const json_t *fields, const char *const *steps)
{
    size_t i, len = d->path.len;
    json_t *item;
    json_array_foreach(desired, i, item) {
        const char *element = kube_owned_element(fields, item);
        if (!element)
            continue;
        append_element(&d->path, element);
        drop(d, item, live_item(fields, live, element), json_object_get(fields, element),
             steps + 1);
        buf_truncate(&d->path, len);
    }
}

static void note_left_out(const struct dropping *d)
{
    struct kube_conflicts *out = d->left_out;
    AUTO_BUF field = BUF_INIT;
    if (out->count == KUBE_MAX_CONFLICTS)
        return;
    text_append_clean(&field, buf_str(&d->path), d->path.len);
    out->items = mem_grow(out->items, &out->cap, out->count + 1, sizeof(*out->items));
    out->items[out->count++] = (struct kube_conflict){.manager = mem_strdup(d->row->manager),
                                                      .field = buf_detach(&field, NULL)};
}

/* Takes the field at the end of the steps out of `desired` where `fields` has it. */
static void drop(struct dropping *d, json_t *desired, const json_t *live, const json_t *fields,
                 const char *const *steps)
{
    if (strcmp(steps[0], "*") == 0) {
        drop_in_items(d, desired, live, fields, steps);
        return;
    }
    AUTO_FREE char *element = mem_printf("f:%s", steps[0]);
    size_t len = d->path.len;
    json_t *value = json_object_get(desired, steps[0]);
    const json_t *now = json_object_get(live, steps[0]);
    const json_t *below = json_object_get(fields, element);
    if (!value || !below)
        return;
    buf_appendf(&d->path, ".%s", steps[0]);
    if (steps[1]) {
        drop(d, value, now, below, steps + 1);
    } else if (!d->row->holds || d->row->holds(now, value)) {
        if (!d->row->holds && !json_same(now, value))
            note_left_out(d);
        json_object_del(desired, steps[0]);
        d->dropped = true;
    }
    buf_truncate(&d->path, len);
}

static bool is_about(const struct row *row, const json_t *object)
{
    return text_equal(json_dig_str(object, "kind", NULL), row->kind) &&
           text_equal(json_dig_str(object, "apiVersion", NULL), row->api_version);
}

json_t *kube_without_runtime_fields(json_t *desired, const json_t *live,
                                    struct kube_conflicts *left_out)
{
    struct dropping d = {.left_out = left_out};
    json_auto_t *copy = NULL;
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        size_t k;
        json_t *entry;
        if (!is_about(&rows[i], desired))
            continue;
        d.row = &rows[i];
        copy = copy ? copy : json_deep_copy(desired);
        json_array_foreach(json_dig(live, "metadata", "managedFields", NULL), k, entry) {
            const json_t *fields = fields_of(entry, &rows[i]);
            if (fields)
                drop(&d, copy, live, fields, rows[i].path);
        }
    }
    buf_release(&d.path);
    return d.dropped ? TAKE(copy) : json_incref(desired);
}
