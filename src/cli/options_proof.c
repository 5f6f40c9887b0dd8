/* The traffic that verify sends by itself. */
#include "options_proof.h"

#define FIELD(f) OPTION_FIELD(struct options_proof, f)

static const struct option rows[] = {
    {"keep", 0, FIELD(keep), NULL,
     "leave verify's own namespace, with what sends and answers, in every cluster"},
    {"no-traffic", 0, FIELD(no_traffic), NULL,
     "look only: no namespace of verify's own, no requests in it"},
};

const struct option_family options_proof_family = {"Its own traffic", rows, MC_ARRAY_LEN(rows),
                                                   sizeof(struct options_proof)};

const struct options_proof *options_proof_of(const struct options *o)
{
    return options_get(o, &options_proof_family);
}
