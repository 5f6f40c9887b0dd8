#include "fakeapi_internal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/data/json.h"

#define FIRST_VERSION 1000
#define CRDS "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"

void fakeapi_store_init(struct fakeapi_store *s, bool lifeless)
{
    static const char *const namespaces[] = {"default", "kube-system"};
    static atomic_uint stores;
    *s = (struct fakeapi_store){.objects = json_object(),
                                .version = FIRST_VERSION,
                                .lifeless = lifeless,
                                .number = atomic_fetch_add(&stores, 1)};
    for (size_t i = 0; i < MC_ARRAY_LEN(namespaces); i++) {
        AUTO_FREE char *path = mem_printf("/api/v1/namespaces/%s", namespaces[i]);
        fakeapi_store_set(s, path,
                          json_pack("{s:s,s:s,s:{s:s}}", "apiVersion", "v1", "kind", "Namespace",
                                    "metadata", "name", namespaces[i]));
    }
}

void fakeapi_store_compact(struct fakeapi_store *s)
{
    for (size_t i = 0; i < s->event_count; i++) {
        free(s->events[i].path);
        json_decref(s->events[i].object);
    }
    s->event_count = 0;
    s->compacted = s->version;
}

void fakeapi_store_release(struct fakeapi_store *s)
{
    fakeapi_store_compact(s);
    free(s->events);
    json_decref(s->objects);
}

/* ---- kinds ---- */

static bool kind_fits(const struct fakeapi_kind *k, const char *group, const char *version,
                      const char *plural, const char *kind)
{
    return strcmp(k->group, group) == 0 && strcmp(k->version, version) == 0 &&
           (kind ? strcmp(k->kind, kind) == 0 : plural && strcmp(k->plural, plural) == 0);
}

static bool crd_fits(const json_t *crd, const char *group, const char *version, const char *plural,
                     const char *kind, struct fakeapi_kind *ret_kind)
{
    size_t i;
    json_t *entry;
    struct fakeapi_kind k = {.group = json_dig_str(crd, "spec", "group", NULL),
                             .plural = json_dig_str(crd, "spec", "names", "plural", NULL),
                             .kind = json_dig_str(crd, "spec", "names", "kind", NULL),
                             .cluster_scoped =
                                 text_equal(json_dig_str(crd, "spec", "scope", NULL), "Cluster")};
    json_array_foreach(json_dig(crd, "spec", "versions", NULL), i, entry) {
        k.version = json_dig_str(entry, "name", NULL);
        if (k.group && k.plural && k.kind && k.version &&
            kind_fits(&k, group, version, plural, kind)) {
            *ret_kind = k;
            return true;
        }
    }
    return false;
}

bool fakeapi_store_kind(const struct fakeapi_store *s, const char *group, const char *version,
                        const char *plural, const char *kind, struct fakeapi_kind *ret_kind)
{
    const char *path;
    json_t *object;
    for (const struct fakeapi_kind *k = fakeapi_kinds; k->kind; k++) {
        if (kind_fits(k, group, version, plural, kind)) {
            *ret_kind = *k;
            return true;
        }
    }
    json_object_foreach(s->objects, path, object) {
        if (text_has_prefix(path, CRDS) && crd_fits(object, group, version, plural, kind, ret_kind))
            return true;
    }
    return false;
}

char *fakeapi_store_path_dup(const struct fakeapi_store *s, const json_t *object)
{
    struct fakeapi_kind kind;
    const char *api = json_dig_str(object, "apiVersion", NULL);
    const char *ns = json_dig_str(object, "metadata", "namespace", NULL);
    const char *slash = api ? strchr(api, '/') : NULL;
    if (!api || !json_dig_str(object, "kind", NULL) ||
        !json_dig_str(object, "metadata", "name", NULL))
        return NULL;
    AUTO_FREE char *group = slash ? mem_strndup(api, (size_t)(slash - api)) : mem_strdup("");
    if (!fakeapi_store_kind(s, group, slash ? slash + 1 : api, NULL,
                            json_dig_str(object, "kind", NULL), &kind))
        return NULL;
    AUTO_FREE char *middle =
        kind.cluster_scoped ? mem_strdup("") : mem_printf("/namespaces/%s", ns ? ns : "default");
    return mem_printf("/%s/%s%s/%s/%s", slash ? "apis" : "api", api, middle, kind.plural,
                      json_dig_str(object, "metadata", "name", NULL));
}

