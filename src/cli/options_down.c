/* What is taken off, and the person's word for it. */
#include "options_down.h"

#define FIELD(f) OPTION_FIELD(struct options_down, f)

static const struct option rows[] = {
    {"confirm", 0, FIELD(confirm), "MESH", "the mesh id, as the word that it may be taken off"},
    {"delete-crds", 0, FIELD(delete_crds), NULL,
     "Istio's kinds too, and with them every object of these kinds"},
    {"take-ownership", 0, FIELD(take_ownership), NULL,
     "also objects under the mesh's names that carry no mark of it"},
};

const struct option_family options_down_family = {"Taking off", rows, MC_ARRAY_LEN(rows),
                                                  sizeof(struct options_down)};

const struct options_down *options_down_of(const struct options *o)
{
    return options_get(o, &options_down_family);
}

static const struct option remove_rows[] = {
    {"keep-mesh", 0, OPTION_FIELD(struct options_remove, keep_mesh), NULL,
     "only the other clusters forget it; what it has of the mesh stays"},
};

const struct option_family options_remove_family = {
    "Removing a cluster", remove_rows, MC_ARRAY_LEN(remove_rows), sizeof(struct options_remove)};

const struct options_remove *options_remove_of(const struct options *o)
{
    return options_get(o, &options_remove_family);
}
