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

/* The roots that clusters hold already: they have one in common, or nothing can be done for them. */
static int find_roots(const struct steps *s, const struct lane **ret_holder, struct error **err)
{
    const struct lane *holder = NULL;
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *lane = &s->lanes[i];
        if (!lane_has_cacerts(lane))
            continue;
        if (holder && ca_roots_compare(&holder->ca.roots, &lane->ca.roots) == CA_ROOTS_DISJOINT) {
            AUTO_FREE char *one = ca_roots_text_dup(&holder->ca.roots);
            AUTO_FREE char *other = ca_roots_text_dup(&lane->ca.roots);
            error_set(err, ERROR_CHECK, "%s and %s have different root certificates: %s and %s",
                      lane_name(holder), lane_name(lane), one, other);
            error_id(err, "MC201");
            return error_hint(err,
                              "one mesh has one root: decide which cluster keeps its own; in the "
                              "other keep a copy of Secret %s/%s, then put one signed by that root "
                              "in its place and restart istiod and the workloads",
                              s->mesh->istio_namespace, MESH_CACERTS);
        }
        holder = lane;
    }
    *ret_holder = holder;
    return 0;
}

static bool wants_cacerts(const struct lane *lane)
{
    return lane_is_selected(lane) && lane->ca.form == CA_FORM_NONE;
}

/* Begun for all clusters at once, on first use: what the folder lacks for one of them is told before
 * any is changed, and the keys, which take seconds, are made while the first objects are applied.
 * Called with the lock. */
static int begin_issue(struct lane *lane, struct error **err)
{
    struct steps *s = lane->steps;
    const struct lane *holder;
    if (s->issue)
        return 0;
    if (find_roots(s, &holder, err) < 0)
        return -1;
    AUTO_FREE const char **clusters = mem_array(s->lanes_count, sizeof(*clusters));
    struct ca_issue_options options = {.dir = s->options.ca_dir,
                                       .istio_namespace = s->mesh->istio_namespace,
                                       .clusters = clusters,
                                       .in_use = holder ? &holder->ca.roots : NULL,
                                       .in_use_by = holder ? lane_name(holder) : NULL};
    for (size_t i = 0; i < s->lanes_count; i++)
        if (wants_cacerts(&s->lanes[i]))
            clusters[options.clusters_count++] = s->lanes[i].member->cluster;
    return ca_issue_begin(&options, &s->issue, err);
}

static int prepare_ca(struct lane *lane, struct error **err)
{
    struct steps *s = lane->steps;
    const struct lane *holder;
    if (find_roots(s, &holder, err) < 0)
        return -1;
    if (lane_has_cacerts(lane))
        return 0; /* what a cluster holds is kept; changing it is a rotation */
    if (lane->ca.form == CA_FORM_OWN) {
        error_set(err, ERROR_CHECK,
                  "%s: istiod runs with a root that it made itself (Secret %s/istio-ca-secret)",
                  lane_name(lane), s->mesh->istio_namespace);
        error_id(err, "MC204");
        return error_hint(err, "its workloads trust that root: plan a new start of them, keep a "
                               "copy of the Secret, delete it, then run this again");
    }
    lane->needs_cacerts = true;
    pthread_mutex_lock(&s->lock);
    int rc = begin_issue(lane, err);
    pthread_mutex_unlock(&s->lock);
    return rc;
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
