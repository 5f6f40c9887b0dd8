/* Objects applied and waited for, told as events. */
#include "internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/mesh/objects.h"

/* Kinds that others need before they can be created, and those that should come when all else is
 * there: a Deployment before its ServiceAccount costs the controller a back-off, a webhook before
 * its backend refuses what comes after it. Everything between is independent. */
static int wave_of(const char *kind)
{
    static const char *const first[] = {"Namespace", "CustomResourceDefinition"};
    static const char *const last[] = {
        "Deployment",
        "DaemonSet",
        "StatefulSet",
        "Job",
        "Pod",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(first); i++)
        if (strcmp(kind, first[i]) == 0)
            return 0;
    for (size_t i = 0; i < MC_ARRAY_LEN(last); i++)
        if (strcmp(kind, last[i]) == 0)
            return 2;
    return 1;
}

static void count_result(struct lane *lane, const json_t *object, enum kube_applied applied)
{
    struct kube_ref ref = kube_ref_of(object);
    AUTO_FREE char *text = kube_ref_text_dup(&ref);
    switch (applied) {
    case KUBE_CREATED:
        lane->created++;
        plan_note(lane->task, "created %s", text);
        break;
    case KUBE_CHANGED:
        lane->changed++;
        plan_note(lane->task, "changed %s", text);
        break;
    case KUBE_UNCHANGED:
        lane->unchanged++;
        break;
    }
}

static int apply_wave(struct lane *lane, json_t *const *objects, size_t count, const char *manager,
                      struct error **err)
{
    struct kube_apply_options options = {
        .field_manager = manager,
        .force = lane->steps->options.force_conflicts,
        .adopt_updates = manager != NULL, /* chart objects, which Helm 3 may have written */
    };
    struct kube_apply_result *results = mem_array(count, sizeof(*results));
    int rc = kube_apply_many(lane->client, objects, count, &options, results, err);
    for (size_t i = 0; i < count; i++)
        if (!results[i].error && results[i].live)
            count_result(lane, objects[i], results[i].applied);
    kube_apply_results_release(results, count);
    free(results);
    return rc;
}

int lane_apply(struct lane *lane, json_t *const *objects, size_t count, const char *manager,
               struct error **err)
{
    AUTO_FREE json_t **wave = mem_array(count, sizeof(json_t *));
    for (int w = 0; w < 3; w++) {
        size_t n = 0;
        for (size_t i = 0; i < count; i++) {
            const char *kind = json_dig_str(objects[i], "kind", NULL);
            if (wave_of(kind ? kind : "") == w)
                wave[n++] = objects[i];
        }
        if (n && apply_wave(lane, wave, n, manager, err) < 0)
            return -1;
    }
    return 0;
}

int lane_apply_array(struct lane *lane, const json_t *objects, struct error **err)
{
    size_t count = json_array_size(objects);
    AUTO_FREE json_t **list = mem_array(count, sizeof(json_t *));
    for (size_t i = 0; i < count; i++)
        list[i] = json_array_get(objects, i);
    return lane_apply(lane, list, count, NULL, err);
}

int lane_apply_one_new(struct lane *lane, json_t *object, struct error **err)
{
    json_auto_t *owned = object;
    return lane_apply(lane, &owned, 1, NULL, err);
}

int lane_apply_istio_namespace(struct lane *lane, struct error **err)
{
    const char *name = lane->steps->mesh->istio_namespace;
    if (lane->has_namespace)
        return 0;
    json_t *namespace = mesh_namespace(name, MESH_NETWORK_LABEL, lane->member->network, NULL);
    if (lane_apply_one_new(lane, namespace, err) < 0)
        return -1;
    lane->has_namespace = true;
    return 0;
}

struct wait_reporter {
    struct lane *lane;
    int64_t start_ms;
};

static void report_reason(void *ctx, const char *reason)
{
    const struct wait_reporter *r = ctx;
    int64_t deadline = r->lane->steps->deadline_ms;
    plan_waiting(r->lane->task, clock_now_ms() - r->start_ms, deadline - r->start_ms, "%s", reason);
}

int lane_wait(struct lane *lane, const struct kube_ref *ref, const char *what,
              kube_predicate predicate, void *ctx, json_t **ret_object, struct error **err)
{
    struct wait_reporter reporter = {lane, clock_now_ms()};
    struct kube_wait wait = {
        .ref = *ref,
        .what = what,
        .deadline_ms = lane->steps->deadline_ms,
        .predicate = predicate,
        .ctx = ctx,
        .on_reason = report_reason,
        .reason_ctx = &reporter,
    };
    json_t *object = NULL;
    if (kube_wait(lane->client, &wait, &object, err) < 0) {
        if ((*err)->kind == ERROR_TIMEOUT && !(*err)->hint)
            error_hint(err, "what is done is kept: run the same command again, with a longer "
                            "--timeout if need be");
        return -1;
    }
    if (ret_object)
        *ret_object = object;
    else
        json_decref(object);
    return 0;
}

int lane_wait_available(struct lane *lane, const char *namespace_, const char *deployment,
                        json_t **ret_object, struct error **err)
{
    struct kube_ref ref = {"apps/v1", "Deployment", namespace_, deployment};
    AUTO_FREE char *what = mem_printf("Deployment %s/%s to be available", namespace_, deployment);
    return lane_wait(lane, &ref, what, kube_is_available, NULL, ret_object, err);
}

char *lane_ready_text_dup(const json_t *deployment)
{
    return mem_printf("%" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT,
                      json_dig_int(deployment, 0, "status", "readyReplicas", NULL),
                      json_dig_int(deployment, 1, "spec", "replicas", NULL));
}
