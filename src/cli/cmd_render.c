/* `render [NAME] CHART`: what `helm template` prints. */
#include <string.h>
#include <time.h>

#include "cli.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"
#include "meshctl/helm/engine.h"
#include "meshctl/helm/render.h"
#include "meshctl/helm/values.h"
#include "meshctl/source/source.h"
#include "meshctl/tmpl/tmpl.h"
#include "options_limits.h"
#include "options_render.h"
#include "options_source.h"
#include "render_files.h"

#define DEFAULT_NAME "release-name"
#define DEFAULT_COMPAT 4
#define MAX_NAME 4096 /* bytes; far more than a name may have */

static int load(struct cli *cli, const char *name, struct chart **ret_chart, struct error **err)
{
    const struct options *o = &cli->options;
    const struct chart_source_options source = cli_chart_source_options(cli);
    return chart_source_open_ref(name, options_render_of(o)->version, options_source_of(o)->charts,
                                 &source, ret_chart, err);
}

/* What the arguments and flags come to. */
struct request {
    int helm_major;
    char *release;
    const char *chart;
    struct strlist values, api_versions;
};

static void request_release(struct request *r)
{
    free(r->release);
    strlist_release(&r->values);
    strlist_release(&r->api_versions);
}

/* One field of a line as Go's encoding/csv reads it, which pflag uses for lists: quoted, with ""
 * for a quote, or up to the next comma. Returns what is behind it, NULL when the quote is open. */
static const char *take_field(const char *text, struct buf *out)
{
    if (*text != '"') {
        size_t len = strcspn(text, ",");
        buf_append(out, text, len);
        return text + len;
    }
    for (text++; *text; text++) {
        if (*text == '"' && *++text != '"')
            return text;
        buf_appendc(out, *text);
    }
    return NULL;
}

static int split_fields(const char *option, const struct strlist *texts, struct strlist *out,
                        struct error **err)
{
    for (size_t i = 0; i < texts->count; i++) {
        const char *at = texts->items[i];
        for (bool more = *at; more;) {
            AUTO_BUF field = BUF_INIT;
            at = take_field(at, &field);
            if (!at || (*at && *at != ','))
                return error_set(err, ERROR_USAGE, "%s %s: a quote is not closed", option,
                                 texts->items[i]);
            strlist_add(out, buf_str(&field));
            more = *at == ',';
            at += more;
        }
    }
    return 0;
}

/* action/install.go NameAndChart. */
static char *generated_name_dup(const char *chart)
{
    const char *base = fs_basename(chart);
    if (!base[0] || strcmp(base, ".") == 0)
        base = "chart";
    return mem_printf("%.*s-%lld", (int)strcspn(base, "."), base, (long long)time(NULL));
}

static void drop_mark(char *text, const char *mark)
{
    char *at = strstr(text, mark);
    if (at)
        memmove(at, at + strlen(mark), strlen(at + strlen(mark)) + 1);
}

/* Outside charts nobody looks for what `fail` said. */
static int drop_marks(struct error *e)
{
    drop_mark(e->message, HELM_FAIL_START);
    drop_mark(e->message, HELM_FAIL_END);
    return -1;
}

/* action/install.go TemplateName. */
static int templated_name(const char *text, char **ret_name, struct error **err)
{
    static const char name[] = "name-template";
    const struct helm_engine_options options = {.helm_major = DEFAULT_COMPAT};
    AUTO_ARENA *a = arena_new();
    MC_CLEANUP(helm_engine_cleanup) struct helm_engine *engine = helm_engine_new(a, &options);
    struct tmpl_set *set = helm_engine_set(engine);
    AUTO_BUF out = BUF_INIT_MAX(MAX_NAME);
    if (tmpl_add(set, name, text, strlen(text), err) < 0)
        return -1;
    if (tmpl_execute(set, name, tval_none(), &out, err) < 0)
        return drop_marks(*err);
    *ret_name = mem_strdup(buf_str(&out));
    return 0;
}

/* action/install.go NameAndChart. */
static int read_name(const struct cli *cli, const char *chart, char **ret_name, struct error **err)
{
    const struct options_render *o = options_render_of(&cli->options);
    bool is_given = cli->arguments_count == 2;
    bool has_template = o->name_template && o->name_template[0];
    if (is_given && (o->generate_name || has_template))
        return error_set(err, ERROR_USAGE, "cannot set --%s and also specify a name",
                         o->generate_name ? "generate-name" : "name-template");
    if (has_template)
        return templated_name(o->name_template, ret_name, err);
    *ret_name = is_given           ? mem_strdup(cli->arguments[0])
                : o->generate_name ? generated_name_dup(chart)
                                   : mem_strdup(DEFAULT_NAME);
    return 0;
}

