/* Text made to stay on one line. */
#include "meshctl/ui/line.h"

#include "meshctl/base/text.h"

void line_append(struct buf *out, const char *text, size_t len)
{
    size_t start = out->len;
    text_append_clean(out, text, len);
    for (size_t i = start; i < out->len; i++)
        if (out->data[i] == '\n' || out->data[i] == '\t')
            out->data[i] = ' ';
}
