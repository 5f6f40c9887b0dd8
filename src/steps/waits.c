/* Waits: what is waited for is read off the objects themselves, by a table of kinds. */
#include "internal.h"

#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"

struct wait_reporter {
    struct lane *lane;
    int64_t start_ms, deadline_ms;
};

static void report_reason(void *ctx, const char *reason)
{
    const struct wait_reporter *r = ctx;
    plan_waiting(r->lane->task, clock_now_ms() - r->start_ms, r->deadline_ms - r->start_ms, "%s",
                 reason);
}

static int wait_until(struct lane *lane, struct kube_wait *wait, json_t **ret_object,
                      struct error **err)
{
    struct wait_reporter reporter = {lane, clock_now_ms(), wait->deadline_ms};
    json_auto_t *object = NULL;
    wait->on_reason = report_reason;
    wait->reason_ctx = &reporter;
    if (kube_wait(lane->client, wait, &object, err) < 0)
        return -1;
    if (ret_object)
        *ret_object = TAKE(object);
    return 0;
}

int lane_wait(struct lane *lane, const struct kube_ref *ref, const char *what,
              kube_predicate predicate, void *ctx, json_t **ret_object, struct error **err)
{
    struct kube_wait wait = {.ref = *ref,
                             .what = what,
                             .deadline_ms = lane->steps->deadline_ms,
                             .predicate = predicate,
                             .ctx = ctx};
    if (wait_until(lane, &wait, ret_object, err) == 0)
        return 0;
    if ((*err)->kind == ERROR_TIMEOUT && !(*err)->hint)
        error_hint(err, "what is done is kept: run the same command again, with a longer "
                        "--timeout if need be");
    return -1;
}

int lane_wait_for(struct lane *lane, const struct kube_ref *ref, int64_t limit_ms,
                  kube_predicate predicate, struct error **err)
{
    int64_t deadline = clock_now_ms() + limit_ms, all = lane->steps->deadline_ms;
    struct kube_wait wait = {
        .ref = *ref, .deadline_ms = deadline < all ? deadline : all, .predicate = predicate};
    return wait_until(lane, &wait, NULL, err);
}

static bool is_load_balancer(const json_t *object)
{
    return text_equal(json_dig_str(object, "spec", "type", NULL), "LoadBalancer");
}

/* As `helm install --wait` looks at them, and custom kinds, which Helm does not wait for: one that
 * is refused (its names clash with another's) would only show when its first object is written. */
static const struct wait_row {
    const char *kind;
    const char *until;
    kube_predicate predicate;
    bool (*when)(const json_t *object); /* NULL: always */
    const char *id;                     /* of the check that a failure is */
    bool lasts;                         /* once so, it stays so by itself */
} rows[] = {
    {"CustomResourceDefinition", "be established", kube_is_established, NULL, NULL, true},
    {"Service", "have an address", kube_has_address, is_load_balancer, "MC502", false},
    {"Deployment", "be available", kube_is_available, NULL, NULL, false},
    {"DaemonSet", "be available", kube_is_available, NULL, NULL, false},
    {"StatefulSet", "be available", kube_is_available, NULL, NULL, false},
};

bool lane_is_settled(struct lane *lane, const json_t *live)
{
    const char *kind = json_dig_str(live, "kind", NULL);
    for (size_t r = 0; r < MC_ARRAY_LEN(rows); r++) {
        AUTO_FREE char *reason = NULL;
        AUTO_ERROR struct error *why = NULL;
        if (rows[r].lasts && text_equal(kind, rows[r].kind))
            return rows[r].predicate(lane->client, live, NULL, &reason, &why);
    }
    return false;
}

static bool is_settled(const struct unit *unit, const json_t *object)
{
    struct kube_ref ref = kube_ref_of(object);
    for (size_t i = 0; i < unit->count; i++) {
        const struct change *change = &unit->changes[i];
        if (change->is_settled && text_equal(change->kind, ref.kind) &&
            text_equal(change->name, ref.name))
            return true;
    }
    return false;
}

static int wait_for(struct lane *lane, const json_t *object, const char *namespace_,
                    const struct wait_row *row, json_t **ret_live, struct error **err)
{
    struct kube_ref ref = kube_ref_of(object);
    if (!ref.namespace_ && strcmp(row->kind, "CustomResourceDefinition") != 0)
        ref.namespace_ = namespace_;
    AUTO_FREE char *name = kube_ref_text_dup(&ref);
    AUTO_FREE char *what = mem_printf("%s to %s", name, row->until);
    if (lane_wait(lane, &ref, what, row->predicate, NULL, ret_live, err) == 0)
        return 0;
    return row->id ? error_id(err, row->id) : -1;
}

/* "istiod 1/1": the workload's name and its ready replicas of those wanted. */
static void tell_workload(struct lane *lane, const json_t *live)
{
    bool everywhere = text_equal(json_dig_str(live, "kind", NULL), "DaemonSet");
    plan_result(lane->task, "%s %" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT,
                json_dig_str(live, "metadata", "name", NULL),
                json_dig_int(live, 0, "status", everywhere ? "numberReady" : "readyReplicas", NULL),
                everywhere ? json_dig_int(live, 0, "status", "desiredNumberScheduled", NULL)
                           : json_dig_int(live, 1, "spec", "replicas", NULL));
}

/* Others go by the addresses that the person gave, whatever a load balancer would add. */
static bool has_given_address(const struct lane *lane, enum unit_id id)
{
    return id == UNIT_EASTWEST && lane->member->gateway_addresses.count > 0;
}

int lane_wait_unit(struct lane *lane, enum unit_id id, struct error **err)
{
    const struct unit *unit = lane->at = &lane->units[id];
    const char *namespace_ = unit->info->kind == UNIT_KIND_RELEASE
                                 ? lane->releases[unit->info->component].namespace_
                                 : NULL;
    for (size_t r = 0; r < MC_ARRAY_LEN(rows); r++) {
        size_t i;
        json_t *object;
        json_array_foreach(unit->objects, i, object) {
            json_auto_t *live = NULL;
            if (!text_equal(json_dig_str(object, "kind", NULL), rows[r].kind) ||
                (rows[r].predicate == kube_has_address && has_given_address(lane, id)) ||
                (rows[r].when && !rows[r].when(object)) || is_settled(unit, object))
                continue;
            if (wait_for(lane, object, namespace_, &rows[r], &live, err) < 0)
                return -1;
            if (rows[r].predicate == kube_is_available)
                tell_workload(lane, live);
        }
    }
    return 0;
}
