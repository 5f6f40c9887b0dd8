/* `ca` puts certificates into the clusters; `ca init` makes files only; `ca show` reads them. */
#include "cli.h"
#include "meshctl/ui/table.h"
#include "options_ca.h"
#include "run.h"

static void print_warnings(struct cli *cli, const json_t *files)
{
    AUTO_BUF text = BUF_INIT;
    size_t i, k;
    json_t *row, *warning;
    json_array_foreach(files, i, row)
        json_array_foreach(json_dig(row, "warnings", NULL), k, warning)
            buf_appendf(&text, "warning: %s\n", json_string_value(warning));
    (void)term_write(&cli->err_out, &text);
}

static int print_files(struct cli *cli, const json_t *files, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    print_warnings(cli, files);
    AUTO_TABLE table = table_with("FILE", "SUBJECT", "ENDS", "SHA256", NULL);
    size_t i;
    json_t *row;
    if (cli_wants_document(cli)) {
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

/* What is in the folder, made before when it shall be. */
static int run_files(struct cli *cli, bool init, struct error **err)
{
    MC_CLEANUP(mesh_cleanup) struct mesh *mesh = NULL;
    json_auto_t *files = NULL;
    if (cli_mesh_new(cli, &mesh, err) < 0)
        return -1;
    AUTO_FREE char *ca_dir = options_ca_dir_dup(&cli->options, mesh);
    int rc = init ? steps_ca_init(mesh, ca_dir, cli->cancel, &files, err)
                  : steps_ca_show(mesh, ca_dir, &files, err);
    return rc < 0 ? -1 : print_files(cli, files, err);
}

int cmd_ca(struct cli *cli, struct error **err)
{
    return cli_run_steps(cli, STEP_CA, STEP_CA, err);
}

int cmd_ca_init(struct cli *cli, struct error **err)
{
    return run_files(cli, /* init= */ true, err);
}

int cmd_ca_show(struct cli *cli, struct error **err)
{
    return run_files(cli, /* init= */ false, err);
}
