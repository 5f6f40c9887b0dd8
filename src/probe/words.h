/* What istiod itself says of another cluster: the reasons that its debug pages do not give. */
#ifndef MESHCTL_PROBE_WORDS_H
#define MESHCTL_PROBE_WORDS_H

#include "meshctl/probe/probe.h"

/* Why it cannot read a cluster. */
enum words {
    WORDS_NONE,
    WORDS_TOKEN,       /* the token is refused */
    WORDS_CERTIFICATE, /* the API server's certificate is not taken */
    WORDS_RIGHTS,      /* the token's account may not read */
    WORDS_NETWORK,     /* there is no connection, or it broke */
};

/* A log's newest complaint about that cluster id; *ret_text is what it says, without the request that it
 * is about, cleaned and yours to free. Pure. */
enum words words_read(const char *log, const char *cluster, char **ret_text);

/* Findings MC421 to MC424 by the last seconds of the logs of the mesh's istiods (`istiods`: ready pods of
 * any namespace). */
int words_check(struct probe *p, const json_t *istiods, struct error **err) MC_WARN_UNUSED;

#endif
