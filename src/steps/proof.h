/* The traffic that verify sends by itself: what its steps share. In every cluster that the run is about
 * stands a namespace of its own, with a caller and an echo; it goes when the run ends, however it ends. */
#ifndef MESHCTL_STEPS_PROOF_H
#define MESHCTL_STEPS_PROOF_H

#include "internal.h"
#include "meshctl/probe/proof.h"

struct lane_proof {
    struct proof measured;
    size_t first;   /* findings before */
    bool may;       /* the user has the rights */
    bool was_made;  /* the namespace */
    char *uid;      /* of the namespace that was made; NULL: there is none any more */
    bool is_ready;  /* caller and echo are */
    json_t *result; /* of proof_json, or NULL */
    json_t *policy; /* of the DestinationRule that a failover stands on, or NULL */
};

/* Chooses the namespace's name, gives each lane what it writes to. */
void proof_new(struct steps *s);
void lane_proof_free(struct lane_proof *proof);

/* Whether a namespace is one that verify made for this mesh, and not on its way out. */
bool proof_is_own(const struct lane *lane, const json_t *namespace_);
/* Deletes the lane's namespace over that client (whose deadline is kept), once. */
int proof_delete(struct lane *lane, struct kube_client *client, struct error **err) MC_WARN_UNUSED;

#endif
