/* What goes into an archive, and where that goes. */
#include "options_report.h"

#define FIELD(f) OPTION_FIELD(struct options_report, f)

static const struct option rows[] = {
    {"to", 0, FIELD(to), "FILE",
     "the archive (default meshctl-report-MESH-TIME.tar.gz); readable for you alone"},
    {"lines", 0, FIELD(lines), "N", "of each log, the last (default 1000)"},
};

const struct option_family options_report_family = {"Archive", rows, MC_ARRAY_LEN(rows),
                                                    sizeof(struct options_report)};

const struct options_report *options_report_of(const struct options *o)
{
    return options_get(o, &options_report_family);
}
