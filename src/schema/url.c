/* URLs of documents: joined, escaped, cut at the fragment. */
#include <string.h>

#include "internal.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/strings.h"
#include "meshctl/golang/url.h"

/* A URL's text in pieces; nothing is decoded. */
struct pieces {
    struct schema_text scheme, authority, path, query; /* query with its '?' */
    bool has_authority;
    bool is_opaque; /* "urn:x": the path is what is behind the scheme */
};

static struct schema_text piece(const char *s, size_t len)
{
    return (struct schema_text){s, len};
}

static size_t scheme_length(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    bool letter = (s[0] | 0x20) >= 'a' && (s[0] | 0x20) <= 'z';
    return letter && s[n] == ':' ? n : 0;
}

/* net/url parse, for a text that gourl_parse takes. */
static struct pieces take_apart(const char *s)
{
    struct pieces p = {{"", 0}, {"", 0}, {"", 0}, {"", 0}, false, false};
    size_t n = scheme_length(s);
    if (n) {
        p.scheme = piece(s, n);
        s += n + 1;
    }
    size_t end = strcspn(s, "?");
    p.query = piece(s + end, strlen(s + end));
    if (n && s[0] != '/') {
        p.is_opaque = true;
    } else if (end >= 2 && s[0] == '/' && s[1] == '/' && (n || s[2] != '/')) {
        size_t len = strcspn(s + 2, "/?");
        p.has_authority = true;
        p.authority = piece(s + 2, len);
        s += 2 + len;
        end -= 2 + len;
    }
    p.path = piece(s, end);
    return p;
}

/* One element of a path behind what was written of it (net/url resolvePath). */
static void walk(struct buf *out, const char *element, size_t len, bool *first)
{
    if (len == 1 && element[0] == '.') {
        *first = false;
    } else if (len == 2 && element[0] == '.' && element[1] == '.') {
        const char *written = buf_str(out) + 1;
        const char *slash = strrchr(written, '/');
        *first = slash == NULL;
        buf_truncate(out, slash ? (size_t)(slash - buf_str(out)) : 1);
    } else {
        if (!*first)
            buf_appendc(out, '/');
        buf_append(out, element, len);
        *first = false;
    }
}

/* `ref` against the last folder of `base`, without "." and ".." elements. */
static void resolve_path(struct buf *out, struct schema_text base, struct schema_text ref)
{
    AUTO_BUF full = BUF_INIT, path = BUF_INIT;
    size_t folder = base.len;
    while (folder && base.data[folder - 1] != '/')
        folder--;
    if (!ref.len)
        buf_append(&full, base.data, base.len);
    else if (ref.data[0] != '/')
        buf_append(&full, base.data, folder);
    buf_append(&full, ref.data, ref.len);
    if (!full.len)
        return;
    bool first = true, dots;
    buf_appendc(&path, '/');
    for (const char *s = buf_str(&full);; s++) {
        size_t len = strcspn(s, "/");
        walk(&path, s, len, &first);
        dots = (len == 1 && s[0] == '.') || (len == 2 && s[0] == '.' && s[1] == '.');
        s += len;
        if (!*s)
            break;
    }
    if (dots)
        buf_appendc(&path, '/');
    const char *text = buf_str(&path);
    buf_appends(out, text[0] && text[1] == '/' ? text + 1 : text);
}

static void resolve(struct buf *out, const struct pieces *base, const struct pieces *ref)
{
    const struct schema_text none = {"", 0};
    const struct pieces *host = ref->scheme.len || ref->has_authority ? ref : base;
    const struct pieces *scheme = ref->scheme.len ? ref : base;
    for (size_t i = 0; i < scheme->scheme.len; i++) {
        char c = scheme->scheme.data[i];
        buf_appendc(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
    }
    buf_appends(out, scheme->scheme.len ? ":" : "");
    bool keep = host == base && !ref->path.len && !ref->query.len;
    if (ref->is_opaque || (host == base && base->is_opaque)) {
        const struct schema_text opaque = ref->is_opaque ? ref->path : base->path;
        buf_append(out, opaque.data, opaque.len);
    } else {
        if (host->has_authority) {
            buf_appends(out, "//");
            buf_append(out, host->authority.data, host->authority.len);
        }
        resolve_path(out, host == base ? base->path : ref->path, host == base ? ref->path : none);
    }
    const struct schema_text query = keep ? base->query : ref->query;
    buf_append(out, query.data, query.len);
}

static int quoted_error(struct error **err, const char *url)
{
    AUTO_FREE char *quoted = name_quoted_dup(url);
    return error_wrap(err, "error in parsing %s", quoted);
}

static int check_url(struct arena *a, const char *url, struct error **err)
{
    struct gourl parsed;
    if (gourl_parse(a, (struct text_span){url, strlen(url)}, &parsed, err) == 0)
        return 0;
    return quoted_error(err, url);
}

const char *schema_url_strip(struct arena *a, const char *url)
{
    return arena_strndup(a, url, strcspn(url, "#"));
}

const char *schema_url_normal(struct arena *a, const char *url)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_.~$&+,/:;=@!'()*[]%?#";
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct gourl parsed;
    /* What is escaped well stays as it is. */
    if (strspn(url, plain) == strlen(url) ||
        gourl_parse(a, (struct text_span){url, strlen(url)}, &parsed, &err))
        return url;
    gourl_write(&out, &parsed);
    return arena_strndup(a, buf_str(&out), out.len);
}

int schema_url_fragment(struct arena *a, const char *ref, const char **ret_fragment,
                        struct error **err)
{
    const char *hash = strchr(ref, '#');
    if (schema_url_unescape(a, hash ? hash + 1 : "", ret_fragment, err))
        return quoted_error(err, ref);
    return 0;
}

int schema_url_join(struct arena *a, const char *base, const char *ref, const char **ret_url,
                    const char **ret_fragment, struct error **err)
{
    const char *rest = schema_url_strip(a, ref);
    if (check_url(a, base, err) || schema_url_fragment(a, ref, ret_fragment, err) ||
        check_url(a, rest, err))
        return -1;
    AUTO_BUF out = BUF_INIT;
    struct pieces from = take_apart(base), to = take_apart(rest);
    resolve(&out, &from, &to);
    *ret_url = schema_url_normal(a, arena_strndup(a, buf_str(&out), out.len));
    return 0;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

int schema_url_unescape(struct arena *a, const char *text, const char **ret, struct error **err)
{
    char *out = arena_strdup(a, text), *to = out;
    for (const char *s = text; *s; s++) {
        int high = *s == '%' ? hex_digit(s[1]) : 0;
        int low = *s == '%' && high >= 0 ? hex_digit(s[2]) : 0;
        if (high < 0 || low < 0) {
            AUTO_BUF quoted = BUF_INIT;
            name_append_quoted(&quoted, s, strnlen(s, 3));
            return error_set(err, ERROR_INPUT, "invalid URL escape %s", buf_str(&quoted));
        }
        *to++ = *s == '%' ? (char)(high * 16 + low) : *s;
        s += *s == '%' ? 2 : 0;
    }
    *to = '\0';
    *ret = out;
    return 0;
}

void schema_url_escape(struct buf *out, const char *path)
{
    for (const char *s = path; *s; s++) {
        bool plain = (*s >= '0' && *s <= '9') || ((*s | 0x20) >= 'a' && (*s | 0x20) <= 'z') ||
                     strchr("-_.~$&+:=@/", *s);
        if (plain)
            buf_appendc(out, *s);
        else
            buf_appendf(out, "%%%02X", (unsigned char)*s);
    }
}
