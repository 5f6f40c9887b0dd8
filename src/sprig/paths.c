/* Paths, and URLs as maps. */
#include <string.h>

#include "meshctl/golang/url.h"
#include "util.h"

/* Go's path.Clean: the shortest path that means the same, by text alone. */
static void clean(struct buf *out, struct tval_string p)
{
    bool rooted = p.len > 0 && p.data[0] == '/';
    size_t floor = rooted ? 1 : 0; /* what ".." may not go back over */
    size_t at = floor;
    if (rooted)
        buf_appendc(out, '/');
    while (at < p.len) {
        const char *slash = memchr(p.data + at, '/', p.len - at);
        size_t len = (slash ? (size_t)(slash - p.data) : p.len) - at;
        const char *element = p.data + at;
        at += len + 1;
        bool up = len == 2 && element[0] == '.' && element[1] == '.';
        if (len == 0 || (len == 1 && element[0] == '.') || (up && rooted && out->len == floor))
            continue;
        if (up && out->len > floor) {
            size_t back = out->len - 1;
            while (back > floor && out->data[back] != '/')
                back--;
            buf_truncate(out, back);
            continue;
        }
        if (out->len > (rooted ? 1U : 0U))
            buf_appendc(out, '/');
        buf_append(out, element, len);
        if (up)
            floor = out->len;
    }
    if (out->len == 0)
        buf_appendc(out, '.');
}

static int paths_clean(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    (void)argc;
    clean(&out, args[0].s);
    return result_buf(call, &out, ret, err);
}

static int paths_dir(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                     struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    const struct tval_string p = args[0].s;
    const char *slash = p.len > 0 ? memrchr(p.data, '/', p.len) : NULL;
    struct tval_string head = {p.data, slash ? (size_t)(slash - p.data) + 1 : 0};
    (void)argc;
    clean(&out, head);
    return result_buf(call, &out, ret, err);
}

static int paths_base(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    struct tval_string p = args[0].s;
    (void)argc, (void)err;
    if (p.len == 0) {
        *ret = tval_cstring(call->a, ".");
        return 0;
    }
    while (p.len > 0 && p.data[p.len - 1] == '/')
        p.len--;
    const char *slash = p.len > 0 ? memrchr(p.data, '/', p.len) : NULL;
    size_t from = slash ? (size_t)(slash - p.data) + 1 : 0;
    *ret = p.len > from ? tval_string(call->a, p.data + from, p.len - from)
                        : tval_cstring(call->a, "/");
    return 0;
}

static int paths_ext(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                     struct error **err)
{
    const struct tval_string p = args[0].s;
    (void)argc, (void)err;
    *ret = tval_cstring(call->a, "");
    for (size_t at = p.len; at > 0 && p.data[at - 1] != '/'; at--) {
        if (p.data[at - 1] != '.')
            continue;
        *ret = tval_string(call->a, p.data + at - 1, p.len - at + 1);
        break;
    }
    return 0;
}

static int paths_is_abs(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    (void)call, (void)argc, (void)err;
    *ret = tval_bool(args[0].s.len > 0 && args[0].s.data[0] == '/');
    return 0;
}

/* ---- URLs (sprig url.go) ---- */

static struct text_span span_of(struct tval string)
{
    return (struct text_span){string.s.data, string.s.len};
}

static void put(struct tcall *call, struct tmap *m, const char *key, struct text_span value)
{
    tmap_set(call->a, m, key, strlen(key), tval_string(call->a, value.data, value.len));
}

static int paths_url_parse(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err)
{
    AUTO_BUF user = BUF_INIT;
    struct gourl url;
    (void)argc;
    if (gourl_parse(call->a, span_of(args[0]), &url, err) < 0)
        return error_wrap(err, "unable to parse url");
    gourl_write_user(&user, &url);
    *ret = tval_map(call->a);
    put(call, ret->map, "scheme", url.scheme);
    put(call, ret->map, "host", url.host);
    put(call, ret->map, "hostname", gourl_hostname(&url));
    put(call, ret->map, "path", url.path);
    put(call, ret->map, "query", url.query);
    put(call, ret->map, "opaque", url.opaque);
    put(call, ret->map, "fragment", url.fragment);
    put(call, ret->map, "userinfo", (struct text_span){buf_str(&user), user.len});
    return 0;
}

static int get_text(const struct tmap *m, const char *key, struct text_span *ret,
                    struct error **err)
{
    const struct tval *v = tmap_get(m, key, strlen(key));
    *ret = (struct text_span){"", 0};
    if (!v)
        return 0;
    if (value_is_nil(*v))
        return error_nil_dereference(err);
    if (v->kind != TVAL_STRING)
        return error_set(err, ERROR_INPUT,
                         "unable to parse %s key, must be of type string, but %s found", key,
                         tval_go_kind(*v));
    *ret = span_of(*v);
    return 0;
}

static int set_user(struct tcall *call, struct text_span userinfo, struct gourl *url,
                    struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    struct gourl parsed;
    if (userinfo.len == 0)
        return 0;
    buf_appends(&text, "proto://");
    buf_append(&text, userinfo.data, userinfo.len);
    buf_appends(&text, "@host");
    struct tval whole = tval_string(call->a, buf_str(&text), text.len);
    if (gourl_parse(call->a, span_of(whole), &parsed, err) < 0)
        return error_wrap(err, "unable to parse userinfo in dict");
    url->username = parsed.username;
    url->password = parsed.password;
    url->has_user = parsed.has_user;
    url->has_password = parsed.has_password;
    return 0;
}

static int paths_url_join(struct tcall *call, const struct tval *args, size_t argc,
                          struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    struct gourl url = {.has_user = false};
    struct text_span userinfo;
    const struct tmap *m = args[0].map;
    (void)argc;
    if (get_text(m, "scheme", &url.scheme, err) < 0 || get_text(m, "host", &url.host, err) < 0 ||
        get_text(m, "path", &url.path, err) < 0 || get_text(m, "query", &url.query, err) < 0 ||
        get_text(m, "opaque", &url.opaque, err) < 0 ||
        get_text(m, "fragment", &url.fragment, err) < 0 ||
        get_text(m, "userinfo", &userinfo, err) < 0)
        return -1;
    if (set_user(call, userinfo, &url, err) < 0)
        return -1;
    gourl_write(&out, &url);
    return result_buf(call, &out, ret, err);
}

const struct tfunc tfunc_paths[] = {
    {"base", "s", paths_base},
    {"clean", "s", paths_clean},
    {"dir", "s", paths_dir},
    {"ext", "s", paths_ext},
    {"isAbs", "s", paths_is_abs},
    {"osBase", "s", paths_base},
    {"osClean", "s", paths_clean},
    {"osDir", "s", paths_dir},
    {"osExt", "s", paths_ext},
    {"osIsAbs", "s", paths_is_abs},
    {"urlJoin", "m", paths_url_join},
    {"urlParse", "s", paths_url_parse},
    {NULL, NULL, NULL},
};
