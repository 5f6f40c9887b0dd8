/* The charts of a run: fetched once for all clusters, each by a thread of its own from the beginning
 * on, so that no cluster's lane waits for another's download. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct chart_job {
    const struct budget_limits *limits;
    const char *chart;   /* its name */
    const char *version; /* borrowed from the mesh */
    struct chart_source *source;
    pthread_t thread;
    bool started, joined;
    pthread_mutex_t join; /* who waits first joins */
    struct chart *result;
    struct error *error;
};

/* A curl handle belongs to one thread, so each job has a source of its own. Both gateways are one
 * chart. */
struct charts {
    struct chart_job *jobs; /* of each version that a member has, one a component */
    size_t count;
};

static void *fetch(void *arg)
{
    struct chart_job *job = arg;
    AUTO_BUDGET budget = {0};
    budget_begin(&budget, job->limits);
    (void)!chart_source_get(job->source, job->chart, job->version, &job->result, &job->error);
    return NULL;
}

static bool needs(const struct steps *s, enum mesh_component c)
{
    return steps_include(s, mesh_component_info(c)->in_ingress_namespace ? STEP_GATEWAY
                                                                         : STEP_INSTALL);
}

/* The job of that chart in that version; NULL without one. */
static struct chart_job *find(const struct charts *charts, enum mesh_component c,
                              const char *version)
{
    const char *chart = mesh_component_info(c)->chart;
    for (size_t i = 0; i < charts->count; i++)
        if (strcmp(charts->jobs[i].chart, chart) == 0 &&
            strcmp(charts->jobs[i].version, version) == 0)
            return &charts->jobs[i];
    return NULL;
}

static int start(struct steps *s, enum mesh_component c, const char *version, struct error **err)
{
    const char *text = s->options.charts ? s->options.charts : STEPS_DEFAULT_CHARTS;
    struct chart_source_options source = s->options.chart_source;
    struct chart_job *job = &s->charts->jobs[s->charts->count++];
    source.cancel = s->options.cancel;
    pthread_mutex_init(&job->join, NULL);
    job->limits = &s->options.limits;
    job->chart = mesh_component_info(c)->chart;
    job->version = version;
    if (chart_source_new(text, &source, &job->source, err) < 0)
        return -1;
    int rc = pthread_create(&job->thread, NULL, fetch, job);
    if (rc)
        return error_errno(err, ERROR_INTERNAL, rc, "start a thread for chart %s", job->chart);
    job->started = true;
    return 0;
}

int charts_start(struct steps *s, struct error **err)
{
    s->charts = mem_zalloc(sizeof(*s->charts));
    /* Threads know their job's place: it does not move. */
    s->charts->jobs = mem_array(s->lanes_count * MESH_COMPONENTS, sizeof(*s->charts->jobs));
    for (size_t i = 0; i < s->lanes_count; i++)
        for (int c = 0; c < MESH_COMPONENTS; c++) {
            const char *version = mesh_version_of(s->mesh, s->lanes[i].member);
            if (needs(s, (enum mesh_component)c) &&
                !find(s->charts, (enum mesh_component)c, version) &&
                start(s, (enum mesh_component)c, version, err) < 0)
                return -1;
        }
    return 0;
}

static void join(struct chart_job *job)
{
    pthread_mutex_lock(&job->join);
    if (job->started && !job->joined)
        pthread_join(job->thread, NULL);
    job->joined = true;
    pthread_mutex_unlock(&job->join);
}

int charts_get(const struct lane *lane, enum mesh_component c, const struct chart **ret_chart,
               struct error **err)
{
    const struct steps *s = lane->steps;
    struct chart_job *job = find(s->charts, c, mesh_version_of(s->mesh, lane->member));
    join(job);
    *ret_chart = job->result;
    if (job->result)
        return 0;
    *err = error_dup(job->error);
    /* The source and version were typed in: what they do not name is bad input. */
    if ((*err)->kind == ERROR_NOT_FOUND)
        (*err)->kind = ERROR_INPUT;
    return -1;
}

void charts_free(struct charts *charts)
{
    if (!charts)
        return;
    for (size_t i = 0; i < charts->count; i++) {
        struct chart_job *job = &charts->jobs[i];
        join(job);
        chart_free(job->result);
        error_free(job->error);
        chart_source_free(job->source);
        pthread_mutex_destroy(&job->join);
    }
    free(charts->jobs);
    free(charts);
}
