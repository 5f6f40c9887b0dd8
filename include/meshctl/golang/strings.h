/* Text as Go's strings and strconv packages handle it. Thread-safe. */
#ifndef MESHCTL_GOLANG_STRINGS_H
#define MESHCTL_GOLANG_STRINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/buf.h"

/* Appends Go's %q of the bytes (strconv.Quote without its tables of printable runes: what is valid
 * UTF-8 and no control character stays). */
void name_append_quoted(struct buf *out, const char *s, size_t len);
char *name_quoted_dup(const char *s);

/* unicode.IsSpace. */
bool name_is_space(uint32_t rune);
/* strings.TrimSpace on a range. */
void name_trim(const char **s, size_t *len);
void name_trim_left(const char **s, size_t *len);

#endif
