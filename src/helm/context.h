/* What templates see: the map of each chart with Chart, Files, Release, Capabilities, Values,
 * Subcharts (helm pkg/engine/engine.go recAllTpls). */
#ifndef MESHCTL_HELM_CONTEXT_H
#define MESHCTL_HELM_CONTEXT_H

#include "chart_node.h"
#include "meshctl/helm/render.h"
#include "meshctl/value/value.h"

/* One file to parse and, unless its name begins with '_', to execute. */
struct context_template {
    const struct chart_file *file;
    const char *name;      /* "istiod/charts/sub/templates/a.yaml"; in the arena */
    const char *base_path; /* "istiod/charts/sub/templates" */
    struct tval dot;       /* shared by all templates of the chart */
};

struct context {
    struct arena *a;
    const struct chart_render_options *options;
    int helm_major;
    struct tval release, capabilities;
    struct context_template *templates;
    size_t count, cap;
};

/* Builds the maps of the whole tree; `values` are the root's coalesced ones. */
int context_build(struct context *c, const struct chart_node *root, const json_t *values,
                  struct error **err) MC_WARN_UNUSED;
void context_release(struct context *c);
/* The type name of Helm's Values in that major version. */
const char *context_values_type(int helm_major);

/* capabilities.c */
struct capability_version {
    char *full;       /* "v1.33.4-gke.1" */
    char *normalized; /* what a chart's kubeVersion is compared with */
    char *major, *minor;
};
int capability_version_parse(const struct chart_render_options *options, int helm_major,
                             struct capability_version *ret_version, struct error **err)
    MC_WARN_UNUSED;
void capability_version_release(struct capability_version *v);
int capabilities_build(struct arena *a, const struct chart_render_options *options, int helm_major,
                       struct tval *ret, struct error **err) MC_WARN_UNUSED;

/* chart_object.c: .Chart, a struct in Helm 3, a map in Helm 4. */
struct tval chart_object_build(struct arena *a, const json_t *metadata, bool is_root,
                               int helm_major);

/* files.c: .Files of a chart. The chart outlives the arena's use. */
struct tval files_build(struct arena *a, const struct chart_file *files, size_t count);

#endif
