/* How charts, and values behind URLs, are reached by the options. */
#include "cli.h"
#include "meshctl/source/source.h"

struct chart_source_options cli_chart_source_options(const struct cli *cli)
{
    const struct options *o = &cli->options;
    return (struct chart_source_options){
        .cancel = cli->cancel,
        .ca_file = o->ca_file,
        .cert_file = o->cert_file,
        .key_file = o->key_file,
        .insecure_skip_tls_verify = o->insecure_skip_tls_verify,
        .plain_http = o->plain_http,
    };
}

static int read_url(void *ctx, const char *url, size_t max, struct buf *out, struct error **err)
{
    struct chart_source_options options = cli_chart_source_options(ctx);
    return chart_source_read_url(url, &options, max, out, err);
}

struct values_urls cli_values_urls(struct cli *cli)
{
    return (struct values_urls){.read = read_url, .ctx = cli};
}
