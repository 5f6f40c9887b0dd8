/* A run: its clusters opened together, its tasks laid out. */
#include "meshctl/steps/steps.h"

#include <stdlib.h>
#include <string.h>

#include "cloud.h"
#include "internal.h"
#include "layout.h"
#include "lock.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/strlist.h"
#include "meshctl/probe/flows.h"
#include "proof.h"

static const char *const step_names[STEPS_COUNT] = {
    [STEP_CHECK] = "check",     [STEP_PLAN] = "plan",       [STEP_CA] = "ca",
    [STEP_INSTALL] = "install", [STEP_GATEWAY] = "gateway", [STEP_REMOTE_SECRET] = "remote-secret",
    [STEP_EXPOSE] = "expose",   [STEP_VERIFY] = "verify",
};

const char *step_name(enum step_id id)
{
    return step_names[id];
}

bool step_find(const char *name, enum step_id *ret_id)
{
    for (int i = STEP_CA; i < STEPS_COUNT; i++) {
        if (strcmp(step_names[i], name) == 0) {
            *ret_id = (enum step_id)i;
            return true;
        }
    }
    return false;
}

bool steps_include(const struct steps *s, enum step_id id)
{
    return id >= s->options.from && id <= s->options.to;
}

/* ---- the run --------------------------------------------------------------------------------- */

static void on_warning(void *ctx, const char *cluster, const char *text)
{
    struct lane *lane = ctx;
    (void)cluster;
    if (lane->task)
        plan_warn(lane->task, "%s", text);
}

static void on_retry(void *ctx, const char *cluster, const char *reason)
{
    struct lane *lane = ctx;
    (void)cluster;
    if (lane->task)
        plan_note(lane->task, "trying again: %s", reason);
}

static void init_releases(struct lane *lane)
{
    const struct mesh *m = lane->steps->mesh;
    for (int c = 0; c < MESH_COMPONENTS; c++) {
        struct lane_release *r = &lane->releases[c];
        r->component = (enum mesh_component)c;
        r->name = m->releases[c];
        r->namespace_ = mesh_component_info(r->component)->in_ingress_namespace
                            ? m->ingress_namespace
                            : m->istio_namespace;
    }
}

static enum lane_mode mode_of(const struct lane *lane)
{
    const char *add = lane->steps->options.add;
    if (add)
        return strcmp(add, lane_name(lane)) == 0 ? LANE_WRITE : LANE_LINK;
    return lane_is_named(lane) ? LANE_WRITE : LANE_READ;
}

/* A kubeconfig that was named and is not there is bad input like one that does not parse. */
static int bad_kubeconfig(const struct lane *lane, struct error **err)
{
    if ((*err)->kind == ERROR_NOT_FOUND)
        (*err)->kind = ERROR_INPUT;
    return error_wrap(err, "%s", lane_name(lane));
}

/* Each connection costs a handshake, and each answer memory: a large fleet shares them out. */
static size_t parallel_of(const struct steps *s)
{
    size_t share = STEPS_PARALLEL_ALL / s->mesh->members_count;
    if (s->options.parallel || share >= KUBE_PARALLEL_DEFAULT)
        return s->options.parallel;
    return share < STEPS_PARALLEL_LEAST ? STEPS_PARALLEL_LEAST : share;
}

static int init_lane(struct steps *s, struct lane *lane, struct error **err)
{
    struct kube_client_options options = {
        .name = lane->member->name,
        .cancel = s->options.cancel,
        .deadline_ms = s->deadline_ms,
        .field_manager = s->options.field_manager,
        .parallel = parallel_of(s),
        .no_input = s->options.no_input,
        .on_warning = on_warning,
        .on_retry = on_retry,
        .ctx = lane,
    };
    if (kube_config_load(lane->member->kubeconfig, lane->member->context, &lane->config, err) < 0)
        return bad_kubeconfig(lane, err);
    if (kube_config_check(lane->config, err) < 0)
        return error_wrap(err, "%s", lane_name(lane));
    return kube_client_new(lane->config, &options, &lane->client, err);
}

