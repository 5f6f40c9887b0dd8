/* What a run may change of what is there. */
#include "options_change.h"

#define FIELD(f) OPTION_FIELD(struct options_change, f)

static const struct option rows[] = {
    {"dry-run", 0, FIELD(dry_run), "client|server",
     "list the changes and write nothing; server: as plan, which lets each API server try them"},
    {"take-ownership", 0, FIELD(take_ownership), NULL,
     "objects of others under the mesh's names become the mesh's"},
    {"force-conflicts", 0, FIELD(force_conflicts), NULL,
     "take over fields that another manager owns"},
};

const struct option_family options_change_family = {"Changes", rows, MC_ARRAY_LEN(rows),
                                                    sizeof(struct options_change)};

const struct options_change *options_change_of(const struct options *o)
{
    return options_get(o, &options_change_family);
}
