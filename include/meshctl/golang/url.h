/* URLs as Go's net/url 1.26 takes them apart and puts them together, for urlParse and urlJoin. */
#ifndef MESHCTL_GOLANG_URL_H
#define MESHCTL_GOLANG_URL_H

#include <stdbool.h>

#include "meshctl/base/arena.h"
#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"
#include "meshctl/base/text.h"

/* All text decoded but the query; in the arena. */
struct gourl {
    struct text_span scheme;
    struct text_span opaque;
    struct text_span username;
    struct text_span password;
    struct text_span host; /* with the port */
    struct text_span path;
    struct text_span query;
    struct text_span fragment;
    bool has_user;
    bool has_password;
};

/* Parse. The error reads as Go's: parse "URL": WHAT. */
int gourl_parse(struct arena *a, struct text_span text, struct gourl *ret_url, struct error **err)
    MC_WARN_UNUSED;
/* URL.String of a URL made of parts. */
void gourl_write(struct buf *out, const struct gourl *url);
/* Userinfo.String: escaped, "user:password". */
void gourl_write_user(struct buf *out, const struct gourl *url);
/* URL.Hostname: without port and brackets. */
struct text_span gourl_hostname(const struct gourl *url);

#endif
