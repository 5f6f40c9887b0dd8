/* The steps that make a mesh, and the plan of them. One file a step; `up` is all of them in order,
 * each command a cut of the same plan.
 *
 *   check          what each cluster is (room probe), held against the person's words
 *   plan           what shall be there against what is: the list of changes; every fault that can
 *                  be known shows here, before anything is written
 *   ca             root and intermediates, Secret cacerts
 *   install        namespace, releases istio-base and istiod, istiod available
 *   gateway        releases istio-ingress and istio-eastwest, available, with addresses
 *   remote-secret  a reader's token of each cluster as a Secret in every other one
 *   expose         Gateway cross-network-gateway
 *   verify         the checks of checks.h, with --bookinfo real requests
 *
 * A run is used by the thread that made it, but for what its lanes do while the plan runs. */
#ifndef MESHCTL_STEPS_STEPS_H
#define MESHCTL_STEPS_STEPS_H

#include <time.h>

#include "meshctl/base/cancel.h"
#include "meshctl/helm/values_plan.h"
#include "meshctl/mesh/mesh.h"
#include "meshctl/plan/plan.h"
#include "meshctl/probe/collect.h"
#include "meshctl/source/source.h"

#define STEPS_HELM_MAJOR 3 /* whose bytes and values releases have */

enum step_id {
    STEP_CHECK,
    STEP_PLAN,
    STEP_CA,
    STEP_INSTALL,
    STEP_GATEWAY,
    STEP_REMOTE_SECRET,
    STEP_EXPOSE,
    STEP_VERIFY,
    STEPS_COUNT,
};
const char *step_name(enum step_id id);
/* By name; false when there is none. check and plan always run and cannot be named. */
bool step_find(const char *name, enum step_id *ret_id);

/* Requests under way at once that a run's clusters share, and what each has at the least. */
#define STEPS_PARALLEL_ALL 128
#define STEPS_PARALLEL_LEAST 4
/* Istio's public repository. */
#define STEPS_DEFAULT_CHARTS "https://blob.istio.io/istio-release/charts"

enum steps_verb {
    STEPS_UP,
    STEPS_DOWN,  /* first listed (list_only), then steps_proceed */
    STEPS_CHECK, /* looks at every cluster, whatever is wrong with the others; writes nothing */
    /* Istio's charts to the mesh's istio_version: base everywhere, then cluster by cluster istiod and
     * gateways, each proved before the next one's turn. With `back` the other way round. */
    STEPS_UPGRADE,
};

/* Whether step verify sends traffic of its own. */
enum steps_proof {
    PROOF_NONE,
    PROOF_OF_CHANGES, /* when the run has written anything: what was proved before stands as it was */
    PROOF_ALWAYS,
};

struct steps_options {
    enum steps_verb verb;
    const struct mesh *mesh; /* checked (mesh_check); borrowed for the run */
    enum step_id from, to;   /* inclusive: STEP_CA .. STEP_VERIFY */
    const char *only;        /* short name of the one cluster that is changed, or NULL */
    const char *add;         /* of the one that joins; the others get to know it; or NULL */
    bool bookinfo;           /* deploy the sample and verify with it */
    bool pre;                /* check: what `up` would find, before there is a mesh */
    bool list_only;          /* stop after plan: steps_changes tells what would be done */
    bool back;               /* upgrade: to where it came from; the last cluster first, base last */
    bool former;             /* upgrade: stop when steps_former is known */
    bool keep_mesh;          /* down: take off the links to the cluster, and nothing else */
    bool delete_crds;        /* down: with every object of these kinds */
    bool untried;            /* with list_only: no server is asked to try a change */
    bool take_ownership;     /* objects of others under our names become the mesh's */
    bool allow_downgrade;    /* of a chart */
    enum values_mode values_mode; /* what becomes of values that somebody set with helm */
    bool values_given;            /* the person has said so: theirs may change */
    const char *charts;           /* source text; NULL: STEPS_DEFAULT_CHARTS */
    struct chart_source_options chart_source; /* its cancel is not looked at */
    const char *ca_dir;                       /* folder of root and intermediates */
    const char *manifests_dir;   /* replaces the embedded manifests/ file by file; or NULL */
    int64_t timeout_ms;          /* of the whole run */
    struct budget_limits limits; /* of reading and rendering a chart */
    size_t parallel;             /* requests under way at once a cluster; 0: a fleet's share */
    const char *field_manager;   /* of our own objects; NULL: "meshctl" */
    bool force_conflicts;
    bool no_input;     /* no exec plug-in may ask, even where there is a terminal */
    unsigned requests; /* verify: at the least; 0: 40 of the sample, 100 on each path of its own */
    enum steps_proof proof;
    bool keep;         /* the proof's namespaces stay */
    bool measure;      /* check: for steps_status, what the proxies count too */
    int64_t window_ms; /* with measure: between the two readings */
    const struct strlist
        *namespaces; /* with measure: whose services are told; borrowed, may be NULL */
    /* check: for steps_collected, what somebody needs who shall find a fault; borrowed, may be NULL */
    const struct collect_options *collect;
    bool failover, partition,
        bench;             /* verify's trials: an echo, a gateway is taken away; throughput */
    unsigned rate;         /* requests a second of these; 0: 200 */
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
 * in (all that was to be done there is done), version, ingress, eastwest, rootFingerprint,
 * releases[]}, outdated[] after an upgrade (probe's upgrade.h), verify {checks[], traffic{},
 * endpoints[], matrix {namespace, kept, latency, paths[] {from, to, requests, errors, p50Ms, p99Ms,
 * serverIdentity, clientIdentity, roots[], endpoints[], gatewayConnections, failures[]}, load[] {from,
 * to{}}}, trials[] {trial failover|partition|bench, and what it measured}, policy{}}; matrix is null
 * when no request was sent, trials when there was none. New reference. */
