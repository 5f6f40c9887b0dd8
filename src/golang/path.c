/* Go's package path. */
#include "meshctl/golang/path.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/mem.h"
#include "meshctl/base/strlist.h"

char *name_clean_dup(const char *path)
{
    bool absolute = path[0] == '/';
    AUTO_STRLIST parts = STRLIST_INIT, kept = STRLIST_INIT;
    strlist_split(&parts, path, '/');
    for (size_t i = 0; i < parts.count; i++) {
        const char *part = parts.items[i];
        if (!part[0] || strcmp(part, ".") == 0)
            continue;
        bool up = strcmp(part, "..") == 0;
        if (up && kept.count && strcmp(kept.items[kept.count - 1], "..") != 0)
            free(kept.items[--kept.count]);
        else if (!up || !absolute)
            strlist_add(&kept, part);
    }
    AUTO_FREE char *joined = strlist_join_dup(&kept, "/");
    if (!absolute && !joined[0])
        return mem_strdup(".");
    return mem_printf("%s%s", absolute ? "/" : "", joined);
}

const char *name_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *name_ext(const char *path)
{
    const char *base = name_base(path);
    const char *dot = strrchr(base, '.');
    return dot ? dot : base + strlen(base);
}
