/* URLs of charts: resolved, shown without credentials. */
#include <string.h>

#include "internal.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/server_url.h"
#include "meshctl/golang/url.h"

bool source_url_is_http(const char *url)
{
    return text_has_prefix(url, "http://") || text_has_prefix(url, "https://");
}

static struct text_span as_folder(struct arena *a, struct text_span path)
{
    if (path.len > 0 && path.data[path.len - 1] == '/')
        return path;
    char *folder = arena_alloc(a, path.len + 1);
    memcpy(folder, path.data, path.len);
    folder[path.len] = '/';
    return (struct text_span){folder, path.len + 1};
}

/* net/url quotes the URL in its error, credentials too. */
static int parse_url(struct arena *a, const char *text, struct gourl *ret_url, struct error **err)
{
    AUTO_ERROR struct error *unshown = NULL;
    if (gourl_parse(a, (struct text_span){text, strlen(text)}, ret_url, &unshown) == 0)
        return 0;
    AUTO_FREE char *shown = url_public_dup(text);
    return error_set(err, ERROR_INPUT, "failed to parse %s as URL", shown);
}

/* chartrepo.go ResolveReferenceURL. */
int source_url_resolve(const char *base, const char *reference, char **ret_url, struct error **err)
{
    AUTO_ARENA *a = arena_new();
    AUTO_BUF out = BUF_INIT;
    struct gourl from, to, url;
    if (parse_url(a, reference, &to, err) < 0)
        return -1;
    if (to.scheme.len > 0) {
        *ret_url = mem_strdup(reference);
        return 0;
    }
    if (parse_url(a, base, &from, err) < 0)
        return -1;
    from.path = as_folder(a, from.path);
    from.raw_path = as_folder(a, from.raw_path);
    gourl_resolve(a, &from, &to, &url);
    url.query = from.query;
    gourl_write(&out, &url);
    *ret_url = buf_detach(&out, NULL);
    return 0;
}
