/* What charts see of the cluster that they are installed into: its kinds, those that chart base is
 * about to bring, and its objects. */
#include "apis.h"

#include <string.h>

#include "meshctl/base/text.h"

/* A version of a custom kind that is about to be made, or NULL. */
static const json_t *coming_version(const json_t *crd, const char *api_version, const char *kind)
{
    const char *group = json_dig_str(crd, "spec", "group", NULL);
    const char *slash = strchr(api_version, '/');
    size_t i;
    json_t *version;
    if (!text_equal(json_dig_str(crd, "kind", NULL), "CustomResourceDefinition") || !slash ||
        !group || strlen(group) != (size_t)(slash - api_version) ||
        strncmp(group, api_version, strlen(group)) != 0 ||
        !text_equal(json_dig_str(crd, "spec", "names", "kind", NULL), kind))
        return NULL;
    json_array_foreach(json_dig(crd, "spec", "versions", NULL), i, version)
        if (text_equal(json_dig_str(version, "name", NULL), slash + 1) &&
            json_is_true(json_object_get(version, "served")))
            return version;
    return NULL;
}

static int scope_of(void *ctx, const char *api_version, const char *kind,
                    enum release_scope *ret_scope, struct error **err)
{
    static const enum release_scope scopes[] = {
        [KUBE_SCOPE_UNSERVED] = RELEASE_SCOPE_UNSERVED,
        [KUBE_SCOPE_NAMESPACED] = RELEASE_SCOPE_NAMESPACED,
        [KUBE_SCOPE_CLUSTER] = RELEASE_SCOPE_CLUSTER,
    };
    const struct lane *lane = ctx;
    enum kube_scope scope;
    size_t i;
    json_t *object;
    if (kube_scope_of(lane->client, api_version, kind, &scope, err) < 0)
        return -1;
    *ret_scope = scopes[scope];
    if (scope != KUBE_SCOPE_UNSERVED)
        return 0;
    json_array_foreach(lane->units[UNIT_BASE].objects, i, object)
        if (coming_version(object, api_version, kind))
            *ret_scope = text_equal(json_dig_str(object, "spec", "scope", NULL), "Cluster")
                             ? RELEASE_SCOPE_CLUSTER
                             : RELEASE_SCOPE_NAMESPACED;
    return 0;
}

struct release_scopes lane_scopes(struct lane *lane)
{
    return (struct release_scopes){.ask = scope_of, .ctx = lane};
}

static void add_coming(struct strlist *out, const json_t *crd)
{
    const char *group = json_dig_str(crd, "spec", "group", NULL);
    const char *kind = json_dig_str(crd, "spec", "names", "kind", NULL);
    size_t i;
    json_t *version;
    if (!group || !kind || !text_equal(json_dig_str(crd, "kind", NULL), "CustomResourceDefinition"))
        return;
    json_array_foreach(json_dig(crd, "spec", "versions", NULL), i, version) {
        const char *name = json_dig_str(version, "name", NULL);
        if (!name || !json_is_true(json_object_get(version, "served")))
            continue;
        strlist_addf(out, "%s/%s", group, name);
        strlist_addf(out, "%s/%s/%s", group, name, kind);
    }
}

int lane_api_versions(struct lane *lane, struct strlist *out, struct error **err)
{
    size_t i;
    json_t *object;
    if (kube_api_versions(lane->client, out, err) < 0)
        return -1;
    json_array_foreach(lane->units[UNIT_BASE].objects, i, object)
        add_coming(out, object);
    return 0;
}

int lane_lookup(void *ctx, const char *api_version, const char *kind, const char *namespace_,
                const char *name, json_t **ret_object, struct error **err)
{
    const struct lane *lane = ctx;
    struct kube_ref ref = {api_version, kind, namespace_, name};
    if (name && name[0]) {
        if (kube_get_opt(lane->client, &ref, ret_object, err) < 0)
            return -1;
        if (!*ret_object)
            *ret_object = json_object();
        return 0;
    }
    json_t *items = NULL;
    ref.name = NULL;
    if (kube_list(lane->client, &ref, NULL, NULL, &items, err) < 0)
        return -1;
    *ret_object = json_pack("{s:s, s:s, s:{}, s:o}", "apiVersion", api_version, "kind", "List",
                            "metadata", "items", items);
    return 0;
}
