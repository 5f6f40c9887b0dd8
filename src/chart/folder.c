#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ignore.h"
#include "loader.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/strlist.h"
#include "names.h"

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

static int add_file(struct walk *w, DIR *dir, const char *path, const char *name,
                    const struct stat *st, struct error **err)
{
    if (!S_ISREG(st->st_mode))
        return error_set(err, ERROR_INPUT,
                         "cannot load irregular file %s as it has file mode type bits set", path);
    if (st->st_size > (off_t)CHART_MAX_FILE) {
        AUTO_FREE char *quoted = name_quoted_dup(name_base(name));
        return error_set(err, ERROR_INPUT, "chart file %s is larger than the maximum file size %zu",
                         quoted, CHART_MAX_FILE);
    }
    AUTO_BUF data = BUF_INIT_MAX(CHART_MAX_FILE);
    if (fs_read_at(dirfd(dir), name_base(name), path, st, CHART_MAX_FILE, &data, err))
        return error_wrap(err, "error reading %s", name);
    if (load_budget_take(w->budget, data.len, err))
        return -1;
    size_t len;
    char *bytes = buf_detach(&data, &len);
    file_list_add_take(w->out, mem_strdup(name), bytes, len);
    return 0;
}

static void list_names(DIR *dir, struct strlist *names)
{
    const struct dirent *entry;
    while ((entry = readdir(dir)) && names->count <= CHART_MAX_FILES)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            strlist_add(names, entry->d_name);
    strlist_sort(names);
}

/* `name` is relative to the chart's folder, "" for that itself. Symbolic links are followed, as
 * helm's internal/sympath does. */
static int walk_folder(struct walk *w, const char *path, const char *name, struct error **err)
{
    if (++w->depth > LOADER_MAX_FOLDER_DEPTH)
        return error_set(err, ERROR_INPUT, "%s: folders are nested more than %d deep", path,
                         LOADER_MAX_FOLDER_DEPTH);
    AUTO_STRLIST names = STRLIST_INIT;
    AUTO_DIR *dir = opendir(path);
    if (!dir)
        return error_errno(err, ERROR_INPUT, errno, "open %s", path);
    list_names(dir, &names);
    for (size_t i = 0; i < names.count; i++) {
        AUTO_FREE char *inner_path = fs_join_dup(path, names.items[i]);
        AUTO_FREE char *inner =
            name[0] ? fs_join_dup(name, names.items[i]) : mem_strdup(names.items[i]);
        struct stat st;
        if (fstatat(dirfd(dir), names.items[i], &st, 0))
            return error_errno(err, ERROR_INPUT, errno, "error evaluating symlink %s", inner_path);
        bool is_dir = S_ISDIR(st.st_mode);
        if (ignore_matches(w->rules, inner, is_dir))
            continue;
        if (is_dir ? walk_folder(w, inner_path, inner, err)
                   : add_file(w, dir, inner_path, inner, &st, err))
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
