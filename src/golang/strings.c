/* What Go's package strings takes for white space, and texts in quotes. */
#include "meshctl/golang/strings.h"

#include <string.h>

#include "meshctl/base/text.h"

static void append_quoted_rune(struct buf *out, uint32_t rune, const char *s, size_t n)
{
    static const char letters[] = "abtnvfr";
    if (rune == '"' || rune == '\\')
        buf_appendf(out, "\\%c", (int)rune);
    else if (rune >= 7 && rune <= 13)
        buf_appendf(out, "\\%c", letters[rune - 7]);
    else if (rune < 0x20 || rune == 0x7f)
        buf_appendf(out, "\\x%02x", (unsigned)rune);
    else if (rune == 0xfffd && n == 1)
        buf_appendf(out, "\\x%02x", (unsigned char)s[0]);
    else if (rune >= 0x80 && rune <= 0xa0)
        buf_appendf(out, "\\u%04x", (unsigned)rune);
    else
        buf_append(out, s, n);
}

void name_append_quoted(struct buf *out, const char *s, size_t len)
{
    buf_appendc(out, '"');
    while (len) {
        uint32_t rune;
        size_t n = text_rune(s, len, &rune);
        append_quoted_rune(out, rune, s, n);
        s += n;
        len -= n;
    }
    buf_appendc(out, '"');
}

char *name_quoted_dup(const char *s)
{
    AUTO_BUF out = BUF_INIT;
    name_append_quoted(&out, s, strlen(s));
    return buf_detach(&out, NULL);
}

bool name_is_space(uint32_t rune)
{
    return (rune >= '\t' && rune <= '\r') || rune == ' ' || rune == 0x85 || rune == 0xa0 ||
           rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 ||
           rune == 0x2029 || rune == 0x202f || rune == 0x205f || rune == 0x3000;
}

void name_trim_left(const char **s, size_t *len)
{
    uint32_t rune;
    size_t n;
    while ((n = text_rune(*s, *len, &rune)) && name_is_space(rune)) {
        *s += n;
        *len -= n;
    }
}

/* Length of the last rune: back over at most three continuation bytes. */
static size_t last_rune(const char *s, size_t len, uint32_t *ret_rune)
{
    size_t start = len - 1;
    while (start > 0 && len - start < 4 && ((unsigned char)s[start] & 0xc0) == 0x80)
        start--;
    if (text_rune(s + start, len - start, ret_rune) == len - start)
        return len - start;
    *ret_rune = 0xfffd;
    return 1;
}

void name_trim(const char **s, size_t *len)
{
    name_trim_left(s, len);
    while (*len) {
        uint32_t rune;
        size_t n = last_rune(*s, *len, &rune);
        if (!name_is_space(rune))
            return;
        *len -= n;
    }
}
