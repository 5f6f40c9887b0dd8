/* Which hosts are reached without a proxy, by the rules of Go's golang.org/x/net/http/httpproxy, so
 * that NO_PROXY means to us what it means to kubectl: "*", addresses, address ranges, "example.com"
 * (and all below it), ".example.com" and "*.example.com" (only below it), each with an optional
 * port. Loopback never goes through a proxy. */
#ifndef MESHCTL_NET_NOPROXY_H
#define MESHCTL_NET_NOPROXY_H

#include <stdbool.h>

/* `list` is the value of NO_PROXY (NULL: empty); `host` without brackets; `port` in digits. */
bool noproxy_covers(const char *list, const char *host, const char *port);

#endif
