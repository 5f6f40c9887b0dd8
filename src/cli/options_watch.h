/* Option family: how often the mesh is read. */
#ifndef MESHCTL_CLI_OPTIONS_WATCH_H
#define MESHCTL_CLI_OPTIONS_WATCH_H

#include "options.h"

struct options_watch {
    bool watch;
    const char *interval;
};

extern const struct option_family options_watch_family;
const struct options_watch *options_watch_of(const struct options *o);

#endif
