/* The objects of a release: each once, in its namespace, and which of them are to go. */
#include "meshctl/helm/release_objects.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "manifest_sort.h"
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "meshctl/golang/strings.h"

#define POLICY "helm.sh/resource-policy"
#define KEEP "keep"

/* ---- identity -------------------------------------------------------------------------------- */

static char *key_dup(const struct release_object *o)
{
    const char *slash = strchr(o->api_version, '/');
    int group_len = slash ? (int)(slash - o->api_version) : 0;
    return mem_printf("%.*s\n%s\n%s\n%s", group_len, o->api_version, o->kind,
                      o->namespace_ ? o->namespace_ : "", o->name);
}

static enum release_policy policy_of(const json_t *object)
{
    const char *text = json_dig_str(object, "metadata", "annotations", POLICY, NULL);
    if (!text)
        return RELEASE_POLICY_NONE;
    size_t len = strlen(text);
    gostring_trim(&text, &len);
    bool is_keep = len == strlen(KEEP);
    for (size_t i = 0; is_keep && i < len; i++)
        is_keep = tolower((unsigned char)text[i]) == KEEP[i];
    return is_keep ? RELEASE_POLICY_KEEP : RELEASE_POLICY_OTHER;
}

/* A kind that the server does not have is looked at as if it were namespaced. */
static const char *settle_namespace(json_t *object, enum release_scope scope,
                                    const char *namespace_)
{
    if (scope == RELEASE_SCOPE_CLUSTER)
        return NULL;
    const char *own = json_dig_str(object, "metadata", "namespace", NULL);
    if (own && own[0])
        return own;
    if (scope == RELEASE_SCOPE_UNSERVED)
        return namespace_;
    json_put(object, json_string(namespace_), "metadata", "namespace", NULL);
    return json_dig_str(object, "metadata", "namespace", NULL);
}

/* ---- adding ---------------------------------------------------------------------------------- */

/* Of what was nobody asks more, and it may be large. */
static void keep_identity(struct release_object *o)
{
    o->object = json_pack("{s:s, s:s, s:{s:s*, s:s}}", "apiVersion", o->api_version, "kind",
                          o->kind, "metadata", "namespace", o->namespace_, "name", o->name);
    o->api_version = json_dig_str(o->object, "apiVersion", NULL);
    o->kind = json_dig_str(o->object, "kind", NULL);
    o->name = json_dig_str(o->object, "metadata", "name", NULL);
    o->namespace_ = json_dig_str(o->object, "metadata", "namespace", NULL);
}

static void append(struct release_objects *l, struct release_object o, json_t *object)
{
    if (!l->seen)
        l->seen = json_object();
    o.key = key_dup(&o);
    if (json_object_get(l->seen, o.key)) {
        free(o.key);
        return;
    }
    json_object_set_new(l->seen, o.key, json_true());
    if (o.version)
        keep_identity(&o);
    else
        o.object = json_incref(object);
    l->items = mem_grow(l->items, &l->cap, l->count + 1, sizeof(*l->items));
    l->items[l->count++] = o;
}

static int add_one(struct release_objects *l, json_t *object, const char *namespace_,
                   const struct release_scopes *scopes, int version, struct error **err)
{
    struct release_object o = {
        .api_version = json_dig_str(object, "apiVersion", NULL),
        .kind = json_dig_str(object, "kind", NULL),
        .name = json_dig_str(object, "metadata", "name", NULL),
        .version = version,
    };
    if (!o.api_version || !o.kind || !o.name || !o.name[0])
        return 0;
    if (scopes->ask(scopes->ctx, o.api_version, o.kind, &o.scope, err) < 0)
        return -1;
    if (l->count >= RELEASE_MAX_OBJECTS)
        return error_set(err, ERROR_INPUT, "a release of more than %zu objects",
                         RELEASE_MAX_OBJECTS);
    o.namespace_ = settle_namespace(object, o.scope, namespace_);
    o.policy = policy_of(object);
    append(l, o, object);
    return 0;
}

/* Whatever its kind, an object with a member "items" is a list (apimachinery's unstructured
 * decoder), and of a list Helm's builder makes its items. */
static int add_flat(struct release_objects *l, json_t *object, const char *namespace_,
                    const struct release_scopes *scopes, int version, int depth, struct error **err)
{
    json_t *items = json_object_get(object, "items"), *item;
    size_t i;
    if (!json_is_array(items))
        return add_one(l, object, namespace_, scopes, version, err);
    if (depth >= RELEASE_MAX_LIST_DEPTH)
        return error_set(err, ERROR_INPUT, "lists of objects are nested deeper than %d",
                         RELEASE_MAX_LIST_DEPTH);
    json_array_foreach(items, i, item)
        if (add_flat(l, item, namespace_, scopes, version, depth + 1, err) < 0)
            return -1;
    return 0;
}

int release_objects_add(struct release_objects *l, json_t *object, const char *namespace_,
                        const struct release_scopes *scopes, struct error **err)
{
    return add_flat(l, object, namespace_, scopes, 0, 0, err);
}

