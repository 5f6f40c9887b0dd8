/* A path of the mesh: requests from verify's caller in one cluster to its echo in another (or to the
 * echoes of all), and what came of them. Counts are kept here, nothing is sent. */
#ifndef MESHCTL_PROBE_PATH_H
#define MESHCTL_PROBE_PATH_H

#include "meshctl/kube/pod_proxy.h"
#include "meshctl/mesh/mesh.h"

#define PATH_MAX_FAILURES 8 /* different ones that are told apart; the rest are only counted */

/* What manifests/verify/workloads.yaml agrees on. */
#define PATH_CALLER_PORT 8081
#define PATH_ECHO_PORT 10080
#define PATH_HOST_HEADER "x-meshctl-host"
#define PATH_PEER_HEADER "x-meshctl-peer"
#define PATH_ANSWER_HEADER "x-meshctl-answer"

/* What a caller says of one request. Strings are borrowed from the text that was read. */
struct path_answer {
    int status; /* 0 where the caller's own Envoy answered: its status is not known yet then */
    int64_t ms; /* until the answer began, by the caller's own clock; -1 where it does not say */
    const char *flags;  /* Envoy's, "-" without */
    const char *member; /* who answered; NULL: no echo did */
    const char *server; /* SPIFFE id of the echo as its sidecar has it; NULL without mutual TLS */
    const char *client; /* of the caller, as the echo's sidecar saw it */
};
/* "west - 200 3 east echo-1234 By=spiffe://...;URI=spiffe://...", taken apart in place; "west UC 0" of a
 * request that nobody answered: Envoy leaves out what it does not have. False when it is nothing of the
 * kind. */
bool path_answer_read(char *text, struct path_answer *ret_answer);

struct path {
    unsigned requests, failed;
    struct path_failure {
        char *what;
        char *said; /* by the newest of them: what a proxy says of it; or NULL */
        unsigned count;
    } failures[PATH_MAX_FAILURES];
    size_t failures_count;
    unsigned *ms; /* of those that did not fail and say it */
    size_t ms_count, ms_cap;
    unsigned answered[MESH_MAX_MEMBERS]; /* by whom */
    char *said;            /* by the newest one that failed: what a proxy says of it; or NULL */
    bool is_nameless;      /* that one found no address: the caller's own Envoy had none */
    unsigned plain;        /* answers without identities: no mutual TLS */
    char *server, *client; /* the newest answer's identities, or NULL */
    struct error *unasked; /* the caller itself could not be asked, and why; or NULL */
};
void path_release(struct path *p);
/* Counts one: failed unless the echo of member `wanted` answered 200; any echo's with `wanted` NULL.
 * What never came to the caller is no request of the path: it is `unasked`. */
void path_count(struct path *p, const struct mesh *m, const struct mesh_member *wanted,
                struct kube_pod_answer *answer);
/* The smallest time that `percent` of the requests did not exceed; -1 when none says one. */
int64_t path_percentile(struct path *p, unsigned percent);
/* "HTTP 503 UH (3), no answer in time (1)"; "" without failures. Yours to free. */
char *path_failures_dup(const struct path *p);
/* The failures: [{what, said, count}]. New reference. */
json_t *path_failures_json(const struct path *p);
/* {requests, errors, p50Ms, p99Ms, serverIdentity, clientIdentity, failures[] {what, said, count}}; what is not
 * known is null. New reference. */
json_t *path_json(struct path *p);

#endif
