/* What kinds a server has and where they live: the answers of its discovery, as one sorted table.
 * Pure: no requests here. Immutable once sorted. */
#ifndef KUBE_KINDS_H
#define KUBE_KINDS_H

#include <stdbool.h>

#include "meshctl/base/strlist.h"
#include "meshctl/data/json.h"

#define KUBE_MAX_KINDS 50000 /* rows; more are left out */

struct kube_kind {
    char *api_version; /* "apps/v1" */
    char *group;       /* "apps", "" of the core */
    char *kind;        /* "Deployment" */
    char *resource;    /* "deployments"; a sub-resource is "deployments/scale" */
    bool namespaced;
    size_t order; /* in which it was told: the first of equal kinds counts */
};

struct kube_kinds {
    struct kube_kind *rows;
    size_t count;
    size_t cap;
    struct strlist versions; /* every "group/version" */
};

struct kube_kinds *kube_kinds_new(void);
void kube_kinds_free(struct kube_kinds *k);

/* Adds an APIGroupDiscoveryList (apidiscovery.k8s.io/v2 and v2beta1). Versions that the server
 * marks Stale are left out, as client-go SplitGroupsAndResources does. */
void kube_kinds_add_aggregated(struct kube_kinds *k, const json_t *list);
/* Adds one APIResourceList. */
void kube_kinds_add_resources(struct kube_kinds *k, const json_t *list);
/* To be called once, after all were added. */
void kube_kinds_sort(struct kube_kinds *k);

/* Never a sub-resource; NULL when there is none. */
const struct kube_kind *kube_kinds_find(const struct kube_kinds *k, const char *api_version,
                                        const char *kind);
/* "group/version" or "group/version/Kind", sub-resources' kinds included. */
bool kube_kinds_has(const struct kube_kinds *k, const char *name);
/* All names that kube_kinds_has knows, sorted, each once. */
void kube_kinds_names(const struct kube_kinds *k, struct strlist *out);

MC_DEFINE_CLEANUP(kube_kinds_cleanup, struct kube_kinds, kube_kinds_free);

#endif
