/* A steady load in a thread of its own, and what can be read off its answers. */
#include "meshctl/probe/load.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/path.h"

#define ASK_TIMEOUT_MS 8000 /* the caller itself gives up after 5 s */

/* ---- judging --------------------------------------------------------------------------------- */

/* `answered`: within that time, too. */
static struct load_counts count_of(const struct load_sample *samples, size_t count, int own,
                                   int64_t from_ms, int64_t to_ms, bool answered)
{
    struct load_counts c = {0};
    for (size_t i = 0; i < count; i++) {
        const struct load_sample *s = &samples[i];
        if (s->begun_ms < from_ms || (answered ? s->ended_ms : s->begun_ms) >= to_ms)
            continue;
        c.all++;
        c.own += s->answer == own;
        c.others += s->answer >= 0 && s->answer != own;
        c.failed += s->answer == LOAD_FAILED;
        c.unasked += s->answer == LOAD_UNASKED;
    }
    return c;
}

struct load_counts load_count(const struct load_sample *samples, size_t count, int own,
                              int64_t from_ms, int64_t to_ms)
{
    return count_of(samples, count, own, from_ms, to_ms, false);
}

struct load_counts load_count_within(const struct load_sample *samples, size_t count, int own,
                                     int64_t from_ms, int64_t to_ms)
{
    return count_of(samples, count, own, from_ms, to_ms, true);
}

static bool is_by(const struct load_sample *s, int own, bool others)
{
    return others ? s->answer >= 0 && s->answer != own : s->answer == own;
}

int64_t load_first(const struct load_sample *samples, size_t count, int own, bool others,
                   int64_t from_ms)
{
    int64_t first = -1;
    for (size_t i = 0; i < count; i++)
        if (samples[i].begun_ms >= from_ms && is_by(&samples[i], own, others) &&
            (first < 0 || samples[i].ended_ms < first))
            first = samples[i].ended_ms;
    return first;
}

bool load_is_settled(const struct load_sample *samples, size_t count, int own, bool others,
                     int64_t now_ms, int64_t window_ms)
{
    unsigned good = 0;
    for (size_t i = count; i-- > 0 && samples[i].ended_ms >= now_ms - window_ms;) {
        if (samples[i].answer == LOAD_UNASKED)
            continue;
        if (!is_by(&samples[i], own, others))
            return false;
        good++;
    }
    return good > 0;
}

/* ---- sending --------------------------------------------------------------------------------- */

struct load {
    struct load_options options;
    struct kube_client *client; /* the thread's */
    char *header;
    struct cancel stop;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    struct load_sample *samples;
    size_t count, cap;
    struct path failed; /* of what failed alone */
    struct error *problem;
};

static int answer_of(const struct load *l, struct kube_pod_answer *answer)
{
    struct path_answer a;
    const struct mesh *m = l->options.mesh;
    if (answer->error)
        return LOAD_UNASKED;
    AUTO_FREE char *text = mem_strdup(answer->mark); /* it is taken apart */
    if (!path_answer_read(text, &a) || a.status != 200)
        return LOAD_FAILED;
    for (size_t i = 0; i < m->members_count; i++)
        if (text_equal(a.member, m->members[i].name))
            return (int)i;
    return LOAD_FAILED;
}

static void on_answer(void *ctx, int64_t meant_ms, struct kube_pod_answer *answer)
{
    struct load *l = ctx;
    struct load_sample sample = {meant_ms, clock_now_ms(), answer_of(l, answer)};
    pthread_mutex_lock(&l->lock);
    if (sample.answer == LOAD_FAILED)
        path_count(&l->failed, l->options.mesh, NULL, answer);
    l->samples = mem_grow(l->samples, &l->cap, l->count + 1, sizeof(*l->samples));
    l->samples[l->count++] = sample;
    pthread_mutex_unlock(&l->lock);
}

static void *send_in_thread(void *arg)
{
    struct load *l = arg;
    const struct kube_pod_port to = {l->options.namespace_, l->options.caller, PATH_CALLER_PORT,
                                     PATH_ANSWER_HEADER, ASK_TIMEOUT_MS};
    const struct kube_pod_load load = {
        l->header, l->options.rate, (size_t)l->options.rate * (LOAD_MAX_MS / 1000), on_answer, l};
    struct error *err = NULL;
    if (kube_pod_load(l->client, &to, &load, &err) == 0)
        error_set(&err, ERROR_TIMEOUT, "%s: the load has ended", l->options.name);
    pthread_mutex_lock(&l->lock);
    l->problem = err;
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

static void release(struct load *l)
{
    kube_client_free(l->client);
    cancel_release(&l->stop);
    pthread_mutex_destroy(&l->lock);
    error_free(l->problem);
    path_release(&l->failed);
    free(l->samples);
    free(l->header);
    free(l);
}

int load_start(const struct load_options *options, struct load **ret_load, struct error **err)
{
    struct load *l = mem_zalloc(sizeof(*l));
    const struct kube_client_options client = {
        .name = options->name, .cancel = &l->stop, .retry_for_ms = -1};
    int rc;
    l->options = *options;
    if (cancel_init(&l->stop) < 0) {
        free(l);
        return error_errno(err, ERROR_INTERNAL, errno, "make a pipe");
    }
    pthread_mutex_init(&l->lock, NULL);
    l->header = mem_printf(PATH_HOST_HEADER ": echo.%s.svc", options->namespace_);
    if (kube_client_new(options->config, &client, &l->client, err) < 0) {
        release(l);
        return -1;
    }
    rc = pthread_create(&l->thread, NULL, send_in_thread, l);
    if (rc == 0) {
        *ret_load = l;
        return 0;
    }
    release(l);
    return error_errno(err, ERROR_INTERNAL, rc, "start a thread");
}

void load_free(struct load *l)
{
    if (!l)
        return;
    cancel_set(&l->stop);
    pthread_join(l->thread, NULL);
    release(l);
}

struct load_sample *load_samples_dup(struct load *l, size_t *ret_count)
{
    pthread_mutex_lock(&l->lock);
    struct load_sample *copy = mem_array(l->count ? l->count : 1, sizeof(*copy));
    if (l->count)
        memcpy(copy, l->samples, l->count * sizeof(*copy));
    *ret_count = l->count;
    pthread_mutex_unlock(&l->lock);
    return copy;
}

json_t *load_failures(struct load *l)
{
    pthread_mutex_lock(&l->lock);
    json_t *failures = path_failures_json(&l->failed);
    pthread_mutex_unlock(&l->lock);
    return failures;
}

struct error *load_problem_dup(struct load *l)
{
    pthread_mutex_lock(&l->lock);
    struct error *problem = error_dup(l->problem);
    pthread_mutex_unlock(&l->lock);
    return problem;
}
