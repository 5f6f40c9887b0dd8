/* Text made to stay on one line. */
#include "meshctl/ui/line.h"

#include <string.h>

#include "meshctl/base/text.h"

void line_append(struct buf *out, const char *text, size_t len)
{
    size_t start = out->len;
    text_append_clean(out, text, len);
    for (size_t i = start; i < out->len; i++)
        if (out->data[i] == '\n' || out->data[i] == '\t')
            out->data[i] = ' ';
}

void line_append_fitted(struct buf *out, const char *raw, size_t width, bool pad)
{
    AUTO_BUF line = BUF_INIT;
    line_append(&line, raw, strlen(raw));
    const char *text = buf_str(&line);
    size_t used = 0, len = line.len;
    for (size_t i = 0; i < len;) {
        uint32_t rune;
        size_t n = text_rune(text + i, len - i, &rune);
        AUTO_FREE char *one = mem_strndup(text + i, n);
        size_t w = text_width(one);
        if (used + w > width)
            break;
        buf_append(out, text + i, n);
        used += w;
        i += n;
    }
    if (pad && used < width)
        buf_pad(out, ' ', width - used);
}
