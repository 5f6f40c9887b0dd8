/* Option families: what is taken off, and the person's word for it. */
#ifndef MESHCTL_CLI_OPTIONS_DOWN_H
#define MESHCTL_CLI_OPTIONS_DOWN_H

#include "options.h"

struct options_down {
    const char *confirm;
    bool delete_crds, take_ownership;
};

extern const struct option_family options_down_family;
const struct options_down *options_down_of(const struct options *o);

struct options_remove {
    bool keep_mesh;
};

extern const struct option_family options_remove_family;
const struct options_remove *options_remove_of(const struct options *o);

#endif
