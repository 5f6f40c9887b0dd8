/* The steps that make a mesh, and the plan of them. One file a step; `up` is all of them in order,
 * each command a cut of the same plan.
 *
 *   check         both API servers answer, rights, versions, not the same cluster; what is there
 * already prepare       charts fetched and rendered, objects built: every offline fault shows
 * before a write ca            root and intermediates, Secret cacerts install       namespace,
 * releases istio-base and istiod, istiod available gateway       releases istio-ingress and
 * istio-eastwest, available, with addresses remote-secret reader's token of each cluster as a
 * Secret in every other one expose        Gateway cross-network-gateway verify        the checks of
 * verify.h, with --bookinfo real requests
 *
 * A run is used by the thread that made it, but for what its lanes do while the plan runs. */
#ifndef MESHCTL_STEPS_STEPS_H
#define MESHCTL_STEPS_STEPS_H

#include "meshctl/base/cancel.h"
#include "meshctl/mesh/mesh.h"
#include "meshctl/plan/plan.h"
#include "meshctl/source/source.h"

#define STEPS_HELM_MAJOR 3 /* whose bytes and values releases have */

enum step_id {
    STEP_CHECK,
    STEP_PREPARE,
    STEP_CA,
    STEP_INSTALL,
    STEP_GATEWAY,
    STEP_REMOTE_SECRET,
    STEP_EXPOSE,
    STEP_VERIFY,
    STEPS_COUNT,
};
const char *step_name(enum step_id id);
/* By name; false when there is none. check and prepare always run and cannot be named. */
bool step_find(const char *name, enum step_id *ret_id);

/* Istio's public repository. */
#define STEPS_DEFAULT_CHARTS "https://blob.istio.io/istio-release/charts"

struct steps_options {
    const struct mesh *mesh; /* checked (mesh_check); borrowed for the run */
    enum step_id from, to;   /* inclusive: STEP_CA .. STEP_VERIFY */
    const char *only;        /* short name of the one cluster that is changed, or NULL */
    bool bookinfo;           /* deploy the sample and verify with it */
    bool dry_run;            /* stop after prepare; steps_planned tells what would be applied */
    const char *charts;      /* source text; NULL: STEPS_DEFAULT_CHARTS */
    struct chart_source_options chart_source; /* its cancel is not looked at */
    const char *ca_dir;                       /* folder of root and intermediates */
    const char *manifests_dir; /* replaces the embedded manifests/ file by file; or NULL */
    int64_t timeout_ms;        /* of the whole run */
    size_t parallel;           /* requests under way at once a cluster; 0: default */
    const char *field_manager; /* of our own objects; NULL: "meshctl" */
    bool force_conflicts;
    unsigned requests;     /* verify: at the least; 0: 40 */
    struct cancel *cancel; /* borrowed */
};

struct steps;

/* Reads kubeconfigs (all problems at once), the cloud's profile and the manifests, and lays out the
 * plan. Nothing is sent to a cluster. */
int steps_new(const struct steps_options *options, struct steps **ret_steps, struct error **err)
    MC_WARN_UNUSED;
void steps_free(struct steps *s);
/* To run (plan_run_start) and to read; borrowed. */
struct plan *steps_plan(struct steps *s);

/* After the run: what each cluster turned out to be and what verify measured, as one JSON object
 * for -o json and for the tables; no secrets. Keys: clusters[] {name, cluster, network, server,
 * version, ingress, eastwest, rootFingerprint, releases[]}, verify {checks[], traffic{},
 * endpoints[]}. New reference. */
json_t *steps_report(const struct steps *s);
/* With dry_run: an array of {cluster, step, apiVersion, kind, namespace, name}. New reference. */
json_t *steps_planned(const struct steps *s);

/* `ca init`: makes (or completes) the files of ca_dir without any cluster. Result lines (file,
 * fingerprint, end) as an array of {member, file, fingerprint, subject, notAfter}. */
int steps_ca_init(const struct mesh *mesh, const char *ca_dir, json_t **ret_report,
                  struct error **err) MC_WARN_UNUSED;
/* `ca show`: the same report of what is in ca_dir. */
int steps_ca_show(const struct mesh *mesh, const char *ca_dir, json_t **ret_report,
                  struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(steps_cleanup, struct steps, steps_free);

#endif
