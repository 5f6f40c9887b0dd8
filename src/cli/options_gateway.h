/* Option family: how the east-west gateways are reached. */
#ifndef MESHCTL_CLI_OPTIONS_GATEWAY_H
#define MESHCTL_CLI_OPTIONS_GATEWAY_H

#include "options.h"

struct options_gateway {
    const char *cloud;
    const char *ports; /* how many: 3 or 4 */
};

extern const struct option_family options_gateway_family;
const struct options_gateway *options_gateway_of(const struct options *o);

#endif
