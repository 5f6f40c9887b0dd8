/* Which version of Istio's charts is installed, with which values, over what is there. */
#include "options_charts.h"

#include "meshctl/mesh/mesh.h"

#define FIELD(f) OPTION_FIELD(struct options_charts, f)

static const struct option rows[] = {
    {"istio-version", 0, FIELD(istio_version), "VERSION",
     "chart and image version (default " MESH_DEFAULT_ISTIO_VERSION ")"},
    {"values", 0, FIELD(values), "COMPONENT=FILE",
     "values file of a component (base, istiod, ingress, eastwest; gateway: both gateways)"},
    {"set", 0, FIELD(set), "COMPONENT.KEY=VALUE",
     "a value of a component, in Helm's --set grammar"},
    {"set-string", 0, FIELD(set_string), "COMPONENT.KEY=VALUE", "a value that is always text"},
    {"set-json", 0, FIELD(set_json), "COMPONENT.KEY=JSON", "a value as JSON"},
    {"reuse-values", 0, FIELD(reuse_values), NULL,
     "keep values that were set with helm, but for those that are given here"},
    {"reset-values", 0, FIELD(reset_values), NULL, "drop values that were set with helm"},
    {"allow-downgrade", 0, FIELD(allow_downgrade), NULL, "install an older chart over a newer one"},
};

const struct option_family options_charts_family = {"Charts and values", rows, MC_ARRAY_LEN(rows),
                                                    sizeof(struct options_charts)};

const struct options_charts *options_charts_of(const struct options *o)
{
    return options_get(o, &options_charts_family);
}
