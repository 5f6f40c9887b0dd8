/* What the steps share: the run, and one lane a cluster. A lane's fields are written by its own
 * thread only; other lanes read them in tasks that the plan puts after. What several lanes write is
 * guarded by `lock`. */
#ifndef MESHCTL_STEPS_INTERNAL_H
#define MESHCTL_STEPS_INTERNAL_H

#include <pthread.h>

#include "meshctl/ca/found.h"
#include "meshctl/ca/issue.h"
#include "meshctl/helm/release.h"
#include "meshctl/helm/render.h"
#include "meshctl/kube/apply.h"
#include "meshctl/kube/client.h"
#include "meshctl/kube/wait.h"
#include "meshctl/source/source.h"
#include "meshctl/steps/steps.h"

struct lane;

/* One chart release of one cluster. */
struct lane_release {
    enum mesh_component component;
    const char *name; /* release name */
    const char *namespace_;
    json_t *values;                  /* what meshctl and the person give: the record's config */
    struct release *existing;        /* newest record found, or NULL */
    struct chart_rendered *rendered; /* what shall be applied */
    const struct chart *chart;       /* borrowed from the run */
    struct release *record;          /* what this run writes, or NULL when nothing is new */
    bool applied;                    /* in this run, by an earlier task */
    bool same; /* the newest record is deployed and equals what we would store */
};

struct lane {
    struct steps *steps;
    const struct mesh_member *member;
    size_t index;
    struct kube_config *config;
    struct kube_client *client;
    struct plan_task *task; /* the running one: where events go */

    /* found by check */
    struct kube_version version;
    char *cluster_uid;  /* of namespace kube-system */
    struct ca_found ca; /* the signing CA; what this run made is in it, too */

    /* made by prepare */
    struct lane_release releases[MESH_COMPONENTS];
    bool needs_cacerts;       /* the cluster has none: it gets an intermediate */
    json_t *expose;           /* array of objects */
    json_t *bookinfo;         /* array of objects */
    json_t *bookinfo_gateway; /* array of objects; first cluster only */

    /* learnt on the way */
    json_t *remote_secret; /* for the other clusters; holds a token */
    char *ingress_address;
    char *eastwest_address;
    bool has_namespace;                   /* applied in this run */
    unsigned created, changed, unchanged; /* objects, in all steps */
    json_t *checks;                       /* array of verify's findings */
    json_t *endpoints;                    /* array of what the proxies of this cluster see */
    json_t *traffic;                      /* first cluster only: counts */
};

struct steps {
    struct steps_options options;
    const struct mesh *mesh;
    struct plan *plan;
    struct lane *lanes;
    size_t lanes_count;
    json_t *cloud;       /* profile of the mesh's cloud, or NULL */
    int64_t deadline_ms; /* of the whole run */

    pthread_mutex_t lock;
    struct chart_source *source;
    struct chart *charts[MESH_COMPONENTS]; /* loaded on first use, shared by lanes */
    struct ca_issue *issue;                /* certificates being made, begun on first use */
};

/* Whether the plan's cut holds that step. */
bool steps_include(const struct steps *s, enum step_id id);
/* Whether that lane is to be changed (--only). */
bool lane_is_selected(const struct lane *lane);
/* Whether it has, or got, a signing CA out of Secret cacerts. */
bool lane_has_cacerts(const struct lane *lane);
/* The lane's own words: "west". */
static inline const char *lane_name(const struct lane *lane)
{
    return lane->member->name;
}

/* objects.c: applying, in waves, with events and counts. `manager` NULL: the run's. */
int lane_apply(struct lane *lane, json_t *const *objects, size_t count, const char *manager,
               struct error **err) MC_WARN_UNUSED;
int lane_apply_array(struct lane *lane, const json_t *objects, struct error **err) MC_WARN_UNUSED;
int lane_apply_one_new(struct lane *lane, json_t *object, struct error **err) MC_WARN_UNUSED;
/* Namespace of istiod with its network label, which tells istiod which network this cluster's
 * endpoints are in; once a run. */
int lane_apply_istio_namespace(struct lane *lane, struct error **err) MC_WARN_UNUSED;
/* Waits with the run's deadline; reasons become events. `ret_object` may be NULL. */
int lane_wait(struct lane *lane, const struct kube_ref *ref, const char *what,
              kube_predicate predicate, void *ctx, json_t **ret_object, struct error **err)
    MC_WARN_UNUSED;
int lane_wait_available(struct lane *lane, const char *namespace_, const char *deployment,
                        json_t **ret_object, struct error **err) MC_WARN_UNUSED;
/* "1/1": ready replicas of wanted. Yours to free. */
char *lane_ready_text_dup(const json_t *deployment);

/* manifests.c: a manifest by its tree name, from --manifests DIR or embedded: an array of
 * documents, or one document. New references. */
int manifest_load_all(const struct steps *s, const char *name, json_t **ret_array,
                      struct error **err) MC_WARN_UNUSED;
int manifest_load(const struct steps *s, const char *name, json_t **ret_value, struct error **err)
    MC_WARN_UNUSED;
/* All documents, filled in for the lane's member. */
int manifest_fill(const struct lane *lane, const char *name, json_t **ret_array, struct error **err)
    MC_WARN_UNUSED;

/* release.c: renders one component and compares it with what is recorded; applies
 * several at once. */
int lane_release_prepare(struct lane *lane, enum mesh_component c, struct error **err)
    MC_WARN_UNUSED;
void lane_release_release(struct lane_release *r);
int lane_releases_apply(struct lane *lane, const enum mesh_component *components, size_t count,
                        struct error **err) MC_WARN_UNUSED;
/* After the waits: records the releases as deployed. */
int lane_releases_finish(struct lane *lane, const enum mesh_component *components, size_t count,
                         struct error **err) MC_WARN_UNUSED;
/* When something failed: records them as failed, as far as that still can be said. */
void lane_releases_fail(struct lane *lane, const enum mesh_component *components, size_t count,
                        const struct error *why);

/* The steps themselves: plan_fn with a lane as context. */
int step_check(struct plan_task *task, void *ctx, struct error **err);
int step_prepare(struct plan_task *task, void *ctx, struct error **err);
int step_install_base(struct plan_task *task, void *ctx, struct error **err);
int step_ca(struct plan_task *task, void *ctx, struct error **err);
int step_install(struct plan_task *task, void *ctx, struct error **err);
int step_gateway_apply(struct plan_task *task, void *ctx, struct error **err);
int step_gateway_wait(struct plan_task *task, void *ctx, struct error **err);
int step_remote_secret_read(struct plan_task *task, void *ctx, struct error **err);
int step_remote_secret_apply(struct plan_task *task, void *ctx, struct error **err);
int step_expose(struct plan_task *task, void *ctx, struct error **err);
int step_bookinfo_apply(struct plan_task *task, void *ctx, struct error **err);
int step_bookinfo_wait(struct plan_task *task, void *ctx, struct error **err);
int step_verify_alone(struct plan_task *task, void *ctx, struct error **err);
int step_verify_cluster(struct plan_task *task, void *ctx, struct error **err);
int step_verify_sample(struct plan_task *task, void *ctx, struct error **err);
int step_verify_traffic(struct plan_task *task, void *ctx, struct error **err);

/* Every step function starts with this. */
static inline struct lane *lane_begin(struct plan_task *task, void *ctx)
{
    struct lane *lane = ctx;
    lane->task = task;
    return lane;
}

#endif
