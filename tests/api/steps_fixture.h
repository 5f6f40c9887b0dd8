/* A mesh of fake clusters, and whole runs of its steps: set up, run, looked at. The charts are those
 * of tests/api/charts. The clusters hold certificates of one root already, so that no time goes into
 * keys. */
#ifndef STEPS_FIXTURE_H
#define STEPS_FIXTURE_H

#include "fakeapi.h"
#include "meshctl/base/strlist.h"
#include "meshctl/steps/steps.h"

#define CLUSTERS_MAX 32

struct clusters {
    struct fakeapi *apis[CLUSTERS_MAX]; /* of west, east, north, south, ..., c32 */
    struct mesh *mesh;
    size_t count;
    char folder[64]; /* the current one while the clusters are there */
};
/* Fails the test when it cannot. */
void clusters_start(struct clusters *c, size_t count);
void clusters_stop(struct clusters *c);
/* The words of a command line that stand for them; yours to free. */
char *clusters_words_dup(const struct clusters *c);

/* What a run came to. */
struct run_result {
    struct steps *steps;
    struct cancel own_cancel, *cancel;
    struct strlist events; /* "west install warning: text" of notes, warnings and results */
    struct error
        *error;      /* the first task's that failed, or of steps_new, steps_proceed, steps_end */
    json_t *changes; /* steps_changes */
    json_t *report;
};
/* Runs to the end. Of the options, mesh and ca_dir are set, and what is 0 of charts, timeout_ms and
 * cancel. `ret` must not be moved. */
void run_steps(const struct clusters *c, const struct steps_options *options,
               struct run_result *ret);
/* Goes on from the list of `down`. */
void run_proceed(struct run_result *o);
void run_result_release(struct run_result *o);
#define AUTO_RUN_RESULT MC_CLEANUP(run_result_release) struct run_result
/* Fails the test with the run's error. */
void run_ended_well(const struct run_result *o);
/* A run of `up` that the test takes for granted. */
void clusters_up(const struct clusters *c);

/* `up` to expose, and its list alone. */
extern const struct steps_options up_options, plan_options, down_options;

/* How many requests of all clusters have written something; leases do not count. */
int clusters_writes(const struct clusters *c);
/* The change of that object ("Deployment", "istiod") in a list; NULL without one; borrowed. */
const json_t *change_of(const json_t *changes, const char *cluster, const char *kind,
                        const char *name);
/* "create 12, update 0, delete 0, record 4"; yours to free. */
char *counts_dup(const json_t *changes);
bool has_event(const struct run_result *o, const char *part);

/* What the list has of west's Secret: the action, and a part of the reason. */
void secret_change_is(const struct run_result *o, const char *name, const char *action,
                      const char *why);

#endif
