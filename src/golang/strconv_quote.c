/* strconv.Quote and its kin. */
#include <string.h>

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
    if (rune == (uint32_t)quote || rune == '\\') {
        const char escaped[2] = {'\\', (char)rune};
        buf_append(out, escaped, sizeof(escaped));
    } else if (trune_is(rune, TRUNE_PRINT) && (!ascii || rune < 0x80)) {
        text_append_rune(out, rune);
    } else {
        append_escape(out, rune);
    }
}

/* How many bytes from the start are ASCII that stays as it is, which most of a text is. */
static size_t plain_len(const char *s, size_t len, char quote)
{
    size_t n = 0;
    while (n < len && (unsigned char)(s[n] - ' ') < 0x7f - ' ' && s[n] != quote && s[n] != '\\')
        n++;
    return n;
}

void goquote_append_as(struct buf *out, const char *s, size_t len, char quote, bool ascii)
{
    buf_appendc(out, quote);
    for (size_t at = 0; !out->overflow;) {
        uint32_t rune;
        size_t width = plain_len(s + at, len - at, quote);
        buf_append(out, s + at, width);
        at += width;
        if (at == len)
            break;
        width = text_rune(s + at, len - at, &rune);
        if (width == 1 && rune == 0xfffd)
            buf_appendf(out, "\\x%02x", (unsigned char)s[at]);
        else
            append_quoted_rune(out, rune, quote, ascii);
        at += width;
    }
    buf_appendc(out, quote);
}

void goquote_append(struct buf *out, const char *s, size_t len)
{
    goquote_append_as(out, s, len, '"', false);
}

char *goquote_dup(const char *s)
{
    AUTO_BUF out = BUF_INIT;
    goquote_append(&out, s, strlen(s));
    return buf_detach(&out, NULL);
}

bool goquote_can_backquote(const char *s, size_t len)
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
