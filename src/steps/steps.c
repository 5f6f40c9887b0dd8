/* A run: its lanes, and the plan laid out over them. */
#include "meshctl/steps/steps.h"

#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/strlist.h"

static const char *const step_names[STEPS_COUNT] = {
    [STEP_CHECK] = "check",     [STEP_PREPARE] = "prepare", [STEP_CA] = "ca",
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

bool lane_is_selected(const struct lane *lane)
{
    const char *only = lane->steps->options.only;
    return !only || strcmp(only, lane_name(lane)) == 0;
}

/* ---- the plan -------------------------------------------------------------------------------- */

/* Last task of each kind in each lane, for the edges; -1 where the cut left it out. */
struct laid_out {
    int check[PLAN_MAX_LANES], prepare[PLAN_MAX_LANES], install[PLAN_MAX_LANES];
    int read[PLAN_MAX_LANES], link[PLAN_MAX_LANES], sample[PLAN_MAX_LANES];
    int gateway[PLAN_MAX_LANES];
    int alone;
};

static void after_all(struct plan *p, int task, const int *tasks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (tasks[i] >= 0 && tasks[i] != task)
            plan_after(p, task, tasks[i]);
}

static int add(struct steps *s, struct lane *lane, enum step_id step, plan_fn fn)
{
    return plan_add_task(s->plan, (int)lane->index, step_names[step], fn, lane);
}

static bool selects(const struct steps *s, const struct lane *lane, enum step_id step)
{
    return steps_include(s, step) && lane_is_selected(lane);
}

/* Nothing is written anywhere before every cluster was checked and everything is prepared. */
static void lay_out_checks(struct steps *s, struct laid_out *t)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        t->check[i] = add(s, &s->lanes[i], STEP_CHECK, step_check);
    for (size_t i = 0; i < s->lanes_count; i++) {
        t->prepare[i] = add(s, &s->lanes[i], STEP_PREPARE, step_prepare);
        after_all(s->plan, t->prepare[i], t->check, s->lanes_count);
    }
}

/* The first write of a lane waits for all preparations. */
static int add_write(struct steps *s, struct lane *lane, enum step_id step, plan_fn fn,
                     struct laid_out *t)
{
    int task = add(s, lane, step, fn);
    after_all(s->plan, task, t->prepare, s->lanes_count);
    return task;
}

static void lay_out_cluster(struct steps *s, struct lane *lane, struct laid_out *t)
{
    size_t i = lane->index;
    bool sample = s->options.bookinfo && steps_include(s, STEP_VERIFY);
    if (selects(s, lane, STEP_CA) && selects(s, lane, STEP_INSTALL))
        add_write(s, lane, STEP_INSTALL, step_install_base, t);
    if (selects(s, lane, STEP_CA))
        add_write(s, lane, STEP_CA, step_ca, t);
    if (selects(s, lane, STEP_INSTALL))
        t->install[i] = add_write(s, lane, STEP_INSTALL, step_install, t);
    if (selects(s, lane, STEP_GATEWAY))
        add_write(s, lane, STEP_GATEWAY, step_gateway_apply, t);
    /* Its token takes the controller a moment; asked for now, it is there when it is needed. */
    if (steps_include(s, STEP_REMOTE_SECRET) && s->lanes_count > 1)
        t->read[i] = add_write(s, lane, STEP_REMOTE_SECRET, step_remote_secret_read, t);
    /* Applied before the gateways are waited for: their pods start side by side. */
    if (sample)
        t->sample[i] = add_write(s, lane, STEP_VERIFY, step_bookinfo_apply, t);
    if (selects(s, lane, STEP_GATEWAY))
        t->gateway[i] = add(s, lane, STEP_GATEWAY, step_gateway_wait);
    if (sample)
        t->sample[i] = add(s, lane, STEP_VERIFY, step_bookinfo_wait);
}

static void lay_out_links(struct steps *s, struct laid_out *t)
{
    if (steps_include(s, STEP_REMOTE_SECRET) && s->lanes_count > 1) {
        for (size_t i = 0; i < s->lanes_count; i++) {
            if (!lane_is_selected(&s->lanes[i]))
                continue;
            t->link[i] = add(s, &s->lanes[i], STEP_REMOTE_SECRET, step_remote_secret_apply);
            after_all(s->plan, t->link[i], t->read, s->lanes_count);
            if (t->alone >= 0)
                plan_after(s->plan, t->link[i], t->alone);
        }
    }
    for (size_t i = 0; i < s->lanes_count; i++)
        if (selects(s, &s->lanes[i], STEP_EXPOSE))
            t->link[i] = add_write(s, &s->lanes[i], STEP_EXPOSE, step_expose, t);
}

