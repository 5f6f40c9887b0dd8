/* Whether an API server answers when it is asked as another cluster's istiod would ask it: by that
 * address, that authority, that name, and with the reader's token. Asked from here, so that not being
 * reached says nothing (the other cluster may reach what we do not), but what answers wrongly here
 * answers wrongly there. */
#ifndef MESHCTL_PROBE_REACH_H
#define MESHCTL_PROBE_REACH_H

#include "meshctl/base/cancel.h"
#include "meshctl/base/error.h"
#include "meshctl/mesh/objects.h"

enum reach {
    REACH_GOOD,
    REACH_UNKNOWN,  /* not reached from here */
    REACH_STRANGER, /* its certificate is of another authority */
    REACH_BAD,      /* another fault of its certificate, no API server, or the token is refused */
};

#define REACH_TIMEOUT_MS 3000

/* One GET /version, past every proxy: the person's proxies are not the peers'. `token` NULL: there is
 * none yet, and any answer that an API server gives to a stranger will do. A token that is refused is
 * offered again for REACH_TIMEOUT_MS: a fresh one is not known at once. *ret_why is set for all but
 * REACH_GOOD: an error (MC404, MC405) that names `member` and the options that mend it, yours to free;
 * the token is not in it. Returns -1 when it was cancelled, or the authority or the token is none. */
int reach_try(const struct mesh *m, const struct mesh_member *member,
              const struct mesh_server *server, const char *token, struct cancel *cancel,
              enum reach *ret_reach, struct error **ret_why, struct error **err) MC_WARN_UNUSED;

#endif
