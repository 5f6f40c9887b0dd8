/* Puts verify's workloads into a namespace of their own, and waits until they run. */
#include "proof.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fleet.h"
#include "look.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/finding.h"

#define READY_MS 120000 /* for pods of an image that the node has */
#define CONTAINER "istio-proxy"
#define PROOF_UNIT "verify" /* label meshctl.io/unit of the namespaces */
#define SLACK_S 60          /* clocks of two machines */

/* ---- what earlier runs left ------------------------------------------------------------------ */

bool proof_is_own(const struct lane *lane, const json_t *namespace_)
{
    return text_equal(mesh_owner(namespace_), lane->steps->mesh->id) &&
           text_equal(json_dig_str(namespace_, "metadata", "labels", MESH_MARK_UNIT, NULL),
                      PROOF_UNIT) &&
           !json_dig(namespace_, "metadata", "deletionTimestamp", NULL);
}

/* One of this mesh's, of a run that is over. */
static bool is_left(const struct lane *lane, const json_t *namespace_, const char *now)
{
    const char *until = json_dig_str(namespace_, "metadata", "annotations", MESH_UNTIL, NULL);
    return proof_is_own(lane, namespace_) && until && strcmp(until, now) < 0;
}

static int remove_left(struct lane *lane, struct error **err)
{
    AUTO_FREE char *now = clock_rfc3339_dup(time(NULL) - SLACK_S);
    size_t i;
    json_t *namespace_;
    json_array_foreach(lane->seen->namespaces, i, namespace_) {
        const char *name = json_dig_str(namespace_, "metadata", "name", NULL);
        const struct kube_ref ref = {"v1", "Namespace", NULL, name};
        const struct kube_delete_options options = {
            .uid = json_dig_str(namespace_, "metadata", "uid", NULL)};
        bool found;
        if (!is_left(lane, namespace_, now))
            continue;
        if (kube_delete(lane->client, &ref, &options, &found, err) < 0)
            return -1;
        plan_note(lane->task, "deleted namespace %s, which an earlier verify left", name);
    }
    return 0;
}

/* ---- objects --------------------------------------------------------------------------------- */

static json_t *namespace_of(const struct lane *lane)
{
    const struct steps *s = lane->steps;
    const struct facts_istiod *istiod = facts_istiod_of(lane->seen, s->mesh->istio_namespace);
    json_t *namespace_ = mesh_namespace(s->proof_namespace, NULL);
    time_t end = time(NULL) + (time_t)(clock_left_ms(s->deadline_ms) / 1000) + SLACK_S;
    AUTO_FREE char *until = clock_rfc3339_dup(end);
    mesh_mark(namespace_, s->mesh, PROOF_UNIT);
    mesh_inject(namespace_, istiod ? istiod->revision : MESH_REVISION_DEFAULT);
    /* What is kept on request has no end. */
    if (!s->options.keep)
        json_put(namespace_, json_string(until), "metadata", "annotations", MESH_UNTIL, NULL);
    return namespace_;
}

static int make_namespace(struct lane *lane, struct error **err)
{
    json_auto_t *wanted = namespace_of(lane), *live = NULL;
    if (kube_create(lane->client, wanted, &live, err) < 0)
        return -1;
    lane->proof->was_made = true;
    lane->proof->uid = mem_strdup_opt(json_dig_str(live, "metadata", "uid", NULL));
    return 0;
}

/* A sidecar may be an init container that goes on running (istio pkg/kube/inject, ENABLE_NATIVE_SIDECARS). */
static const char *image_of(const json_t *pod)
{
    static const char *const lists[] = {"containers", "initContainers"};
    size_t i;
    json_t *container;
    for (size_t l = 0; l < MC_ARRAY_LEN(lists); l++)
        json_array_foreach(json_dig(pod, "spec", lists[l], NULL), i, container)
            if (text_equal(json_dig_str(container, "name", NULL), CONTAINER))
                return json_dig_str(container, "image", NULL);
    return json_dig_str(pod, "spec", "containers", "0", "image", NULL);
}

static int add_objects(const struct lane *lane, const char *manifest, const struct mesh_var *vars,
                       json_t *out, struct error **err)
{
    json_auto_t *objects = NULL;
    if (manifest_fill(lane, manifest, vars, &objects, err) < 0)
        return -1;
    json_array_extend(out, objects);
    return 0;
}

