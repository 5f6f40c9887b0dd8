/* A look at one member's cluster: what is asked, of whom, until when, and what came of it. No run is
 * needed: whoever has a client and facts can ask. One thread at a time; facts may be shared. */
#ifndef MESHCTL_PROBE_PROBE_H
#define MESHCTL_PROBE_PROBE_H

#include "meshctl/base/cancel.h"
#include "meshctl/probe/facts.h"

/* Everything is borrowed. */
struct probe {
    struct kube_client *client; /* of that cluster; its name is the first word of findings */
    const struct mesh *mesh;
    size_t at;                  /* the member that is looked at */
    struct facts *const *facts; /* one a member; NULL for one that was not looked at */
    const bool *out;            /* one a member: this run goes on without it; or NULL */
    int64_t deadline_ms;        /* nothing is waited for past it; 0: no waiting */
    struct cancel *cancel;      /* or NULL */
    /* Told while waiting, each time with the reason and the time that it may take at the most as it
     * looks now; may be NULL. */
    void (*on_waiting)(void *ctx, int64_t waited_ms, int64_t limit_ms, const char *reason);
    void *ctx;
    json_t *findings; /* array; rows are appended: {id, cluster, level ok|warning|error, category,
                        * check, found, of what is not ok wanted, title, effect, fix, and where it
                        * is about another member peer} */
    json_t *
        endpoints; /* array; the sample's: {cluster, proxy, address, port, region, zone, healthy} */
    json_t *pods;  /* object; the sample's reviews pods: name to cluster id, null where two clusters
                    * have one of that name */
};

static inline const struct mesh_member *probe_member(const struct probe *p)
{
    return &p->mesh->members[p->at];
}
/* NULL when the cluster was not looked at. */
static inline const struct facts *probe_facts(const struct probe *p)
{
    return p->facts[p->at];
}
/* Whether the cluster shall know that member, and be reached by it. */
static inline bool probe_has_peer(const struct probe *p, size_t member)
{
    return member != p->at && !(p->out && p->out[member]);
}
static inline const char *probe_name(const struct probe *p)
{
    return probe_member(p)->name;
}

#endif
