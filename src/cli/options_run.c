/* How a run goes about the clusters. */
#include "options_run.h"

#define FIELD(f) OPTION_FIELD(struct options_run, f)

static const struct option rows[] = {
    {"timeout", 0, FIELD(timeout), "DURATION", "for the whole run (default 10m)"},
    {"parallel", 0, FIELD(parallel), "N",
     "requests under way at once per cluster (default 4 to 16)"},
    {"no-input", 0, FIELD(no_input), NULL, "ask nobody, not even on a terminal"},
};

const struct option_family options_run_family = {"The run", rows, MC_ARRAY_LEN(rows),
                                                 sizeof(struct options_run)};

const struct options_run *options_run_of(const struct options *o)
{
    return options_get(o, &options_run_family);
}

static const struct option only_rows[] = {
    {"only", 0, OPTION_FIELD(struct options_only, only), "NAME", "change this cluster only"},
};

const struct option_family options_only_family = {
    "Which cluster", only_rows, MC_ARRAY_LEN(only_rows), sizeof(struct options_only)};

const struct options_only *options_only_of(const struct options *o)
{
    return options_get(o, &options_only_family);
}
