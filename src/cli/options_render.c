/* What `helm template` takes. */
#include "options_render.h"

#define FIELD(f) OPTION_FIELD(struct options_render, f)

static const struct option rows[] = {
    {"namespace", 'n', FIELD(namespace_), "NAMESPACE", "release namespace (default default)"},
    {"generate-name", 'g', FIELD(generate_name), NULL,
     "make the release name of the chart's and the time"},
    {"name-template", 0, FIELD(name_template), "TEMPLATE", "make the release name of a template"},
    {"version", 0, FIELD(version), "VERSION", "version of a chart by name or oci://"},
    {"values", 'f', FIELD(values), "FILE",
     "values files or URLs, separated by commas; - is standard input. Repeatable"},
    {"set", 0, FIELD(set), "KEY=VALUE", "a value, in Helm's --set grammar"},
    {"set-string", 0, FIELD(set_string), "KEY=VALUE", "a value that is always text"},
    {"set-file", 0, FIELD(set_file), "KEY=FILE", "a value that is a file's content"},
    {"set-json", 0, FIELD(set_json), "KEY=JSON", "a value as JSON"},
    {"set-literal", 0, FIELD(set_literal), "KEY=TEXT", "all behind = as one text"},
    {"compat", 0, FIELD(compat), "3|4", "major version of Helm whose bytes to match (default 4)"},
    {"kube-version", 0, FIELD(kube_version), "VERSION",
     "Kubernetes version that the chart shall see"},
    {"api-versions", 'a', FIELD(api_versions), "API",
     "further APIs that the chart shall see, separated by commas. Repeatable"},
    {"is-upgrade", 0, FIELD(is_upgrade), NULL, "render as an upgrade, not as an install"},
    {"include-crds", 0, FIELD(include_crds), NULL, "print the chart's crds/ too"},
    {"no-hooks", 0, FIELD(no_hooks), NULL, "leave hooks out"},
    {"skip-tests", 0, FIELD(skip_tests), NULL, "leave hooks out that are tests"},
    {"skip-schema-validation", 0, FIELD(skip_schema), NULL,
     "do not check values against values.schema.json"},
    {"show-only", 's', FIELD(show_only), "TEMPLATE",
     "print only what comes of this file, such as templates/service.yaml. Repeatable"},
    {"output-dir", 0, FIELD(output_dir), "DIR",
     "write a file per template instead of standard output"},
    {"release-name", 0, FIELD(release_in_path), NULL,
     "put the release name into the paths of --output-dir"},
};

const struct option_family options_render_family = {"Rendering", rows, MC_ARRAY_LEN(rows),
                                                    sizeof(struct options_render)};

const struct options_render *options_render_of(const struct options *o)
{
    return options_get(o, &options_render_family);
}
