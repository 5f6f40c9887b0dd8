#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"
#include "source_internal.h"

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

int source_folder_list(struct chart_source *s, const char *name, struct source_list *out,
                       struct error **err)
{
    AUTO_FREE char *folder = fs_join_dup(s->text, name);
    AUTO_FREE char *chart_yaml = fs_join_dup(folder, "Chart.yaml");
    AUTO_FREE char *archive = mem_printf("%s.tgz", folder);
    if (!fs_is_dir(s->text)) {
        error_set(err, ERROR_NOT_FOUND, "the chart folder %s does not exist", s->text);
        return error_hint(
            err, "name a folder that holds %s/Chart.yaml, or a chart repository's URL", name);
    }
    if (fs_exists(chart_yaml) && add_chart(out, folder, name, err))
        return -1;
    add_archives(out, s->text, name);
    if (fs_exists(archive) && add_chart(out, archive, name, err))
        return -1;
    return 0;
}
