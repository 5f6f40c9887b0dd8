/* Archives by their digest in a folder that several runs share. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/log.h"
#include "meshctl/base/text.h"
#include "meshctl/pki/digest.h"

#define DIGEST_LEN 64
/* A temporary file that old was left by a run that died. */
#define STALE_S ((time_t)24 * 3600)

/* A digest comes from a repository and becomes a file's name. */
static bool is_digest(const char *digest)
{
    return strlen(digest) == DIGEST_LEN && strspn(digest, "0123456789abcdef") == DIGEST_LEN;
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
    if (!fs_exists(path) || fs_read(path, CHART_MAX_TOTAL, out, &ignored)) {
        buf_clear(out);
        return false;
    }
    AUTO_FREE char *found = pki_digest_dup("SHA256", buf_str(out), out->len);
    if (strcmp(found, digest) == 0) {
        /* Used now: the sweep takes what was not. */
        (void)utimensat(AT_FDCWD, path, NULL, 0);
        return true;
    }
    log_at(1, "cache: %s is damaged and fetched anew", path);
    buf_clear(out);
    return false;
}

/* --- the sweep --- */

struct cached {
    char *path;
    off_t size;
    struct timespec used;
};

struct cached_list {
    struct cached *items;
    size_t count, cap;
    off_t bytes;
};

static void release_list(struct cached_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].path);
    free(list->items);
}

/* Only what is named as we name it: DIGEST.tgz, and DIGEST.tgz.XXXXXX while it is written. */
static bool is_ours(const char *file, bool *ret_temporary)
{
    AUTO_FREE char *digest = mem_strndup(file, strnlen(file, DIGEST_LEN));
    *ret_temporary = false;
    if (!is_digest(digest) || !text_has_prefix(file + DIGEST_LEN, ".tgz"))
        return false;
    const char *rest = file + DIGEST_LEN + strlen(".tgz");
    *ret_temporary = rest[0] == '.';
    return !rest[0] || rest[0] == '.';
}

static void add_file(struct cached_list *list, const char *dir, const char *file)
{
    struct stat st;
    bool temporary;
    AUTO_FREE char *path = fs_join_dup(dir, file);
    if (!is_ours(file, &temporary) || lstat(path, &st) || !S_ISREG(st.st_mode))
        return;
    if (temporary) {
        if (time(NULL) - st.st_mtim.tv_sec > STALE_S)
            (void)unlink(path);
        return;
    }
    list->items = mem_grow(list->items, &list->cap, list->count + 1, sizeof(*list->items));
    list->items[list->count++] = (struct cached){TAKE(path), st.st_size, st.st_mtim};
    list->bytes += st.st_size;
}

static int compare_used(const void *a, const void *b)
{
    const struct cached *x = a, *y = b;
    if (x->used.tv_sec != y->used.tv_sec)
        return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
    if (x->used.tv_nsec != y->used.tv_nsec)
        return x->used.tv_nsec < y->used.tv_nsec ? -1 : 1;
    return strcmp(x->path, y->path);
}

/* Another run may do the same at this moment: a file that has gone already is fine, and one that
 * it has open stays readable to it. */
static void sweep(const char *dir)
{
    MC_CLEANUP(release_list) struct cached_list list = {0};
    const struct dirent *entry;
    DIR *d = opendir(dir);
    if (!d)
        return;
    while ((entry = readdir(d)))
        add_file(&list, dir, entry->d_name);
    closedir(d);
    if (list.count)
        qsort(list.items, list.count, sizeof(*list.items), compare_used);
    size_t left = list.count;
    for (size_t i = 0; left > SOURCE_CACHE_MAX_FILES || list.bytes > SOURCE_CACHE_MAX_BYTES;
         i++, left--) {
        list.bytes -= list.items[i].size;
        (void)unlink(list.items[i].path);
    }
}

void source_cache_put(const char *dir, const char *digest, const void *data, size_t len)
{
    if (!dir || !digest || !is_digest(digest))
        return;
    AUTO_FREE char *path = path_dup(dir, digest);
    AUTO_ERROR struct error *err = NULL;
    if (fs_mkdirs(dir, 0700, &err) || fs_write(path, data, len, 0600, &err))
        log_at(1, "cache: %s", err->message);
    sweep(dir);
}
