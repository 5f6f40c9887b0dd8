/* Where a URL leads, taken apart for curl and for messages. */
#ifndef MESHCTL_NET_TARGET_H
#define MESHCTL_NET_TARGET_H

#include <curl/curl.h>

#include "meshctl/base/error.h"
#include "meshctl/net/tls.h"

struct target {
    char *url;        /* what curl gets: with a server_name, its host is that name */
    char *public_url; /* scheme, host and path: no credentials, no query */
    char *place;      /* HOST:PORT, brackets round IPv6 */
    char *authority;  /* HOST or HOST:PORT as a Host header has it */
    char *path;       /* with query, for a request line */
    bool direct;      /* NO_PROXY or loopback: no proxy of the environment */
    /* With a server_name: sends curl to the URL's own host all the same; else NULL. */
    struct curl_slist *connect_to;
};

/* A URL that is not http or https, or not one at all, is ERROR_INPUT. `tls` may be NULL. */
int target_parse(const char *url, const struct net_tls *tls, struct target *ret_target,
                 struct error **err) MC_WARN_UNUSED;
void target_release(struct target *t);

#define AUTO_TARGET MC_CLEANUP(target_release) struct target

#endif
