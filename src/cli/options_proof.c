/* The traffic that verify sends by itself. */
#include "options_proof.h"

#define FIELD(f) OPTION_FIELD(struct options_proof, f)

static const struct option rows[] = {
    {"failover", 0, FIELD(failover), NULL,
     "take each cluster's own echo away under load and give it back: who answers when, what is "
     "lost"},
    {"partition", 0, FIELD(partition), NULL,
     "the same with each cluster's east-west gateway, the real one: asks before it does"},
    {"bench", 0, FIELD(bench), NULL,
     "throughput and latency of every path, within a cluster and between them"},
    {"rate", 0, FIELD(rate), "N", "requests a second of the load of these (default 200)"},
    {"confirm", 0, FIELD(confirm), "MESH",
     "the mesh id, as the word that its gateways may be taken away for --partition"},
    {"keep", 0, FIELD(keep), NULL,
     "leave verify's own namespace, with what sends and answers, in every cluster"},
};

const struct option_family options_proof_family = {"Its own traffic", rows, MC_ARRAY_LEN(rows),
                                                   sizeof(struct options_proof)};

const struct options_proof *options_proof_of(const struct options *o)
{
    return options_get(o, &options_proof_family);
}
