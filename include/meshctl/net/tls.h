/* How to reach and trust a server; PEM texts stay in memory, none is written to a file. Immutable
 * once in use. */
#ifndef MESHCTL_NET_TLS_H
#define MESHCTL_NET_TLS_H

#include <stdbool.h>
#include <stddef.h>

struct net_tls {
    char *ca_pem; /* NULL: the system's trust store */
    char *cert_pem;
    char *key_pem;     /* a secret; wiped by net_tls_release */
    char *server_name; /* SNI and name to verify instead of the URL's host, or NULL */
    bool insecure;     /* no verification at all (the person asked for it) */
    /* http, https or socks5; "": none at all; NULL: from the environment as curl does */
    char *proxy_url;
};

void net_tls_release(struct net_tls *tls);

#endif
