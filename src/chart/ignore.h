/* .helmignore (helm pkg/ignore/rules.go). */
#ifndef MESHCTL_CHART_IGNORE_H
#define MESHCTL_CHART_IGNORE_H

#include <stdbool.h>

#include "meshctl/base/error.h"

#define IGNORE_MAX_TEXT ((size_t)1024 * 1024)
#define IGNORE_MAX_LINE 65535 /* Go's bufio.MaxScanTokenSize, with the line's end */

struct ignore;

/* Helm's own rule (templates/.?*) comes last. Errors have where = .helmignore:LINE. */
int ignore_parse(const char *text, size_t len, struct ignore **ret_rules, struct error **err)
    MC_WARN_UNUSED;
void ignore_free(struct ignore *rules);
/* `path` is relative to the chart's folder, with slashes. */
bool ignore_matches(const struct ignore *rules, const char *path, bool is_dir);

MC_DEFINE_CLEANUP(ignore_cleanup, struct ignore, ignore_free);

#endif
