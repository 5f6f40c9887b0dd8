/* A small HTTP server: pages of this process for a browser, mostly of the person who started it. GET and
 * HEAD of a few paths, nothing is taken in. It runs in a thread of its own until it is freed.
 *
 * Whoever reaches the address sees the pages; nobody is asked who they are. So the address is of this
 * machine alone unless another is named, and a request whose Host is a name but localhost is refused
 * (403): a page of somebody's site, whose name was made to point here (DNS rebinding), cannot read ours.
 *
 * HTTP is libmicrohttpd's. Limits: 32 connections, 10 s without a byte, 32 KiB of a request's head; a
 * request with another method is 405, and its body is not read. */
#ifndef MESHCTL_NET_SERVER_H
#define MESHCTL_NET_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"

struct http_server;

#define HTTP_SERVER_MAX_PAGES 8

/* `address`: PORT (of 127.0.0.1), localhost:PORT, IPV4:PORT or [IPV6]:PORT; port 0 is one that is free.
 * A bad one is ERROR_USAGE; one that cannot be had (in use, not of this machine) ERROR_INPUT. */
int http_server_new(const char *address, struct http_server **ret_server, struct error **err)
    MC_WARN_UNUSED;
/* No page is being sent any more when it returns. NULL is fine. */
void http_server_free(struct http_server *s);
/* "http://127.0.0.1:8080/": for people; borrowed. */
const char *http_server_url(const struct http_server *s);
/* Whether only this machine can reach it. */
bool http_server_is_local(const struct http_server *s);
/* What a path ("/") shows from now on; at most HTTP_SERVER_MAX_PAGES paths. `type` is constant. Takes
 * `content`, which is empty then. Thread-safe, as is what follows. */
void http_server_put(struct http_server *s, const char *path, const char *type,
                     struct buf *content);
/* How many requests for pages there have been. */
uint64_t http_server_requests(struct http_server *s);

MC_DEFINE_CLEANUP(http_server_cleanup, struct http_server, http_server_free);

#endif
