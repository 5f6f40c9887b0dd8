/* The API servers' clocks and versions. */
#include "access.h"

#include <stdlib.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"

/* ---- clock ----------------------------------------------------------------------------------- */

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

bool access_clock_is_off(const struct facts *f)
{
    return f->version.has_clock && distance(f->version.ahead_s, 0) >= ACCESS_CLOCK_BAD_S;
}

/* "12 s ahead of"; yours to free. */
static char *offset_dup(int64_t ahead_s)
{
    AUTO_FREE char *much = clock_duration_dup(distance(ahead_s, 0) * 1000);
    return mem_printf("%s %s", much, ahead_s < 0 ? "behind" : "ahead of");
}

static void tell_clock(struct probe *p, int64_t ahead_s, const char *whose)
{
    AUTO_FREE char *found = offset_dup(ahead_s);
    if (distance(ahead_s, 0) >= ACCESS_CLOCK_BAD_S)
        finding_bad(p, "MC107", "less than two minutes", "%s %s", found, whose);
    else
        finding_warn(p, "MC107", "less than 10 seconds", "%s %s", found, whose);
}

static void check_clock(struct probe *p)
{
    const struct facts *f = probe_facts(p);
    bool good = true;
    if (!f->version.has_clock)
        return;
    if (distance(f->version.ahead_s, 0) >= ACCESS_CLOCK_WARN_S) {
        tell_clock(p, f->version.ahead_s, "this machine's clock");
        good = false;
    }
    /* Two that differ little from us may differ more from each other. */
    for (size_t i = 0; i < p->at && !access_clock_is_off(f); i++) {
        const struct facts *peer = p->facts[i];
        int64_t ahead_s = peer ? f->version.ahead_s - peer->version.ahead_s : 0;
        if (!peer || !peer->version.has_clock || access_clock_is_off(peer) ||
            distance(ahead_s, 0) < ACCESS_CLOCK_BAD_S)
            continue;
        AUTO_FREE char *whose = mem_printf("that of %s", p->mesh->members[i].name);
        tell_clock(p, ahead_s, whose);
        good = false;
    }
    if (good)
        finding_ok(p, "MC107", "within %d seconds of this machine", ACCESS_CLOCK_WARN_S);
}

/* ---- versions -------------------------------------------------------------------------------- */

/* The minors of Kubernetes 1 that each minor of Istio 1 is supported on (istio.io's table of supported
 * releases). Later ones are not judged. */
static const struct support {
    uint64_t istio, first, last;
} supports[] = {
    {16, 22, 25}, {17, 23, 26}, {18, 24, 27}, {19, 25, 28}, {20, 25, 29}, {21, 26, 29},
    {22, 27, 30}, {23, 27, 30}, {24, 28, 31}, {25, 29, 32}, {26, 29, 33}, {27, 29, 33},
    {28, 30, 34}, {29, 31, 35}, {30, 32, 36}, {31, 32, 36},
};

static const struct support *support_of(const char *istio)
{
    AUTO_ERROR struct error *unread = NULL;
    struct semver version;
    if (!istio || semver_parse_strict(istio, &version, &unread) < 0 || version.major != 1)
        return NULL;
    for (size_t i = 0; i < MC_ARRAY_LEN(supports); i++)
        if (supports[i].istio == version.minor)
            return &supports[i];
    return NULL;
}

/* "28", "28+": what a cloud's server says of its minor; 0 for none. */
static uint64_t minor_of(const struct facts *f)
{
    return f && text_equal(f->version.major, "1") ? strtoull(f->version.minor, NULL, 10) : 0;
}

/* What runs there, or else would be installed. Borrowed. */
static const char *istio_of(const struct probe *p)
{
    const struct facts_istiod *istiod = facts_istiod_of(probe_facts(p), p->mesh->istio_namespace);
    return istiod && istiod->version ? istiod->version : mesh_version_of(p->mesh, probe_member(p));
}

void access_judge_version(struct probe *p, const char *istio)
{
    const char *found = probe_facts(p)->version.git_version;
    const struct support *support = support_of(istio);
    uint64_t minor = minor_of(probe_facts(p));
    if (!support || !minor)
        return;
    if (minor >= support->first && minor <= support->last) {
        finding_ok(p, "MC108", "%s with Istio %s", found, istio);
        return;
    }
    AUTO_FREE char *wanted =
        mem_printf("1.%llu to 1.%llu for Istio %s", (unsigned long long)support->first,
                   (unsigned long long)support->last, istio);
    finding_warn(p, "MC108", wanted, "Kubernetes %s", found);
}

/* Whether some Istio is made for both. */
static bool go_together(uint64_t a, uint64_t b)
{
    uint64_t low = a < b ? a : b, high = a < b ? b : a;
    for (size_t i = 0; i < MC_ARRAY_LEN(supports); i++)
        if (low >= supports[i].first && high <= supports[i].last)
            return true;
    /* What is newer than the table is not known. */
    return high > supports[MC_ARRAY_LEN(supports) - 1].last;
}

static void check_skew(struct probe *p)
{
    uint64_t mine = minor_of(probe_facts(p));
    for (size_t i = 0; mine && i < p->at; i++) {
        uint64_t theirs = minor_of(p->facts[i]);
        if (theirs && !go_together(mine, theirs))
            finding_warn(p, "MC109", "versions that one Istio supports", "%s, in %s %s",
                         probe_facts(p)->version.git_version, p->mesh->members[i].name,
                         p->facts[i]->version.git_version);
    }
}

void access_check(struct probe *p)
{
    check_clock(p);
    access_judge_version(p, istio_of(p));
    check_skew(p);
}
