/* The order of kinds, which differs between Helm's majors. */
#include "manifest_sort.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/mem.h"

static const char *const install_order[] = {
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    /* Helm 4 only */
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
};
#define HELM4_KINDS 2

struct entry {
    const char *kind;
    size_t rank, index;
};

static size_t rank_of(const char *kind, size_t known)
{
    for (size_t i = 0; i < known; i++)
        if (strcmp(install_order[i], kind) == 0)
            return i;
    return known;
}

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    int by_kind = strcmp(x->kind, y->kind);
    if (by_kind)
        return by_kind;
    return x->index < y->index ? -1 : 1;
}

void sort_kinds(const char *const *kinds, size_t count, int helm_major, size_t *order)
{
    size_t known = MC_ARRAY_LEN(install_order) - (helm_major >= 4 ? 0 : HELM4_KINDS);
    AUTO_FREE struct entry *entries = mem_array(count ? count : 1, sizeof(*entries));
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct entry){kinds[i], rank_of(kinds[i], known), i};
    qsort(entries, count, sizeof(*entries), compare);
    for (size_t i = 0; i < count; i++)
        order[i] = entries[i].index;
}
