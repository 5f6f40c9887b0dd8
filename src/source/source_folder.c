/* A folder of charts and archives as a source. */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "internal.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"

static int add_chart(struct source_list *out, const char *path, const char *name,
                     struct error **err)
{
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    if (chart_load(path, &chart, err))
        return -1;
    if (strcmp(chart->name, name) != 0) {
        error_set(err, ERROR_INPUT, "the chart is named \"%s\", not \"%s\"", chart->name, name);
        return error_where(err, "%s", path);
    }
    strlist_add(&source_list_add(out, chart->version)->places, path);
    return 0;
}

/* NAME-1.2.3.tgz: the version is what follows, when it is one. */
static void add_archives(struct source_list *out, const char *dir, const char *name)
{
    DIR *d = opendir(dir);
    if (!d)
        return;
    size_t n = strlen(name);
    const struct dirent *entry;
    while ((entry = readdir(d)) && out->count < SOURCE_MAX_CANDIDATES) {
        const char *file = entry->d_name;
        if (strncmp(file, name, n) != 0 || file[n] != '-' || !text_has_suffix(file, ".tgz"))
            continue;
        AUTO_FREE char *version = mem_strndup(file + n + 1, strlen(file) - n - 1 - strlen(".tgz"));
        AUTO_ERROR struct error *ignored = NULL;
        struct semver parsed;
        if (!semver_parse(version, &parsed, &ignored))
            strlist_add_take(&source_list_add(out, version)->places, fs_join_dup(dir, file));
    }
    closedir(d);
}

static int check_folder(const struct chart_source *s, const char *name, struct error **err)
{
    if (fs_is_dir(s->text))
        return 0;
    error_set(err, ERROR_NOT_FOUND, "the chart folder %s does not exist", s->text);
    return error_hint(err, "name a folder that holds %s/Chart.yaml, or a chart repository's URL",
                      name);
}

int source_folder_list(struct chart_source *s, const char *name, struct source_list *out,
                       struct error **err)
{
    AUTO_FREE char *folder = fs_join_dup(s->text, name);
    AUTO_FREE char *chart_yaml = fs_join_dup(folder, "Chart.yaml");
    AUTO_FREE char *archive = mem_printf("%s.tgz", folder);
    if (check_folder(s, name, err))
        return -1;
    if (fs_exists(chart_yaml) && add_chart(out, folder, name, err))
        return -1;
    add_archives(out, s->text, name);
    if (fs_exists(archive) && add_chart(out, archive, name, err))
        return -1;
    return 0;
}

/* NAME of NAME-1.2.3.tgz or NAME.tgz: a name may have parts that look like "2-web".
 * Yours to free. */
static char *archive_name_dup(const char *file)
{
    AUTO_FREE char *stem = mem_strndup(file, strlen(file) - strlen(".tgz"));
    for (const char *dash = strchr(stem, '-'); dash; dash = strchr(dash + 1, '-')) {
        AUTO_ERROR struct error *ignored = NULL;
        struct semver parsed;
        if (!semver_parse_strict(dash + 1, &parsed, &ignored))
            return mem_strndup(stem, (size_t)(dash - stem));
    }
    return TAKE(stem);
}

/* The name of the chart that an entry of the folder is, or NULL; yours to free. */
static char *chart_name_dup(const char *dir, const char *file)
{
    AUTO_FREE char *inner = mem_printf("%s/Chart.yaml", file);
    AUTO_FREE char *chart_yaml = fs_join_dup(dir, inner);
    if (file[0] == '.')
        return NULL;
    if (fs_exists(chart_yaml))
        return mem_strdup(file);
    return text_has_suffix(file, ".tgz") ? archive_name_dup(file) : NULL;
}

int source_folder_names(struct chart_source *s, struct strlist *out, struct error **err)
{
    if (check_folder(s, "istiod", err))
        return -1;
    DIR *d = opendir(s->text);
    if (!d)
        return error_errno(err, ERROR_INPUT, errno, "open %s", s->text);
    const struct dirent *entry;
    while ((entry = readdir(d)) && out->count < SOURCE_MAX_NAMES) {
        AUTO_FREE char *name = chart_name_dup(s->text, entry->d_name);
        if (name && !strlist_has(out, name))
            strlist_add_take(out, TAKE(name));
    }
    closedir(d);
    return 0;
}

int source_folder_fetch(const struct source_candidate *candidate, struct source_archive *ret,
                        struct error **err)
{
    const char *path = candidate->places.items[0];
    if (fs_is_dir(path)) {
        error_set(err, ERROR_INPUT, "%s is an unpacked chart, not an archive", path);
        return error_hint(err, "use the folder as it is: --charts takes it");
    }
    if (fs_read(path, CHART_MAX_TOTAL, &ret->data, err))
        return -1;
    ret->place = mem_strdup(path);
    return 0;
}