/* All kubeconfigs are read before any is complained about. */
static int init_lanes(struct steps *s, struct error **err)
{
    AUTO_STRLIST problems = STRLIST_INIT;
    AUTO_ERROR struct error *first = NULL;
    for (size_t i = 0; i < s->lanes_count; i++) {
        struct lane *lane = &s->lanes[i];
        AUTO_ERROR struct error *problem = NULL;
        lane->steps = s;
        lane->member = &s->mesh->members[i];
        lane->index = i;
        lane->mode = mode_of(lane);
        lane->checks = json_array();
        lane->endpoints = json_array();
        lane->pods = json_object();
        init_releases(lane);
        if (init_lane(s, lane, &problem) == 0)
            continue;
        strlist_add(&problems, problem->message);
        if (!first)
            first = TAKE(problem);
    }
    if (!first)
        return 0;
    AUTO_FREE char *text = strlist_join_dup(&problems, "\n");
    free(first->message);
    first->message = TAKE(text);
    *err = TAKE(first);
    return -1;
}

static int load_clouds(struct steps *s, struct error **err)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        if (lane_load_cloud(&s->lanes[i], err) < 0)
            return -1;
    return 0;
}

static bool needs_charts(const struct steps *s)
{
    const struct steps_options *o = &s->options;
    return o->verb == STEPS_UP || o->pre || (o->verb == STEPS_UPGRADE && !o->former);
}

int steps_new(const struct steps_options *options, struct steps **ret_steps, struct error **err)
{
    MC_CLEANUP(steps_cleanup) struct steps *s = mem_zalloc(sizeof(*s));
    s->options = *options;
    s->mesh = options->mesh;
    s->plan = plan_new();
    s->renders = renders_new();
    pthread_mutex_init(&s->lock, NULL);
    s->lanes_count = s->mesh->members_count;
    s->lanes = mem_array(s->lanes_count, sizeof(*s->lanes));
    s->deadline_ms = clock_now_ms() + options->timeout_ms;
    if (options->only && !mesh_find_member(s->mesh, options->only))
        return error_set(err, ERROR_USAGE, "--only %s: there is no cluster of that name",
                         options->only);
    if (init_lanes(s, err) < 0 || load_clouds(s, err) < 0)
        return -1;
    if (options->proof)
        proof_new(s);
    steps_lay_out(s);
    if (plan_check(s->plan, err) < 0 || (needs_charts(s) && charts_start(s, err) < 0))
        return -1;
    *ret_steps = TAKE(s);
    return 0;
}

static void release_lane(struct lane *lane)
{
    for (int c = 0; c < MESH_COMPONENTS; c++)
        lane_release_release(&lane->releases[c]);
    for (int u = 0; u < UNITS_COUNT; u++)
        unit_release(&lane->units[u]);
    if (lane->seen != lane->facts)
        facts_free(lane->seen);
    facts_free(lane->facts);
    error_free(lane->absent);
    kube_client_free(lane->client);
    kube_config_free(lane->config);
    json_decref(lane->cloud);
    json_decref(lane->remote_secret);
    json_decref(lane->stays);
    json_decref(lane->checks);
    json_decref(lane->endpoints);
    json_decref(lane->pods);
    json_decref(lane->traffic);
    lane_proof_free(lane->proof);
    flows_free(lane->flows);
    files_release(&lane->files);
    free(lane->ingress_address);
    free(lane->eastwest_address);
    free(lane->version);
    free(lane->former);
    json_decref(lane->outdated);
}

void steps_free(struct steps *s)
{
    if (!s)
        return;
    lock_free(s->write_lock);
    for (size_t i = 0; i < s->lanes_count; i++)
        release_lane(&s->lanes[i]);
    free(s->lanes);
    renders_free(s->renders);
    charts_free(s->charts);
    ca_issue_free(s->issue);
    plan_free(s->plan);
    free(s->proof_namespace);
    json_decref(s->trials);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int steps_proceed(struct steps *s, struct error **err)
{
    plan_free(s->plan);
    s->plan = plan_new();
    s->options.list_only = false;
    s->deadline_ms = clock_now_ms() + s->options.timeout_ms;
    for (size_t i = 0; i < s->lanes_count; i++)
        kube_client_set_deadline(s->lanes[i].client, s->deadline_ms);
    steps_lay_out(s);
    return plan_check(s->plan, err);
}

struct plan *steps_plan(struct steps *s)
{
    return s->plan;
}
