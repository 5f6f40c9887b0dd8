/* What the steps share: the run, and one lane a cluster. A lane's fields are written by its own
 * thread only; other lanes read them in tasks that the plan puts after. What several lanes write is
 * guarded by `lock`, under which no request is sent. */
#ifndef MESHCTL_STEPS_INTERNAL_H
#define MESHCTL_STEPS_INTERNAL_H

#include <pthread.h>
#include <string.h>

#include "meshctl/ca/issue.h"
#include "meshctl/helm/release_objects.h"
#include "meshctl/helm/render.h"
#include "meshctl/helm/values_plan.h"
#include "meshctl/kube/apply.h"
#include "meshctl/kube/client.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/fill.h"
#include "meshctl/probe/facts.h"
#include "meshctl/steps/steps.h"

#include "unit.h"

struct charts;
struct flows;
struct renders;
struct lock;

enum lane_mode {
    LANE_WRITE,
    LANE_LINK, /* gets to know the cluster that joins (options.add), and nothing else of it changes */
    LANE_READ,   /* only looked at (--only names another) */
    LANE_ABSENT, /* could not be looked at, and nobody needs it */
};

/* One chart release of one cluster. */
struct lane_release {
    enum mesh_component component;
    const char *name; /* release name */
    const char *namespace_;
    const struct chart *chart;             /* borrowed from the run */
    json_t *own;                           /* the values that meshctl and the person give now */
    struct values_plan *values;            /* these, and below them what a person gave before */
    const struct chart_rendered *rendered; /* what shall be applied; borrowed from the run */
    struct release_objects wanted;         /* of it, the objects */
    struct release_objects recorded;       /* those that the release has had by now */
    json_t *crds;                          /* array: of crds/, made once before all else; or NULL */
    struct release *record;                /* what this run writes, or NULL when nothing is new */
    bool is_recorded;                      /* the newest record is what this run would record */
    bool begun;                            /* the record is in the cluster, as pending */
    bool ended;                            /* it is deployed, or failed */
};

struct lane {
    struct steps *steps;
    const struct mesh_member *member;
    size_t index;
    enum lane_mode mode;
    json_t *cloud; /* profile of its cloud, or NULL */
    struct kube_config *config;
    struct kube_client *client;
    struct plan_task *task; /* the running one: where events go */
    const struct unit *at;  /* what that is at work on, so what an error is about; or NULL */

    struct facts *facts;  /* before anything is written; NULL with LANE_ABSENT */
    struct error *absent; /* LANE_ABSENT, or lost in a check: why */
    struct facts
        *seen; /* what is there now, for verify; where nothing was written, `facts` itself */

    struct lane_release releases[MESH_COMPONENTS];
    struct unit units[UNITS_COUNT];

    /* how the others reach this API server, address.c */
    bool shows_config_ca; /* they are told to trust what the kubeconfig trusts */
    bool tried;           /* as far as it goes in this run */

    /* learnt on the way */
    json_t *remote_secret; /* for the other clusters; holds a token */
    char *ingress_address;
    char *eastwest_address;
    unsigned created, changed, unchanged, deleted; /* objects, in all steps */
    bool has_written;                              /* anything, records and locks too */
    json_t *stays;            /* down: array of {apiVersion, kind, namespace, name, why}; or NULL */
    json_t *checks;           /* array of verify's findings */
    json_t *endpoints;        /* array of what the proxies of this cluster see */
    json_t *pods;             /* the sample's reviews pods: name to cluster id */
    json_t *traffic;          /* first cluster only: counts */
    struct lane_proof *proof; /* verify's own traffic, proof.h; NULL without */

    char *version, *former; /* upgrade: the latest of the releases', and istiod's before; or NULL */
    json_t *outdated; /* upgrade: array of workloads with proxies of another version; or NULL */

    struct files files;  /* report: what was collected of this cluster */
    struct flows *flows; /* status: what its proxies count; NULL where they were not asked */
};

struct steps {
    struct steps_options options;
    const struct mesh *mesh;
    struct plan *plan;
    struct lane *lanes;
    size_t lanes_count;
    int64_t deadline_ms; /* of the whole run */
    struct charts *charts;
    struct renders *renders;
    struct lock *write_lock; /* this run's Leases, or NULL */

    char *proof_namespace; /* of verify's own workloads, the same in every cluster; or NULL */
    json_t *trials;        /* array of what verify's trials measured, or NULL; of one task */
    bool gateways_away;    /* a trial has taken them away and not given back */

    pthread_mutex_t lock;
    struct ca_issue *issue; /* keys and certificates being made, or NULL */
};

