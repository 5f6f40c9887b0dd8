/* Networks, cluster ids and trust domains, wherever they stand. Who the clusters are at all is
 * meshctl/probe/identity.h's. */
#include "names.h"

#include <stdlib.h>
#include <string.h>

#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/identity.h"
#include "spans.h"

#define TRUST_DOMAIN "cluster.local" /* istiod's own default */

/* ---- istiod's namespace ---------------------------------------------------------------------- */

static void check_label(struct probe *p)
{
    const char *namespace_ = p->mesh->istio_namespace, *wanted = probe_member(p)->network;
    const char *found = probe_facts(p)->namespace_network;
    if (!facts_namespace(probe_facts(p), namespace_))
        return;
    if (text_equal(found, wanted)) {
        finding_ok(p, "MC309", "%s", found);
        return;
    }
    if (found)
        finding_bad(p, "MC301", wanted, "%s on namespace %s", found, namespace_);
    else
        finding_bad(p, "MC309", wanted, "none on namespace %s", namespace_);
    finding_fix(p, "kubectl label namespace %s %s=%s --overwrite", namespace_, MESH_NETWORK_LABEL,
                wanted);
}

/* ---- trust domains --------------------------------------------------------------------------- */

static const char *trust_domain_of(const struct facts *f)
{
    return f->trust_domain ? f->trust_domain : TRUST_DOMAIN;
}

static bool trusts(const struct facts *f, const char *domain)
{
    size_t i;
    json_t *row;
    if (strcmp(trust_domain_of(f), domain) == 0)
        return true;
    json_array_foreach(json_object_get(f->traffic->config, "trustDomainAliases"), i, row)
        if (text_equal(json_string_value(row), domain))
            return true;
    return false;
}

static void check_trust_domain(struct probe *p)
{
    const struct facts *f = probe_facts(p);
    bool good = true;
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        const struct facts *peer = i == p->at ? NULL : p->facts[i];
        if (!peer || !peer->istiods_count || trusts(f, trust_domain_of(peer)))
            continue;
        AUTO_FREE char *wanted = mem_printf("%s as in %s, or among its trustDomainAliases",
                                            trust_domain_of(peer), p->mesh->members[i].name);
        finding_bad(p, "MC310", wanted, "trust domain %s", trust_domain_of(f));
        finding_fix(p,
                    "meshctl install --force-conflicts --set "
                    "'istiod.meshConfig.trustDomainAliases={%s}' with the same flags",
                    trust_domain_of(peer));
        good = false;
    }
    if (good)
        finding_ok(p, "MC310", "%s", trust_domain_of(f));
}

/* ---- istiod and those who start now ---------------------------------------------------------- */

static void check_cluster_ids(struct probe *p)
{
    const struct facts *f = probe_facts(p);
    const struct facts_istiod *istiod = facts_istiod_of(f, p->mesh->istio_namespace);
    const char *given = f->proxy_cluster, *wanted = probe_member(p)->cluster;
    const char *own = istiod && istiod->cluster ? istiod->cluster : "Kubernetes";
    if (!istiod || !given)
        return;
    if (strcmp(own, given) == 0) {
        finding_ok(p, "MC312", "%s", given);
    } else if (strcmp(given, wanted) == 0) {
        finding_bad(p, "MC312", wanted, "CLUSTER_ID=%s in Deployment %s/%s", own,
                    istiod->namespace_, istiod->name);
        finding_fix(p, "kubectl set env deployment/%s -n %s CLUSTER_ID=%s", istiod->name,
                    istiod->namespace_, wanted);
    } else {
        finding_bad(p, "MC312", own, "pods that start now are given %s", given);
    }
}

static void tell_other(struct strlist *others, const char *what, const char *found,
                       const char *wanted)
{
    if (!text_equal(found, wanted))
        strlist_addf(others, "%s %s, not %s", what, found ? found : "(none)", wanted);
}

/* ConfigMaps of istiod that somebody changed, while what runs has the names that it should have. */
static void check_given_names(struct probe *p)
{
    const struct facts *f = probe_facts(p);
    AUTO_ERROR struct error *renamed = NULL;
    AUTO_STRLIST others = STRLIST_INIT;
    if (!facts_istiod_of(f, p->mesh->istio_namespace) || !f->proxy_cluster ||
        facts_check_identity(p->mesh, p->facts, p->at, &renamed) < 0)
        return;
    tell_other(&others, "network", f->network, probe_member(p)->network);
    if (f->mesh_id)
        tell_other(&others, "mesh id", f->mesh_id, p->mesh->id);
    AUTO_FREE char *text = strlist_join_dup(&others, "; ");
    if (others.count)
        finding_bad(p, "MC312", "what istiod and the gateways have",
                    "pods that start now are given %s", text);
}

