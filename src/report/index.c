/* The page of an archive to begin with. */
#include <string.h>

#include "html.h"
#include "meshctl/report/archive.h"
#include "meshctl/report/checks.h"

static enum graph_health level_of(const json_t *row)
{
    const char *level = graph_text(row, "level");
    return strcmp(level, "error") == 0     ? GRAPH_ERROR
           : strcmp(level, "warning") == 0 ? GRAPH_WARNING
                                           : GRAPH_OK;
}

static void add_problems(struct buf *out, const json_t *checks)
{
    static const char *const columns[] = {"",       "id",     "cluster", "title", "found",
                                          "wanted", "effect", "fix",     NULL};
    bool any = false;
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(checks, "checks"), i, row) {
        if (level_of(row) == GRAPH_OK)
            continue;
        if (!any)
            html_table(out, "What is wrong, the first cause first", columns);
        any = true;
        html_row(out, level_of(row),
                 (const char *const[]){graph_text(row, "id"), graph_text(row, "cluster"),
                                       graph_text(row, "title"), graph_text(row, "found"),
                                       graph_text(row, "wanted"), graph_text(row, "effect"),
                                       graph_text(row, "fix"), NULL});
    }
    if (any)
        html_table_end(out);
}

static void add_checks(struct buf *out, const json_t *checks)
{
    static const char *const columns[] = {"", "id", "cluster", "category", "check", "found", NULL};
    size_t i;
    json_t *row;
    html_table(out, "All that was checked", columns);
    json_array_foreach(json_object_get(checks, "checks"), i, row)
        html_row(out, level_of(row),
                 (const char *const[]){graph_text(row, "id"), graph_text(row, "cluster"),
                                       graph_text(row, "category"), graph_text(row, "check"),
                                       graph_text(row, "found"), NULL});
    html_table_end(out);
}

static void add_missing(struct buf *out, const struct files *files)
{
    static const char *const columns[] = {"", "what, and why", NULL};
    if (!files->missing.count)
        return;
    html_table(out, "What could not be had", columns);
    for (size_t i = 0; i < files->missing.count; i++)
        html_row(out, GRAPH_WARNING, (const char *const[]){files->missing.items[i], NULL});
    html_table_end(out);
}

/* Paths are of harmless letters alone (files_append_name). */
static void add_files(struct buf *out, const struct files *files)
{
    buf_appends(out, "<h2>Files</h2>\n<ul>\n");
    for (size_t i = 0; i < files->count; i++)
        buf_appendf(out, "<li><a href=\"%s\">%s</a> %zu bytes</li>\n", files->items[i].path,
                    files->items[i].path, files->items[i].len);
    buf_appends(out, "</ul>\n");
}

void report_index(const json_t *checks, const json_t *status, const struct files *files,
                  struct buf *out)
{
    AUTO_GRAPH struct graph *g = graph_new(status);
    AUTO_BUF title = BUF_INIT;
    graph_title_append(&title, g);
    html_begin(out, buf_str(&title), 0);
    add_problems(out, checks);
    html_picture(out, status);
    add_checks(out, checks);
    add_missing(out, files);
    add_files(out, files);
    html_end(out);
}

json_t *report_contents(const struct files *files)
{
    json_t *list = json_array(), *missing = json_array();
    for (size_t i = 0; i < files->count; i++)
        json_array_append_new(list, json_pack("{s:s, s:I}", "path", files->items[i].path, "bytes",
                                              (json_int_t)files->items[i].len));
    for (size_t i = 0; i < files->missing.count; i++)
        json_array_append_new(missing, json_string(files->missing.items[i]));
    return json_pack("{s:o, s:o}", "files", list, "missing", missing);
}
