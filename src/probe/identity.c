/* Whether the clusters that answered are those that the person means: two names for one cluster,
 * kubeconfigs given under each other's names, a running mesh under other names. Renaming a running
 * mesh cuts its proxies off, so nothing here is ever mended by writing. */
#include "meshctl/probe/identity.h"

#include <string.h>

#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"

/* The names under which a cluster is known already. */
struct names {
    const char *cluster, *network, *mesh;
};

/* Whether istiod's namespace and a gateway's Service both say that the cluster is in that network. */
static bool is_labelled(const struct facts *f, const char *network)
{
    return facts_network_service(f, network) && text_equal(f->namespace_network, network);
}

static struct names names_of(const struct mesh *m, const struct facts *f, size_t at)
{
    const struct facts_istiod *istiod = facts_istiod_of(f, m->istio_namespace);
    /* The label is only what istiod is told; where istiod says itself, a wrong one can be mended. */
    const char *network = f->network ? f->network : istiod ? NULL : f->namespace_network;
    const char *cluster = istiod && istiod->cluster ? istiod->cluster : "Kubernetes";
    const char *mesh = f->mesh_id;
    /* What alone says otherwise than all around it was changed: it is no other cluster. MC312 has it. */
    if (text_equal(f->proxy_cluster, m->members[at].cluster))
        cluster = f->proxy_cluster;
    if (text_equal(f->proxy_mesh, m->id))
        mesh = f->proxy_mesh;
    if (is_labelled(f, m->members[at].network))
        network = m->members[at].network;
    return (struct names){
        .cluster = istiod ? cluster : NULL,
        .network = network,
        .mesh = istiod ? mesh : NULL,
    };
}

static int check_distinct(const struct mesh *m, struct facts *const *facts, size_t at,
                          struct error **err)
{
    for (size_t i = 0; i < at; i++) {
        if (!facts[i] || strcmp(facts[i]->uid, facts[at]->uid) != 0)
            continue;
        error_set(err, ERROR_INPUT,
                  "%s and %s are the same cluster: namespace kube-system has the UID %s in both",
                  m->members[i].name, m->members[at].name, facts[at]->uid);
        error_id(err, "MC101");
        return error_hint(err, "name two different clusters");
    }
    return 0;
}

static bool is_other(const char *found, const char *wanted)
{
    return found && strcmp(found, wanted) != 0;
}

static bool has_names(const struct mesh_member *member, const struct names *found)
{
    return found->cluster ? text_equal(found->cluster, member->cluster)
                          : text_equal(found->network, member->network);
}

/* The other member whose names this cluster has; NULL without one, or where a network that several share
 * is all that is known. */
static const struct mesh_member *namesake_of(const struct mesh *m, const struct names *found,
                                             size_t at)
{
    const struct mesh_member *namesake = NULL;
    for (size_t i = 0; i < m->members_count; i++) {
        if (i == at || !has_names(&m->members[i], found))
            continue;
        if (namesake)
            return NULL;
        namesake = &m->members[i];
    }
    return namesake;
}

static int fail_swapped(const struct mesh_member *member, const struct mesh_member *namesake,
                        const struct names *found, struct error **err)
{
    error_set(
        err, ERROR_INPUT,
        "the kubeconfig given for %s reaches the cluster that is %s in its mesh: %s %s, wanted "
        "%s",
        member->name, namesake->name, found->cluster ? "cluster id" : "network",
        found->cluster ? found->cluster : found->network,
        found->cluster ? member->cluster : member->network);
    error_id(err, "MC102");
    return error_hint(err, "give the kubeconfigs of %s and %s under each other's names",
                      member->name, namesake->name);
}

int facts_check_identity(const struct mesh *m, struct facts *const *facts, size_t at,
                         struct error **err)
{
    const struct mesh_member *member = &m->members[at];
    if (!facts[at])
        return 0;
    if (check_distinct(m, facts, at, err) < 0)
        return -1;
    struct names found = names_of(m, facts[at], at);
    bool other_cluster = is_other(found.cluster, member->cluster);
    bool other_network = is_other(found.network, member->network);
    bool other_mesh = is_other(found.mesh, m->id);
    if (!other_cluster && !other_network && !other_mesh)
        return 0;
    const struct mesh_member *namesake = namesake_of(m, &found, at);
    if (namesake && (found.cluster ? other_cluster : other_network))
        return fail_swapped(member, namesake, &found, err);
    AUTO_STRLIST differences = STRLIST_INIT, flags = STRLIST_INIT;
    if (other_cluster) {
        strlist_addf(&differences, "cluster id %s, wanted %s", found.cluster, member->cluster);
        strlist_addf(&flags, "--cluster-name %s=%s", member->name, found.cluster);
    }
    if (other_network) {
        strlist_addf(&differences, "network %s, wanted %s", found.network, member->network);
        strlist_addf(&flags, "--network %s=%s", member->name, found.network);
    }
    if (other_mesh) {
        strlist_addf(&differences, "mesh id %s, wanted %s", found.mesh, m->id);
        strlist_addf(&flags, "--mesh-id %s", found.mesh);
    }
    AUTO_FREE char *text = strlist_join_dup(&differences, "; ");
    AUTO_FREE char *keep = strlist_join_dup(&flags, " ");
    error_set(err, ERROR_CHECK, "%s has other names already: %s", member->name, text);
    error_id(err, other_cluster ? "MC304" : other_network ? "MC301" : "MC305");
    error_where(err, "%s/Namespace/%s", member->name, m->istio_namespace);
    return error_hint(err,
                      "its proxies know these names, so they stay: %s (a mesh gets other names by "
                      "meshctl down and up)",
                      keep);
}
