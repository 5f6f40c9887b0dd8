/* Globs of .Files.Glob (github.com/gobwas/glob with '/' as separator): * stops at a slash, ** does
 * not, ?, [abc] [!a-z], {one,two}. */
#ifndef MESHCTL_GOLANG_GLOB_H
#define MESHCTL_GOLANG_GLOB_H

#include <stdbool.h>
#include <stddef.h>

#define GLOB_MAX_PATTERN 1024
#define GLOB_MAX_STEPS 1000000 /* of one match: patterns come from charts */

bool glob_is_valid(const char *pattern, size_t len);
/* For valid patterns; one that needs more steps does not match. */
bool glob_matches(const char *pattern, size_t len, const char *name);

#endif
