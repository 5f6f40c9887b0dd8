/* Whether an AuthorizationPolicy lets nobody in. Who lets some in and others not, does so on purpose; and
 * the connections that a gateway passes on are none of its own: istiod gives them no such filter
 * (pilot/pkg/networking/core/gateway.go, builtAutoPassthroughFilterChains). */
#include "policy.h"

#include <string.h>

#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"
#include "spans.h"

/* ---- one policy ------------------------------------------------------------------------------ */

static bool is_of_action(const json_t *policy, const char *action)
{
    const char *said = json_dig_str(policy, "spec", "action", NULL);
    return strcmp(said ? said : "ALLOW", action) == 0;
}

static const json_t *rules_of(const json_t *policy)
{
    return json_dig(policy, "spec", "rules", NULL);
}

/* What has a target of its own kind is for waypoints and single Services. */
static bool has_target(const json_t *policy)
{
    return json_dig(policy, "spec", "targetRef", NULL) ||
           json_array_size(json_dig(policy, "spec", "targetRefs", NULL));
}

/* Whether nothing gets past it: no rule that could let something in, or one that fits everything. */
static bool refuses_all(const json_t *policy)
{
    size_t i;
    json_t *rule;
    if (has_target(policy))
        return false;
    if (is_of_action(policy, "ALLOW"))
        return json_array_size(rules_of(policy)) == 0;
    if (!is_of_action(policy, "DENY"))
        return false;
    json_array_foreach(rules_of(policy), i, rule)
        if (json_object_size(rule) == 0)
            return true;
    return false;
}

static bool lets_some_in(const json_t *policy)
{
    return is_of_action(policy, "ALLOW") && json_array_size(rules_of(policy)) > 0;
}

static const json_t *labels_of(const json_t *policy)
{
    return json_dig(policy, "spec", "selector", "matchLabels", NULL);
}

/* Whether it is for that pod: of the mesh's namespace, for the pods of all. */
static bool is_for(const struct facts_traffic *t, const json_t *policy, const json_t *pod)
{
    const char *namespace_ = namespace_of(policy);
    const json_t *labels = labels_of(policy);
    if (!text_equal(namespace_, t->root) && !text_equal(namespace_, namespace_of(pod)))
        return false;
    return json_object_size(labels) == 0 || gateways_selects(labels, pod);
}

/* ---- all that is for a pod ------------------------------------------------------------------- */

/* The policy by which nobody reaches a pod, or NULL: one that denies all; one that allows nothing while
 * no other allows something. */
static const json_t *refusing_policy(const struct facts_traffic *t, const json_t *pod)
{
    const json_t *refuses = NULL;
    size_t i;
    json_t *policy;
    json_array_foreach(t->authorization_policies, i, policy) {
        if (!is_for(t, policy, pod))
            continue;
        if (refuses_all(policy) && is_of_action(policy, "DENY"))
            return policy;
        if (lets_some_in(policy))
            return NULL;
        if (!refuses && refuses_all(policy))
            refuses = policy;
    }
    return refuses;
}

/* ---- Services -------------------------------------------------------------------------------- */

/* Its pods in the mesh that nobody reaches; *ret_policy is the first one's. */
static size_t refusing_pods(const struct facts_traffic *t, const struct facts_service *s,
                            const json_t **ret_policy)
{
    const json_t *selector = json_dig(s->object, "spec", "selector", NULL);
    size_t i, count = 0;
    json_t *pod;
    json_array_foreach(t->pods, i, pod) {
        const json_t *policy = NULL;
        if (text_equal(namespace_of(pod), s->namespace_) && gateways_selects(selector, pod) &&
            facts_is_in_mesh(t, pod))
            policy = refusing_policy(t, pod);
        if (policy && !count++)
            *ret_policy = policy;
    }
    return count;
}

static void tell(struct probe *p, const json_t *policy, const struct named *hit)
{
    AUTO_FREE char *names = named_text_dup(hit);
    const char *name = name_of(policy), *namespace_ = namespace_of(policy);
    const char *how = is_of_action(policy, "DENY") ? "denies every request" : "allows no request";
    /* One that is for a single workload shuts nobody else out, and most likely it was meant so. */
    if (json_object_size(labels_of(policy)))
        finding_warn(p, "MC712", "a rule that lets requests in",
                     "AuthorizationPolicy %s/%s %s to %s", namespace_, name, how, names);
    else
        finding_bad(p, "MC712", "a rule that lets requests in",
                    "AuthorizationPolicy %s/%s %s to %s", namespace_, name, how, names);
    finding_fix(p,
                "kubectl delete authorizationpolicies.security.istio.io %s -n %s (or give it rules "
                "that let the callers in)",
                name, namespace_);
}

static void judge(struct probe *p, const json_t *policy)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    AUTO_NAMED hit = {0};
    size_t peer;
    for (size_t i = 0; i < t->by_name_count; i++) {
        const struct facts_service *s = &t->by_name[i];
        const json_t *refuses = NULL;
        if (spans_in(p, s, &peer) && refusing_pods(t, s, &refuses) == s->in_mesh &&
            refuses == policy)
            named_add(&hit, "%s/%s", s->namespace_, s->name);
    }
    if (hit.count)
        tell(p, policy, &hit);
}

void policy_check_access(struct probe *p)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    size_t i, before = finding_count(p);
    json_t *policy;
    if (!t->authorization_policies)
        return;
    json_array_foreach(t->authorization_policies, i, policy)
        if (refuses_all(policy) && name_of(policy) && namespace_of(policy))
            judge(p, policy);
    if (finding_count(p) == before)
        finding_ok(p, "MC712", "%zu AuthorizationPolicies",
                   json_array_size(t->authorization_policies));
}
