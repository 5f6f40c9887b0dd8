/* Go's path/filepath.Match: * and ? stop at a slash, [a-z] and [^a-z], \ takes the next rune. */
#ifndef MESHCTL_GOLANG_FILEPATH_MATCH_H
#define MESHCTL_GOLANG_FILEPATH_MATCH_H

#include <stdbool.h>

bool pathmatch_is_valid(const char *pattern);
/* For valid patterns. */
bool pathmatch(const char *pattern, const char *name);

#endif
