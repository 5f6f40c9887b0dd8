/* One remote secret: what istiod is given to see another cluster with. */
#ifndef MESHCTL_PROBE_LINK_H
#define MESHCTL_PROBE_LINK_H

#include <stdbool.h>

#include "meshctl/base/mem.h"
#include "meshctl/data/json.h"

/* The kubeconfig inside, as istiod takes it: its current context (client-go's clientcmd, which Istio's
 * pkg/kube/multicluster gives the bytes to). What it does not say is NULL. */
struct link {
    char *server;
    char *ca_pem;   /* who vouches for it */
    char *tls_name; /* what its certificate is for */
    bool has_proxy; /* the server's address is one of the proxy's world */
    char *token;    /* a secret */
    /* What istiod does not take out of a Secret (its pkg/kube/util.go, sanitizeKubeConfig): programs,
     * files; NULL when it takes it. */
    const char *refused;
};
/* Zeroes where the Secret cannot be read; `cluster` is the key in it. */
void link_read(const json_t *secret, const char *cluster, struct link *ret_link);
void link_release(struct link *link);
#define AUTO_LINK MC_CLEANUP(link_release) struct link

#endif
