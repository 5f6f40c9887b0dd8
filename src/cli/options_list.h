/* Option family: how much of a chart source is listed. */
#ifndef MESHCTL_CLI_OPTIONS_LIST_H
#define MESHCTL_CLI_OPTIONS_LIST_H

#include "options.h"

struct options_list {
    const char *limit;
};

extern const struct option_family options_list_family;
const struct options_list *options_list_of(const struct options *o);

#endif
