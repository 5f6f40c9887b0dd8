/* Step prepare: charts fetched and rendered before anything is written. */
#include "internal.h"

#include <string.h>

#include "meshctl/mesh/objects.h"

/* Two names for one cluster would make a mesh of it with itself. */
static int check_distinct(const struct lane *lane, struct error **err)
{
    const struct steps *s = lane->steps;
    for (size_t i = 0; i < lane->index; i++) {
        const struct lane *other = &s->lanes[i];
        if (!lane->cluster_uid || !other->cluster_uid ||
            strcmp(lane->cluster_uid, other->cluster_uid) != 0)
            continue;
        error_set(err, ERROR_INPUT,
                  "%s and %s are the same cluster (%s and %s: namespace kube-system has one UID)",
                  lane_name(other), lane_name(lane), other->config->server, lane->config->server);
        error_id(err, "MC101");
        return error_hint(err, "name two different clusters");
    }
    return 0;
}

/* The roots that clusters hold already: all the same, or nothing can be done for them. */
static int find_root(const struct steps *s, const struct lane **ret_holder, struct error **err)
{
    const struct lane *holder = NULL;
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *lane = &s->lanes[i];
        if (!lane->found_root)
            continue;
        if (holder && strcmp(holder->found_root, lane->found_root) != 0) {
            error_set(err, ERROR_CHECK,
                      "%s and %s have different root certificates: %.16s and %.16s",
                      lane_name(holder), lane_name(lane), holder->found_root, lane->found_root);
            error_id(err, "MC201");
            return error_hint(
                err,
                "one mesh has one root: decide which cluster keeps its own, delete Secret %s/%s in "
                "the other, then run this again with that root in --ca-dir",
                s->mesh->istio_namespace, MESH_CACERTS);
        }
        holder = lane;
    }
    *ret_holder = holder;
    return 0;
}

/* Opens the folder on first use and holds what it says against the clusters. Called
 * with the lock. */
static int open_authority(struct steps *s, struct error **err)
{
    const struct lane *holder;
    if (s->authority)
        return 0;
    if (find_root(s, &holder, err) < 0)
        return -1;
    MC_CLEANUP(authority_cleanup) struct authority *a = NULL;
    if (authority_open(s->options.ca_dir, s->mesh->istio_namespace, &a, err) < 0)
        return -1;
    const char *own = authority_fingerprint(a);
    if (holder && own && strcmp(own, holder->found_root) != 0) {
        error_set(err, ERROR_CHECK, "%s has root %.16s, but %s holds another one: %.16s",
                  lane_name(holder), holder->found_root, s->options.ca_dir, own);
        error_id(err, "MC202");
        return error_hint(err, "give the folder of the root that is in use: --ca-dir DIR");
    }
    if (holder && !authority_can_sign(a)) {
        error_set(err, ERROR_CHECK, "%s already has root %.16s, whose key is not in %s",
                  lane_name(holder), holder->found_root, s->options.ca_dir);
        error_id(err, "MC203");
        return error_hint(err,
                          "put that root's root-cert.pem and root-key.pem into the folder "
                          "(--ca-dir), or Secret %s/%s signed by it into the other clusters",
                          s->mesh->istio_namespace, MESH_CACERTS);
    }
    s->authority = TAKE(a);
    return 0;
}

/* Keys take seconds: they are begun here and waited for where the certificates are signed, so that
 * the first objects are applied meanwhile. */
static int begin_keys(struct lane *lane, struct error **err)
{
    struct steps *s = lane->steps;
    pthread_mutex_lock(&s->lock);
    int rc = open_authority(s, err);
    if (rc == 0 && !authority_has_root(s->authority) && !s->root_job)
        rc = key_job_start(&s->root_job, err);
    if (rc == 0 && !authority_has_intermediate(s->authority, lane->member->cluster))
        rc = key_job_start(&lane->key_job, err);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

static int prepare_ca(struct lane *lane, struct error **err)
{
    const struct lane *holder;
    if (find_root(lane->steps, &holder, err) < 0)
        return -1;
    if (lane->found_cacerts)
        return 0; /* what a cluster holds is kept; changing it is a rotation */
    if (lane->found_self_signed) {
        error_set(err, ERROR_CHECK,
                  "%s: istiod runs with a root that it made itself (Secret %s/istio-ca-secret)",
                  lane_name(lane), lane->steps->mesh->istio_namespace);
        error_id(err, "MC204");
        return error_hint(err, "its workloads trust that root: plan a new start of them, delete "
                               "the Secret, then run this again");
    }
    lane->needs_cacerts = true;
    return begin_keys(lane, err);
}

static int prepare_releases(struct lane *lane, enum mesh_component first, enum mesh_component last,
                            struct error **err)
{
    for (int c = (int)first; c <= (int)last; c++)
        if (lane_release_prepare(lane, (enum mesh_component)c, err) < 0)
            return -1;
    return 0;
}

static int prepare_remote_secret(struct lane *lane, struct error **err)
{
    const char *server = lane->member->server ? lane->member->server : lane->config->server;
    return mesh_check_server(lane->member, server, err);
}

static int prepare_bookinfo(struct lane *lane, struct error **err)
{
    const char *name =
        lane->index == 0 ? "manifests/bookinfo/first.yaml" : "manifests/bookinfo/other.yaml";
    if (manifest_fill(lane, name, &lane->bookinfo, err) < 0)
        return -1;
    return lane->index == 0 ? manifest_fill(lane, "manifests/bookinfo/gateway.yaml",
                                            &lane->bookinfo_gateway, err)
                            : 0;
}

int step_prepare(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    const struct steps *s = lane->steps;
    if (check_distinct(lane, err) < 0)
        return -1;
    if (s->lanes_count > 1 && steps_include(s, STEP_REMOTE_SECRET) &&
        prepare_remote_secret(lane, err) < 0)
        return -1;
    if (lane_is_selected(lane)) {
        if (steps_include(s, STEP_CA) && prepare_ca(lane, err) < 0)
            return -1;
        if (steps_include(s, STEP_INSTALL) &&
            prepare_releases(lane, MESH_BASE, MESH_ISTIOD, err) < 0)
            return -1;
        if (steps_include(s, STEP_GATEWAY) &&
            prepare_releases(lane, MESH_INGRESS, MESH_EASTWEST, err) < 0)
            return -1;
        if (steps_include(s, STEP_EXPOSE) &&
            manifest_fill(lane, "manifests/expose.yaml", &lane->expose, err) < 0)
            return -1;
    }
    if (s->options.bookinfo && prepare_bookinfo(lane, err) < 0)
        return -1;
    plan_result(task, "ready");
    return 0;
}
