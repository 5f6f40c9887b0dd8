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

static const char *const uninstall_order[] = {
    /* Helm 4 only */
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    /* both */
    "APIService",
    "Ingress",
    "IngressClass",
    "Service",
    "CronJob",
    "Job",
    "StatefulSet",
    "HorizontalPodAutoscaler",
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "Pod",
    "DaemonSet",
    "RoleBindingList",
    "RoleBinding",
    "RoleList",
    "Role",
    "ClusterRoleBindingList",
    "ClusterRoleBinding",
    "ClusterRoleList",
    "ClusterRole",
    "CustomResourceDefinition",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "ConfigMap",
    "SecretList",
    "Secret",
    "ServiceAccount",
    "PodDisruptionBudget",
    "PodSecurityPolicy",
    "LimitRange",
    "ResourceQuota",
    "NetworkPolicy",
    "Namespace",
    "PriorityClass",
};
#define HELM4_KINDS 2

struct entry {
    const char *kind;
    size_t rank, index;
};

static size_t rank_of(const char *kind, const char *const *known, size_t known_count)
{
    for (size_t i = 0; i < known_count; i++)
        if (strcmp(known[i], kind) == 0)
            return i;
    return known_count;
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

static void sort_by(const char *const *known, size_t known_count, const char *const *kinds,
                    size_t count, size_t *order)
{
    AUTO_FREE struct entry *entries = mem_array(count ? count : 1, sizeof(*entries));
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct entry){kinds[i], rank_of(kinds[i], known, known_count), i};
    qsort(entries, count, sizeof(*entries), compare);
    for (size_t i = 0; i < count; i++)
        order[i] = entries[i].index;
}

void sort_kinds(const char *const *kinds, size_t count, int helm_major, size_t *order)
{
    size_t left_out = helm_major >= 4 ? 0 : HELM4_KINDS;
    sort_by(install_order, MC_ARRAY_LEN(install_order) - left_out, kinds, count, order);
}

void sort_kinds_uninstall(const char *const *kinds, size_t count, int helm_major, size_t *order)
{
    size_t left_out = helm_major >= 4 ? 0 : HELM4_KINDS;
    sort_by(uninstall_order + left_out, MC_ARRAY_LEN(uninstall_order) - left_out, kinds, count,
            order);
}
