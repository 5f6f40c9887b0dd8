/* Option family: where images come from. */
#ifndef MESHCTL_CLI_OPTIONS_IMAGES_H
#define MESHCTL_CLI_OPTIONS_IMAGES_H

#include "options.h"

struct options_images {
    const char *hub;
};

extern const struct option_family options_images_family;
const struct options_images *options_images_of(const struct options *o);

#endif
