/* Text of others within a line of ours. */
#ifndef MESHCTL_UI_LINE_H
#define MESHCTL_UI_LINE_H

#include <stdbool.h>

#include "meshctl/base/buf.h"

/* Text that must stay on its line: cleaned (text_append_clean), newlines and tabs as blanks. */
void line_append(struct buf *out, const char *text, size_t len);
/* Of such text at most `width` columns; padded with blanks to them when `pad`. */
void line_append_fitted(struct buf *out, const char *raw, size_t width, bool pad);

#endif
