/* What can be said of each cluster's half of the mesh: what facts tell first, in the order of causes,
 * then what istiod and the proxies say. */
#include "meshctl/probe/cluster.h"

#include <string.h>

#include "access.h"
#include "cluster_parts.h"
#include "eastwest.h"
#include "ends.h"
#include "exposure.h"
#include "flat.h"
#include "gateways.h"
#include "handout.h"
#include "links.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/proxy.h"
#include "names.h"
#include "outside.h"
#include "policy.h"
#include "samples.h"
#include "surroundings.h"
#include "sync.h"
#include "trust.h"
#include "versions.h"

/* ---- istiod ---------------------------------------------------------------------------------- */

/* Everything else follows from it. */
static bool check_istiod(struct probe *p)
{
    const struct facts *f = probe_facts(p);
    const char *namespace_ = p->mesh->istio_namespace;
    const struct facts_istiod *istiod = facts_istiod_of(f, namespace_);
    for (size_t i = 0; i < f->istiods_count; i++)
        if (text_equal(f->istiods[i].namespace_, namespace_) && f->istiods[i].ready > 0) {
            finding_ok(p, "MC604", "%lld of %lld pods ready", (long long)f->istiods[i].ready,
                       (long long)f->istiods[i].wanted);
            return true;
        }
    if (!istiod) {
        finding_bad(p, "MC604", "a ready istiod", "no Deployment labelled %s in namespace %s",
                    ISTIOD_SELECTOR, namespace_);
        finding_fix(p, "meshctl install with the same flags");
    } else if (istiod->wanted == 0) {
        finding_bad(p, "MC604", "a ready istiod", "Deployment %s/%s is scaled to 0", namespace_,
                    istiod->name);
        finding_fix(p, "kubectl scale deployment %s -n %s --replicas=1", istiod->name, namespace_);
    } else {
        finding_bad(p, "MC604", "a ready istiod", "%lld of %lld pods of Deployment %s/%s ready",
                    (long long)istiod->ready, (long long)istiod->wanted, namespace_, istiod->name);
        finding_fix(p, "see the reason of its pods: kubectl get pods -n %s -l %s", namespace_,
                    ISTIOD_SELECTOR);
    }
    return false;
}

/* ---- trust ----------------------------------------------------------------------------------- */

static void check_peers_trust(struct probe *p)
{
    const struct ca_roots *mine = &probe_facts(p)->ca.roots;
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        const struct facts *peer = p->facts[i];
        if (i == p->at || !peer || !peer->ca.roots.count ||
            ca_roots_compare(mine, &peer->ca.roots) != CA_ROOTS_DISJOINT)
            continue;
        AUTO_FREE char *found = ca_roots_text_dup(mine);
        AUTO_FREE char *theirs = ca_roots_text_dup(&peer->ca.roots);
        AUTO_FREE char *wanted = mem_printf("%s as in %s", theirs, p->mesh->members[i].name);
        finding_bad(p, "MC201", wanted, "root %s in %s", found, probe_name(p));
        AUTO_FREE char *first =
            mem_printf("decide which root stays (--ca-dir holds its key); if that of %s goes: ",
                       probe_name(p));
        trust_fix_signer(p, first);
    }
}

/* Whether istiod has a CA that the others can trust. */
static bool check_ca(struct probe *p)
{
    const struct facts *f = probe_facts(p);
    const char *namespace_ = p->mesh->istio_namespace;
    bool alone = p->mesh->members_count < 2;
    if (f->ca_unread)
        return true;
    if (f->ca.form == CA_FORM_NONE) {
        finding_bad(p, "MC206", "Secret cacerts signed by the mesh's root", "no Secret %s/%s",
                    namespace_, MESH_CACERTS);
    } else if (f->ca.form == CA_FORM_OWN && !alone) {
        finding_bad(p, "MC204", "a root that the clusters share", "Secret %s/istio-ca-secret",
                    namespace_);
        trust_fix_signer(p, "plan a restart: ");
    } else if (f->ca_problem) {
        /* What istiod itself would say of it. */
        finding_error(p, "MC216", "a CA that istiod can sign with", f->ca_problem);
        AUTO_FREE char *first =
            f->ca_problem->hint
                ? mem_printf("%s; or have meshctl sign another: ", f->ca_problem->hint)
                : mem_strdup("");
        trust_fix_signer(p, first);
    } else {
        return true;
    }
    return false;
}

