/* Reads the files of a kubeconfig and merges their entries. */
#include "config_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "meshctl/kube/kubeconfig.h"

static const struct {
    const char *list, *inner;
} lists[] = {
    [CONFIG_CLUSTERS] = {"clusters", "cluster"},
    [CONFIG_USERS] = {"users", "user"},
    [CONFIG_CONTEXTS] = {"contexts", "context"},
};

static void wipe(json_t *value)
{
    json_t *child;
    if (json_is_string(value))
        mem_wipe((char *)json_string_value(value), json_string_length(value));
    size_t i;
    json_array_foreach(value, i, child)
        wipe(child);
    const char *key;
    json_object_foreach(value, key, child)
        wipe(child);
}

static void file_release(struct config_file *f)
{
    free(f->path);
    free(f->dir);
    buf_release_secret(&f->text);
    wipe(f->value);
    json_decref(f->value);
}

void config_files_release(struct config_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        file_release(&files->items[i]);
    free(files->items);
    free(files->names);
    *files = (struct config_files){0};
}

static int shape_fail(const struct config_file *f, struct error **err, const char *list,
                      const char *index, const char *key, const char *what)
{
    error_set(err, ERROR_INPUT, "%s is no kubeconfig: %s", f->path, what);
    size_t line = 0, column = 0;
    if (yaml_locate(f->text.data, f->text.len, &line, &column, list, index, key, NULL))
        return error_where(err, "%s:%zu:%zu", f->path, line, column);
    return error_where(err, "%s", f->path);
}

static bool is_or_null(const json_t *value, json_type type)
{
    return !value || json_is_null(value) || json_typeof(value) == type;
}

/* Names in one list are unique (client-go api/v1/conversion.go). */
static int check_item(const struct config_file *f, enum config_list list, size_t i, json_t *names,
                      struct error **err)
{
    char index[24];
    snprintf(index, sizeof(index), "%zu", i);
    const char *list_name = lists[list].list, *inner = lists[list].inner;
    const json_t *item = json_array_get(json_object_get(f->value, list_name), i);
    if (!json_is_object(item))
        return shape_fail(f, err, list_name, index, NULL, "an entry of a list is no mapping");
    const json_t *name = json_object_get(item, "name");
    if (!is_or_null(name, JSON_STRING))
        return shape_fail(f, err, list_name, index, "name", "a name is no string");
    if (!is_or_null(json_object_get(item, inner), JSON_OBJECT))
        return shape_fail(f, err, list_name, index, inner, "an entry of a list is no mapping");
    const char *text = json_is_string(name) ? json_string_value(name) : "";
    if (json_object_get(names, text))
        return shape_fail(f, err, list_name, index, "name", "two entries of a list have one name");
    json_object_set_new(names, text, json_true());
    return 0;
}

static int check_list(const struct config_file *f, enum config_list list, struct error **err)
{
    const json_t *value = json_object_get(f->value, lists[list].list);
    if (!is_or_null(value, JSON_ARRAY))
        return shape_fail(f, err, lists[list].list, NULL, NULL, "what should be a list is none");
    json_auto_t *names = json_object(); /* a set */
    for (size_t i = 0; i < json_array_size(value); i++)
        if (check_item(f, list, i, names, err) < 0)
            return -1;
    return 0;
}

static int check_constant(const struct config_file *f, const char *key, const char *wanted,
                          struct error **err)
{
    const json_t *value = json_object_get(f->value, key);
    const char *text = json_string_value(value);
    if (is_or_null(value, JSON_STRING) && (!text || !text[0] || strcmp(text, wanted) == 0))
        return 0;
    AUTO_BUF what = BUF_INIT;
    buf_appendf(&what, "its %s is \"", key);
    text_append_clean(&what, text ? text : "?", text ? strlen(text) : 1);
    buf_appendf(&what, "\", not \"%s\"", wanted);
    return shape_fail(f, err, key, NULL, NULL, buf_str(&what));
}

