/* Links that shall be no more, key by key. */
#include "unlink.h"

#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/link.h"

const char *link_own_key(const struct lane *lane, const json_t *secret)
{
    return lane_owns(lane, secret)
               ? json_dig_str(secret, "metadata", "annotations", MESH_CLUSTER_ANNOTATION, NULL)
               : NULL;
}

/* ---- taking keys out ------------------------------------------------------------------------- */

/* Without the key that it was made for it is not ours any more. */
static json_t *patch_new(const struct lane *lane, const json_t *secret, const struct strlist *keys)
{
    const char *own = link_own_key(lane, secret);
    json_t *patch =
        json_pack("{s:{s:O*, s:O*}}", "metadata", "uid", json_dig(secret, "metadata", "uid", NULL),
                  "resourceVersion", json_dig(secret, "metadata", "resourceVersion", NULL));
    for (size_t i = 0; i < keys->count; i++)
        json_put(patch, json_null(), "data", keys->items[i], NULL);
    if (own && strlist_has(keys, own)) {
        json_put(patch, json_null(), "metadata", "annotations", MESH_CLUSTER_ANNOTATION, NULL);
        json_put(patch, json_null(), "metadata", "labels", MESH_MARK, NULL);
        json_put(patch, json_null(), "metadata", "labels", MESH_MARK_UNIT, NULL);
    }
    return patch;
}

/* Whether the run puts a link of its own under the Secret's name. */
static bool is_wanted(const struct unit *unit, const struct kube_ref *ref)
{
    size_t i;
    json_t *object;
    json_array_foreach(unit->objects, i, object)
        if (text_equal(json_dig_str(object, "metadata", "name", NULL), ref->name))
            return true;
    return false;
}

void link_drop_keys(const struct lane *lane, struct unit *unit, const json_t *secret,
                    const struct strlist *keys, const char *why)
{
    struct kube_ref ref = kube_ref_of(secret);
    bool all =
        keys->count == json_object_size(json_object_get(secret, "data")) && !is_wanted(unit, &ref);
    struct change *change = unit_add(unit, all ? CHANGE_DELETE : CHANGE_UPDATE, &ref);
    change->uid = mem_strdup_opt(json_dig_str(secret, "metadata", "uid", NULL));
    if (all) {
        change->version = mem_strdup_opt(json_dig_str(secret, "metadata", "resourceVersion", NULL));
        change->why = mem_strdup(why);
        return;
    }
    AUTO_FREE char *names = strlist_join_dup(keys, ", ");
    change->why = mem_printf("key%s %s go%s, the others stay: %s", keys->count == 1 ? "" : "s",
                             names, keys->count == 1 ? "es" : "", why);
    change->patch = patch_new(lane, secret, keys);
}

/* ---- former ids ------------------------------------------------------------------------------ */

/* The lane whose API server that is, NULL without one. */
static const struct lane *lane_at(const struct steps *s, const char *server)
{
    for (size_t i = 0; server && i < s->lanes_count; i++) {
        struct mesh_server own = lane_server(&s->lanes[i], NULL);
        if (strcmp(own.url, server) == 0 || strcmp(s->lanes[i].config->server, server) == 0)
            return &s->lanes[i];
    }
    return NULL;
}

/* Its endpoints would count twice. */
static bool is_stray(const struct lane *lane, const json_t *secret, const char *cluster,
                     const struct lane **ret_shown)
{
    AUTO_LINK link = {0};
    link_read(secret, cluster, &link);
    const struct lane *shown = lane_at(lane->steps, link.server);
    *ret_shown = shown;
    return shown && (shown == lane || strcmp(shown->member->cluster, cluster) != 0);
}

static void compare_secret(struct lane *lane, struct unit *unit, const json_t *secret)
{
    AUTO_STRLIST keys = STRLIST_INIT, reasons = STRLIST_INIT;
    const char *cluster;
    json_t *text;
    json_object_foreach(json_object_get(secret, "data"), cluster, text) {
        const struct lane *shown;
        if (!is_stray(lane, secret, cluster, &shown))
            continue;
        strlist_add(&keys, cluster);
        strlist_addf(&reasons, "it shows %s under the id %s, which is not its own",
                     lane_name(shown), cluster);
    }
    if (!keys.count)
        return;
    AUTO_FREE char *why = strlist_join_dup(&reasons, "; ");
    if (lane->steps->options.take_ownership || lane_owns(lane, secret)) {
        link_drop_keys(lane, unit, secret, &keys, why);
        return;
    }
    struct kube_ref ref = kube_ref_of(secret);
    AUTO_FREE char *name = kube_ref_text_dup(&ref);
    plan_warn(lane->task, "%s stays, it carries no mark of the mesh (--take-ownership): %s", name,
              why);
}

void lane_compare_links(struct lane *lane, struct unit *unit)
{
    size_t i;
    json_t *secret;
    json_array_foreach(lane->facts->links, i, secret)
        compare_secret(lane, unit, secret);
}
