/* Option family: what `helm template` takes. */
#ifndef MESHCTL_CLI_OPTIONS_RENDER_H
#define MESHCTL_CLI_OPTIONS_RENDER_H

#include "options.h"

struct options_render {
    const char *namespace_, *version, *kube_version, *name_template, *output_dir;
    const char *compat; /* "3" or "4" */
    bool generate_name, is_upgrade, include_crds, no_hooks, skip_tests, skip_schema;
    bool release_in_path;
    struct strlist values, api_versions; /* each may be several, separated by commas */
    struct strlist set, set_string, set_file, set_json, set_literal, show_only;
};

extern const struct option_family options_render_family;
const struct options_render *options_render_of(const struct options *o);

#endif
