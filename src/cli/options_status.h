/* Option family: what is read of the mesh as it is, and how often. */
#ifndef MESHCTL_CLI_OPTIONS_STATUS_H
#define MESHCTL_CLI_OPTIONS_STATUS_H

#include "options.h"

struct options_status {
    struct strlist namespaces;
    const char *window;
};

extern const struct option_family options_status_family;
const struct options_status *options_status_of(const struct options *o);

#endif