/* ---- those who were started before ----------------------------------------------------------- */

static void tell_started(struct probe *p, const char *wanted, const struct named *others)
{
    AUTO_FREE char *names = named_text_dup(others);
    finding_bad(p, "MC311", wanted, "%s", names);
}

/* The injector labels each pod with the network that its proxy was given. */
static void check_workloads(struct probe *p)
{
    const struct facts *f = probe_facts(p);
    AUTO_NAMED others = {0};
    AUTO_STRLIST commands = STRLIST_INIT;
    size_t i;
    json_t *pod;
    json_array_foreach(f->traffic->pods, i, pod) {
        const char *label = json_dig_str(pod, "metadata", "labels", MESH_NETWORK_LABEL, NULL);
        if (!label || !facts_is_in_mesh(f->traffic, pod) ||
            strcmp(label, probe_member(p)->network) == 0)
            continue;
        named_add(&others, "network %s of pod %s/%s", label, namespace_of(pod), name_of(pod));
        if (commands.count < GATEWAYS_MAX_RESTARTS)
            gateways_add_restart(&commands, pod);
    }
    /* While istiod itself hands out another network, a restart would change nothing. */
    if (!others.count || !text_equal(f->network, probe_member(p)->network))
        return;
    tell_started(p, probe_member(p)->network, &others);
    gateways_fix_by_restart(p, &commands);
}

static const char *env_of(const json_t *pod, const char *name)
{
    size_t i, j;
    json_t *container, *row;
    json_array_foreach(json_dig(pod, "spec", "containers", NULL), i, container)
        json_array_foreach(json_object_get(container, "env"), j, row)
            if (text_equal(json_dig_str(row, "name", NULL), name))
                return json_dig_str(row, "value", NULL);
    return NULL;
}

void names_check_gateways(struct probe *p, const json_t *pods)
{
    const struct mesh_member *member = probe_member(p);
    const json_t *service = gateways_network_service(p, p->at);
    const struct {
        const char *name, *wanted;
        bool of_network; /* said of the network's own gateway only */
    } rows[] = {
        {"ISTIO_META_CLUSTER_ID", member->cluster, false},
        {"ISTIO_META_NETWORK", member->network, false},
        {"ISTIO_META_REQUESTED_NETWORK_VIEW", member->network, true},
    };
    AUTO_NAMED others = {0};
    AUTO_STRLIST commands = STRLIST_INIT;
    AUTO_FREE char *wanted = mem_printf("%s, %s", member->cluster, member->network);
    size_t i;
    json_t *pod;
    json_array_foreach(pods, i, pod)
        for (size_t r = 0; r < MC_ARRAY_LEN(rows); r++) {
            const char *value = env_of(pod, rows[r].name);
            bool is_of_network = gateways_selects(json_dig(service, "spec", "selector", NULL), pod);
            if (!value || !value[0] || strcmp(value, rows[r].wanted) == 0 ||
                (rows[r].of_network && !is_of_network))
                continue;
            named_add(&others, "%s=%s in pod %s/%s", rows[r].name, value, namespace_of(pod),
                      name_of(pod));
            if (commands.count < GATEWAYS_MAX_RESTARTS)
                gateways_add_restart(&commands, pod);
        }
    if (!others.count) {
        finding_ok(p, "MC311", "%s, %s", member->cluster, member->network);
        return;
    }
    tell_started(p, wanted, &others);
    AUTO_FREE char *restart = strlist_join_dup(&commands, " && ");
    /* The label of its pods may be what gives it the name: the chart's is put back first. */
    if (commands.count)
        finding_fix(p, "meshctl gateway --force-conflicts with the same flags; then %s", restart);
}

void names_check(struct probe *p)
{
    check_label(p);
    if (!probe_facts(p)->traffic)
        return;
    if (p->mesh->members_count > 1)
        check_trust_domain(p);
    check_cluster_ids(p);
    check_given_names(p);
    check_workloads(p);
}