static int check_shape(const struct config_file *f, struct error **err)
{
    if (!json_is_object(f->value))
        return shape_fail(f, err, NULL, NULL, NULL, "it holds no mapping");
    if (check_constant(f, "apiVersion", "v1", err) < 0 ||
        check_constant(f, "kind", "Config", err) < 0)
        return -1;
    if (!is_or_null(json_object_get(f->value, "current-context"), JSON_STRING))
        return shape_fail(f, err, "current-context", NULL, NULL, "current-context is no string");
    for (size_t i = 0; i < MC_ARRAY_LEN(lists); i++)
        if (check_list(f, (enum config_list)i, err) < 0)
            return -1;
    return 0;
}

static int absolute_dir(struct config_file *f, struct error **err)
{
    AUTO_FREE char *dir = fs_dirname_dup(f->path);
    if (dir[0] == '/') {
        f->dir = mem_strdup(dir);
        return 0;
    }
    AUTO_FREE char *here = getcwd(NULL, 0);
    if (!here)
        return error_set(err, ERROR_INPUT, "the current folder has no path");
    f->dir = strcmp(dir, ".") == 0 ? mem_strdup(here) : fs_join_dup(here, dir);
    return 0;
}

/* Reads one file into the next slot. */
static int load_file(struct config_files *files, const char *path, struct error **err)
{
    struct config_file *f = &files->items[files->count];
    *f = (struct config_file){.text = BUF_INIT_MAX(KUBECONFIG_MAX_BYTES)};
    if (fs_read(path, KUBECONFIG_MAX_BYTES, &f->text, err) < 0) {
        buf_release_secret(&f->text);
        return -1;
    }
    files->count++;
    f->path = mem_strdup(path);
    if (absolute_dir(f, err) < 0 ||
        yaml_read(buf_str(&f->text), f->text.len, path, 0, &f->value, err) < 0)
        return -1;
    if (json_is_null(f->value)) { /* empty, or comments only */
        json_decref(f->value);
        f->value = json_object();
    }
    return check_shape(f, err);
}

/* clientcmd.NewDefaultClientConfigLoadingRules. */
static int default_paths(struct strlist *out, struct error **err)
{
    const char *list = getenv("KUBECONFIG");
    const char *home = getenv("HOME");
    AUTO_STRLIST all = STRLIST_INIT;
    if (list && list[0])
        strlist_split(&all, list, ':');
    else if (home && home[0])
        strlist_add_take(&all, fs_join_dup(home, ".kube/config"));
    for (size_t i = 0; i < all.count; i++)
        if (all.items[i][0] && !strlist_has(out, all.items[i]))
            strlist_add(out, all.items[i]);
    if (out->count > CONFIG_MAX_FILES)
        return error_set(err, ERROR_INPUT, "KUBECONFIG names more than %d files", CONFIG_MAX_FILES);
    return 0;
}

static int load_list(struct config_files *files, const struct strlist *paths, bool skip_missing,
                     struct error **err)
{
    files->items = mem_array(paths->count, sizeof(*files->items));
    AUTO_STRLIST found = STRLIST_INIT;
    for (size_t i = 0; i < paths->count; i++) {
        size_t before = files->count;
        if (load_file(files, paths->items[i], err) == 0) {
            strlist_add(&found, paths->items[i]);
            continue;
        }
        bool missing = files->count == before && (*err)->kind == ERROR_NOT_FOUND;
        if (!missing || !skip_missing)
            return error_wrap(err, "kubeconfig");
        error_clear(err);
    }
    files->names = strlist_join_dup(&found, ", ");
    return 0;
}

int config_files_load(const char *path, struct config_files *ret_files, struct error **err)
{
    AUTO_STRLIST paths = STRLIST_INIT;
    if (path)
        strlist_add(&paths, path);
    else if (default_paths(&paths, err) < 0)
        return -1;
    AUTO_CONFIG_FILES files = {0};
    if (load_list(&files, &paths, path == NULL, err) < 0)
        return -1;
    if (files.count == 0) {
        AUTO_FREE char *tried = strlist_join_dup(&paths, ", ");
        error_set(err, ERROR_NOT_FOUND, "there is no kubeconfig: %s",
                  paths.count ? tried : "neither KUBECONFIG nor HOME is set");
        return error_hint(err, "name a kubeconfig, or set KUBECONFIG to its path");
    }
    *ret_files = files;
    files = (struct config_files){0};
    return 0;
}

