/* Whether the clusters' control planes are near enough to each other. */
#include "versions.h"

#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"

#define MAX_SKEW 1 /* minor versions; what Istio supports between neighbours */

/* The mesh's istiods of a cluster whose version is known: several while one is being replaced. */
struct versions {
    struct semver items[FACTS_MAX_ISTIODS];
    size_t count;
    struct strlist names;
};

static void versions_release(struct versions *v)
{
    strlist_release(&v->names);
}

static void versions_read(const struct mesh *m, const struct facts *f, struct versions *ret)
{
    for (size_t i = 0; f && i < f->istiods_count; i++) {
        const struct facts_istiod *istiod = &f->istiods[i];
        AUTO_ERROR struct error *unread = NULL;
        if (!text_equal(istiod->namespace_, m->istio_namespace) || !istiod->version ||
            semver_parse_strict(istiod->version, &ret->items[ret->count], &unread) < 0)
            continue;
        ret->count++;
        if (!strlist_has(&ret->names, istiod->version))
            strlist_add(&ret->names, istiod->version);
    }
}

bool versions_are_near(const struct semver *a, const struct semver *b)
{
    uint64_t low = a->minor < b->minor ? a->minor : b->minor;
    uint64_t high = a->minor < b->minor ? b->minor : a->minor;
    return a->major == b->major && high - low <= MAX_SKEW;
}

static bool any_are_near(const struct versions *a, const struct versions *b)
{
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++)
            if (versions_are_near(&a->items[i], &b->items[k]))
                return true;
    return !a->count || !b->count;
}

void versions_check(struct probe *p)
{
    AUTO_FREE struct versions *mine = mem_zalloc(sizeof(*mine));
    bool good = true;
    versions_read(p->mesh, probe_facts(p), mine);
    AUTO_FREE char *here = strlist_join_dup(&mine->names, ", ");
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        AUTO_FREE struct versions *theirs = mem_zalloc(sizeof(*theirs));
        versions_read(p->mesh, i == p->at ? NULL : p->facts[i], theirs);
        if (!any_are_near(mine, theirs)) {
            AUTO_FREE char *there = strlist_join_dup(&theirs->names, ", ");
            finding_bad(p, "MC802", "at most one minor version apart", "istiod %s, in %s %s", here,
                        p->mesh->members[i].name, there);
            good = false;
        }
        versions_release(theirs);
    }
    if (good && mine->count)
        finding_ok(p, "MC802", "istiod %s", here);
    versions_release(mine);
}
