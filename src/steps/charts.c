/* The charts of a run: fetched once for all clusters, each by a thread of its own from the beginning
 * on, so that no cluster's lane waits for another's download. */
#include "internal.h"

#include <stdlib.h>

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
    struct chart_job jobs[MESH_COMPONENTS];
};

static enum mesh_component slot_of(enum mesh_component c)
{
    return c == MESH_EASTWEST ? MESH_INGRESS : c;
}

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
    return slot_of(c) == c &&
           steps_include(s, mesh_component_info(c)->in_ingress_namespace ? STEP_GATEWAY
                                                                         : STEP_INSTALL);
}

static int start(struct steps *s, struct chart_job *job, enum mesh_component c, struct error **err)
{
    const char *text = s->options.charts ? s->options.charts : STEPS_DEFAULT_CHARTS;
    struct chart_source_options source = s->options.chart_source;
    source.cancel = s->options.cancel;
    job->limits = &s->options.limits;
    job->chart = mesh_component_info(c)->chart;
    job->version = s->mesh->istio_version;
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
    for (int c = 0; c < MESH_COMPONENTS; c++)
        pthread_mutex_init(&s->charts->jobs[c].join, NULL);
    for (int c = 0; c < MESH_COMPONENTS; c++)
        if (needs(s, (enum mesh_component)c) &&
            start(s, &s->charts->jobs[c], (enum mesh_component)c, err) < 0)
            return -1;
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

int charts_get(struct steps *s, enum mesh_component c, const struct chart **ret_chart,
               struct error **err)
{
    struct chart_job *job = &s->charts->jobs[slot_of(c)];
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
    for (int c = 0; c < MESH_COMPONENTS; c++) {
        struct chart_job *job = &charts->jobs[c];
        join(job);
        chart_free(job->result);
        error_free(job->error);
        chart_source_free(job->source);
        pthread_mutex_destroy(&job->join);
    }
    free(charts);
}
