/* How a run goes about the clusters. */
#include "options_run.h"

#define FIELD(f) OPTION_FIELD(struct options_run, f)

static const struct option rows[] = {
    {"only", 0, FIELD(only), "NAME", "change this cluster only"},
    {"timeout", 0, FIELD(timeout), "DURATION", "for the whole run (default 10m)"},
    {"parallel", 0, FIELD(parallel), "N", "requests under way at once per cluster (default 32)"},
    {"field-manager", 0, FIELD(field_manager), "NAME",
     "manager of the objects that are not a chart's (default meshctl)"},
    {"manifests", 0, FIELD(manifests), "DIR",
     "folder whose files replace built-in manifests of the same name"},
};

const struct option_family options_run_family = {"The run", rows, MC_ARRAY_LEN(rows),
                                                 sizeof(struct options_run)};

const struct options_run *options_run_of(const struct options *o)
{
    return options_get(o, &options_run_family);
}