/* ---- writing ---- */

static void add_event(struct fakeapi_store *s, const char *type, const char *path, json_t *object)
{
    s->events = mem_grow(s->events, &s->event_cap, s->event_count + 1, sizeof(*s->events));
    s->events[s->event_count++] = (struct fakeapi_event){.version = s->version,
                                                         .type = type,
                                                         .path = mem_strdup(path),
                                                         .object = json_deep_copy(object)};
}

static void stamp(struct fakeapi_store *s, json_t *object)
{
    AUTO_FREE char *version = mem_printf("%ld", ++s->version);
    json_put(object, json_string(version), "metadata", "resourceVersion", NULL);
}

/* The parts that the server owns, kept from the object before or made for a new one. */
static void keep_system_fields(struct fakeapi_store *s, const json_t *before, json_t *object)
{
    static const char *const fields[] = {"uid", "creationTimestamp", "generation",
                                         "resourceVersion"};
    for (size_t i = 0; i < MC_ARRAY_LEN(fields); i++) {
        json_t *kept = json_dig(before, "metadata", fields[i], NULL);
        if (kept)
            json_put(object, json_incref(kept), "metadata", fields[i], NULL);
    }
    if (before) {
        json_t *status = json_object_get(before, "status");
        if (status && !json_object_get(object, "status"))
            json_object_set(object, "status", status);
        const json_t *old = json_object_get(before, "spec"), *new = json_object_get(object, "spec");
        bool same = (!old && !new) || json_equal(old, new);
        json_int_t generation = json_dig_int(before, 1, "metadata", "generation", NULL);
        json_put(object, json_integer(generation + !same), "metadata", "generation", NULL);
        return;
    }
    AUTO_FREE char *uid = mem_printf("00000000-%04x-4000-8000-%012ld", s->number, s->version);
    AUTO_FREE char *now = clock_rfc3339_dup(time(NULL));
    json_put(object, json_string(uid), "metadata", "uid", NULL);
    json_put(object, json_string(now), "metadata", "creationTimestamp", NULL);
    json_put(object, json_integer(1), "metadata", "generation", NULL);
}

json_t *fakeapi_store_set(struct fakeapi_store *s, const char *path, json_t *object)
{
    json_t *before = json_object_get(s->objects, path);
    keep_system_fields(s, before, object);
    if (!s->lifeless)
        fakeapi_alive(object);
    if (before && json_equal(before, object)) {
        json_decref(object);
        return before;
    }
    stamp(s, object);
    add_event(s, before ? "MODIFIED" : "ADDED", path, object);
    json_object_set_new(s->objects, path, object);
    return object;
}

static void delete_one(struct fakeapi_store *s, const char *path)
{
    json_t *object = json_object_get(s->objects, path);
    if (!object)
        return;
    stamp(s, object);
    add_event(s, "DELETED", path, object);
    json_object_del(s->objects, path);
}

/* Whether the path lies in the namespace whose own path is `ns_path`. */
static bool lies_in(const char *path, const char *ns_path)
{
    struct fakeapi_place place;
    const char *ns = text_has_prefix(ns_path, "/api/v1/namespaces/") ? ns_path + 19 : NULL;
    bool in = ns && fakeapi_place_parse(path, &place) && text_equal(place.ns, ns);
    if (ns)
        fakeapi_place_release(&place);
    return in;
}