const char *config_current_context(const struct config_files *files,
                                   const struct config_file **ret_file)
{
    for (size_t i = 0; i < files->count; i++) {
        const char *name = json_dig_str(files->items[i].value, "current-context", NULL);
        if (name && name[0]) {
            *ret_file = &files->items[i];
            return name;
        }
    }
    return NULL;
}

static const char *item_name(const json_t *item)
{
    const char *name = json_string_value(json_object_get(item, "name"));
    return name ? name : "";
}

bool config_find(const struct config_files *files, enum config_list list, const char *name,
                 struct config_entry *ret_entry)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct config_file *f = &files->items[i];
        size_t j;
        const json_t *item;
        json_array_foreach(json_object_get(f->value, lists[list].list), j, item) {
            if (strcmp(item_name(item), name) != 0)
                continue;
            const json_t *inner = json_object_get(item, lists[list].inner);
            *ret_entry = (struct config_entry){.file = f,
                                               .list = list,
                                               .name = item_name(item),
                                               .value = json_is_object(inner) ? inner : NULL};
            snprintf(ret_entry->index, sizeof(ret_entry->index), "%zu", j);
            return true;
        }
    }
    return false;
}

void config_names(const struct config_files *files, enum config_list list, struct strlist *out)
{
    for (size_t i = 0; i < files->count; i++) {
        size_t j;
        const json_t *item;
        json_array_foreach(json_object_get(files->items[i].value, lists[list].list), j, item) {
            if (out->count == CONFIG_MAX_NAMES)
                return;
            if (!strlist_has(out, item_name(item)))
                strlist_add(out, item_name(item));
        }
    }
}

int config_place(const struct config_entry *e, const char *field, const char *sub,
                 struct error **err)
{
    const struct config_file *f = e->file;
    const char *path[4] = {lists[e->list].inner};
    size_t depth = 1;
    const char *steps[] = {e->below, field, sub};
    for (size_t i = 0; i < MC_ARRAY_LEN(steps); i++)
        if (steps[i])
            path[depth++] = steps[i];
    /* A field that is missing is shown by what should hold it. */
    for (;; depth--) {
        size_t line = 0, column = 0;
        const char *p[4];
        for (size_t i = 0; i < MC_ARRAY_LEN(p); i++)
            p[i] = i < depth ? path[i] : NULL;
        if (yaml_locate(f->text.data, f->text.len, &line, &column, lists[e->list].list, e->index,
                        p[0], p[1], p[2], p[3], NULL))
            return error_where(err, "%s:%zu:%zu", f->path, line, column);
        if (depth == 0)
            return error_where(err, "%s", f->path);
    }
}

int config_fail(const struct config_entry *e, const char *field, const char *sub,
                struct error **err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *message = mem_vprintf(fmt, ap);
    va_end(ap);
    AUTO_FREE char *whole =
        mem_printf("%s \"%s\" of %s: %s", lists[e->list].inner, e->name, e->file->path, message);
    AUTO_BUF clean = BUF_INIT;
    text_append_clean(&clean, whole, strlen(whole));
    error_set(err, ERROR_INPUT, "%s", buf_str(&clean));
    return config_place(e, field, sub, err);
}

int config_file_fail(const struct config_entry *e, const char *field, struct error **err)
{
    AUTO_ERROR struct error *why = *err;
    *err = NULL;
    (void)config_fail(e, field, NULL, err, "%s: %s", field, why->message);
    /* A file that is not read is bad input, unless it was a pipe that one would have to wait for. */
    if (why->kind == ERROR_CANCELLED || why->kind == ERROR_TIMEOUT)
        (*err)->kind = why->kind;
    return why->hint ? error_hint(err, "%s", why->hint) : -1;
}
