/* URLs as Go's net/url 1.26 takes them apart and puts them together, for urlParse and urlJoin. */
#ifndef MESHCTL_TMPL_GOURL_H
#define MESHCTL_TMPL_GOURL_H

#include <stdbool.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"
#include "meshctl/tmpl/value.h"

/* All text decoded but the query; in the arena. */
struct gourl {
    struct tval_string scheme;
    struct tval_string opaque;
    struct tval_string username;
    struct tval_string password;
    struct tval_string host; /* with the port */
    struct tval_string path;
    struct tval_string query;
    struct tval_string fragment;
    bool has_user;
    bool has_password;
};

/* Parse. The error reads as Go's: parse "URL": WHAT. */
int gourl_parse(struct arena *a, struct tval_string text, struct gourl *ret_url, struct error **err)
    MC_WARN_UNUSED;
/* URL.String of a URL made of parts. */
void gourl_write(struct buf *out, const struct gourl *url);
/* Userinfo.String: escaped, "user:password". */
void gourl_write_user(struct buf *out, const struct gourl *url);
/* URL.Hostname: without port and brackets. */
struct tval_string gourl_hostname(const struct gourl *url);

#endif