static void check_strength(struct probe *p, const struct ca_problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].fault == CA_FAULT_WEAK)
            finding_bad(p, "MC217", "RSA from 2048 bits on, signed with SHA-256", "%s",
                        problems->items[i].what);
}

static int check_trust(struct probe *p, bool has_istiod, struct error **err)
{
    const struct ca_found *ca = &probe_facts(p)->ca;
    size_t before = finding_count_bad(p);
    AUTO_FREE char *roots = ca_roots_text_dup(&ca->roots);
    check_peers_trust(p);
    samples_check(p);
    ends_check(p, time(NULL));
    check_strength(p, &ca->problems);
    if (handout_check(p, has_istiod, err) < 0)
        return -1;
    if (finding_count_bad(p) == before)
        finding_ok(p, "MC201", "root %s", roots);
    return 0;
}

int cluster_check_trust(struct probe *p, bool has_istiod, struct error **err)
{
    return check_ca(p) ? check_trust(p, has_istiod, err) : 0;
}

void cluster_tell_lacking(struct probe *p)
{
    const struct facts *f = probe_facts(p);
    AUTO_FREE char *text = strlist_join_dup(&f->lacking, ", ");
    if (f->lacking.count)
        finding_lacking(p, f->lacks, text);
}

/* A collection of an unknown kind is as empty as one without objects. */
static int check_kinds(struct probe *p, struct error **err)
{
    struct kube_ref ref = {"networking.istio.io/v1beta1", "Gateway", p->mesh->istio_namespace,
                           NULL};
    json_auto_t *none = NULL;
    const json_t *gateways = probe_facts(p)->gateways;
    if (!gateways || json_array_size(gateways) ||
        !facts_istiod_of(probe_facts(p), p->mesh->istio_namespace) ||
        kube_list_metadata(p->client, &ref, NULL, NULL, &none, err) == 0)
        return 0;
    if ((*err)->kind != ERROR_NOT_FOUND)
        return -1;
    finding_bad(p, "MC632", "gateways.networking.istio.io", "%s", (*err)->message);
    error_free(TAKE(*err));
    return 0;
}

int probe_cluster(struct probe *p, struct error **err)
{
    /* Without anybody on another network nobody comes in by a gateway. */
    bool crosses = mesh_needs_eastwest(p->mesh, probe_member(p));
    access_check(p);
    if (surroundings_check_running(p, err) < 0)
        return -1;
    bool has_ca = check_ca(p); /* without, istiod does not start */
    bool has_istiod = check_istiod(p);
    names_check(p);
    if (has_ca && check_trust(p, has_istiod, err) < 0)
        return -1;
    flat_check(p);
    if (check_kinds(p, err) < 0 || (crosses && eastwest_check(p, err) < 0))
        return -1;
    if (crosses && (p->mesh->members_count > 1 || json_array_size(probe_facts(p)->links)))
        exposure_check(p);
    links_check(p);
    if (p->mesh->members_count > 1 && probe_facts(p)->traffic) {
        if (crosses)
            policy_check_tls(p);
        policy_check_access(p);
        policy_check_scope(p);
        policy_check_parity(p);
    }
    versions_check(p);
    cluster_tell_lacking(p);
    if (has_istiod && probe_sync(p, err) < 0)
        return -1;
    return crosses && p->mesh->members_count > 1 ? outside_check(p, err) : 0;
}
