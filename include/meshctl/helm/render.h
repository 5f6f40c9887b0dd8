/* What `helm template` and `helm install` make of a chart and values (pkg/engine, pkg/action). */
#ifndef MESHCTL_HELM_RENDER_H
#define MESHCTL_HELM_RENDER_H

#include "meshctl/base/budget.h"
#include "meshctl/base/strlist.h"
#include "meshctl/chart/chart.h"

struct chart_render_options {
    const char *release; /* release name */
    const char *namespace_;
    bool is_upgrade;
    int revision;             /* 0 is taken as 1 */
    int helm_major;           /* 3 or 4: whose bytes to match; 0 is 3 */
    const char *kube_version; /* as a server says it, "v1.34.4"; NULL: Helm's offline default */
    /* "group/version" and "group/version/Kind" of the server, asked after crds/ were made, as
     * Helm's install does; NULL: Helm's offline default set. */
    const struct strlist *api_versions;
    /* As `helm template`: the versions are those of --kube-version, of which Helm 3 drops what
     * follows the numbers, and --api-versions, which come on top of the default set. */
    bool is_template;
    bool text_only;   /* every object's JSON is freed once it has been looked at: a fourth of the
                         memory of a render whose text alone is wanted */
    bool skip_schema; /* values.schema.json is not looked at */
    struct budget_limits limits; /* of the whole render, unless the thread has a budget already */
    /* Helm's lookup against a live cluster (pkg/engine/lookup_func.go); NULL: empty maps. With a
     * name: that object. Without: the list object (kind and items), "" as the namespace of all. The
     * namespace of a cluster-scoped kind is ignored. What is not found is *ret_object NULL, which
     * is an empty map; a group or version that is not served is an error, and any error ends the
     * render ("... error calling lookup: ..."). On the calling thread. */
    int (*lookup)(void *ctx, const char *api_version, const char *kind, const char *namespace_,
                  const char *name, json_t **ret_object, struct error **err);
    void *ctx;
};

/* The line above each document, of its source. */
#define CHART_SOURCE_LINE "---\n# Source: %s"

struct chart_object {
    char *source;   /* "istiod/templates/service.yaml" */
    size_t at, len; /* where the document stands in the manifest, as rendered */
    json_t *object; /* NULL when the document is only comments, and with text_only */
};

struct chart_text {
    char *source; /* "base/crds/crd-all.gen.yaml" */
    char *text;
    size_t len;
};

struct chart_hook {
    char *path, *manifest, *name, *kind;
    struct strlist events, delete_policies, output_log_policies;
    int64_t weight;
};

struct chart_rendered {
    char *manifest; /* "---\n# Source: ...\n...", in install order, as stored in a release */
    char *notes;    /* or NULL */
    struct chart_object *objects; /* the manifest's documents, in install order */
    size_t objects_count;
    struct chart_text *crds; /* of crds/, not templated, not parsed */
    size_t crds_count;
    struct chart_hook *hooks;
    size_t hooks_count;
    json_t *chart_values; /* defaults after dependency processing, as a release stores them; NULL
                             with text_only */
    struct strlist warnings;
};

/* `user` are the user's values alone (what a release stores as config). Errors: values that do not
 * fit the schema, template errors with Go's and Helm's text (where = template file), YAML that does
 * not parse ("YAML parse error on FILE: ..."), limits reached (naming the template's place or the
 * file): all ERROR_INPUT. ERROR_CANCELLED. */
int chart_render(const struct chart *chart, const json_t *user,
                 const struct chart_render_options *options, struct chart_rendered **ret_rendered,
                 struct error **err) MC_WARN_UNUSED;
void chart_rendered_free(struct chart_rendered *r);

struct chart_print_options {
    int helm_major; /* for show_only: the majors cut documents differently */
    bool include_crds, no_hooks, skip_tests;
    const struct strlist *show_only; /* patterns of Go's filepath.Match below the chart, or NULL */
};
/* Puts what `helm template` prints on stdout into `out`, which is empty; the manifest moves there.
 * ERROR_INPUT: a pattern that nothing fits. */
int chart_rendered_print(struct buf *out, struct chart_rendered *r,
                         const struct chart_print_options *options, struct error **err)
    MC_WARN_UNUSED;
/* Whether `helm template --skip-tests` leaves the hook out. */
bool chart_hook_is_test(const struct chart_hook *hook);

MC_DEFINE_CLEANUP(chart_rendered_cleanup, struct chart_rendered, chart_rendered_free);

#endif
