/* What is checked. */
#include "options_check.h"

#include "options_ca.h"
#include "options_charts.h"
#include "options_gateway.h"
#include "options_images.h"
#include "options_source.h"

static const struct option rows[] = {
    {"pre", 0, OPTION_FIELD(struct options_check, pre), NULL,
     "before a mesh is made: whether up with the same flags would go through"},
};

const struct option_family options_check_family = {"Checking", rows, MC_ARRAY_LEN(rows),
                                                   sizeof(struct options_check)};

const struct option_family *const options_pre_families[] = {
    &options_charts_family, &options_source_family,  &options_images_family,
    &options_ca_family,     &options_gateway_family, NULL,
};

const struct options_check *options_check_of(const struct options *o)
{
    return options_get(o, &options_check_family);
}
