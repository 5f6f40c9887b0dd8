/* What is read of the mesh as it is. */
#include "options_status.h"

#define FIELD(f) OPTION_FIELD(struct options_status, f)

static const struct option rows[] = {
    {"namespace", 'n', FIELD(namespaces), "NAMESPACE",
     "its services, and who calls whom. Repeatable"},
    {"window", 0, FIELD(window), "DURATION",
     "time between the two readings of the proxies' counters (default 1s)"},
};

const struct option_family options_status_family = {"Reading", rows, MC_ARRAY_LEN(rows),
                                                    sizeof(struct options_status)};

const struct options_status *options_status_of(const struct options *o)
{
    return options_get(o, &options_status_family);
}
