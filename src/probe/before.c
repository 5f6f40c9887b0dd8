/* The look at a cluster that has no mesh yet. */
#include "meshctl/probe/before.h"

#include "access.h"
#include "cluster_parts.h"
#include "surroundings.h"

int probe_before(struct probe *p, struct error **err)
{
    const struct facts *f = probe_facts(p);
    access_check(p);
    /* None yet is as it should be. */
    if (f->ca.form != CA_FORM_NONE)
        cluster_check_trust(p, facts_istiod_of(f, p->mesh->istio_namespace) != NULL);
    if (surroundings_check(p, err) < 0)
        return -1;
    cluster_tell_lacking(p);
    return 0;
}