/* What is changed in it from here on is in its metadata. */
static json_t *copy_of(const json_t *object)
{
    static const char *const tables[] = {"labels", "annotations"};
    json_t *copy = json_copy((json_t *)object);
    json_t *metadata = json_copy(json_object_get(object, "metadata"));
    if (!metadata)
        return copy;
    json_object_set_new(copy, "metadata", metadata);
    for (size_t i = 0; i < MC_ARRAY_LEN(tables); i++)
        json_object_set_new(metadata, tables[i], json_copy(json_object_get(metadata, tables[i])));
    return copy;
}

int release_objects_add_rendered(struct release_objects *l, const struct chart_rendered *rendered,
                                 const char *namespace_, const struct release_scopes *scopes,
                                 struct error **err)
{
    for (size_t i = 0; i < rendered->objects_count; i++) {
        const struct chart_object *o = &rendered->objects[i];
        bool is_list = json_is_array(json_object_get(o->object, "items"));
        json_auto_t *copy = is_list ? json_deep_copy(o->object) : copy_of(o->object);
        if (copy && release_objects_add(l, copy, namespace_, scopes, err) < 0)
            return error_wrap(err, "%s", o->source);
    }
    return 0;
}

int release_objects_add_record(struct release_objects *l, const struct release *record,
                               const struct release_scopes *scopes, struct error **err)
{
    json_auto_t *objects = NULL, *manifest = NULL;
    json_t *object;
    size_t i;
    AUTO_FREE char *what =
        mem_printf("manifest of release %s, revision %d", record->name, record->version);
    if (release_manifest(record, &manifest, err) < 0 ||
        yaml_read_all(json_string_value(manifest), json_string_length(manifest), what, 0, &objects,
                      err) < 0)
        return error_wrap(err, "%s", what);
    json_array_foreach(objects, i, object)
        if (add_flat(l, object, record->namespace_, scopes, record->version, 0, err) < 0)
            return error_wrap(err, "%s", what);
    return 0;
}

static void add_same(struct release_objects *l, const struct release *record,
                     const struct release_objects *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        struct release_object o = wanted->items[i];
        o.version = record->version;
        append(l, o, NULL);
    }
}

int release_objects_add_history(struct release_objects *l, const struct release_history *h,
                                const struct release_objects *newest,
                                const struct release_scopes *scopes, struct error **err)
{
    for (size_t i = 0; i < h->count; i++) {
        const struct release_revision *r = &h->items[i];
        if (!r->record || !release_history_is_live(h, r))
            continue;
        if (newest && r == release_history_newest(h))
            add_same(l, r->record, newest);
        else if (release_objects_add_record(l, r->record, scopes, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- sets ------------------------------------------------------------------------------------ */

bool release_objects_has(const struct release_objects *l, const struct release_object *object)
{
    return json_object_get(l->seen, object->key) != NULL;
}

static void release_one(struct release_object *o)
{
    json_decref(o->object);
    free(o->key);
}

void release_objects_subtract(struct release_objects *l, const struct release_objects *wanted)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++) {
        struct release_object *o = &l->items[i];
        if (!release_objects_has(wanted, o)) {
            l->items[kept++] = *o;
            continue;
        }
        json_object_del(l->seen, o->key);
        release_one(o);
    }
    l->count = kept;
}

void release_objects_sort_uninstall(struct release_objects *l, int helm_major)
{
    size_t room = l->count ? l->count : 1;
    AUTO_FREE const char **kinds = mem_array(room, sizeof(*kinds));
    AUTO_FREE size_t *order = mem_array(room, sizeof(*order));
    struct release_object *sorted = mem_array(room, sizeof(*sorted));
    for (size_t i = 0; i < l->count; i++)
        kinds[i] = l->items[i].kind;
    sort_kinds_uninstall(kinds, l->count, helm_major, order);
    for (size_t i = 0; i < l->count; i++)
        sorted[i] = l->items[order[i]];
    free(l->items);
    l->items = sorted;
    l->cap = room;
}

void release_objects_release(struct release_objects *l)
{
    for (size_t i = 0; i < l->count; i++)
        release_one(&l->items[i]);
    free(l->items);
    json_decref(l->seen);
    *l = (struct release_objects)RELEASE_OBJECTS_INIT;
}

/* ---- before a delete ------------------------------------------------------------------------- */

enum release_fate release_fate_of(const struct release_object *object, const json_t *live,
                                  const char *release, const char *namespace_, bool is_uninstall,
                                  struct error **ret_why)
{
    AUTO_ERROR struct error *why = NULL;
    if (!live)
        return RELEASE_FATE_GONE;
    if (is_uninstall && object->policy != RELEASE_POLICY_NONE)
        return RELEASE_FATE_KEPT;
    if (text_equal(json_dig_str(live, "metadata", "annotations", POLICY, NULL), KEEP))
        return RELEASE_FATE_KEPT;
    if (release_check_delete(live, release, namespace_, &why) == 0)
        return RELEASE_FATE_DELETE;
    if (ret_why)
        *ret_why = TAKE(why);
    return RELEASE_FATE_FOREIGN;
}
