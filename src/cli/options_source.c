/* Where charts come from, and how a chart server is reached. */
#include "options_source.h"

#include "cli.h"
#include "meshctl/source/source.h"

#define FIELD(f) OPTION_FIELD(struct options_source, f)

static const struct option rows[] = {
    {"charts", 0, FIELD(charts), "SOURCE",
     "where charts given by name come from: folder that holds them (folders or .tgz), URL of a "
     "chart repository, or oci://HOST/PATH"},
    {"ca-file", 0, FIELD(ca_file), "FILE",
     "authorities (PEM) that vouch for the chart server, instead of the system's"},
    {"cert-file", 0, FIELD(cert_file), "FILE", "client certificate for the chart server"},
    {"key-file", 0, FIELD(key_file), "FILE", "its private key"},
    {"insecure-skip-tls-verify", 0, FIELD(insecure_skip_tls_verify), NULL,
     "do not look at the chart server's certificate"},
    {"plain-http", 0, FIELD(plain_http), NULL, "reach an oci:// registry over http"},
};

const struct option_family options_source_family = {"Chart sources", rows, MC_ARRAY_LEN(rows),
                                                    sizeof(struct options_source)};

const struct options_source *options_source_of(const struct options *o)
{
    return options_get(o, &options_source_family);
}

struct chart_source_options cli_chart_source_options(const struct cli *cli)
{
    const struct options_source *o = options_source_of(&cli->options);
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
