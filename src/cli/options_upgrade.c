/* To which version the clusters go. */
#include "options_upgrade.h"

#define FIELD(f) OPTION_FIELD(struct options_upgrade, f)

static const struct option rows[] = {
    {"to", 0, FIELD(to), "VERSION", "chart and image version to go to"},
};

const struct option_family options_upgrade_family = {"Upgrade", rows, MC_ARRAY_LEN(rows),
                                                     sizeof(struct options_upgrade)};

const struct options_upgrade *options_upgrade_of(const struct options *o)
{
    return options_get(o, &options_upgrade_family);
}
