/* net/url: a URL as text, and seen from another one. */
#include "url_escape.h"

void gourl_write_user(struct buf *out, const struct gourl *url)
{
    if (!url->has_user)
        return;
    url_escape(out, url->username, URL_USER);
    if (!url->has_password)
        return;
    buf_appendc(out, ':');
    url_escape(out, url->password, URL_USER);
}

static void write_authority(struct buf *out, const struct gourl *url)
{
    bool named = url->host.len > 0 || url->has_user;
    if (!named && (url->scheme.len == 0 || url->omit_host))
        return;
    if (named || url->path.len > 0)
        buf_appends(out, "//");
    if (url->has_user) {
        gourl_write_user(out, url);
        buf_appendc(out, '@');
    }
    url_escape(out, url->host, URL_HOST);
}

static void write_path(struct buf *out, const struct gourl *url)
{
    AUTO_BUF path = BUF_INIT;
    url_escape_part(&path, url->path, url->raw_path, URL_PATH);
    struct text_span text = {buf_str(&path), path.len};
    if (path.len > 0 && text.data[0] != '/' && url->host.len > 0)
        buf_appendc(out, '/');
    /* "a:b" alone would read as a scheme. */
    if (out->len == 0 && span_find(text, ':') < span_find(text, '/'))
        buf_appends(out, "./");
    buf_append(out, text.data, text.len);
}

void gourl_write(struct buf *out, const struct gourl *url)
{
    if (url->scheme.len > 0) {
        buf_append(out, url->scheme.data, url->scheme.len);
        buf_appendc(out, ':');
    }
    if (url->opaque.len > 0) {
        buf_append(out, url->opaque.data, url->opaque.len);
    } else {
        write_authority(out, url);
        write_path(out, url);
    }
    if (url->force_query || url->query.len > 0) {
        buf_appendc(out, '?');
        buf_append(out, url->query.data, url->query.len);
    }
    if (url->fragment.len > 0) {
        buf_appendc(out, '#');
        url_escape_part(out, url->fragment, url->raw_fragment, URL_FRAGMENT);
    }
}

/* resolvePath's walk: one element of a path behind what was written of it. */
static void walk(struct buf *out, struct text_span element, bool *first)
{
    if (span_is(element, ".")) {
        *first = false;
    } else if (span_is(element, "..")) {
        size_t slash =
            span_find_last(span_cut((struct text_span){out->data, out->len}, 1, out->len), '/');
        buf_truncate(out, slash + 1 < out->len ? slash + 1 : 1);
        *first = out->len == 1;
    } else {
        if (!*first)
            buf_appendc(out, '/');
        buf_append(out, element.data, element.len);
        *first = false;
    }
}

/* resolvePath: `ref` against the last folder of `base`, without "." and ".." elements. */
static void resolve_path(struct buf *out, struct text_span base, struct text_span ref)
{
    AUTO_BUF full = BUF_INIT;
    size_t folder = span_find_last(base, '/') + 1;
    if (ref.len == 0)
        buf_append(&full, base.data, base.len);
    else if (ref.data[0] != '/' && folder <= base.len)
        buf_append(&full, base.data, folder);
    buf_append(&full, ref.data, ref.len);
    if (full.len == 0)
        return;
    bool first = true;
    struct text_span element = {buf_str(&full), 0};
    const char *end = element.data + full.len;
    buf_appendc(out, '/');
    for (const char *at = element.data; at <= end; at += element.len + 1) {
        element = (struct text_span){at, (size_t)(end - at)};
        element.len = span_find(element, '/');
        walk(out, element, &first);
    }
    if (span_is(element, ".") || span_is(element, ".."))
        buf_appendc(out, '/');
}

/* The path of `ref` seen from that of `base`, set as a parse would. */
static void set_resolved(struct arena *a, struct gourl *url, const struct gourl *base,
                         const struct gourl *ref)
{
    AUTO_BUF from = BUF_INIT, to = BUF_INIT, path = BUF_INIT;
    AUTO_ERROR struct error *ignored = NULL; /* what is escaped well can be decoded */
    url_escape_part(&from, base->path, base->raw_path, URL_PATH);
    if (ref)
        url_escape_part(&to, ref->path, ref->raw_path, URL_PATH);
    resolve_path(&path, (struct text_span){buf_str(&from), from.len},
                 (struct text_span){buf_str(&to), to.len});
    /* The walk began with a slash; an empty first element has added its own. */
    size_t skip = path.len > 1 && path.data[1] == '/';
    struct text_span written = {arena_strndup(a, buf_str(&path) + skip, path.len - skip),
                                path.len - skip};
    if (url_set_part(a, written, URL_PATH, &url->path, &url->raw_path, &ignored) < 0)
        url->path = url->raw_path = (struct text_span){"", 0};
}

void gourl_resolve(struct arena *a, const struct gourl *base, const struct gourl *ref,
                   struct gourl *ret_url)
{
    struct gourl url = *ref;
    bool bare = ref->path.len == 0;
    if (ref->scheme.len == 0)
        url.scheme = base->scheme;
    if (ref->scheme.len > 0 || ref->host.len > 0 || ref->has_user) {
        set_resolved(a, &url, ref, NULL);
        *ret_url = url;
        return;
    }
    if (bare && !ref->force_query && ref->query.len == 0) {
        url.query = base->query;
        if (ref->fragment.len == 0) {
            url.fragment = base->fragment;
            url.raw_fragment = base->raw_fragment;
        }
    }
    if (bare && base->opaque.len > 0) {
        url.opaque = base->opaque;
    } else {
        url.host = base->host;
        url.has_user = base->has_user;
        url.has_password = base->has_password;
        url.username = base->username;
        url.password = base->password;
        set_resolved(a, &url, base, ref);
    }
    *ret_url = url;
}
