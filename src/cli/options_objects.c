/* Our own objects, and whose name stands on their fields. */
#include "options_objects.h"

static const struct option manager_rows[] = {
    {"field-manager", 0, OPTION_FIELD(struct options_manager, field_manager), "NAME",
     "manager of the objects that are not a chart's (default meshctl)"},
};

const struct option_family options_manager_family = {
    "Writing", manager_rows, MC_ARRAY_LEN(manager_rows), sizeof(struct options_manager)};

const struct options_manager *options_manager_of(const struct options *o)
{
    return options_get(o, &options_manager_family);
}

static const struct option manifests_rows[] = {
    {"manifests", 0, OPTION_FIELD(struct options_manifests, manifests), "DIR",
     "folder whose files replace built-in manifests of the same name"},
};

const struct option_family options_manifests_family = {
    "Manifests", manifests_rows, MC_ARRAY_LEN(manifests_rows), sizeof(struct options_manifests)};

const struct options_manifests *options_manifests_of(const struct options *o)
{
    return options_get(o, &options_manifests_family);
}
