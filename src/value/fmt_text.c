/* Strings under a verb, and padding (fmt format.go). */
#include <string.h>

#include "fmt_print.h"
#include "meshctl/base/text.h"

static size_t rune_count(const char *s, size_t len)
{
    size_t count = 0;
    for (size_t at = 0; at < len; count++) {
        uint32_t rune;
        at += text_rune(s + at, len - at, &rune);
    }
    return count;
}

void print_padding(struct printer *p, size_t n)
{
    buf_pad(p->out, p->f.zero && !p->f.minus ? '0' : ' ', n);
}

void print_padded(struct printer *p, const char *s, size_t len)
{
    size_t runes = p->f.has_width ? rune_count(s, len) : 0;
    size_t missing = p->f.has_width && (size_t)p->f.width > runes ? (size_t)p->f.width - runes : 0;
    if (!p->f.minus)
        print_padding(p, missing);
    buf_append(p->out, s, len);
    if (p->f.minus)
        print_padding(p, missing);
}

/* The precision of %s and %q counts runes. */
static size_t truncated(const struct printer *p, const char *s, size_t len)
{
    size_t at = 0;
    if (!p->f.has_prec)
        return len;
    for (int n = 0; n < p->f.prec && at < len; n++) {
        uint32_t rune;
        at += text_rune(s + at, len - at, &rune);
    }
    return at;
}

/* fmt format.go fmtQ. */
static void print_q(struct printer *p, const char *s, size_t len)
{
    AUTO_BUF quoted = BUF_INIT_MAX(VALUE_MAX_TEXT);
    if (p->f.sharp && goquote_can_backquote(s, len)) {
        buf_appendc(&quoted, '`');
        buf_append(&quoted, s, len);
        buf_appendc(&quoted, '`');
    } else {
        goquote_append_as(&quoted, s, len, '"', p->f.plus);
    }
    print_padded(p, buf_str(&quoted), quoted.len);
}

/* fmt format.go fmtSbx: the bytes in hexadecimal. */
static void print_hex(struct printer *p, const char *s, size_t len, bool upper)
{
    AUTO_BUF hex = BUF_INIT_MAX(VALUE_MAX_TEXT);
    size_t count = p->f.has_prec && (size_t)p->f.prec < len ? (size_t)p->f.prec : len;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && p->f.space)
            buf_appendc(&hex, ' ');
        if (p->f.sharp && (i == 0 || p->f.space))
            buf_appends(&hex, upper ? "0X" : "0x");
        buf_appendf(&hex, upper ? "%02X" : "%02x", (unsigned char)s[i]);
    }
    print_padded(p, buf_str(&hex), hex.len);
}

bool print_string(struct printer *p, const char *s, size_t len, uint32_t verb)
{
    switch (verb) {
    case 's':
        print_padded(p, s, truncated(p, s, len));
        return true;
    case 'v':
        if (p->f.sharp_v)
            print_q(p, s, truncated(p, s, len));
        else
            print_padded(p, s, truncated(p, s, len));
        return true;
    case 'q':
        print_q(p, s, truncated(p, s, len));
        return true;
    case 'x':
    case 'X':
        print_hex(p, s, len, verb == 'X');
        return true;
    default:
        return false;
    }
}
