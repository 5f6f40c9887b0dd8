/* strconv.Quote and its kin. */
#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/golang/unicode.h"

static void append_escape(struct buf *out, uint32_t rune)
{
    static const char letters[] = "abtnvfr"; /* U+0007 to U+000D */
    if (rune >= 7 && rune <= 13)
        buf_appendf(out, "\\%c", letters[rune - 7]);
    else if (rune < ' ' || rune == 0x7f)
        buf_appendf(out, "\\x%02x", (unsigned)rune);
    else if (rune < 0x10000)
        buf_appendf(out, "\\u%04x", (unsigned)rune);
    else
        buf_appendf(out, "\\U%08x", (unsigned)rune);
}

static void append_quoted_rune(struct buf *out, uint32_t rune, char quote, bool ascii)
{
    if (rune == (uint32_t)quote || rune == '\\')
        buf_appendf(out, "\\%c", (int)rune);
    else if (trune_is(rune, TRUNE_PRINT) && (!ascii || rune < 0x80))
        text_append_rune(out, rune);
    else
        append_escape(out, rune);
}

void print_quoted(struct buf *out, const char *s, size_t len, char quote, bool ascii)
{
    buf_appendc(out, quote);
    for (size_t at = 0; at < len;) {
        uint32_t rune;
        size_t width = text_rune(s + at, len - at, &rune);
        if (width == 1 && rune == 0xfffd)
            buf_appendf(out, "\\x%02x", (unsigned char)s[at]);
        else
            append_quoted_rune(out, rune, quote, ascii);
        at += width;
    }
    buf_appendc(out, quote);
}

void tprint_quote(struct buf *out, const char *s, size_t len)
{
    print_quoted(out, s, len, '"', false);
}

bool print_can_backquote(const char *s, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t rune;
        size_t width = text_rune(s + at, len - at, &rune);
        bool bad = (width == 1 && rune == 0xfffd) || rune == 0xfeff ||
                   (rune < ' ' && rune != '\t') || rune == '`' || rune == 0x7f;
        if (bad)
            return false;
        at += width;
    }
    return true;
}
