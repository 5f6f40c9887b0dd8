/* Renders a chart: values, dependencies, templates, documents, in Helm's order. */
#include "meshctl/helm/render.h"
#include "meshctl/data/json_copy.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "context.h"
#include "dependencies.h"
#include "documents.h"
#include "manifest.h"
#include "meshctl/base/budget.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/path.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/helm/engine.h"
#include "values_coalesce.h"
#include "values_schema.h"

#define NOTES_SUFFIX "NOTES.txt"

struct render {
    const struct chart_render_options *options;
    int helm_major;
    struct context context;
    struct capability_version version;
    struct helm_engine *engine;
    struct written written;
    struct worker *worker;
    struct documents *documents;
};

static void render_release(struct render *r)
{
    documents_free(r->documents);
    written_release(&r->written);
    context_release(&r->context);
    capability_version_release(&r->version);
    helm_engine_free(r->engine);
    worker_free(r->worker);
}

static int major_of(const struct chart_render_options *options)
{
    return options->helm_major ? options->helm_major : 3;
}

/* --- lookup --- */

static int look_up(void *ctx, struct arena *a, const char *api_version, const char *kind,
                   const char *namespace_, const char *name, struct tval *ret_value,
                   struct error **err)
{
    const struct chart_render_options *options = ((const struct render *)ctx)->options;
    json_auto_t *object = NULL;
    if (options->lookup(options->ctx, api_version, kind, namespace_, name, &object, err))
        return -1;
    *ret_value = object ? tval_from_json(a, object) : tval_map(a);
    return 0;
}

static void on_yaml(void *ctx, struct tval value, struct tval_string text)
{
    struct render *r = ctx;
    written_add(&r->written, r->context.a, value, text);
}

/* --- templates --- */

static size_t depth_of(const char *name)
{
    size_t slashes = 0;
    for (; *name; name++)
        slashes += *name == '/';
    return slashes;
}

/* engine.go sortTemplates: more slashes first, then names backwards. One order for parsing, where
 * the last definition of a name wins, and for executing, where templates change shared values. */
static int compare_templates(const void *a, const void *b)
{
    const struct context_template *x = a, *y = b;
    size_t dx = depth_of(x->name), dy = depth_of(y->name);
    if (dx != dy)
        return dx > dy ? -1 : 1;
    return strcmp(y->name, x->name);
}

/* The root's own are wanted whatever the values turn out to be, and their names are known. */
static void begin_templates(struct render *r, const struct chart *root)
{
    struct arena *a = r->context.a;
    const struct helm_engine_options options = {
        .helm_major = r->helm_major,
        .lookup = r->options->lookup ? look_up : NULL,
        .on_yaml = r->options->text_only ? on_yaml : NULL,
        .ctx = r,
        .worker = r->worker,
    };
    r->engine = helm_engine_new(a, &options);
    struct tmpl_set *set = helm_engine_set(r->engine);
    for (size_t i = 0; i < root->templates_count; i++) {
        const struct chart_file *f = &root->templates[i];
        tmpl_parse_ahead(set, arena_printf(a, "%s/%s", root->name, f->name), f->data, f->len);
    }
}

static int parse_templates(struct render *r, struct error **err)
{
    struct context *c = &r->context;
    if (c->count)
        qsort(c->templates, c->count, sizeof(*c->templates), compare_templates);
    for (size_t i = 0; i < c->count; i++) {
        const struct context_template *t = &c->templates[i];
        if (tmpl_add(helm_engine_set(r->engine), t->name, t->file->data, t->file->len, err))
            return helm_engine_parse_error(t->name, err);
    }
    return 0;
}

static void set_template(struct render *r, const struct context_template *t)
{
    struct arena *a = r->context.a;
    struct tval map = tval_map(a);
    tmap_set(a, map.map, "Name", strlen("Name"), tval_cstring(a, t->name));
    tmap_set(a, map.map, "BasePath", strlen("BasePath"), tval_cstring(a, t->base_path));
    tmap_set_type(map.map, context_values_type(r->helm_major));
    tmap_set(a, t->dot.map, "Template", strlen("Template"), map);
}

/* The root chart's notes are kept apart, those of subcharts dropped. */
static void add_file_take(struct render *r, const char *chart, const char *path, char *text,
                          size_t len, struct chart_rendered *out)
{
    if (!text_has_suffix(path, NOTES_SUFFIX)) {
        documents_add_take(r->documents, path, text, len);
        return;
    }
    AUTO_FREE char *root = mem_printf("%s/templates/%s", chart, NOTES_SUFFIX);
    AUTO_FREE char *notes = text;
    if (strcmp(path, root) == 0 && len)
        out->notes = TAKE(notes);
}

