/* Option family: how the east-west gateways are reached. */
#ifndef MESHCTL_CLI_OPTIONS_GATEWAY_H
#define MESHCTL_CLI_OPTIONS_GATEWAY_H

#include "options.h"

struct options_gateway {
    const char *cloud;
    struct strlist addresses; /* NAME=HOST[:PORT] each */
    const char *type;
    bool internal;
    const char *ports; /* how many: 3 or 4 */
};

extern const struct option_family options_gateway_family;
const struct options_gateway *options_gateway_of(const struct options *o);

#endif
