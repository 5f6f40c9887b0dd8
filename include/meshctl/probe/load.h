/* A steady load on verify's common echo, sent by a thread of its own while something is taken away and
 * given back: who answered when, and what was lost. */
#ifndef MESHCTL_PROBE_LOAD_H
#define MESHCTL_PROBE_LOAD_H

#include <stddef.h>

#include "meshctl/kube/pod_proxy.h"
#include "meshctl/mesh/mesh.h"

#define LOAD_MAX_RATE 1000
#define LOAD_MAX_MS 180000 /* it ends by itself then */

/* Who answered, beside the index of a member. */
enum load_answer {
    LOAD_FAILED = -1, /* an error from the mesh */
    LOAD_UNASKED =
        -2, /* the API server did not bring the request to the caller: no word on the mesh */
};
/* Times of clock_now_ms. */
struct load_sample {
    int64_t begun_ms, ended_ms;
    int answer;
};

/* ---- judging, pure ---- */

struct load_counts {
    unsigned all, own, others, failed, unasked;
};
/* Of the samples that were begun in [from_ms, to_ms). */
struct load_counts load_count(const struct load_sample *samples, size_t count, int own,
                              int64_t from_ms, int64_t to_ms);
/* Of those that were begun and answered within that time: what is on its way when something is taken away
 * says nothing of the time before. */
struct load_counts load_count_within(const struct load_sample *samples, size_t count, int own,
                                     int64_t from_ms, int64_t to_ms);
/* When the first answer came, to a request that was begun at from_ms or later, of member `own` or
 * (`others`) of any other; -1 without one. */
int64_t load_first(const struct load_sample *samples, size_t count, int own, bool others,
                   int64_t from_ms);
/* Whether, by now, for window_ms nothing was answered but by `own`, or by others: at least one answer,
 * no failure. */
bool load_is_settled(const struct load_sample *samples, size_t count, int own, bool others,
                     int64_t now_ms, int64_t window_ms);

/* ---- sending ---- */

struct load;
/* `config` and the strings are borrowed until load_stop; `name` is the cluster's. */
struct load_options {
    const struct kube_config *config;
    const char *name;
    const struct mesh *mesh;
    const char *namespace_, *caller;
    unsigned rate; /* a second */
};
int load_start(const struct load_options *options, struct load **ret_load, struct error **err)
    MC_WARN_UNUSED;
/* Ends it. NULL is fine. */
void load_free(struct load *l);
/* A copy of what has been answered by now, in the order of the answers; yours to free. */
struct load_sample *load_samples_dup(struct load *l, size_t *ret_count);
/* What failed, as path_failures_json. New reference. */
json_t *load_failures(struct load *l);
/* Why it has ended by itself; NULL while it runs. Yours to free. */
struct error *load_problem_dup(struct load *l);

MC_DEFINE_CLEANUP(load_cleanup, struct load, load_free);

#endif
