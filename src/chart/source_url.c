#include <string.h>

#include "meshctl/base/text.h"
#include "source_internal.h"

static bool is_absolute(const char *url)
{
    return text_has_prefix(url, "http://") || text_has_prefix(url, "https://");
}

/* Where the path begins: behind scheme, host and port. */
static size_t host_end(const char *url)
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

char *source_url_resolve_dup(const char *base, const char *reference)
{
    if (strstr(reference, "://"))
        return mem_strdup(reference);
    if (reference[0] != '/')
        return source_url_join_dup(base, reference);
    AUTO_FREE char *root = mem_strndup(base, host_end(base));
    return source_url_join_dup(root, reference + 1);
}

char *source_url_public_dup(const char *url)
{
    if (!is_absolute(url))
        return mem_strdup(url);
    size_t scheme = (size_t)(strstr(url, "://") + 3 - url);
    size_t end = host_end(url);
    const char *at = memrchr(url + scheme, '@', end - scheme);
    size_t path = strcspn(url, "?#");
    size_t host = at ? (size_t)(at + 1 - url) : scheme;
    return mem_printf("%.*s%.*s", (int)scheme, url, (int)(path - host), url + host);
}