static int execute_templates(struct render *r, const char *chart, struct chart_rendered *out,
                             struct error **err)
{
    const struct context *c = &r->context;
    const struct documents_options options = {
        .helm_major = r->helm_major,
        .keep_objects = !r->options->text_only,
        .written = &r->written,
    };
    r->documents = documents_new(&options, r->worker);
    for (size_t i = 0; i < c->count; i++) {
        const struct context_template *t = &c->templates[i];
        if (fs_basename(t->name)[0] == '_')
            continue;
        set_template(r, t);
        AUTO_BUF text = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
        if (tmpl_execute(helm_engine_set(r->engine), t->name, t->dot, &text, err))
            return helm_engine_exec_error(r->engine, t->name, err);
        if (text.overflow)
            return error_set(err, ERROR_INPUT, "%s renders to more than %zu bytes", t->name,
                             TMPL_MAX_OUTPUT);
        tmpl_drop_no_value(&text, 0);
        size_t len = 0;
        char *detached = buf_detach(&text, &len);
        add_file_take(r, chart, t->name, detached, len, out);
    }
    return 0;
}

/* --- crds/ --- */

static bool is_manifest(const char *name)
{
    const char *ext = gopath_ext(name, strlen(name));
    return strcasecmp(ext, ".yaml") == 0 || strcasecmp(ext, ".yml") == 0 ||
           strcasecmp(ext, ".json") == 0;
}

/* helm pkg/chart/chart.go CRDObjects. */
static void take_crds(const struct chart_node *node, struct chart_rendered *out, size_t *cap)
{
    for (size_t i = 0; i < node->chart->files_count; i++) {
        const struct chart_file *f = &node->chart->files[i];
        if (!text_has_prefix(f->name, "crds/") || !is_manifest(f->name))
            continue;
        out->crds = mem_grow(out->crds, cap, out->crds_count + 1, sizeof(*out->crds));
        out->crds[out->crds_count++] = (struct chart_text){
            .source = mem_printf("%s/%s", node->path, f->name),
            .text = mem_strndup(f->data, f->len),
            .len = f->len,
        };
    }
    for (size_t i = 0; i < node->count; i++)
        take_crds(node->children[i], out, cap);
}

/* --- the whole --- */

static int check_kube_version(const struct chart_node *root, const struct render *r,
                              struct error **err)
{
    const char *wanted = json_dig_str(root->metadata, "kubeVersion", NULL);
    if (!wanted || dependencies_in_range(wanted, r->version.normalized))
        return 0;
    return error_set(err, ERROR_INPUT,
                     "chart requires kubeVersion: %s which is incompatible with Kubernetes %s",
                     wanted, r->version.full);
}

/* action/install.go CheckDependencies. */
static int check_dependencies(const struct chart_node *root, int helm_major, struct error **err)
{
    AUTO_STRLIST missing = STRLIST_INIT;
    const json_t *requests = json_object_get(root->metadata, "dependencies");
    for (size_t i = 0; i < json_array_size(requests); i++) {
        const char *name = json_dig_str(json_array_get(requests, i), "name", NULL);
        bool found = false;
        for (size_t k = 0; k < root->count && !found; k++)
            found = strcmp(root->children[k]->name, name) == 0;
        if (!found)
            strlist_add(&missing, name);
    }
    if (!missing.count)
        return 0;
    AUTO_FREE char *names = strlist_join_dup(&missing, ", ");
    error_set(err, ERROR_INPUT, "found in Chart.yaml, but missing in charts/ directory: %s", names);
    return error_wrap(
        err, helm_major >= 4 ? "an error occurred while checking for chart dependencies. You may "
                               "need to run 'helm dependency build' to fetch missing dependencies"
                             : "An error occurred while checking for chart dependencies. You may "
                               "need to run `helm dependency build` to fetch missing dependencies");
}

#define RELEASE_NAME_PATTERN "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
#define RELEASE_NAME_MAX 53

/* chartutil/validate_name.go: like a DNS subdomain, but any label may be as long as the whole. */
static bool is_release_name(const char *name)
{
    AUTO_STRLIST labels = STRLIST_INIT;
    strlist_split(&labels, name, '.');
    for (size_t i = 0; i < labels.count; i++) {
        const char *label = labels.items[i];
        size_t len = strlen(label);
        if (!len || strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != len ||
            label[0] == '-' || label[len - 1] == '-')
            return false;
    }
    return strlen(name) <= RELEASE_NAME_MAX;
}

