/* What libcurl says went wrong, as an error that a person can act upon. */
#ifndef MESHCTL_NET_FAILURE_H
#define MESHCTL_NET_FAILURE_H

#include <curl/curl.h>

#include "meshctl/base/error.h"
#include "target.h"

struct failure {
    CURL *easy;
    CURLcode code;    /* not CURLE_OK */
    const char *text; /* the handle's error buffer */
    const struct target *target;
    const struct net_tls *tls; /* may be NULL */
    int64_t elapsed_ms;
};

/* Sets *err by the rules at the head of net/http.h; returns -1. */
int failure_report(const struct failure *f, struct error **err);

#endif
