/* URLs of charts: resolved, shown without credentials. */
#include <string.h>

#include "internal.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/url.h"

bool source_url_is_http(const char *url)
{
    return text_has_prefix(url, "http://") || text_has_prefix(url, "https://");
}

size_t source_url_host_end(const char *url)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    return (size_t)(host - url) + strcspn(host, "/?#");
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
    AUTO_FREE char *shown = source_url_public_dup(text);
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

/* "user:pa/ss@host" reads as host "user" with port "pa". */
static bool has_port_of_letters(const char *host, size_t len)
{
    const char *colon = memrchr(host, ':', len);
    const char *end = host + len;
    if (!colon || host[0] == '[')
        return false;
    while (++colon < end)
        if (*colon < '0' || *colon > '9')
            return true;
    return false;
}

char *source_url_public_dup(const char *url)
{
    if (!strstr(url, "://"))
        return mem_strdup(url);
    size_t scheme = (size_t)(strstr(url, "://") + 3 - url);
    size_t end = source_url_host_end(url);
    const char *at = memrchr(url + scheme, '@', end - scheme);
    if (!at && has_port_of_letters(url + scheme, end - scheme))
        at = strrchr(url + scheme, '@');
    const char *host = at ? at + 1 : url + scheme;
    return mem_printf("%.*s%.*s", (int)scheme, url, (int)strcspn(host, "?#"), host);
}
