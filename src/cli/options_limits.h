/* Option family: how much a chart may use up. */
#ifndef MESHCTL_CLI_OPTIONS_LIMITS_H
#define MESHCTL_CLI_OPTIONS_LIMITS_H

#include "meshctl/base/budget.h"
#include "options.h"

struct options_limits {
    const char *max_memory, *max_time;
};

extern const struct option_family options_limits_family;
/* For budget_begin; `cancel` is borrowed. */
int options_limits_read(const struct options *o, struct cancel *cancel,
                        struct budget_limits *ret_limits, struct error **err) MC_WARN_UNUSED;

#endif
