/* Go's package strings. Thread-safe. */
#ifndef MESHCTL_GOLANG_STRINGS_H
#define MESHCTL_GOLANG_STRINGS_H

#include <stddef.h>

/* TrimSpace and TrimLeftFunc of unicode.IsSpace on a range. */
void gostring_trim(const char **s, size_t *len);
void gostring_trim_left(const char **s, size_t *len);

#endif
