/* What a namespace would not let the mesh's pods have: Pod Security, quotas, limits. */
#include "surroundings.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/quantity.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"

#define ENFORCE "pod-security.kubernetes.io/enforce"

/* ---- Pod Security ---------------------------------------------------------------------------- */

static const char *label_of(const json_t *namespace, const char *key)
{
    return json_dig_str(namespace, "metadata", "labels", key, NULL);
}

/* The charts' pods are those of level baseline: they set no seccompProfile, which restricted wants. */
static void judge_own(struct probe *p, const char *name, size_t *bad)
{
    const json_t *namespace = facts_namespace(probe_facts(p), name);
    if (!text_equal(label_of(namespace, ENFORCE), "restricted"))
        return;
    ++*bad;
    finding_bad(p, "MC114", "baseline or privileged", "namespace %s: " ENFORCE "=restricted", name);
    finding_fix(p, "kubectl label namespace %s " ENFORCE "=baseline --overwrite", name);
}

/* An injected pod has an init container that sets up its network, which asks for NET_ADMIN. */
static void judge_injected(struct probe *p, size_t *bad)
{
    AUTO_STRLIST names = STRLIST_INIT;
    size_t i;
    json_t *namespace;
    json_array_foreach(probe_facts(p)->namespaces, i, namespace) {
        const char *level = label_of(namespace, ENFORCE);
        if (facts_is_injected(namespace) &&
            (text_equal(level, "baseline") || text_equal(level, "restricted")))
            strlist_addf(&names, "%s (%s)", json_dig_str(namespace, "metadata", "name", NULL),
                         level);
    }
    AUTO_FREE char *text = strlist_join_dup(&names, ", ");
    *bad += names.count;
    if (names.count)
        finding_warn(p, "MC114",
                     ENFORCE "=privileged where proxies are injected without Istio's CNI "
                             "plug-in",
                     "%s", text);
}

void limits_judge_security(struct probe *p)
{
    size_t bad = 0;
    judge_own(p, p->mesh->istio_namespace, &bad);
    judge_own(p, p->mesh->ingress_namespace, &bad);
    judge_injected(p, &bad);
    if (!bad)
        finding_ok(p, "MC114", "lets gateways and proxies in");
}

/* ---- quotas and limits ----------------------------------------------------------------------- */

/* What the charts' pods ask for by default, at the least: istiod of its namespace, two gateways of theirs.
 * None sets all limits. */
static const struct {
    bool in_ingress_namespace;
    const char *pods, *cpu, *memory;
} wants[] = {{false, "1", "500m", "2Gi"}, {true, "2", "200m", "256Mi"}};

static const char *namespace_of(const struct probe *p, size_t at)
{
    return wants[at].in_ingress_namespace ? p->mesh->ingress_namespace : p->mesh->istio_namespace;
}

/* Whether the mesh's pods are there already, and counted. */
static bool is_installed(const struct probe *p)
{
    return facts_istiod_of(probe_facts(p), p->mesh->istio_namespace) != NULL;
}

/* Whether a LimitRange of the namespace fills in that limit of a container. */
static bool has_default(const json_t *limits, const char *namespace_, const char *resource)
{
    size_t i, k;
    json_t *range, *row;
    json_array_foreach(limits, i, range)
        json_array_foreach(json_dig(range, "spec", "limits", NULL), k, row)
            if (text_equal(json_dig_str(range, "metadata", "namespace", NULL), namespace_) &&
                text_equal(json_dig_str(row, "type", NULL), "Container") &&
                json_dig(row, "default", resource, NULL))
                return true;
    return false;
}

static void judge_left(struct probe *p, const json_t *quota, const char *key, const char *wanted,
                       size_t *bad)
{
    const char *hard = json_dig_str(quota, "status", "hard", key, NULL);
    const char *used = json_dig_str(quota, "status", "used", key, NULL);
    int64_t most = quantity_read(hard), taken = quantity_read(used ? used : "0");
    struct kube_ref ref = kube_ref_of(quota);
    if (most < 0 || taken < 0 || most - taken >= quantity_read(wanted))
        return;
    ++*bad;
    finding_warn(p, "MC115", wanted, "ResourceQuota %s/%s: %s of %s %s used", ref.namespace_,
                 ref.name, used ? used : "0", hard, key);
}

static void judge_quota(struct probe *p, const json_t *quota, const json_t *limits, size_t at,
                        size_t *bad)
{
    static const char *const forced[][2] = {{"limits.cpu", "cpu"}, {"limits.memory", "memory"}};
    struct kube_ref ref = kube_ref_of(quota);
    for (size_t i = 0; i < MC_ARRAY_LEN(forced); i++) {
        if (!json_dig(quota, "spec", "hard", forced[i][0], NULL) ||
            wants[at].in_ingress_namespace || has_default(limits, ref.namespace_, forced[i][1]))
            continue;
        ++*bad;
        finding_warn(p, "MC115", "a LimitRange that sets it, or istiod's own by --set",
                     "ResourceQuota %s/%s demands %s of every pod", ref.namespace_, ref.name,
                     forced[i][0]);
    }
    judge_left(p, quota, "pods", wants[at].pods, bad);
    judge_left(p, quota, "count/pods", wants[at].pods, bad);
    judge_left(p, quota, "requests.cpu", wants[at].cpu, bad);
    judge_left(p, quota, "cpu", wants[at].cpu, bad);
    judge_left(p, quota, "requests.memory", wants[at].memory, bad);
    judge_left(p, quota, "memory", wants[at].memory, bad);
}

static void judge_range(struct probe *p, const json_t *range, size_t at, size_t *bad)
{
    struct kube_ref ref = kube_ref_of(range);
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(range, "spec", "limits", NULL), i, row) {
        const char *most = json_dig_str(row, "max", "memory", NULL);
        int64_t bytes = quantity_read(most);
        if (wants[at].in_ingress_namespace || bytes < 0 || bytes >= quantity_read(wants[at].memory))
            continue;
        ++*bad;
        finding_warn(p, "MC115", wants[at].memory, "LimitRange %s/%s: at most %s of memory",
                     ref.namespace_, ref.name, most);
    }
}

void limits_judge_quotas(struct probe *p, const json_t *quotas, const json_t *limits)
{
    size_t bad = 0, i;
    json_t *object;
    if (is_installed(p) || (!quotas && !limits))
        return;
    for (size_t at = 0; at < MC_ARRAY_LEN(wants); at++) {
        json_array_foreach(quotas, i, object)
            if (text_equal(json_dig_str(object, "metadata", "namespace", NULL),
                           namespace_of(p, at)))
                judge_quota(p, object, limits, at, &bad);
        json_array_foreach(limits, i, object)
            if (text_equal(json_dig_str(object, "metadata", "namespace", NULL),
                           namespace_of(p, at)))
                judge_range(p, object, at, &bad);
    }
    if (!bad)
        finding_ok(p, "MC115", "room for istiod and the gateways");
}
