/* Remote secrets: what istiod is given to see another cluster with. */
#ifndef MESHCTL_PROBE_LINKS_H
#define MESHCTL_PROBE_LINKS_H

#include "meshctl/probe/probe.h"

/* The kubeconfig inside, as istiod takes it: its current context (client-go's clientcmd, which Istio's
 * pkg/kube/multicluster gives the bytes to). What it does not say is NULL. */
struct link {
    char *server;
    bool has_proxy; /* the server's address is one of the proxy's world */
    char *token;    /* a secret */
};
/* Zeroes where the Secret cannot be read; `cluster` is the key in it. */
void link_read(const json_t *secret, const char *cluster, struct link *ret_link);
void link_release(struct link *link);
#define AUTO_LINK MC_CLEANUP(link_release) struct link

/* Findings MC402, MC406 and MC407 of each peer, by facts alone. Nothing where Secrets may not be
 * listed. */
void links_check(struct probe *p);

#endif
