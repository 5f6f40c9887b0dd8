/* The picture as a page that a browser on this machine keeps open. */
#include "graph_serve.h"

#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/net/server.h"
#include "meshctl/report/picture.h"
#include "meshctl/ui/line.h"

#define REFRESH_MS 2000 /* how often the page asks, and so the longest time between two readings */
#define TICK_MS 100

static void put_all(struct http_server *server, const json_t *status)
{
    AUTO_BUF page = BUF_INIT, svg = BUF_INIT, document = BUF_INIT;
    report_picture_html(status, REFRESH_MS, &page);
    report_picture_svg(status, &svg);
    json_write(&document, status, JSON_WRITE_KEEP_ORDER | JSON_WRITE_NO_ESCAPE | JSON_WRITE_PRETTY);
    http_server_put(server, "/", "text/html; charset=utf-8", &page);
    http_server_put(server, "/mesh.svg", "image/svg+xml", &svg);
    http_server_put(server, "/status.json", "application/json", &document);
}

static void say_where(struct cli *cli, const struct http_server *server)
{
    AUTO_BUF out = BUF_INIT;
    if (!http_server_is_local(server)) {
        term_append(
            &cli->err_out, &out, TERM_YELLOW,
            "Anybody who reaches this address sees the mesh: nobody is asked who they are.");
        buf_appendc(&out, '\n');
    }
    buf_appendf(&out, "The mesh is at %s (also mesh.svg and status.json) until Ctrl-C.\n",
                http_server_url(server));
    (void)term_write(&cli->err_out, &out);
}

/* What kept a reading from being made stands there once, until one is made. */
static void say_why(struct cli *cli, const struct error *why, bool *is_told)
{
    AUTO_BUF out = BUF_INIT;
    if (*is_told)
        return;
    *is_told = true;
    buf_appends(&out, "The page shows the last reading: ");
    line_append(&out, why->message, strlen(why->message));
    buf_appendc(&out, '\n');
    (void)term_write(&cli->err_out, &out);
}

static void read_again(struct cli *cli, struct http_server *server,
                       int (*read)(struct cli *, json_t **, struct error **), bool *is_told)
{
    AUTO_ERROR struct error *problem = NULL;
    json_auto_t *status = NULL;
    if (read(cli, &status, &problem) < 0) {
        say_why(cli, problem, is_told);
        return;
    }
    *is_told = false;
    put_all(server, status);
}

int cli_graph_serve(struct cli *cli, const char *address,
                    int (*read)(struct cli *, json_t **, struct error **), struct error **err)
{
    MC_CLEANUP(http_server_cleanup) struct http_server *server = NULL;
    json_auto_t *status = NULL;
    uint64_t asked = 0;
    bool is_told = false;
    if (http_server_new(address, &server, err) < 0)
        return error_wrap(err, "--serve");
    if (read(cli, &status, err) < 0)
        return -1;
    put_all(server, status);
    say_where(cli, server);
    int64_t read_ms = clock_now_ms();
    while (clock_sleep(TICK_MS, cli->cancel) == 0) {
        uint64_t now = http_server_requests(server);
        /* Clusters are not asked for nobody. */
        if (now == asked || clock_now_ms() - read_ms < REFRESH_MS)
            continue;
        asked = now;
        read_again(cli, server, read, &is_told);
        read_ms = clock_now_ms();
    }
    cli->exit_code = EXIT_CODE_OK;
    return 0;
}
