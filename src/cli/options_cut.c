/* Which of the steps are run. */
#include "options_cut.h"

#define FIELD(f) OPTION_FIELD(struct options_cut, f)

static const struct option rows[] = {
    {"from", 0, FIELD(from), "STEP",
     "first step: ca, install, gateway, remote-secret, expose, verify"},
    {"to", 0, FIELD(to), "STEP", "last step"},
};

const struct option_family options_cut_family = {"Steps", rows, MC_ARRAY_LEN(rows),
                                                 sizeof(struct options_cut)};

const struct options_cut *options_cut_of(const struct options *o)
{
    return options_get(o, &options_cut_family);
}
