/* Addresses of servers: one parser for all that a person or a file names as https://HOST[:PORT][/PATH].
 * Thread-safe. */
#ifndef MESHCTL_GOLANG_SERVER_URL_H
#define MESHCTL_GOLANG_SERVER_URL_H

#include <stdbool.h>

#include "meshctl/base/mem.h"

struct server_url {
    bool is_https;
    char *host;    /* without brackets, zone and port */
    unsigned port; /* of the scheme where none is given */
    bool has_user; /* a user, or a password */
};
void server_url_release(struct server_url *u);
#define AUTO_SERVER_URL MC_CLEANUP(server_url_release) struct server_url

/* http:// or https:// with a host that can be one (an address, or labels of a name; what reads as a
 * number is an address of four numbers), a port from 1 to 65535, no query and no fragment. NULL, or
 * what is wrong: constant, and nothing of the text is in it. */
const char *server_url_parse(const char *text, struct server_url *ret_url);

/* Whether the host is the machine's own: loopback or unspecified in any form that a resolver takes
 * (127.1, 0x7f.1, 2130706433, ::ffff:127.0.0.1), localhost and all below it (RFC 6761), in any case,
 * with or without the root's dot. NULL is not. */
bool host_is_own(const char *host);

/* Of any http:// or https:// URL, with a query or without: its host as server_url has it (NULL when it has
 * none; yours to free), and whether a user or a password stands before it. */
char *url_host_dup(const char *url);
bool url_has_user(const char *url);
/* Any URL without user, password, query and fragment, for people; of what is no URL as much as may be
 * shown. Yours to free. */
char *url_public_dup(const char *url);

#endif