static void lay_out(struct steps *s)
{
    struct laid_out t;
    memset(&t, 0xff, sizeof(t)); /* all -1 */
    for (size_t i = 0; i < s->lanes_count; i++)
        plan_add_lane(s->plan, lane_name(&s->lanes[i]));
    lay_out_checks(s, &t);
    if (s->options.dry_run)
        return;
    for (size_t i = 0; i < s->lanes_count; i++)
        lay_out_cluster(s, &s->lanes[i], &t);
    /* The first cluster by itself, as long as it knows nothing of the others. */
    if (s->options.bookinfo && steps_include(s, STEP_REMOTE_SECRET) &&
        steps_include(s, STEP_VERIFY))
        t.alone = add(s, &s->lanes[0], STEP_VERIFY, step_verify_alone);
    lay_out_links(s, &t);
    if (!steps_include(s, STEP_VERIFY))
        return;
    int cluster[PLAN_MAX_LANES], sample[PLAN_MAX_LANES];
    memset(cluster, 0xff, sizeof(cluster));
    memset(sample, 0xff, sizeof(sample));
    for (size_t i = 0; i < s->lanes_count; i++) {
        cluster[i] = add_write(s, &s->lanes[i], STEP_VERIFY, step_verify_cluster, &t);
        after_all(s->plan, cluster[i], t.link, s->lanes_count);
        after_all(s->plan, cluster[i], t.sample, s->lanes_count);
        after_all(s->plan, cluster[i], t.gateway, s->lanes_count);
    }
    if (!s->options.bookinfo)
        return;
    for (size_t i = 1; i < s->lanes_count; i++)
        sample[i] = add(s, &s->lanes[i], STEP_VERIFY, step_verify_sample);
    int traffic = add(s, &s->lanes[0], STEP_VERIFY, step_verify_traffic);
    after_all(s->plan, traffic, cluster, s->lanes_count);
    after_all(s->plan, traffic, sample, s->lanes_count);
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

/* A kubeconfig that was named and is not there is bad input like one that does not parse. */
static int bad_kubeconfig(const struct lane *lane, struct error **err)
{
    if ((*err)->kind == ERROR_NOT_FOUND)
        (*err)->kind = ERROR_INPUT;
    return error_wrap(err, "%s", lane_name(lane));
}

static int init_lane(struct steps *s, struct lane *lane, struct error **err)
{
    struct kube_client_options options = {
        .name = lane->member->name,
        .cancel = s->options.cancel,
        .deadline_ms = s->deadline_ms,
        .field_manager = s->options.field_manager,
        .parallel = s->options.parallel,
        .on_warning = on_warning,
        .on_retry = on_retry,
        .ctx = lane,
    };
    if (kube_config_load(lane->member->kubeconfig, lane->member->context, &lane->config, err) < 0)
        return bad_kubeconfig(lane, err);
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
        lane->checks = json_array();
        lane->endpoints = json_array();
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

static int load_cloud(struct steps *s, struct error **err)
{
    if (!s->mesh->cloud)
        return 0;
    AUTO_FREE char *name = mem_printf("manifests/clouds/%s.yaml", s->mesh->cloud);
    if (manifest_load(s, name, &s->cloud, err) == 0)
        return 0;
    if ((*err)->kind != ERROR_NOT_FOUND)
        return -1;
    error_clear(err);
    error_set(err, ERROR_USAGE, "there is no cloud profile \"%s\"", s->mesh->cloud);
    return error_hint(err, "known: hatoba; leave --cloud out for any other cloud");
}

int steps_new(const struct steps_options *options, struct steps **ret_steps, struct error **err)
{
    MC_CLEANUP(steps_cleanup) struct steps *s = mem_zalloc(sizeof(*s));
    s->options = *options;
    s->mesh = options->mesh;
    s->plan = plan_new();
    pthread_mutex_init(&s->lock, NULL);
    s->lanes_count = s->mesh->members_count;
    s->lanes = mem_array(s->lanes_count, sizeof(*s->lanes));
    s->deadline_ms = clock_now_ms() + options->timeout_ms;
    if (options->only && !mesh_find_member(s->mesh, options->only))
        return error_set(err, ERROR_USAGE, "--only %s: there is no cluster of that name",
                         options->only);
    if (load_cloud(s, err) < 0 || init_lanes(s, err) < 0)
        return -1;
    const char *charts = options->charts ? options->charts : STEPS_DEFAULT_CHARTS;
    struct chart_source_options source = options->chart_source;
    source.cancel = options->cancel;
    if (chart_source_new(charts, &source, &s->source, err) < 0)
        return -1;
    lay_out(s);
    if (plan_check(s->plan, err) < 0)
        return -1;
    *ret_steps = TAKE(s);
    return 0;
}

static void release_lane(struct lane *lane)
{
    for (int c = 0; c < MESH_COMPONENTS; c++)
        lane_release_release(&lane->releases[c]);
    kube_client_free(lane->client);
    kube_config_free(lane->config);
    kube_version_release(&lane->version);
    key_job_free(lane->key_job);
    json_decref(lane->found_cacerts);
    json_decref(lane->remote_secret);
    json_decref(lane->expose);
    json_decref(lane->bookinfo);
    json_decref(lane->bookinfo_gateway);
    json_decref(lane->checks);
    json_decref(lane->endpoints);
    json_decref(lane->traffic);
    free(lane->cluster_uid);
    free(lane->found_root);
    free(lane->ingress_address);
    free(lane->eastwest_address);
}

void steps_free(struct steps *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->lanes_count; i++)
        release_lane(&s->lanes[i]);
    free(s->lanes);
    for (int c = 0; c < MESH_COMPONENTS; c++)
        chart_free(s->charts[c]);
    chart_source_free(s->source);
    key_job_free(s->root_job);
    authority_free(s->authority);
    json_decref(s->cloud);
    plan_free(s->plan);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

struct plan *steps_plan(struct steps *s)
{
    return s->plan;
}
