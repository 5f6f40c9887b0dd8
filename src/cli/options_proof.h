/* Option family: the traffic that verify sends by itself. */
#ifndef MESHCTL_CLI_OPTIONS_PROOF_H
#define MESHCTL_CLI_OPTIONS_PROOF_H

#include "options.h"

struct options_proof {
    bool keep, failover, partition, bench;
    const char *rate, *confirm;
};

extern const struct option_family options_proof_family;
const struct options_proof *options_proof_of(const struct options *o);

#endif
