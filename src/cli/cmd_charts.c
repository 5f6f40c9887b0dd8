/* `charts list [NAME...]` and `charts pull [NAME...]`: what a chart source has, and a folder of
 * archives that later runs need no network for. */
#include <string.h>

#include "cli.h"
#include "meshctl/base/fs.h"
#include "meshctl/source/source.h"
#include "meshctl/ui/table.h"
#include "options_list.h"
#include "options_pull.h"
#include "options_source.h"

#define DEFAULT_LIMIT 10
#define MAX_LIMIT 1000000
#define MAX_NAMES 20000
#define SHOWN_DIGEST (strlen("sha256:") + 12) /* in a table; documents have all of it */

/* What `up` installs. */
static const char *const istio_charts[] = {"base", "istiod", "gateway"};

static void add_istio_charts(struct strlist *names)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(istio_charts); i++)
        strlist_add(names, istio_charts[i]);
}

/* The names on the command line. */
static void take_names(const struct cli *cli, struct strlist *names)
{
    for (size_t i = 0; i < cli->arguments_count; i++)
        if (!strlist_has(names, cli->arguments[i]))
            strlist_add(names, cli->arguments[i]);
}

/* ---- list ------------------------------------------------------------------------------------ */

static json_t *versions_json(const char *name, const struct strlist *versions, size_t shown)
{
    json_t *list = json_array();
    for (size_t i = 0; i < shown; i++)
        json_array_append_new(list, json_string(versions->items[i]));
    return json_pack("{s:s, s:I, s:o}", "name", name, "total", (json_int_t)versions->count,
                     "versions", list);
}

static void add_rows(struct table *table, const char *name, const struct strlist *versions,
                     size_t shown)
{
    for (size_t i = 0; i < shown; i++)
        table_row(table, name, versions->items[i], NULL);
}

/* Says on standard error what the table leaves out. */
static void say_rest(struct cli *cli, size_t hidden)
{
    AUTO_BUF text = BUF_INIT;
    if (!hidden || options_output_of(&cli->options)->quiet)
        return;
    buf_appendf(&text, "%zu older version%s not listed; --limit 0 lists all\n", hidden,
                hidden == 1 ? "" : "s");
    (void)term_write(&cli->err_out, &text);
}

static int list_names(struct cli *cli, struct chart_source *source, struct strlist *names,
                      struct error **err)
{
    bool known = true;
    take_names(cli, names);
    if (names->count)
        return 0;
    if (chart_source_names(source, names, &known, err) < 0)
        return -1;
    /* A registry has no list of what stands below a path. */
    if (!known)
        add_istio_charts(names);
    return 0;
}

static int charts_list(struct cli *cli, struct chart_source *source, struct error **err)
{
    AUTO_STRLIST names = STRLIST_INIT;
    AUTO_BUF out = BUF_INIT;
    unsigned limit = DEFAULT_LIMIT;
    size_t hidden = 0;
    json_auto_t *charts = json_array();
    AUTO_TABLE table = table_with("NAME", "VERSION", NULL);
    const char *given = options_list_of(&cli->options)->limit;
    if (given && strcmp(given, "0") == 0)
        limit = MAX_LIMIT;
    else if (given && cli_parse_count("--limit", given, MAX_LIMIT, &limit, err) < 0)
        return -1;
    if (list_names(cli, source, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count && i < MAX_NAMES; i++) {
        AUTO_STRLIST versions = STRLIST_INIT;
        if (chart_source_versions(source, names.items[i], &versions, err) < 0)
            return -1;
        size_t shown = versions.count < limit ? versions.count : limit;
        hidden += versions.count - shown;
        add_rows(&table, names.items[i], &versions, shown);
        json_array_append_new(charts, versions_json(names.items[i], &versions, shown));
    }
    if (cli_wants_document(cli)) {
        json_auto_t *doc =
            json_pack("{s:s, s:s, s:s, s:O}", "apiVersion", "meshctl.io/v1", "kind", "ChartList",
                      "source", chart_source_shown(source), "charts", charts);
        return cli_print_document(cli, doc, err);
    }
    table_print(&table, &cli->out, &out);
    if (cli_print(cli, &out, err) < 0)
        return -1;
    say_rest(cli, hidden);
    return 0;
}

/* ---- pull ------------------------------------------------------------------------------------ */

/* Whether the file is there with these bytes. */
static bool is_there(const char *path, const struct buf *archive)
{
    AUTO_ERROR struct error *ignored = NULL;
    AUTO_BUF have = BUF_INIT;
    return fs_exists(path) && fs_read(path, CHART_MAX_TOTAL, &have, &ignored) >= 0 &&
           have.len == archive->len && memcmp(buf_str(&have), buf_str(archive), have.len) == 0;
}

static int pull_one(struct chart_source *source, const char *name, const char *version,
                    const char *dir, json_t *results, struct error **err)
{
    AUTO_BUF archive = BUF_INIT;
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    if (chart_source_get_archive(source, name, version, &archive, &chart, err) < 0)
        return -1;
    AUTO_FREE char *file = mem_printf("%s-%s.tgz", chart->name, chart->version);
    AUTO_FREE char *path = fs_join_dup(dir, file);
    bool same = is_there(path, &archive);
    if (!same && fs_write(path, buf_str(&archive), archive.len, 0644, err) < 0)
        return -1;
    AUTO_FREE char *digest = mem_printf("sha256:%s", chart->digest);
    json_array_append_new(results, json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:b}", "name",
                                             chart->name, "version", chart->version, "file", path,
                                             "from", chart->source, "digest", digest, "bytes",
                                             (json_int_t)archive.len, "written", !same));
    return 0;
}

