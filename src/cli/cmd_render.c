/* `render CHART`: what `helm template` prints. */
#include <string.h>

#include "cli.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"
#include "meshctl/chart/render.h"
#include "meshctl/chart/source.h"
#include "meshctl/chart/values.h"

static int set_all(json_t *values, enum values_set_kind kind, const struct strlist *texts,
                   struct error **err)
{
    for (size_t i = 0; i < texts->count; i++)
        if (values_set(values, kind, texts->items[i], err) < 0)
            return -1;
    return 0;
}

/* Helm's order, whatever the order on the command line: files, json, set, string, file, literal. */
static int collect_values(const struct options *o, json_t *values, struct error **err)
{
    for (size_t i = 0; i < o->values.count; i++)
        if (values_merge_file(values, o->values.items[i], err) < 0)
            return -1;
    if (set_all(values, VALUES_SET_JSON, &o->set_json, err) < 0 ||
        set_all(values, VALUES_SET, &o->set, err) < 0 ||
        set_all(values, VALUES_SET_STRING, &o->set_string, err) < 0 ||
        set_all(values, VALUES_SET_FILE, &o->set_file, err) < 0)
        return -1;
    return set_all(values, VALUES_SET_LITERAL, &o->set_literal, err);
}

int cmd_render(struct cli *cli, struct error **err)
{
    const struct options *o = &cli->options;
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *rendered = NULL;
    json_auto_t *values = json_object();
    AUTO_BUF out = BUF_INIT;
    struct chart_render_options options = {
        .release = o->name ? o->name : "release-name",
        .namespace_ = o->namespace_ ? o->namespace_ : "default",
        .is_upgrade = o->is_upgrade,
        .revision = 1,
        .helm_major = o->helm && o->helm[0] == '4' ? 4 : 3,
        .kube_version = o->kube_version,
        .api_versions = o->api_versions.count ? &o->api_versions : NULL,
        .add_api_versions = true,
        .include_crds = o->include_crds,
    };
    if (o->arguments.count != 1)
        return error_set(err, ERROR_USAGE, "render takes one chart, %zu were given",
                         o->arguments.count);
    struct chart_source_options source = cli_chart_source_options(cli);
    if (chart_source_open_ref(o->arguments.items[0], o->istio_version, o->charts, &source, &chart,
                              err) < 0)
        return -1;
    if (collect_values(o, values, err) < 0 ||
        chart_render(chart, values, &options, &rendered, err) < 0)
        return -1;
    AUTO_BUF warnings = BUF_INIT;
    for (size_t i = 0; i < rendered->warnings.count; i++)
        buf_appendf(&warnings, "%s\n", rendered->warnings.items[i]);
    (void)term_write(&cli->err_out, &warnings);
    chart_rendered_write(&out, rendered, o->include_crds);
    return cli_print(cli, &out, err);
}
