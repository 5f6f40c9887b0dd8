/* The debug log (-v, -vv): what was asked of whom and how long it took, for the person who looks
 * for a cause. Never messages that everybody needs (those are events), never secrets: callers log
 * methods, paths and counts, not bodies or headers. Thread-safe; each line is one write. */
#ifndef MESHCTL_BASE_LOG_H
#define MESHCTL_BASE_LOG_H

#include <stdbool.h>

#include "meshctl/base/mem.h"

/* Set once before threads start; 0 is silent, 1 is -v (requests), 2 is -vv (details). */
void log_set_level(int level);
bool log_enabled(int level);
void log_at(int level, const char *fmt, ...) MC_PRINTF(2, 3);

#endif
