/* `graph`: the mesh as a picture. */
#include "graph_serve.h"
#include "meshctl/base/fs.h"
#include "meshctl/report/picture.h"
#include "options_graph.h"
#include "status_read.h"

static int read_file(const char *path, json_t **ret_status, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    if (fs_read(path, JSON_MAX_TEXT, &text, err) < 0 ||
        json_read(buf_str(&text), text.len, path, ret_status, err) < 0)
        return error_wrap(err, "--from");
    return 0;
}

static int read_status(struct cli *cli, json_t **ret_status, struct error **err)
{
    const struct options_graph *o = options_graph_of(&cli->options);
    AUTO_BUF problems = BUF_INIT;
    if (o->from)
        return read_file(o->from, ret_status, err);
    int rc = cli_status_read(cli, o->serve || !cli->err_out.is_tty, ret_status, &problems, err);
    (void)term_write(&cli->err_out, &problems);
    return rc;
}

static int print(struct cli *cli, const json_t *status, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    enum output_form form = options_output_form(&cli->options);
    if (cli_wants_document(cli))
        return cli_print_document(cli, status, err);
    if (form == OUTPUT_DOT)
        report_picture_dot(status, &out);
    else if (form == OUTPUT_SVG)
        report_picture_svg(status, &out);
    else if (form == OUTPUT_HTML)
        report_picture_html(status, 0, &out);
    else
        report_picture_ascii(&cli->out, term_width(&cli->out), status, &out);
    return form == OUTPUT_ASCII ? cli_print(cli, &out, err) : cli_print_data(cli, &out, err);
}

int cmd_graph(struct cli *cli, struct error **err)
{
    const struct options_graph *o = options_graph_of(&cli->options);
    json_auto_t *status = NULL;
    if (o->serve)
        return cli_graph_serve(cli, o->serve, read_status, err);
    if (read_status(cli, &status, err) < 0)
        return -1;
    return print(cli, status, err);
}