/* What a person would do next: the folder has this one version. */
static void say_next(struct cli *cli, const json_t *results)
{
    AUTO_BUF text = BUF_INIT;
    const char *version = json_dig_str(results, "0", "version", NULL);
    if (options_output_of(&cli->options)->quiet || !version)
        return;
    buf_appendf(
        &text,
        "Next: %s up --charts %s --istio-version %s with your clusters; charts then need no "
        "network\n",
        cli->program, options_pull_of(&cli->options)->dir, version);
    (void)term_write(&cli->err_out, &text);
}

static void add_pulled_row(struct table *table, const json_t *row)
{
    const char *digest = json_dig_str(row, "digest", NULL);
    AUTO_FREE char *begin = mem_strndup(digest, SHOWN_DIGEST);
    bool written = json_is_true(json_object_get(row, "written"));
    table_row(table, json_dig_str(row, "name", NULL), json_dig_str(row, "version", NULL),
              json_dig_str(row, "file", NULL), begin, written ? "written" : "was there", NULL);
}

static int print_pulled(struct cli *cli, const struct chart_source *source, json_t *results,
                        struct error **err)
{
    if (cli_wants_document(cli)) {
        json_auto_t *doc =
            json_pack("{s:s, s:s, s:s, s:O}", "apiVersion", "meshctl.io/v1", "kind", "ChartPull",
                      "source", chart_source_shown(source), "charts", results);
        return cli_print_document(cli, doc, err);
    }
    AUTO_BUF out = BUF_INIT;
    size_t i;
    json_t *row;
    AUTO_TABLE table = table_with("NAME", "VERSION", "FILE", "DIGEST", "RESULT", NULL);
    json_array_foreach(results, i, row) {
        add_pulled_row(&table, row);
    }
    table_print(&table, &cli->out, &out);
    if (cli_print(cli, &out, err) < 0)
        return -1;
    say_next(cli, results);
    return 0;
}

static int charts_pull(struct cli *cli, struct chart_source *source, struct error **err)
{
    const struct options_pull *o = options_pull_of(&cli->options);
    AUTO_STRLIST names = STRLIST_INIT;
    json_auto_t *results = json_array();
    if (!o->dir) {
        error_set(err, ERROR_USAGE, "charts pull needs --to DIR");
        return error_hint(err, "--to ./charts makes that folder and writes the archives into it");
    }
    take_names(cli, &names);
    if (!names.count)
        add_istio_charts(&names);
    if (fs_mkdirs(o->dir, 0755, err) < 0)
        return -1;
    const char *version = o->istio_version ? o->istio_version : MESH_DEFAULT_ISTIO_VERSION;
    for (size_t i = 0; i < names.count; i++)
        if (pull_one(source, names.items[i], version, o->dir, results, err) < 0)
            return -1;
    return print_pulled(cli, source, results, err);
}

/* ---- both ------------------------------------------------------------------------------------ */

static int with_source(struct cli *cli,
                       int (*run)(struct cli *cli, struct chart_source *source, struct error **err),
                       struct error **err)
{
    MC_CLEANUP(chart_source_cleanup) struct chart_source *source = NULL;
    const struct chart_source_options options = cli_chart_source_options(cli);
    const char *charts = options_source_of(&cli->options)->charts;
    if (chart_source_new(charts ? charts : STEPS_DEFAULT_CHARTS, &options, &source, err) < 0)
        return -1;
    int rc = run(cli, source, err);
    /* Source, name and version were typed in: what they do not name is bad input. */
    if (rc < 0 && (*err)->kind == ERROR_NOT_FOUND)
        (*err)->kind = ERROR_INPUT;
    return rc;
}

int cmd_charts_list(struct cli *cli, struct error **err)
{
    return with_source(cli, charts_list, err);
}

int cmd_charts_pull(struct cli *cli, struct error **err)
{
    return with_source(cli, charts_pull, err);
}