/* Whether the plan's cut holds that step. */
bool steps_include(const struct steps *s, enum step_id id);
/* `check`, and `verify` without the sample: nothing is written, and a reader's rights have to do. */
static inline bool steps_only_look(const struct steps *s)
{
    if (s->options.verb == STEPS_CHECK)
        return true;
    return s->options.verb == STEPS_UP && !s->options.list_only && s->options.from == STEP_VERIFY &&
           !s->options.bookinfo && !s->options.partition;
}
/* The lane's own words: "west". */
static inline const char *lane_name(const struct lane *lane)
{
    return lane->member->name;
}
/* What --only leaves. */
static inline bool lane_is_named(const struct lane *lane)
{
    const char *only = lane->steps->options.only;
    return !only || strcmp(only, lane_name(lane)) == 0;
}
/* Every step function starts with this. */
static inline struct lane *lane_begin(struct plan_task *task, void *ctx)
{
    struct lane *lane = ctx;
    lane->task = task;
    lane->at = NULL;
    return lane;
}

/* charts.c: the charts of the run, fetched in the background from the beginning on. */
int charts_start(struct steps *s, struct error **err) MC_WARN_UNUSED;
/* Waits for that chart, in the version of the lane's member; borrowed, the same for all lanes of one version. */
int charts_get(const struct lane *lane, enum mesh_component c, const struct chart **ret_chart,
               struct error **err) MC_WARN_UNUSED;
void charts_free(struct charts *charts);

/* renders.c: what those charts render to. Lanes that render alike share it, so nobody changes it.
 * Returns chart_render's errors; waits for no cluster. `options` with release, kube_version,
 * api_versions and lookup. */
struct renders *renders_new(void);
int renders_get(struct renders *r, const struct chart *chart, const json_t *config,
                const struct chart_render_options *options,
                const struct chart_rendered **ret_rendered, struct error **err) MC_WARN_UNUSED;
/* A lane needs it no more; NULL is allowed. The rest ends with the run. */
void renders_put(struct renders *r, const struct chart_rendered *rendered);
void renders_free(struct renders *r);

/* manifests.c: a manifest by its tree name, from --manifests DIR or embedded: an array of
 * documents, or one document. New references. */
int manifest_load_all(const struct steps *s, const char *name, json_t **ret_array,
                      struct error **err) MC_WARN_UNUSED;
int manifest_load(const struct steps *s, const char *name, json_t **ret_value, struct error **err)
    MC_WARN_UNUSED;
/* All documents, filled in for the lane's member. `more` (may be NULL): further variables, ended by one
 * without a name, MANIFEST_MAX_MORE at the most. */
#define MANIFEST_MAX_MORE 16
int manifest_fill(const struct lane *lane, const char *name, const struct mesh_var *more,
                  json_t **ret_array, struct error **err) MC_WARN_UNUSED;

/* compare.c: what of the units is there already, and what would change. Everything that is in the way is
 * told in one error. */
int lane_compare(struct lane *lane, struct error **err) MC_WARN_UNUSED;
/* address.c: whether the address that the other clusters shall be told is theirs (MC404, MC405). */
int lane_try_address(struct lane *lane, struct error **err) MC_WARN_UNUSED;

/* desired.c: the units of this run in this cluster, with their objects. */
int lane_desire(struct lane *lane, struct error **err) MC_WARN_UNUSED;

struct kube_apply_options lane_apply_options(const struct lane *lane, const struct unit *unit);
/* Counts and tells what was done to an object. */
void lane_count(struct lane *lane, enum change_action action, const struct kube_ref *ref);

/* Whether our own manager has applied it: how objects of versions that marked nothing are known. */
bool lane_applied(const struct lane *lane, const json_t *live);
/* Whether an object of our own kinds carries this mesh's mark, or is of a version that marked
 * nothing. */
bool lane_owns(const struct lane *lane, const json_t *live);

/* objects.c: applies what the units' changes say, in waves, with events and counts. */
int lane_apply_units(struct lane *lane, const enum unit_id *ids, size_t count, struct error **err)
    MC_WARN_UNUSED;
/* Sends the patch of one change, or of all that have one; what is gone is fine. */
int lane_patch_change(struct lane *lane, const struct change *change, struct error **err)
    MC_WARN_UNUSED;
int lane_patch_changes(struct lane *lane, const struct unit *unit, struct error **err)
    MC_WARN_UNUSED;
/* Deletes what the unit's changes say, each bound to the UID that was looked at. */
int lane_delete_changes(struct lane *lane, const struct unit *unit, struct error **err)
    MC_WARN_UNUSED;

/* waits.c. Whether the object, as it was looked at, does what its kind is for, and goes on doing so as
 * long as nobody changes it. */
bool lane_is_settled(struct lane *lane, const json_t *live);
/* Until the unit's objects do what their kinds are for. */
int lane_wait_unit(struct lane *lane, enum unit_id id, struct error **err) MC_WARN_UNUSED;
/* Waits with the run's deadline; reasons become events. `ret_object` may be NULL. */
int lane_wait(struct lane *lane, const struct kube_ref *ref, const char *what,
              kube_predicate predicate, void *ctx, json_t **ret_object, struct error **err)
    MC_WARN_UNUSED;

