/* URLs of documents: joined, escaped, cut at the fragment (jsonschema's util.go). */
#include <string.h>

#include "internal.h"
#include "meshctl/golang/strconv.h"

static int quoted_error(struct error **err, const char *url)
{
    AUTO_FREE char *quoted = goquote_dup(url);
    return error_wrap(err, "error in parsing %s", quoted);
}

static int parse_url(struct arena *a, const char *url, struct gourl *ret, struct error **err)
{
    if (gourl_parse(a, (struct text_span){url, strlen(url)}, ret, err) < 0)
        return quoted_error(err, url);
    return 0;
}

const char *schema_url_write(struct arena *a, const struct gourl *url)
{
    AUTO_BUF out = BUF_INIT;
    gourl_write(&out, url);
    return arena_strndup(a, buf_str(&out), out.len);
}

const char *schema_url_strip(struct arena *a, const char *url)
{
    return arena_strndup(a, url, strcspn(url, "#"));
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
    struct gourl from, to, joined;
    const char *rest = schema_url_strip(a, ref);
    if (parse_url(a, base, &from, err) || schema_url_fragment(a, ref, ret_fragment, err) ||
        parse_url(a, rest, &to, err))
        return -1;
    gourl_resolve(a, &from, &to, &joined);
    if (to.scheme.len == 0 && from.opaque.len > 0)
        joined.opaque = from.opaque;
    *ret_url = schema_url_write(a, &joined);
    return 0;
}

int schema_url_unescape(struct arena *a, const char *text, const char **ret, struct error **err)
{
    struct text_span decoded;
    if (gourl_path_unescape(a, (struct text_span){text, strlen(text)}, &decoded, err) < 0)
        return -1;
    *ret = arena_strndup(a, decoded.data, decoded.len);
    return 0;
}

void schema_url_escape(struct buf *out, const char *path)
{
    for (const char *s = path;; s++) {
        size_t len = strcspn(s, "/");
        gourl_path_escape(out, s, len);
        s += len;
        if (!*s)
            break;
        buf_appendc(out, '/');
    }
}
