/* The look at a cluster that has no mesh yet. */
#include "meshctl/probe/before.h"

#include "access.h"
#include "cluster_parts.h"
#include "flat.h"
#include "surroundings.h"

int probe_before(struct probe *p, struct error **err)
{
    const struct facts *f = probe_facts(p);
    access_check(p);
    flat_check(p);
    /* None yet is as it should be. */
    bool has_istiod = facts_istiod_of(f, p->mesh->istio_namespace) != NULL;
    if ((f->ca.form != CA_FORM_NONE && cluster_check_trust(p, has_istiod, err) < 0) ||
        surroundings_check(p, err) < 0)
        return -1;
    cluster_tell_lacking(p);
    return 0;
}
