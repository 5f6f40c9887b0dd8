/* `ca` puts certificates into the clusters; `ca init` makes files only; `ca show` reads them. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "meshctl/ui/table.h"

typedef int (*files_fn)(const struct mesh *, const char *, json_t **, struct error **);

static int print_files(struct cli *cli, const json_t *files, struct error **err)
{
    const char *output = cli->options.output;
    AUTO_BUF out = BUF_INIT;
    AUTO_TABLE table = table_with("FILE", "SUBJECT", "ENDS", "SHA256", NULL);
    size_t i;
    json_t *row;
    if (output && strcmp(output, "text") != 0) {
        json_auto_t *doc = json_pack("{s:s, s:s, s:O}", "apiVersion", "meshctl.io/v1", "kind",
                                     "Certificates", "certificates", files);
        return cli_print_document(cli, doc, err);
    }
    json_array_foreach(files, i, row)
        table_row(&table, json_dig_str(row, "file", NULL), json_dig_str(row, "subject", NULL),
                  json_dig_str(row, "notAfter", NULL), json_dig_str(row, "fingerprint", NULL),
                  NULL);
    table_print(&table, &cli->out, &out);
    return cli_print(cli, &out, err);
}

static int run_files(struct cli *cli, files_fn fn, struct error **err)
{
    MC_CLEANUP(mesh_cleanup) struct mesh *mesh = NULL;
    json_auto_t *files = NULL;
    if (cli_mesh_new(cli, &mesh, err) < 0)
        return -1;
    AUTO_FREE char *ca_dir = cli_ca_dir_dup(&cli->options, mesh);
    if (fn(mesh, ca_dir, &files, err) < 0)
        return -1;
    return print_files(cli, files, err);
}

int cmd_ca(struct cli *cli, struct error **err)
{
    const struct strlist *arguments = &cli->options.arguments;
    const char *verb = arguments->count ? arguments->items[0] : "";
    if (arguments->count > 1)
        return error_set(err, ERROR_USAGE, "ca %s takes no argument \"%s\"", verb,
                         arguments->items[1]);
    if (strcmp(verb, "init") == 0)
        return run_files(cli, steps_ca_init, err);
    if (strcmp(verb, "show") == 0)
        return run_files(cli, steps_ca_show, err);
    if (!verb[0])
        return cli_run_steps(cli, STEP_CA, STEP_CA, err);
    error_set(err, ERROR_USAGE, "ca has no verb \"%s\"", verb);
    return error_hint(err, "ca (into the clusters), ca init (files only), ca show");
}
