/* /version, /api, /apis and what is below them, in the aggregated form (apidiscovery.k8s.io/v2) and
 * in the older one. */
#include "fakeapi_internal.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/data/json.h"

#define AGGREGATED_TYPE "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

static json_t *verbs(void)
{
    return json_pack("[s,s,s,s,s,s,s]", "create", "delete", "get", "list", "patch", "update",
                     "watch");
}

/* Calls `add` for every kind served. */
static void each_kind(const struct fakeapi_store *s,
                      void (*add)(json_t *out, const struct fakeapi_kind *k), json_t *out)
{
    const char *path;
    json_t *object, *version;
    size_t i;
    for (const struct fakeapi_kind *k = fakeapi_kinds; k->kind; k++)
        add(out, k);
    json_object_foreach(s->objects, path, object) {
        if (!text_equal(json_dig_str(object, "kind", NULL), "CustomResourceDefinition"))
            continue;
        json_array_foreach(json_dig(object, "spec", "versions", NULL), i, version) {
            struct fakeapi_kind k;
            if (fakeapi_store_kind(s, json_dig_str(object, "spec", "group", NULL),
                                   json_dig_str(version, "name", NULL),
                                   json_dig_str(object, "spec", "names", "plural", NULL), NULL, &k))
                add(out, &k);
        }
    }
}

static json_t *find_by(json_t *array, const char *key, const char *value)
{
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item) {
        const char *found = json_dig_str(item, key, NULL);
        if (!found)
            found = json_dig_str(item, "metadata", key, NULL);
        if (text_equal(found, value))
            return item;
    }
    return NULL;
}

static void add_aggregated(json_t *groups, const struct fakeapi_kind *k)
{
    json_t *group = find_by(groups, "name", k->group);
    if (!group) {
        group = json_pack("{s:{s:s},s:[]}", "metadata", "name", k->group, "versions");
        json_array_append_new(groups, group);
    }
    json_t *versions = json_object_get(group, "versions");
    json_t *version = find_by(versions, "version", k->version);
    if (!version) {
        version =
            json_pack("{s:s,s:s,s:[]}", "version", k->version, "freshness", "Current", "resources");
        json_array_append_new(versions, version);
    }
    json_array_append_new(
        json_object_get(version, "resources"),
        json_pack("{s:s,s:{s:s,s:s,s:s},s:s,s:o}", "resource", k->plural, "responseKind", "group",
                  k->group, "version", k->version, "kind", k->kind, "scope",
                  k->cluster_scoped ? "Cluster" : "Namespaced", "verbs", verbs()));
}

static void add_plain(json_t *groups, const struct fakeapi_kind *k)
{
    AUTO_FREE char *api = mem_printf("%s/%s", k->group, k->version);
    json_t *group = find_by(groups, "name", k->group);
    if (!group) {
        group = json_pack("{s:s,s:[]}", "name", k->group, "versions");
        json_array_append_new(groups, group);
    }
    json_t *versions = json_object_get(group, "versions");
    if (!find_by(versions, "version", k->version))
        json_array_append_new(versions,
                              json_pack("{s:s,s:s}", "groupVersion", api, "version", k->version));
}

/* `out` has the groupVersion wanted. */
static void add_resource(json_t *out, const struct fakeapi_kind *k)
{
    AUTO_FREE char *api = mem_printf("%s%s%s", k->group, *k->group ? "/" : "", k->version);
    if (!text_equal(json_dig_str(out, "groupVersion", NULL), api))
        return;
    json_array_append_new(json_object_get(out, "resources"),
                          json_pack("{s:s,s:s,s:b,s:s,s:o}", "name", k->plural, "singularName", "",
                                    "namespaced", !k->cluster_scoped, "kind", k->kind, "verbs",
                                    verbs()));
}

static json_t *groups_of(const struct fakeapi_store *s, bool core, bool aggregated)
{
    json_auto_t *all = json_array();
    json_t *chosen = json_array(), *group;
    size_t i;
    each_kind(s, aggregated ? add_aggregated : add_plain, all);
    json_array_foreach(all, i, group) {
        const char *name =
            json_dig_str(group, aggregated ? "metadata" : "name", aggregated ? "name" : NULL, NULL);
        if ((*name == '\0') == core)
            json_array_append(chosen, group);
    }
    return chosen;
}

static void answer_groups(const struct fakeapi_store *s, bool core, bool aggregated,
                          struct fakeapi_answer *a)
{
    a->status = 200;
    if (aggregated) {
        a->type = AGGREGATED_TYPE;
        a->json =
            json_pack("{s:s,s:s,s:{},s:o}", "kind", "APIGroupDiscoveryList", "apiVersion",
                      "apidiscovery.k8s.io/v2", "metadata", "items", groups_of(s, core, true));
    } else if (core) {
        a->json = json_pack("{s:s,s:[s]}", "kind", "APIVersions", "versions", "v1");
    } else {
        a->json = json_pack("{s:s,s:s,s:o}", "kind", "APIGroupList", "apiVersion", "v1", "groups",
                            groups_of(s, false, false));
    }
}

static bool answer_resources(const struct fakeapi_store *s, const char *path,
                             struct fakeapi_answer *a)
{
    struct fakeapi_place place;
    bool is_version = fakeapi_place_parse(path, &place) && !place.plural;
    if (is_version) {
        AUTO_FREE char *api =
            mem_printf("%s%s%s", place.group, *place.group ? "/" : "", place.version);
        json_t *list = json_pack("{s:s,s:s,s:s,s:[]}", "kind", "APIResourceList", "apiVersion",
                                 "v1", "groupVersion", api, "resources");
        each_kind(s, add_resource, list);
        a->status = 200;
        a->json = list;
    }
    fakeapi_place_release(&place);
    return is_version;
}

bool fakeapi_answer_discovery(struct fakeapi_store *s, const char *path, bool aggregated,
                              struct fakeapi_answer *a)
{
    if (strcmp(path, "/version") == 0) {
        a->status = 200;
        a->json = json_pack("{s:s,s:s,s:s,s:s}", "major", "1", "minor", "33", "gitVersion",
                            "v1.33.4-fake", "platform", "linux/amd64");
    } else if (strcmp(path, "/readyz") == 0) {
        a->status = 200;
        a->text = mem_strdup("ok");
    } else if (strcmp(path, "/api") == 0 || strcmp(path, "/apis") == 0) {
        answer_groups(s, strcmp(path, "/api") == 0, aggregated, a);
    } else {
        return answer_resources(s, path, a);
    }
    return true;
}