/* action/install.go availableName. */
static int check_release_name(const char *name, int helm_major, struct error **err)
{
    if (is_release_name(name))
        return 0;
    if (name[0])
        error_set(err, ERROR_INPUT,
                  "invalid release name, must match regex %s and the length must not be longer "
                  "than %d",
                  RELEASE_NAME_PATTERN, RELEASE_NAME_MAX);
    else
        error_set(err, ERROR_INPUT, "no name provided");
    AUTO_FREE char *quoted = goquote_dup(name);
    error_wrap(err, "release name %s", quoted);
    return helm_major >= 4 ? error_wrap(err, "release name check failed") : -1;
}

/* helm 4 pkg/chart/loader: charts of version v3 exist there but are not for installing yet. */
static int check_api_version(const struct chart_node *root, int helm_major, struct error **err)
{
    const char *api = json_dig_str(root->metadata, "apiVersion", NULL);
    if (helm_major < 4 || strcmp(api, "v1") == 0 || strcmp(api, "v2") == 0)
        return 0;
    return error_set(err, ERROR_INPUT,
                     strcmp(api, "v3") == 0 ? "invalid chart apiVersion"
                                            : "unsupported chart version");
}

/* In the order of cmd/helm/install.go runInstall. */
static int check_installable(const struct chart_node *root, const struct render *r,
                             struct chart_rendered *out, struct error **err)
{
    if (check_api_version(root, r->helm_major, err))
        return -1;
    if (node_is_library(root))
        return error_set(err, ERROR_INPUT, "library charts are not installable");
    if (json_is_true(json_object_get(root->metadata, "deprecated")))
        strlist_add(&out->warnings,
                    r->helm_major >= 4 ? "this chart is deprecated" : "This chart is deprecated");
    if (check_dependencies(root, r->helm_major, err))
        return -1;
    return check_release_name(r->options->release ? r->options->release : "", r->helm_major, err);
}

static int process_dependencies(struct render *r, struct chart_node *root, const json_t *user,
                                struct chart_rendered *out, struct error **err)
{
    if (!dependencies_process(root, user, r->helm_major, &out->warnings, err))
        return 0;
    return r->helm_major >= 4 ? error_wrap(err, "chart dependencies processing failed") : -1;
}

static int render_tree(struct render *r, struct chart_node *root, const json_t *user,
                       struct chart_rendered *out, struct error **err)
{
    if (process_dependencies(r, root, user, out, err))
        return -1;
    node_set_paths(root);
    if (!r->options->text_only)
        out->chart_values = json_copy_dup(root->values);
    struct coalesce how = {.clean_defaults = r->helm_major >= 4, .warnings = &out->warnings};
    json_auto_t *values = NULL;
    if (coalesce_values(root, user, &how, &values, err) ||
        (!r->options->skip_schema && values_check_tree(root, values, &out->warnings, err)) ||
        check_kube_version(root, r, err) || context_build(&r->context, root, values, err) ||
        parse_templates(r, err) || execute_templates(r, root->name, out, err))
        return -1;
    size_t crds_cap = 0;
    worker_close(r->worker);
    take_crds(root, out, &crds_cap);
    return manifest_build(r->documents, r->helm_major, out, err);
}

int chart_render(const struct chart *chart, const json_t *user,
                 const struct chart_render_options *options, struct chart_rendered **ret_rendered,
                 struct error **err)
{
    AUTO_BUDGET budget = {0};
    budget_begin(&budget, &options->limits);
    AUTO_ARENA *arena = arena_new();
    MC_CLEANUP(render_release)
    struct render r = {
        .options = options,
        .helm_major = major_of(options),
        .worker = worker_new(),
        .context = {.a = arena, .options = options, .helm_major = major_of(options)},
    };
    MC_CLEANUP(node_cleanup) struct chart_node *root = NULL;
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *out = mem_zalloc(sizeof(*out));
    if (capability_version_parse(options, r.helm_major, &r.version, err))
        return -1;
    begin_templates(&r, chart);
    if (node_new(chart, r.helm_major, &root, err) || check_installable(root, &r, out, err) ||
        render_tree(&r, root, user, out, err))
        return -1;
    *ret_rendered = TAKE(out);
    return 0;
}