json_t *steps_report(const struct steps *s);
/* After a STEPS_CHECK: what was found, {counts {ok, warning, error, unreached}, clusters[] as in
 * steps_report and whether each was `reached`, checks[] (probe.h)}; causes stand before what
 * mostly follows from them, which has `follows` true. New reference. */
json_t *steps_checks(const struct steps *s);
/* After a STEPS_CHECK with `measure`: the mesh as it is now, the document of `status` and `graph` (kind
 * MeshStatus of docs/status.md). `now` is when. New reference. */
json_t *steps_status(const struct steps *s, time_t now);
/* After a STEPS_CHECK with `collect`: the files of all clusters, and what could not be had of them, once.
 */
void steps_collected(struct steps *s, struct files *files);
/* The list of changes: {counts {create, update, delete, record, keep}, clusters[] {name, changes[]
 * {unit, step, action, apiVersion, kind, namespace, name, why, fields[] {path, before, after}}}}; what
 * stays as it is is only counted. Values of Secrets are masked. New reference. */
json_t *steps_changes(const struct steps *s);
bool steps_differ(const struct steps *s);
/* After a STEPS_UPGRADE with `former`: which version the newest releases have, and which one their clusters
 * had before, by the releases' records (the same where the last move was back); borrowed. ERROR_CHECK where
 * no record tells, or they disagree. */
int steps_former(const struct steps *s, const char **ret_newest, const char **ret_former,
                 struct error **err) MC_WARN_UNUSED;
/* All objects that member's cluster shall have, in the order of applying, without Secrets. New
 * reference. */
json_t *steps_objects(const struct steps *s, size_t member);
/* After the list of what would be taken off was made: a new plan, which does it. steps_plan is another
 * one from then on. */
int steps_proceed(struct steps *s, struct error **err) MC_WARN_UNUSED;
/* After the plan has run, whatever came of it: records that are still pending become failed, the
 * clusters' leases are given back. What could not be said to a cluster is left for its next run.
 * MC104 when a lease was lost on the way, which has cancelled the run. */
int steps_end(struct steps *s, struct error **err) MC_WARN_UNUSED;

/* `ca init`: makes (or completes) the files of ca_dir without any cluster. Result lines (file,
 * fingerprint, end) as an array of {member, file, fingerprint, subject, notAfter}. `cancel` ends the
 * wait for keys; it may be NULL. */
int steps_ca_init(const struct mesh *mesh, const char *ca_dir, struct cancel *cancel,
                  json_t **ret_report, struct error **err) MC_WARN_UNUSED;
/* `ca show`: the same report of what is in ca_dir. */
int steps_ca_show(const struct mesh *mesh, const char *ca_dir, json_t **ret_report,
                  struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(steps_cleanup, struct steps, steps_free);

#endif
