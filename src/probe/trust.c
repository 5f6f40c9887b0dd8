/* The commands that give clusters other certificates. None destroys a key: each Secret is copied first. */
#include "trust.h"

#include "meshctl/mesh/objects.h"
#include "meshctl/probe/finding.h"

static void add_copy(struct buf *out, const struct probe *p, const char *member)
{
    const char *namespace_ = p->mesh->istio_namespace;
    buf_appendf(
        out,
        "kubectl get secret " MESH_CACERTS " -n %s -o yaml >" MESH_CACERTS "-%s.yaml in %s "
        "(a copy, for its key may be the only one); then kubectl delete secret " MESH_CACERTS
        " -n %s in %s; then ",
        namespace_, member, member, namespace_, member);
}

static void add_restart(struct buf *out, const struct probe *p, size_t at)
{
    const char *namespace_ = p->mesh->istio_namespace;
    const struct facts_istiod *istiod =
        p->facts[at] ? facts_istiod_of(p->facts[at], namespace_) : NULL;
    if (istiod)
        buf_appendf(out, "; then kubectl rollout restart deployment %s -n %s in %s", istiod->name,
                    namespace_, p->mesh->members[at].name);
}

void trust_fix_signer(struct probe *p, const char *first)
{
    AUTO_BUF fix = BUF_INIT;
    buf_appends(&fix, first);
    if (probe_facts(p)->ca.form != CA_FORM_OWN)
        add_copy(&fix, p, probe_name(p));
    buf_appends(&fix, "meshctl ca with the same flags");
    add_restart(&fix, p, p->at);
    buf_appends(&fix, "; then restart what check names, and the workloads");
    finding_fix(p, "%s", buf_str(&fix));
}

void trust_fix_root(struct probe *p)
{
    AUTO_BUF fix = BUF_INIT;
    buf_appends(&fix,
                "plan a restart of all: meshctl ca init --ca-dir DIR with the same flags; then ");
    for (size_t i = 0; i < p->mesh->members_count; i++)
        add_copy(&fix, p, p->mesh->members[i].name);
    buf_appends(&fix, "meshctl ca --ca-dir DIR with the same flags");
    for (size_t i = 0; i < p->mesh->members_count; i++)
        add_restart(&fix, p, i);
    buf_appends(&fix, "; then restart what check names, and the workloads");
    finding_fix(p, "%s", buf_str(&fix));
}
