/* What links shall be no more. istiod takes the kubeconfigs of several clusters out of one Secret, a
 * key each; of these only the keys of clusters that go are taken out. */
#ifndef MESHCTL_STEPS_UNLINK_H
#define MESHCTL_STEPS_UNLINK_H

#include "meshctl/base/strlist.h"

#include "internal.h"

/* The key that meshctl itself made the Secret for; NULL when somebody else made it. Borrowed. */
const char *link_own_key(const struct lane *lane, const json_t *secret);
/* Adds what becomes of the Secret when these of its keys go: an update that takes them out, or its
 * deletion when it holds no other and the unit's objects need none of its name. Both are bound to the
 * version that was looked at. */
void link_drop_keys(const struct lane *lane, struct unit *unit, const json_t *secret,
                    const struct strlist *keys, const char *why);
/* Adds what `up` takes away: what shows a member under an id that it has no more, or this cluster to
 * itself. Of a Secret that is not ours it is told and left. */
void lane_compare_links(struct lane *lane, struct unit *unit);

#endif
