/* Paths, and URLs as maps. */
#include <string.h>

#include "meshctl/golang/path.h"
#include "meshctl/golang/url.h"
#include "util.h"

static int paths_clean(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    (void)argc;
    gopath_clean(&out, args[0].s.data, args[0].s.len);
    return result_buf(call, &out, ret, err);
}

static int paths_dir(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                     struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    (void)argc;
    gopath_dir(&out, args[0].s.data, args[0].s.len);
    return result_buf(call, &out, ret, err);
}

static int paths_base(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    struct text_span base = gopath_base(args[0].s.data, args[0].s.len);
    (void)argc, (void)err;
    *ret = tval_string(call->a, base.data, base.len);
    return 0;
}

static int paths_ext(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                     struct error **err)
{
    const struct tval_string p = args[0].s;
    const char *ext = gopath_ext(p.data, p.len);
    (void)argc, (void)err;
    *ret = tval_string(call->a, ext, (size_t)(p.data + p.len - ext));
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
