#include <stdlib.h>
#include <string.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/log.h"
#include "meshctl/pki/digest.h"
#include "source_internal.h"

/* A digest comes from a repository and becomes a file's name. */
static bool is_digest(const char *digest)
{
    return strlen(digest) == 64 && strspn(digest, "0123456789abcdef") == 64;
}

char *source_cache_dir_dup(void)
{
    const char *base = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (base && base[0] == '/')
        return mem_printf("%s/istio-meshctl/charts", base);
    return home && home[0] == '/' ? mem_printf("%s/.cache/istio-meshctl/charts", home) : NULL;
}

static char *path_dup(const char *dir, const char *digest)
{
    return mem_printf("%s/%s.tgz", dir, digest);
}

bool source_cache_get(const char *dir, const char *digest, struct buf *out)
{
    if (!dir || !digest || !is_digest(digest))
        return false;
    AUTO_FREE char *path = path_dup(dir, digest);
    AUTO_ERROR struct error *ignored = NULL;
    if (!fs_exists(path) || fs_read(path, CHART_MAX_TOTAL, out, &ignored))
        return false;
    AUTO_FREE char *found = pki_digest_dup("SHA256", buf_str(out), out->len);
    if (strcmp(found, digest) == 0)
        return true;
    log_at(1, "cache: %s is damaged and fetched anew", path);
    buf_clear(out);
    return false;
}

void source_cache_put(const char *dir, const char *digest, const void *data, size_t len)
{
    if (!dir || !digest || !is_digest(digest))
        return;
    AUTO_FREE char *path = path_dup(dir, digest);
    AUTO_ERROR struct error *err = NULL;
    if (fs_mkdirs(dir, 0700, &err) || fs_write(path, data, len, 0600, &err))
        log_at(1, "cache: %s", err->message);
}