static int read_request(const struct cli *cli, struct request *ret, struct error **err)
{
    const struct options_render *o = options_render_of(&cli->options);
    ret->helm_major = o->compat ? o->compat[0] - '0' : DEFAULT_COMPAT;
    ret->chart = cli->arguments[cli->arguments_count - 1];
    if (read_name(cli, ret->chart, &ret->release, err) < 0 ||
        split_fields("--values", &o->values, &ret->values, err) < 0)
        return -1;
    return split_fields("--api-versions", &o->api_versions, &ret->api_versions, err);
}

/* Values, and how they are read. */
struct reader {
    json_t *values;
    int helm_major;
    struct values_urls urls;
};

static int set_all(const struct reader *r, enum values_set_kind kind, const struct strlist *texts,
                   struct error **err)
{
    for (size_t i = 0; i < texts->count; i++)
        if (values_set(r->values, kind, texts->items[i], r->helm_major, &r->urls, err) < 0)
            return -1;
    return 0;
}

/* Helm's order, whatever the order on the command line: files, json, set, string, file, literal. */
static int collect_values(struct cli *cli, const struct request *request, json_t *values,
                          struct error **err)
{
    const struct options_render *o = options_render_of(&cli->options);
    const struct reader r = {values, request->helm_major, cli_values_urls(cli)};
    for (size_t i = 0; i < request->values.count; i++)
        if (values_merge_file(values, request->values.items[i], r.helm_major, &r.urls, err) < 0)
            return -1;
    if (set_all(&r, VALUES_SET_JSON, &o->set_json, err) < 0 ||
        set_all(&r, VALUES_SET, &o->set, err) < 0 ||
        set_all(&r, VALUES_SET_STRING, &o->set_string, err) < 0 ||
        set_all(&r, VALUES_SET_FILE, &o->set_file, err) < 0)
        return -1;
    return set_all(&r, VALUES_SET_LITERAL, &o->set_literal, err);
}

static int render(struct cli *cli, const struct request *r, struct chart_rendered **ret_rendered,
                  struct error **err)
{
    const struct options_render *o = options_render_of(&cli->options);
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    json_auto_t *values = json_object();
    struct chart_render_options options = {
        .release = r->release,
        .namespace_ = o->namespace_ ? o->namespace_ : "default",
        .is_upgrade = o->is_upgrade,
        .revision = 1,
        .helm_major = r->helm_major,
        .kube_version = o->kube_version && o->kube_version[0] ? o->kube_version : NULL,
        .api_versions = r->api_versions.count ? &r->api_versions : NULL,
        .is_template = true,
        .text_only = true,
        .skip_schema = o->skip_schema,
    };
    if (collect_values(cli, r, values, err) < 0 || load(cli, r->chart, &chart, err) < 0) {
        /* The name was typed in: what it does not find is bad input. */
        if ((*err)->kind == ERROR_NOT_FOUND)
            (*err)->kind = ERROR_INPUT;
        return -1;
    }
    return chart_render(chart, values, &options, ret_rendered, err);
}

static void print_warnings(struct cli *cli, const struct chart_rendered *rendered)
{
    AUTO_BUF warnings = BUF_INIT;
    for (size_t i = 0; i < rendered->warnings.count; i++)
        buf_appendf(&warnings, "%s\n", rendered->warnings.items[i]);
    (void)term_write(&cli->err_out, &warnings);
}

int cmd_render(struct cli *cli, struct error **err)
{
    const struct options_render *o = options_render_of(&cli->options);
    MC_CLEANUP(request_release) struct request request = {0};
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *rendered = NULL;
    struct budget_limits limits;
    AUTO_BUDGET budget = {0};
    AUTO_BUF out = BUF_INIT;
    if (options_limits_read(&cli->options, cli->cancel, &limits, err) < 0)
        return -1;
    budget_begin(&budget, &limits);
    if (read_request(cli, &request, err) < 0 || render(cli, &request, &rendered, err) < 0)
        return -1;
    struct chart_print_options options = {
        .helm_major = request.helm_major,
        .include_crds = o->include_crds,
        .no_hooks = o->no_hooks,
        .skip_tests = o->skip_tests,
        .show_only = &o->show_only,
    };
    print_warnings(cli, rendered);
    if (o->output_dir) {
        const struct render_files files = {o->output_dir,
                                           o->release_in_path ? request.release : NULL, &options};
        if (render_files_write(&files, rendered, &out, err) < 0)
            return -1;
        return cli_print(cli, &out, err);
    }
    if (chart_rendered_print(&out, rendered, &options, err) < 0 || budget_check(err) < 0)
        return -1;
    return cli_print_data(cli, &out, err);
}
