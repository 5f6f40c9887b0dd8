/* Text wrapped at words under a hanging indent. */
#include "wrap.h"

#include <string.h>

void wrap_append(struct buf *out, const char *text, size_t column)
{
    size_t at = column;
    for (;;) {
        size_t len = strcspn(text, " ");
        if (at > column && at + 1 + len > WRAP_WIDTH) {
            buf_appendc(out, '\n');
            buf_pad(out, ' ', column);
            at = column;
        }
        if (at > column) {
            buf_appendc(out, ' ');
            at++;
        }
        buf_append(out, text, len);
        at += len;
        if (!text[len])
            break;
        text += len + 1;
    }
    buf_appendc(out, '\n');
}
