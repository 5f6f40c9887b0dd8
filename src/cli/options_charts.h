/* Option family: which version of Istio's charts is installed, with which values. */
#ifndef MESHCTL_CLI_OPTIONS_CHARTS_H
#define MESHCTL_CLI_OPTIONS_CHARTS_H

#include "options.h"

struct options_charts {
    const char *istio_version;
    struct strlist values;                    /* COMPONENT=FILE */
    struct strlist set, set_string, set_json; /* COMPONENT.KEY=VALUE */
    bool reuse_values, reset_values, allow_downgrade;
};

extern const struct option_family options_charts_family;
const struct options_charts *options_charts_of(const struct options *o);

#endif
