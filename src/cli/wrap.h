#ifndef MESHCTL_CLI_WRAP_H
#define MESHCTL_CLI_WRAP_H

#include "meshctl/base/buf.h"

#define WRAP_WIDTH 100 /* columns of help and explanations at the most */

/* Appends ASCII text, which begins at `column` of its line, broken at blanks so that no line is
 * wider than WRAP_WIDTH (but for a word that is); further lines begin at `column` too. Ends with a
 * newline. */
void wrap_append(struct buf *out, const char *text, size_t column);

#endif
