/* The one place that knows how a version looks: versions and constraints differ in the characters
 * of their numbers only. */
#ifndef MESHCTL_BASE_SEMVER_SCAN_H
#define MESHCTL_BASE_SEMVER_SCAN_H

#include <stddef.h>

struct semver_span {
    const char *text; /* NULL when the part is not there */
    size_t len;
};

struct semver_parts {
    struct semver_span number[3];            /* without dots */
    struct semver_span prerelease, metadata; /* without '-' and '+' */
    size_t len;                              /* of it all, a leading v included */
};

#define SEMVER_DIGITS "0123456789"
/* Masterminds' pattern for constraints has '|' in the class; such a text matches and then fails. */
#define SEMVER_WILD_DIGITS SEMVER_DIGITS "|xX*"

/* The longest version at the start of the text; len 0 when there is none. */
struct semver_parts semver_scan(const char *text, const char *digits);

#endif
