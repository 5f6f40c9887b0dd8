/* Option families: our own objects, and whose name stands on their fields. */
#ifndef MESHCTL_CLI_OPTIONS_OBJECTS_H
#define MESHCTL_CLI_OPTIONS_OBJECTS_H

#include "options.h"

struct options_manager {
    const char *field_manager;
};

extern const struct option_family options_manager_family;
const struct options_manager *options_manager_of(const struct options *o);

struct options_manifests {
    const char *manifests;
};

extern const struct option_family options_manifests_family;
const struct options_manifests *options_manifests_of(const struct options *o);

#endif
