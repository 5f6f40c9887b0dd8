/* Cloud profiles: what a cloud's load balancers need, data in manifests/clouds. */
#include "cloud.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/embed.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/gateway.h"

#define FOLDER "manifests/clouds/"
#define ENDING ".yaml"
#define AUTO "auto"

/* The profiles that are built in. */
static void list_profiles(struct strlist *names)
{
    struct embed_file file;
    for (size_t i = 0; file = embed_at(i), file.data; i++)
        if (text_has_prefix(file.name, FOLDER))
            strlist_addf(names, "%.*s", (int)(strlen(file.name) - strlen(FOLDER) - strlen(ENDING)),
                         file.name + strlen(FOLDER));
}

static int load(struct lane *lane, const char *cloud, json_t **ret_profile, struct error **err)
{
    AUTO_FREE char *name = mem_printf(FOLDER "%s" ENDING, cloud);
    AUTO_STRLIST known = STRLIST_INIT;
    if (strchr(cloud, '/') == NULL && manifest_load(lane->steps, name, ret_profile, err) == 0)
        return 0;
    if (*err && (*err)->kind != ERROR_NOT_FOUND)
        return -1;
    error_clear(err);
    list_profiles(&known);
    AUTO_FREE char *text = strlist_join_dup(&known, ", ");
    error_set(err, ERROR_USAGE, "there is no cloud profile \"%s\"", cloud);
    return error_hint(err,
                      "known: " AUTO
                      ", %s; leave --cloud out for any other cloud, or give a profile "
                      "of your own with --manifests DIR (DIR/clouds/NAME.yaml)",
                      text);
}

int lane_load_cloud(struct lane *lane, struct error **err)
{
    const char *cloud = mesh_cloud_of(lane->steps->mesh, lane->member);
    return !cloud || strcmp(cloud, AUTO) == 0 ? 0 : load(lane, cloud, &lane->cloud, err);
}

/* ---- by the nodes ---------------------------------------------------------------------------- */

/* "aws" of providerID aws:///eu-west-1a/i-0; NULL where no node says. */
static int read_provider(const struct lane *lane, char **ret_provider, struct error **err)
{
    struct kube_ref ref = {"v1", "Node", NULL, NULL};
    json_auto_t *nodes = NULL;
    size_t i;
    json_t *node;
    *ret_provider = NULL;
    if (kube_list(lane->client, &ref, NULL, NULL, &nodes, err) < 0)
        return error_hint(err, "--cloud " AUTO " reads the nodes: name the cloud instead");
    json_array_foreach(nodes, i, node) {
        const char *id = json_dig_str(node, "spec", "providerID", NULL);
        const char *colon = id ? strstr(id, "://") : NULL;
        if (!colon || colon == id)
            continue;
        *ret_provider = mem_strndup(id, (size_t)(colon - id));
        return 0;
    }
    return 0;
}

static int find_profile(struct lane *lane, const char *provider, struct error **err)
{
    AUTO_STRLIST names = STRLIST_INIT;
    list_profiles(&names);
    for (size_t i = 0; i < names.count; i++) {
        json_auto_t *profile = NULL;
        if (load(lane, names.items[i], &profile, err) < 0)
            return -1;
        if (!text_equal(json_dig_str(profile, "provider", NULL), provider))
            continue;
        lane->cloud = TAKE(profile);
        plan_note(lane->task, "its nodes are of %s: cloud %s", provider, names.items[i]);
        return 0;
    }
    return 0;
}

static int detect(struct lane *lane, struct error **err)
{
    AUTO_FREE char *provider = NULL;
    if (read_provider(lane, &provider, err) < 0 ||
        (provider && find_profile(lane, provider, err) < 0))
        return -1;
    if (!lane->cloud)
        plan_note(lane->task, "no cloud profile fits its nodes: none is used");
    return 0;
}

int lane_settle_cloud(struct lane *lane, struct error **err)
{
    const struct mesh *m = lane->steps->mesh;
    const char *cloud = mesh_cloud_of(m, lane->member);
    if (text_equal(cloud, AUTO) && !lane->cloud && detect(lane, err) < 0)
        return -1;
    if (!mesh_gateway_is_internal(m, lane->member) ||
        mesh_gateway_type_of(m, lane->member) != MESH_GATEWAY_LOAD_BALANCER ||
        json_object_size(json_object_get(lane->cloud, "internal")))
        return 0;
    error_set(err, ERROR_INPUT,
              "%s: an internal load balancer is wanted, and how %s makes one is not known",
              lane_name(lane), cloud ? cloud : "its cloud");
    return error_hint(err, "name a cloud whose profile says it with --cloud, or give the "
                           "annotations: gateway.annotations in the mesh file");
}
