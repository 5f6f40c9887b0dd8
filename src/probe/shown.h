/* Whether a chain of certificates that somebody in the mesh shows is one that the others take. */
#ifndef MESHCTL_PROBE_SHOWN_H
#define MESHCTL_PROBE_SHOWN_H

#include "meshctl/ca/roots.h"

enum shown {
    SHOWN_GOOD,
    SHOWN_TIME,  /* a certificate of it has ended or is not valid yet */
    SHOWN_ROOT,  /* it does not lead to a root of the mesh */
    SHOWN_NAME,  /* it is another's: none of the names that are wanted */
    SHOWN_OTHER, /* it is not good for TLS, or cannot be read */
};

struct shown_wanted {
    const struct ca_roots *roots; /* of the mesh */
    /* Where roots may be found as they are, beside the chain itself: a PEM text, or NULL. Certificates in it
     * that are not among `roots` count for nothing. */
    const char *anchors;
    struct strlist names; /* one of these has to be there, "DNS:..." or a URI; empty: any */
    time_t now;
};

/* `pem`: the chain, the holder's own certificate first. *ret_text says what was found (of a good one its
 * root: "root 1234abcd"), yours to free. Pure. */
enum shown shown_judge(const struct shown_wanted *wanted, const char *pem, size_t len,
                       char **ret_text);

#endif