/* The same for `limit_ms` at the most. */
int lane_wait_for(struct lane *lane, const struct kube_ref *ref, int64_t limit_ms,
                  kube_predicate predicate, struct error **err) MC_WARN_UNUSED;

/* release.c: renders one component as the cluster's Helm release; keeps its record. */
int lane_release_prepare(struct lane *lane, enum mesh_component c, json_t **ret_objects,
                         struct error **err) MC_WARN_UNUSED;
/* release_values.c: r->own and r->values. */
int lane_release_values(struct lane *lane, struct lane_release *r, struct error **err)
    MC_WARN_UNUSED;
/* Whether the release's live revisions have that (wanted) object. */
bool lane_release_records(const struct lane *lane, enum mesh_component c, const json_t *object);
/* Creates the record, or replaces it as it was read. */
int lane_release_write(struct lane *lane, struct release *record, struct error **err)
    MC_WARN_UNUSED;
/* Adds the record and what is not wanted any more to the unit's changes. */
int lane_release_compare(struct lane *lane, struct unit *unit, struct error **err) MC_WARN_UNUSED;
/* Writes the record as pending; nothing when there is nothing to record. */
int lane_release_begin(struct lane *lane, enum mesh_component c, struct error **err) MC_WARN_UNUSED;
/* After the waits: deletes what is not wanted any more, records the release as deployed. */
int lane_release_finish(struct lane *lane, enum mesh_component c, struct error **err)
    MC_WARN_UNUSED;
/* When the run has ended: a record that is still pending becomes failed, `why` being what its lane
 * ended with, so that Helm and the next run can go on. `client` outlives the run's cancellation. */
void lane_release_close(struct lane *lane, enum mesh_component c, struct kube_client *client,
                        const struct error *why);
void lane_release_release(struct lane_release *r);

/* The tasks: plan_fn with a lane as context. */
int task_observe(struct plan_task *task, void *ctx, struct error **err);
int task_settle(struct plan_task *task, void *ctx, struct error **err);
int task_try_address(struct plan_task *task, void *ctx, struct error **err);
int task_compare(struct plan_task *task, void *ctx, struct error **err);
int task_issue(struct plan_task *task, void *ctx, struct error **err);
int task_place(struct plan_task *task, void *ctx, struct error **err);
int task_lock(struct plan_task *task, void *ctx, struct error **err);
int task_base(struct plan_task *task, void *ctx, struct error **err);
int task_ca(struct plan_task *task, void *ctx, struct error **err);
int task_install(struct plan_task *task, void *ctx, struct error **err);
int task_gateway_apply(struct plan_task *task, void *ctx, struct error **err);
int task_gateway_wait(struct plan_task *task, void *ctx, struct error **err);
int task_token(struct plan_task *task, void *ctx, struct error **err);
int task_links(struct plan_task *task, void *ctx, struct error **err);
int task_expose(struct plan_task *task, void *ctx, struct error **err);
int task_bookinfo_apply(struct plan_task *task, void *ctx, struct error **err);
int task_bookinfo_wait(struct plan_task *task, void *ctx, struct error **err);
int task_verify_alone(struct plan_task *task, void *ctx, struct error **err);
int task_look(struct plan_task *task, void *ctx, struct error **err);
int task_verify_cluster(struct plan_task *task, void *ctx, struct error **err);
int task_check_cluster(struct plan_task *task, void *ctx, struct error **err);
int task_check_before(struct plan_task *task, void *ctx, struct error **err);
int task_proof_ask(struct plan_task *task, void *ctx, struct error **err);
int task_proof_place(struct plan_task *task, void *ctx, struct error **err);
int task_proof_wait(struct plan_task *task, void *ctx, struct error **err);
int task_proof_send(struct plan_task *task, void *ctx, struct error **err);
int task_proof_count(struct plan_task *task, void *ctx, struct error **err);
int task_proof_give_back(struct plan_task *task, void *ctx, struct error **err);
int task_proof_locality(struct plan_task *task, void *ctx, struct error **err);
int task_proof_trials(struct plan_task *task, void *ctx, struct error **err);
int task_proof_clean(struct plan_task *task, void *ctx, struct error **err);
int task_flows_begin(struct plan_task *task, void *ctx, struct error **err);
int task_flows_end(struct plan_task *task, void *ctx, struct error **err);
int task_collect(struct plan_task *task, void *ctx, struct error **err);
int task_verify_sample(struct plan_task *task, void *ctx, struct error **err);
int task_verify_traffic(struct plan_task *task, void *ctx, struct error **err);

#endif
