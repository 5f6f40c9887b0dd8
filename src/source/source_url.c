/* URLs of charts: joined, resolved, shown without credentials. */
#include <string.h>

#include "internal.h"
#include "meshctl/base/text.h"

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

char *source_url_join_dup(const char *url, const char *name)
{
    size_t path = strcspn(url, "?#");
    size_t query = url[path] == '?' ? strcspn(url + path, "#") : 0;
    size_t end = path;
    while (end && url[end - 1] == '/')
        end--;
    return mem_printf("%.*s/%s%.*s", (int)end, url, name, (int)query, url + path);
}

/* chartrepo.go ResolveReferenceURL: the query is the base's, the reference's own is dropped. */
char *source_url_resolve_dup(const char *base, const char *reference)
{
    if (strstr(reference, "://"))
        return mem_strdup(reference);
    AUTO_FREE char *path = mem_strndup(reference, strcspn(reference, "?#"));
    size_t scheme = strcspn(base, ":"), root = source_url_host_end(base);
    size_t query = strcspn(base, "?#");
    size_t query_len = base[query] == '?' ? strcspn(base + query, "#") : 0;
    if (path[0] == '/' && path[1] == '/')
        return mem_printf("%.*s:%s%.*s", (int)scheme, base, path, (int)query_len, base + query);
    if (path[0] == '/')
        return mem_printf("%.*s%s%.*s", (int)root, base, path, (int)query_len, base + query);
    return source_url_join_dup(base, path);
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
