/* Another Istio in the cluster: its control planes, and whose kinds these are. */
#include "surroundings.h"

#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"

/* Whether it is the one that this mesh installs. */
static bool is_own(const struct probe *p, const struct facts_istiod *istiod)
{
    return text_equal(istiod->namespace_, p->mesh->istio_namespace) &&
           text_equal(istiod->release, p->mesh->releases[MESH_ISTIOD]);
}

static void check_istiods(struct probe *p)
{
    const struct facts *f = probe_facts(p);
    size_t others = 0;
    for (size_t i = 0; i < f->istiods_count; i++) {
        const struct facts_istiod *istiod = &f->istiods[i];
        if (is_own(p, istiod))
            continue;
        others++;
        finding_warn(p, "MC110", "no other one", "%s/%s, revision %s%s%s, %s%s", istiod->namespace_,
                     istiod->name, istiod->revision, istiod->version ? ", version " : "",
                     istiod->version ? istiod->version : "",
                     istiod->release ? "Helm release " : "not installed by Helm",
                     istiod->release ? istiod->release : "");
    }
    if (!others)
        finding_ok(p, "MC110", "%s", f->istiods_count ? "the mesh's own alone" : "none");
}

/* The version of the chart that a CRD came with, as the chart labels it; NULL when it does not. */
static const char *version_of(const json_t *crd)
{
    return json_dig_str(crd, "metadata", "labels", "app.kubernetes.io/version", NULL);
}

/* Whether the minor of `a` is later than that of `b`. */
static bool is_later(const char *a, const char *b)
{
    AUTO_ERROR struct error *unread = NULL, *unread_too = NULL;
    struct semver x, y;
    return a && b && semver_parse(a, &x, &unread) == 0 && semver_parse(b, &y, &unread_too) == 0 &&
           (x.major > y.major || (x.major == y.major && x.minor > y.minor));
}

static void check_crds(struct probe *p, const json_t *crds)
{
    size_t i, count = 0, later = 0;
    const char *version = NULL, *wanted = mesh_version_of(p->mesh, probe_member(p));
    json_t *crd;
    json_array_foreach(crds, i, crd) {
        const char *name = json_dig_str(crd, "metadata", "name", NULL);
        if (!name || !text_has_suffix(name, ".istio.io"))
            continue;
        count++;
        if (!is_later(version_of(crd), wanted))
            continue;
        later++;
        version = version_of(crd);
    }
    if (later)
        finding_warn(p, "MC112", "those of this version or older ones",
                     "%zu of %zu of Istio's kinds are of %s, to be installed is %s", later, count,
                     version, wanted);
    else if (crds)
        finding_ok(p, "MC112", "%zu of Istio's kinds", count);
}

void others_check(struct probe *p, const json_t *crds)
{
    check_istiods(p);
    check_crds(p, crds);
}
