/* URLs as Go's net/url 1.26 takes them apart, resolves them and puts them together. Thread-safe. */
#ifndef MESHCTL_GOLANG_URL_H
#define MESHCTL_GOLANG_URL_H

#include <stdbool.h>

#include "meshctl/base/arena.h"
#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"
#include "meshctl/base/text.h"

/* All text decoded but `opaque`, `query` and the raw ones; in the arena or in the text that was
 * parsed. */
struct gourl {
    struct text_span scheme;
    struct text_span opaque;
    struct text_span username;
    struct text_span password;
    struct text_span host; /* with the port */
    struct text_span path;
    struct text_span query;
    struct text_span fragment;
    struct text_span raw_path; /* as it was written, where Go would write it otherwise */
    struct text_span raw_fragment;
    bool has_user;
    bool has_password;
    bool force_query; /* a "?" with nothing behind it */
    bool omit_host;   /* "file:/path": no "//" */
};

/* Parse. The error reads as Go's: parse "URL": WHAT. */
int gourl_parse(struct arena *a, struct text_span text, struct gourl *ret_url, struct error **err)
    MC_WARN_UNUSED;
/* URL.ResolveReference: `ref` seen from `base`. */
void gourl_resolve(struct arena *a, const struct gourl *base, const struct gourl *ref,
                   struct gourl *ret_url);
/* URL.String, of a URL made of parts too. */
void gourl_write(struct buf *out, const struct gourl *url);
/* Userinfo.String: escaped, "user:password". */
void gourl_write_user(struct buf *out, const struct gourl *url);
/* URL.Hostname: without port and brackets. */
struct text_span gourl_hostname(const struct gourl *url);

/* PathEscape: of one path segment, so that a slash is escaped, too. */
void gourl_path_escape(struct buf *out, const char *s, size_t len);
/* QueryEscape. */
void gourl_query_escape(struct buf *out, const char *s, size_t len);
/* PathUnescape. */
int gourl_path_unescape(struct arena *a, struct text_span text, struct text_span *ret_text,
                        struct error **err) MC_WARN_UNUSED;

#endif
