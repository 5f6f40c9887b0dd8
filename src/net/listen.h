/* Where a server listens. */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include <stdbool.h>

#include "meshctl/base/error.h"

/* Listens at an address as of http_server_new. `*ret_url` is where it can be reached, yours to free;
 * `*ret_local`: only from this machine. */
int net_listen(const char *address, int *ret_fd, char **ret_url, bool *ret_local,
               struct error **err) MC_WARN_UNUSED;
/* Whether a Host header names an address or localhost, not a name that somebody else gives out. */
bool net_is_plain_host(const char *host);

#endif
