/* How often the mesh is read. */
#include "options_watch.h"

#define FIELD(f) OPTION_FIELD(struct options_watch, f)

static const struct option rows[] = {
    {"watch", 'w', FIELD(watch), NULL,
     "read again and again until Ctrl-C: redrawn in place on a terminal, elsewhere one after "
     "another"},
    {"interval", 0, FIELD(interval), "DURATION",
     "with --watch: from the beginning of one reading to the next (default 2s)"},
};

const struct option_family options_watch_family = {"Watching", rows, MC_ARRAY_LEN(rows),
                                                   sizeof(struct options_watch)};

const struct options_watch *options_watch_of(const struct options *o)
{
    return options_get(o, &options_watch_family);
}
