/* What a source of any kind is asked for. */
#include "meshctl/source/source.h"

#include <string.h>

#include "internal.h"

static int list_versions(struct chart_source *s, const char *name, struct source_list *out,
                         struct error **err)
{
    int rc = -1;
    if (source_check_name(name, err))
        return -1;
    switch (s->kind) {
    case SOURCE_FOLDER:
        rc = source_folder_list(s, name, out, err);
        break;
    case SOURCE_REPO:
        rc = source_repo_list(s, name, out, err);
        break;
    case SOURCE_OCI:
        rc = source_oci_list(s, name, out, err);
        break;
    }
    if (rc == 0)
        source_list_sort(out);
    return rc;
}

static int choose_version(struct chart_source *s, const char *name, const char *version,
                          struct source_list *list, const struct source_candidate **ret,
                          struct error **err)
{
    return list_versions(s, name, list, err) ? -1
                                             : source_list_choose(s, name, version, list, ret, err);
}

/* The archive in a version; an unpacked chart has none. */
static int get_archive(struct chart_source *s, const char *name, const char *version,
                       struct source_archive *ret, struct error **err)
{
    AUTO_SOURCE_LIST list = {0};
    const struct source_candidate *c;
    if (s->kind == SOURCE_OCI)
        return source_oci_get_archive(s, name, version, ret, err);
    if (choose_version(s, name, version, &list, &c, err))
        return -1;
    return s->kind == SOURCE_FOLDER ? source_folder_fetch(c, ret, err)
                                    : source_repo_fetch(s, name, c, ret, err);
}

static int check_name(const struct chart *chart, const char *name, struct error **err)
{
    if (strcmp(chart->name, name) == 0)
        return 0;
    return error_set(err, ERROR_INPUT, "the chart from %s is named \"%s\", not \"%s\"",
                     chart->source, chart->name, name);
}

int chart_source_get_archive(struct chart_source *s, const char *name, const char *version,
                             struct buf *archive, struct chart **ret_chart, struct error **err)
{
    AUTO_SOURCE_ARCHIVE found = {0};
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    if (get_archive(s, name, version, &found, err) ||
        chart_load_archive(buf_str(&found.data), found.data.len, found.place, &chart, err) ||
        check_name(chart, name, err))
        return -1;
    buf_release(archive);
    *archive = found.data;
    found.data = (struct buf){0};
    *ret_chart = TAKE(chart);
    return 0;
}

static int get_from_folder(struct chart_source *s, const char *name, const char *version,
                           struct chart **ret_chart, struct error **err)
{
    AUTO_SOURCE_LIST list = {0};
    const struct source_candidate *c;
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    if (choose_version(s, name, version, &list, &c, err) ||
        chart_load(c->places.items[0], &chart, err) || check_name(chart, name, err))
        return -1;
    *ret_chart = TAKE(chart);
    return 0;
}

int chart_source_get(struct chart_source *s, const char *name, const char *version,
                     struct chart **ret_chart, struct error **err)
{
    AUTO_BUF archive = BUF_INIT;
    if (s->kind == SOURCE_FOLDER)
        return get_from_folder(s, name, version, ret_chart, err);
    return chart_source_get_archive(s, name, version, &archive, ret_chart, err);
}

int chart_source_versions(struct chart_source *s, const char *name, struct strlist *out,
                          struct error **err)
{
    AUTO_SOURCE_LIST list = {0};
    if (list_versions(s, name, &list, err))
        return -1;
    for (size_t i = 0; i < list.count; i++)
        strlist_add(out, list.items[i].version);
    return 0;
}

int chart_source_names(struct chart_source *s, struct strlist *out, bool *ret_known,
                       struct error **err)
{
    *ret_known = s->kind != SOURCE_OCI;
    if (s->kind == SOURCE_OCI)
        return 0;
    if (s->kind == SOURCE_REPO ? source_repo_names(s, out, err) : source_folder_names(s, out, err))
        return -1;
    strlist_sort(out);
    return 0;
}
