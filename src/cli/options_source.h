/* Option family: where charts come from, and how a chart server is reached. */
#ifndef MESHCTL_CLI_OPTIONS_SOURCE_H
#define MESHCTL_CLI_OPTIONS_SOURCE_H

#include "options.h"

struct options_source {
    const char *charts;
    const char *ca_file, *cert_file, *key_file;
    bool insecure_skip_tls_verify, plain_http;
};

extern const struct option_family options_source_family;
const struct options_source *options_source_of(const struct options *o);

#endif