static int objects_of(const struct lane *lane, struct look *look, const json_t *model,
                      json_t **ret_objects, struct error **err)
{
    const struct steps *s = lane->steps;
    const char *image = image_of(model);
    json_auto_t *objects = json_array();
    proof_add_targets(&look->probe, &lane->proof->measured);
    AUTO_FREE char *clusters = proof_clusters_dup(&lane->proof->measured);
    AUTO_FREE char *ports = proof_ports_dup(&lane->proof->measured);
    const struct mesh_var vars[] = {{"verify_namespace", s->proof_namespace},
                                    {"image", image ? image : ""},
                                    {"peer_clusters", clusters},
                                    {"peer_ports", ports},
                                    {NULL, NULL}};
    size_t i;
    json_t *object;
    if (add_objects(lane, "manifests/verify/workloads.yaml", vars, objects, err) < 0)
        return -1;
    for (i = 0; i < s->lanes_count; i++) {
        const struct mesh_var peer[] = {{"verify_namespace", s->proof_namespace},
                                        {"peer", lane_name(&s->lanes[i])},
                                        {NULL, NULL}};
        if (add_objects(lane, "manifests/verify/peer.yaml", peer, objects, err) < 0)
            return -1;
    }
    json_array_foreach(objects, i, object)
        if (text_equal(json_dig_str(object, "kind", NULL), "Deployment"))
            mesh_place_like(object, model);
    *ret_objects = TAKE(objects);
    return 0;
}

/* Pods start when all that they need is there: Deployments come last. */
static int apply(struct lane *lane, json_t *objects, bool deployments, struct error **err)
{
    const struct kube_apply_options options = {0};
    size_t all = json_array_size(objects), count = 0, i;
    AUTO_FREE json_t **some = mem_array(all, sizeof(json_t *));
    json_t *object;
    json_array_foreach(objects, i, object)
        if (text_equal(json_dig_str(object, "kind", NULL), "Deployment") == deployments)
            some[count++] = object;
    struct kube_apply_result *results = mem_array(count, sizeof(*results));
    int rc = kube_apply_many(lane->client, some, count, &options, results, err);
    kube_apply_results_release(results, count);
    free(results);
    return rc;
}

static int place(struct lane *lane, struct look *look, struct error **err)
{
    json_auto_t *model = NULL, *objects = NULL;
    if (proof_model(&look->probe, &model, err) < 0)
        return -1;
    if (!model)
        return error_set(err, ERROR_CHECK,
                         "%s: no proxy of the mesh is ready, whose image verify would take",
                         lane_name(lane));
    if (make_namespace(lane, err) < 0 || objects_of(lane, look, model, &objects, err) < 0 ||
        apply(lane, objects, false, err) < 0)
        return -1;
    return apply(lane, objects, true, err);
}

/* A cluster without its workloads is a finding; the others are looked at all the same. */
static int note_failure(struct look *look, struct error **why, struct error **err)
{
    if ((*why)->kind == ERROR_CANCELLED) {
        *err = TAKE(*why);
        return -1;
    }
    finding_error(&look->probe, "MC731", "caller and echo running", *why);
    return 0;
}

static bool all_may(const struct steps *s)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        if (lane_changes(&s->lanes[i]) && lane_is_in(&s->lanes[i]) && !s->lanes[i].proof->may)
            return false;
    return true;
}

int task_proof_place(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    AUTO_ERROR struct error *why = NULL;
    struct look look;
    if (!all_may(lane->steps))
        return 0;
    look_begin(lane, &look);
    if (remove_left(lane, &why) < 0 || place(lane, &look, &why) < 0)
        return note_failure(&look, &why, err);
    plan_result(task, "namespace %s", lane->steps->proof_namespace);
    return 0;
}

/* ---- waiting --------------------------------------------------------------------------------- */

static int wait_for(struct lane *lane, const char *name, struct error **err)
{
    const struct kube_ref ref = {"apps/v1", "Deployment", lane->steps->proof_namespace, name};
    return lane_wait_for(lane, &ref, READY_MS, kube_is_available, err);
}

int task_proof_wait(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct lane_proof *proof = lane->proof;
    AUTO_ERROR struct error *why = NULL;
    struct look look;
    int64_t start = clock_now_ms();
    if (!proof->uid)
        return 0;
    look_begin(lane, &look);
    proof->measured.namespace_ = mem_strdup(lane->steps->proof_namespace);
    if (wait_for(lane, "echo", &why) < 0 || wait_for(lane, "caller", &why) < 0 ||
        proof_caller(&look.probe, lane->steps->proof_namespace, &proof->measured.caller, &why) < 0)
        return note_failure(&look, &why, err);
    proof->is_ready = proof->measured.caller != NULL;
    AUTO_FREE char *spent = clock_duration_dup(clock_now_ms() - start);
    finding_ok(&look.probe, "MC731", "caller and echo ready after %s", spent);
    plan_result(task, "caller and echo are ready");
    return 0;
}
