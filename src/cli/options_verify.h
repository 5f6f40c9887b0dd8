/* Option family: what the mesh is proved with. */
#ifndef MESHCTL_CLI_OPTIONS_VERIFY_H
#define MESHCTL_CLI_OPTIONS_VERIFY_H

#include "options.h"

struct options_verify {
    bool bookinfo, no_traffic;
    const char *requests;
};

extern const struct option_family options_verify_family;
const struct options_verify *options_verify_of(const struct options *o);

#endif
