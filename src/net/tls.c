/* Frees what a server is trusted by. */
#include "meshctl/net/tls.h"

#include <stdlib.h>

#include "meshctl/base/mem.h"

void net_tls_release(struct net_tls *tls)
{
    free(tls->ca_pem);
    free(tls->cert_pem);
    mem_free_secret(tls->key_pem);
    free(tls->server_name);
    /* May hold a password. */
    mem_free_secret(tls->proxy_url);
    *tls = (struct net_tls){0};
}