void fakeapi_store_delete(struct fakeapi_store *s, const char *path)
{
    const char *other;
    json_t *object;
    void *next;
    json_object_foreach_safe(s->objects, next, other, object)
    {
        AUTO_FREE char *copy = mem_strdup(other);
        if (lies_in(copy, path))
            delete_one(s, copy);
    }
    delete_one(s, path);
}

void fakeapi_merge(json_t *target, const json_t *patch)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)patch, key, value) {
        json_t *mine = json_object_get(target, key);
        if (json_is_null(value)) {
            json_object_del(target, key);
        } else if (json_is_object(value) && json_is_object(mine)) {
            fakeapi_merge(mine, value);
        } else if (json_is_object(value)) {
            json_object_set_new(target, key, json_object());
            fakeapi_merge(json_object_get(target, key), value);
        } else {
            json_object_set_new(target, key, json_deep_copy(value));
        }
    }
}

/* ---- selecting ---- */

/* "(a,b)" */
static bool is_one_of(const char *value, const char *set)
{
    AUTO_FREE char *inside = mem_strndup(set + 1, strlen(set) - 2);
    AUTO_STRLIST values = STRLIST_INIT;
    strlist_split(&values, inside, ',');
    return value && strlist_has(&values, value);
}

/* "a=b", "a!=b", "a", "a in (b,c)" */
static bool label_fits(const json_t *object, char *term)
{
    char *equals = strchr(term, '='), *in = strstr(term, " in (");
    bool negated = equals && equals > term && equals[-1] == '!';
    const char *wanted = equals ? equals + 1 + (equals[1] == '=') : NULL;
    if (in)
        *in = '\0';
    else if (equals)
        equals[negated ? -1 : 0] = '\0';
    const char *value = json_dig_str(object, "metadata", "labels", term, NULL);
    if (in)
        return is_one_of(value, in + strlen(" in "));
    return (wanted ? text_equal(value, wanted) : value != NULL) != negated;
}

/* Terms with commas between them, but not within brackets: all must hold. */
static bool labels_fit(const json_t *object, const char *selector)
{
    for (const char *end; *selector; selector = *end ? end + 1 : end) {
        const char *open = strchr(selector, '(');
        end = selector + strcspn(selector, ",");
        if (open && open < end)
            end = selector + strcspn(selector, ")") + 1;
        AUTO_FREE char *term = mem_strndup(selector, (size_t)(end - selector));
        if (!label_fits(object, term))
            return false;
    }
    return true;
}

static bool fields_fit(const json_t *object, const char *selector)
{
    AUTO_STRLIST terms = STRLIST_INIT;
    strlist_split(&terms, selector, ',');
    for (size_t i = 0; i < terms.count; i++) {
        char *equals = strchr(terms.items[i], '=');
        if (!equals)
            continue;
        *equals = '\0';
        AUTO_STRLIST steps = STRLIST_INIT;
        strlist_split(&steps, terms.items[i], '.');
        const json_t *at = object;
        for (size_t k = 0; k < steps.count; k++)
            at = json_object_get(at, steps.items[k]);
        if (!text_equal(json_string_value(at), equals + 1))
            return false;
    }
    return true;
}

bool fakeapi_store_selects(const char *path, const json_t *object,
                           const struct fakeapi_place *collection, const char *query)
{
    struct fakeapi_place place;
    AUTO_FREE char *labels = fakeapi_query_dup(query, "labelSelector");
    AUTO_FREE char *fields = fakeapi_query_dup(query, "fieldSelector");
    bool fits = fakeapi_place_parse(path, &place) && text_equal(place.group, collection->group) &&
                text_equal(place.version, collection->version) &&
                text_equal(place.plural, collection->plural) &&
                (!collection->ns || text_equal(place.ns, collection->ns)) &&
                (!collection->name || text_equal(place.name, collection->name)) &&
                (!labels || !*labels || labels_fit(object, labels)) &&
                (!fields || !*fields || fields_fit(object, fields));
    fakeapi_place_release(&place);
    return fits;
}
