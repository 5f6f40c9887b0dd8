/* `render --output-dir`: a file per template, as `helm template` lays them out
 * (pkg/action/action.go renderResources, writeToFile): DIR/CHART/templates/FILE, or with
 * --release-name DIR/RELEASE/CHART/...; CRDs are never below the release's name. */
#ifndef MESHCTL_CLI_RENDER_FILES_H
#define MESHCTL_CLI_RENDER_FILES_H

#include "meshctl/helm/render.h"

struct render_files {
    const char *dir;
    const char *release; /* NULL: not part of the paths */
    const struct chart_print_options *options;
};

/* Each file is replaced as a whole, once its content is known to its end. Helm instead adds a hook
 * to what an earlier run left in its file. Appends Helm's "wrote" line for each document. */
int render_files_write(const struct render_files *files, const struct chart_rendered *rendered,
                       struct buf *out, struct error **err) MC_WARN_UNUSED;

#endif
