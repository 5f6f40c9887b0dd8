/* What the mesh is proved with. */
#include "options_verify.h"

#define FIELD(f) OPTION_FIELD(struct options_verify, f)

static const struct option rows[] = {
    {"bookinfo", 0, FIELD(bookinfo), NULL,
     "deploy Istio's Bookinfo sample over the clusters and verify with its traffic"},
    {"no-traffic", 0, FIELD(no_traffic), NULL,
     "look only: no namespace of verify's own, no requests in it"},
    {"requests", 0, FIELD(requests), "N",
     "requests to send at the least: on every path of its own (default 100), of the sample (40)"},
};

const struct option_family options_verify_family = {"Verification", rows, MC_ARRAY_LEN(rows),
                                                    sizeof(struct options_verify)};

const struct options_verify *options_verify_of(const struct options *o)
{
    return options_get(o, &options_verify_family);
}
