/* Where images come from. */
#include "options_images.h"

#define FIELD(f) OPTION_FIELD(struct options_images, f)

static const struct option rows[] = {
    {"hub", 0, FIELD(hub), "REPOSITORY", "where images come from (default docker.io/istio)"},
};

const struct option_family options_images_family = {"Images", rows, MC_ARRAY_LEN(rows),
                                                    sizeof(struct options_images)};

const struct options_images *options_images_of(const struct options *o)
{
    return options_get(o, &options_images_family);
}
