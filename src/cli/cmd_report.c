/* `report`: all that somebody needs who shall find a fault in the mesh, in one archive without secrets. */
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/fs.h"
#include "meshctl/report/archive.h"
#include "meshctl/report/checks.h"
#include "meshctl/report/picture.h"
#include "options_report.h"
#include "options_status.h"
#include "result.h"
#include "status_read.h"

#define LINES 1000
#define MAX_LINES 100000
#define FILE_MODE 0600
#define MAX_ARCHIVE (FILES_MAX_TOTAL + FILES_MAX_TOTAL / 8) /* what nothing compresses, and tar */

/* "meshctl-report-mesh-20261129T020000Z" */
static char *name_dup(const struct mesh *mesh, time_t now)
{
    AUTO_BUF name = BUF_INIT;
    struct tm utc;
    char stamp[32];
    gmtime_r(&now, &utc);
    strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &utc);
    buf_appends(&name, "meshctl-report-");
    files_append_name(&name, mesh->id);
    buf_appendf(&name, "-%s", stamp);
    return buf_detach(&name, NULL);
}

static void add_document(struct files *files, const char *path, const json_t *document)
{
    AUTO_BUF text = BUF_INIT;
    json_write(&text, document, JSON_WRITE_KEEP_ORDER | JSON_WRITE_NO_ESCAPE | JSON_WRITE_PRETTY);
    buf_appendc(&text, '\n');
    files_add(files, path, &text);
}

/* What check and status say; the page that shows it comes last, as it lists all others. */
static void add_findings(const struct cli *cli, const struct cli_run *run, time_t now,
                         struct files *files)
{
    static const struct term plain = {.fd = -1, .unicode = true};
    json_auto_t *found = steps_checks(run->steps), *seen = steps_status(run->steps, now);
    json_auto_t *checks = cli_document(cli, run, "Check", found);
    json_auto_t *status = cli_document(cli, run, "MeshStatus", seen);
    AUTO_BUF check = BUF_INIT, picture = BUF_INIT, svg = BUF_INIT, index = BUF_INIT;
    report_checks(&plain, cli->program, found, &check);
    report_picture_ascii(&plain, 100, status, &picture);
    report_picture_svg(status, &svg);
    add_document(files, "check.json", checks);
    files_add(files, "check.txt", &check);
    add_document(files, "status.json", status);
    files_add(files, "mesh.txt", &picture);
    files_add(files, "mesh.svg", &svg);
    json_auto_t *contents = report_contents(files);
    json_auto_t *about = cli_document(cli, run, "ReportContents", contents);
    json_object_set_new(about, "meshctl", json_string(MESHCTL_VERSION));
    add_document(files, "contents.json", about);
    report_index(checks, status, files, &index);
    files_add(files, "index.html", &index);
}

static int tell(struct cli *cli, const char *path, const struct files *files, size_t bytes,
                struct error **err)
{
    AUTO_BUF out = BUF_INIT, end = BUF_INIT;
    if (cli_wants_document(cli)) {
        json_auto_t *doc = report_contents(files);
        json_object_set_new(doc, "apiVersion", json_string("meshctl.io/v1"));
        json_object_set_new(doc, "kind", json_string("ReportArchive"));
        json_object_set_new(doc, "file", json_string(path));
        json_object_set_new(doc, "bytes", json_integer((json_int_t)bytes));
        return cli_print_document(cli, doc, err);
    }
    buf_appendf(&out, "%s\n", path);
    buf_appendf(&end, "%zu files, %.1f MB packed", files->count, (double)bytes / 1e6);
    if (files->missing.count)
        buf_appendf(&end, "; what could not be had stands in contents.json: %zu",
                    files->missing.count);
    buf_appends(&end, ".\nKeys, tokens and Secrets' contents are not in it; names, addresses and "
                      "logs are: look through it before you pass it on.\n");
    if (!options_output_of(&cli->options)->quiet)
        (void)term_write(&cli->err_out, &end);
    return cli_print_data(cli, &out, err);
}

static int write_archive(struct cli *cli, const struct cli_run *run, struct error **err)
{
    const struct options_report *o = options_report_of(&cli->options);
    MC_CLEANUP(files_release) struct files files = FILES_INIT;
    time_t now = time(NULL);
    AUTO_FREE char *name = name_dup(run->mesh, now);
    AUTO_FREE char *path = o->to ? mem_strdup(o->to) : mem_printf("%s.tar.gz", name);
    AUTO_BUF archive = BUF_INIT_MAX(MAX_ARCHIVE);
    steps_collected(run->steps, &files);
    add_findings(cli, run, now, &files);
    if (report_archive(&files, name, now, &archive, err) < 0)
        return -1;
    if (archive.overflow)
        return error_set(err, ERROR_INTERNAL, "the archive is too large");
    if (fs_write(path, archive.data, archive.len, FILE_MODE, err) < 0)
        return error_wrap(err, "--to");
    return tell(cli, path, &files, archive.len, err);
}

int cmd_report(struct cli *cli, struct error **err)
{
    const struct options_report *o = options_report_of(&cli->options);
    AUTO_RUN run = {0};
    struct collect_options collect = {.namespaces = &options_status_of(&cli->options)->namespaces,
                                      .lines = LINES};
    if (report_archive_ready(err) < 0 || cli_run_prepare(cli, &run, err) < 0 ||
        cli_status_options(cli, &run.options, err) < 0)
        return -1;
    if (o->lines && cli_parse_count("--lines", o->lines, MAX_LINES, &collect.lines, err) < 0)
        return -1;
    run.options.collect = &collect;
    if (cli_run_start(&run, err) < 0 || cli_run_plan(cli, &run, err) < 0)
        return -1;
    /* A fault of the mesh is what the archive is for, and none of its own. */
    cli->exit_code = cli_exit_code_of(steps_plan(run.steps), cli);
    if (cli->exit_code != EXIT_CODE_OK) {
        AUTO_BUF problems = BUF_INIT;
        cli_append_errors(cli, steps_plan(run.steps), &problems);
        (void)term_write(&cli->err_out, &problems);
        return 0;
    }
    return write_archive(cli, &run, err);
}
