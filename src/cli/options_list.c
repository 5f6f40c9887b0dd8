/* How much of a chart source is listed. */
#include "options_list.h"

#define FIELD(f) OPTION_FIELD(struct options_list, f)

static const struct option rows[] = {
    {"limit", 0, FIELD(limit), "N",
     "versions of each chart to list, newest first; 0: all (default 10)"},
};

const struct option_family options_list_family = {"Listing charts", rows, MC_ARRAY_LEN(rows),
                                                  sizeof(struct options_list)};

const struct options_list *options_list_of(const struct options *o)
{
    return options_get(o, &options_list_family);
}
