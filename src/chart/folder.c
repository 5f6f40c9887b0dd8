/* The files of a folder, without those that .helmignore names. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ignore.h"
#include "loader.h"
#include "meshctl/base/budget.h"
#include "meshctl/base/fs.h"
#include "meshctl/golang/strconv.h"

struct walk {
    const struct ignore *rules;
    struct load_budget *budget;
    struct file_list *out;
    int depth;
};

static void close_folder(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}
#define AUTO_DIR MC_CLEANUP(close_folder) DIR

/* One name in a folder. */
struct entry {
    char *name;
    unsigned char type; /* DT_REG, DT_DIR or another */
};

struct entries {
    struct entry *items;
    size_t count, cap;
};

static void entries_release(struct entries *e)
{
    for (size_t i = 0; i < e->count; i++)
        free(e->items[i].name);
    free(e->items);
}

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void list_entries(DIR *dir, struct entries *out)
{
    const struct dirent *found;
    while ((found = readdir(dir)) && out->count <= CHART_MAX_FILES) {
        if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0)
            continue;
        out->items = mem_grow(out->items, &out->cap, out->count + 1, sizeof(*out->items));
        out->items[out->count++] = (struct entry){mem_strdup(found->d_name), found->d_type};
    }
    if (out->count)
        qsort(out->items, out->count, sizeof(*out->items), compare_entries);
}

/* What the folder does not tell, and where symbolic links lead: they are followed, as helm's
 * internal/sympath does. */
static int look_at(DIR *dir, struct entry *e, const char *path, struct error **err)
{
    struct stat st;
    if (e->type == DT_REG || e->type == DT_DIR)
        return 0;
    if (fstatat(dirfd(dir), e->name, &st, 0))
        return error_errno(err, ERROR_INPUT, errno, "error evaluating symlink %s", path);
    e->type = S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
    return 0;
}

static int fail_read(DIR *dir, const struct entry *e, const char *name, struct error **err)
{
    struct stat st;
    if (fstatat(dirfd(dir), e->name, &st, 0) || st.st_size <= (off_t)CHART_MAX_FILE)
        return error_wrap(err, "error reading %s", name);
    AUTO_FREE char *quoted = goquote_dup(e->name);
    error_clear(err);
    return error_set(err, ERROR_INPUT, "chart file %s is larger than the maximum file size %zu",
                     quoted, CHART_MAX_FILE);
}

static int add_file(struct walk *w, DIR *dir, const struct entry *e, const char *path,
                    const char *name, struct error **err)
{
    if (e->type != DT_REG)
        return error_set(err, ERROR_INPUT,
                         "cannot load irregular file %s as it has file mode type bits set", path);
    AUTO_BUF data = BUF_INIT_MAX(CHART_MAX_FILE);
    if (fs_read_at(dirfd(dir), e->name, path, CHART_MAX_FILE, &data, err))
        return fail_read(dir, e, name, err);
    if (load_budget_take(w->budget, data.len, err))
        return -1;
    size_t len;
    char *bytes = buf_detach(&data, &len);
    file_list_add_take(w->out, mem_strdup(name), bytes, len);
    return 0;
}

/* `name` is relative to the chart's folder, "" for that itself. */
static int walk_folder(struct walk *w, const char *path, const char *name, struct error **err)
{
    if (++w->depth > LOADER_MAX_FOLDER_DEPTH)
        return error_set(err, ERROR_INPUT, "%s: folders are nested more than %d deep", path,
                         LOADER_MAX_FOLDER_DEPTH);
    MC_CLEANUP(entries_release) struct entries entries = {0};
    AUTO_DIR *dir = opendir(path);
    if (!dir)
        return error_errno(err, ERROR_INPUT, errno, "open %s", path);
    list_entries(dir, &entries);
    for (size_t i = 0; i < entries.count; i++) {
        struct entry *e = &entries.items[i];
        if (budget_check(err) < 0)
            return -1;
        AUTO_FREE char *inner_path = fs_join_dup(path, e->name);
        AUTO_FREE char *inner = name[0] ? fs_join_dup(name, e->name) : mem_strdup(e->name);
        if (look_at(dir, e, inner_path, err))
            return -1;
        bool is_dir = e->type == DT_DIR;
        if (ignore_matches(w->rules, inner, is_dir))
            continue;
        if (is_dir ? walk_folder(w, inner_path, inner, err)
                   : add_file(w, dir, e, inner_path, inner, err))
            return -1;
    }
    w->depth--;
    return 0;
}

int folder_read(const char *path, struct load_budget *budget, struct file_list *out,
                struct error **err)
{
    AUTO_FREE char *ignore_path = fs_join_dup(path, ".helmignore");
    AUTO_BUF text = BUF_INIT;
    if (fs_exists(ignore_path) && fs_read(ignore_path, IGNORE_MAX_TEXT, &text, err))
        return -1;
    MC_CLEANUP(ignore_cleanup) struct ignore *rules = NULL;
    if (ignore_parse(buf_str(&text), text.len, &rules, err))
        return -1;
    struct walk w = {.rules = rules, .budget = budget, .out = out};
    return walk_folder(&w, path, "", err);
}
