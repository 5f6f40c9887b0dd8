/* Option family: what goes into an archive, and where that goes. */
#ifndef MESHCTL_CLI_OPTIONS_REPORT_H
#define MESHCTL_CLI_OPTIONS_REPORT_H

#include "options.h"

struct options_report {
    const char *to, *lines;
};

extern const struct option_family options_report_family;
const struct options_report *options_report_of(const struct options *o);

#endif
