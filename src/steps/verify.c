/* The step verify and the verb check: room probe's questions, asked by the lanes of a run. */
#include "look.h"

#include <stdlib.h>

#include "fleet.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/cluster.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/identity.h"
#include "meshctl/probe/sample.h"

#define REQUESTS_DEFAULT 40
#define REQUESTS_ALONE 10

static void on_waiting(void *ctx, int64_t waited_ms, int64_t limit_ms, const char *reason)
{
    struct lane *lane = ctx;
    plan_waiting(lane->task, waited_ms, limit_ms, "%s", reason);
}

void look_begin(struct lane *lane, struct look *ret_look)
{
    const struct steps *s = lane->steps;
    *ret_look = (struct look){0};
    for (size_t i = 0; i < s->lanes_count; i++) {
        ret_look->facts[i] = s->options.verb == STEPS_CHECK ? s->lanes[i].facts : s->lanes[i].seen;
        ret_look->out[i] = steps_is_fleet(s) && i != lane->index && !lane_is_in(&s->lanes[i]);
    }
    ret_look->probe = (struct probe){
        .client = lane->client,
        .mesh = s->mesh,
        .at = lane->index,
        .facts = ret_look->facts,
        .out = ret_look->out,
        .deadline_ms = s->deadline_ms,
        .cancel = s->options.cancel,
        .on_waiting = on_waiting,
        .ctx = lane,
        .findings = lane->checks,
        .endpoints = lane->endpoints,
        .pods = lane->pods,
    };
    ret_look->first = finding_count(&ret_look->probe);
}

int look_end(const struct lane *lane, const struct look *look, struct error **err)
{
    for (size_t i = look->first; i < finding_count(&look->probe); i++) {
        const json_t *row = json_array_get(lane->checks, i);
        if (text_equal(json_dig_str(row, "level", NULL), "warning"))
            plan_warn(lane->task, "%s %s: %s (%s)", json_dig_str(row, "id", NULL),
                      json_dig_str(row, "title", NULL), json_dig_str(row, "found", NULL),
                      json_dig_str(row, "wanted", NULL));
    }
    return finding_conclude(&look->probe, look->first, err);
}

/* What there is now; what a run found before it wrote is out of date. */
int task_look(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct facts_options options = {.mesh = lane->steps->mesh, .with_traffic = true};
    if (lane->mode == LANE_ABSENT)
        return 0;
    if (steps_only_look(lane->steps)) {
        lane->seen = lane->facts;
        return 0;
    }
    facts_free(TAKE(lane->seen)); /* of an earlier cluster's turn */
    return facts_observe(lane->client, &options, &lane->seen, err);
}

/* The east-west gateway's address, for the report; of several the first. */
static void note_address(struct lane *lane)
{
    const struct facts *seen = lane->seen ? lane->seen : lane->facts;
    size_t i;
    json_t *service;
    json_array_foreach(seen->network_services, i, service) {
        if (!text_equal(json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL),
                        lane->member->network))
            continue;
        free(lane->eastwest_address);
        lane->eastwest_address = mem_strdup_opt(kube_service_address(service));
        return;
    }
}

int task_verify_cluster(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct look look;
    if (lane->mode == LANE_ABSENT)
        return 0;
    look_begin(lane, &look);
    note_address(lane);
    if (probe_cluster(&look.probe, err) < 0)
        return -1;
    plan_result(task, "%zu checks", finding_count(&look.probe) - look.first);
    return look_end(lane, &look, err);
}

static void check_access(const struct lane *lane, struct probe *p)
{
    if (lane->mode != LANE_ABSENT)
        finding_ok(p, "MC106", "Kubernetes %s", lane->facts->version.git_version);
    else if (lane_is_named(lane))
        finding_error(p, "MC106", "an answer of its API server", lane->absent);
    else
        finding_warn(p, "MC106", "an answer of its API server", "%s", lane->absent->message);
}

static void check_names(const struct lane *lane, struct probe *p)
{
    AUTO_ERROR struct error *problem = NULL;
    const struct mesh_member *member = lane->member;
    if (facts_check_identity(p->mesh, p->facts, p->at, &problem) < 0) {
        finding_error(p, "MC304", "the names that were given", problem);
        return;
    }
    finding_ok(p, "MC301", "%s", member->network);
    finding_ok(p, "MC304", "%s", member->cluster);
    if (lane->facts->mesh_id)
        finding_ok(p, "MC305", "%s", lane->facts->mesh_id);
}

int look_check(struct plan_task *task, void *ctx,
               int (*rest)(struct lane *lane, struct probe *p, struct error **err),
               struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct look look;
    look_begin(lane, &look);
    look.probe.deadline_ms = 0;
    if (lane->mode == LANE_READ)
        return 0;
    check_access(lane, &look.probe);
    if (lane->mode != LANE_ABSENT) {
        check_names(lane, &look.probe);
        if (rest(lane, &look.probe, err) < 0)
            return -1;
    }
    plan_result(task, "%zu checks", finding_count(&look.probe));
    return 0;
}

static int check_cluster(struct lane *lane, struct probe *p, struct error **err)
{
    AUTO_ERROR struct error *problem = NULL;
    if (probe_cluster(p, &problem) < 0) {
        if (problem->kind == ERROR_CANCELLED) {
            *err = TAKE(problem);
            return -1;
        }
        lane->absent = TAKE(problem);
        finding_error(p, "MC106", "an answer of its API server", lane->absent);
    }
    note_address(lane);
    return 0;
}

int task_check_cluster(struct plan_task *task, void *ctx, struct error **err)
{
    return look_check(task, ctx, check_cluster, err);
}

/* In the other clusters: what their east-west gateway passes to. */
int task_verify_sample(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct look look;
    look_begin(lane, &look);
    if (probe_sample_gateway(&look.probe, err) < 0)
        return -1;
    plan_result(task, "%zu checks", finding_count(&look.probe));
    return look_end(lane, &look, err);
}

static int verify_sample(struct lane *lane, unsigned requests, bool alone, struct error **err)
{
    MC_CLEANUP(sample_ways_release) struct sample_ways ways = {0};
    AUTO_TRAFFIC t = {0};
    const char *used = NULL;
    struct look look;
    look_begin(lane, &look);
    for (size_t i = 0; i < lane->steps->lanes_count && !alone; i++)
        if (i != lane->index)
            probe_sample_add_pods(lane->pods, lane->steps->lanes[i].pods);
    if (probe_sample_ways(&look.probe, &ways, err) < 0 ||
        probe_sample_page(&look.probe, alone, err) < 0 ||
        probe_sample_answers(&look.probe, &ways, requests, alone, &t, &used, err) < 0)
        return -1;
    free(lane->ingress_address);
    lane->ingress_address = mem_strdup(used);
    json_decref(lane->traffic);
    lane->traffic = traffic_json(&t);
    AUTO_FREE char *text = traffic_short_dup(&t);
    plan_result(lane->task, "%s", text);
    return look_end(lane, &look, err);
}

/* The first cluster before it knows the others. */
int task_verify_alone(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    if (json_array_size(lane->facts->links)) {
        plan_result(task, "already linked");
        return 0;
    }
    if (verify_sample(lane, REQUESTS_ALONE, true, err) < 0)
        return -1;
    /* What counts in the end is the mesh; this part said its own line. */
    json_array_clear(lane->checks);
    json_array_clear(lane->endpoints);
    return 0;
}

int task_verify_traffic(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    unsigned requests = lane->steps->options.requests;
    return verify_sample(lane, requests ? requests : REQUESTS_DEFAULT,
                         lane->steps->lanes_count == 1, err);
}
