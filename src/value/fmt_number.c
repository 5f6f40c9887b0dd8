/* Integers and floats under a verb (fmt format.go). */
#include <string.h>

#include "fmt_print.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/unicode.h"

/* Enough for 64 binary digits. */
struct number {
    char text[72];
    size_t start;
};

static void number_put(struct number *n, uint64_t u, unsigned base, bool upper)
{
    const char *letters = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    n->start = sizeof(n->text) - 1;
    n->text[n->start] = '\0';
    do {
        n->text[--n->start] = letters[u % base];
        u /= base;
    } while (u > 0);
}

/* How many digits at least: %.3d, or %03d without a precision (fmt format.go fmtInteger). */
static size_t least_digits(const struct printer *p, bool negative)
{
    int least = 0;
    if (p->f.has_prec)
        least = p->f.prec;
    else if (p->f.zero && !p->f.minus && p->f.has_width)
        least = p->f.width - (negative || p->f.plus || p->f.space ? 1 : 0);
    return least > 0 ? (size_t)least : 0;
}

static const char *base_prefix(const struct printer *p, uint32_t verb, char first)
{
    if (verb == 'O')
        return p->f.sharp && first != '0' ? "0o0" : "0o";
    if (!p->f.sharp)
        return "";
    switch (verb) {
    case 'b':
        return "0b";
    case 'o':
        return first == '0' ? "" : "0";
    case 'x':
        return "0x";
    case 'X':
        return "0X";
    default:
        return "";
    }
}

static void print_based(struct printer *p, int64_t i, unsigned base, uint32_t verb)
{
    struct number n;
    AUTO_BUF text = BUF_INIT_MAX(PRINT_MAX_WIDTH + sizeof(n.text));
    bool zero = p->f.zero;
    bool negative = i < 0;
    size_t least = least_digits(p, negative);
    number_put(&n, negative ? -(uint64_t)i : (uint64_t)i, base, verb == 'X');
    size_t digits = sizeof(n.text) - 1 - n.start;
    if (p->f.has_prec && p->f.prec == 0 && i == 0) {
        digits = 0; /* nothing but padding */
    } else {
        if (negative || p->f.plus || p->f.space)
            buf_appendc(&text, negative ? '-' : p->f.plus ? '+' : ' ');
        buf_appends(&text, base_prefix(p, verb, least > digits ? '0' : n.text[n.start]));
        buf_pad(&text, '0', least > digits ? least - digits : 0);
        buf_append(&text, n.text + n.start, digits);
    }
    p->f.zero = false;
    print_padded(p, buf_str(&text), text.len);
    p->f.zero = zero;
}

static void print_rune(struct printer *p, int64_t i, uint32_t verb)
{
    AUTO_BUF text = BUF_INIT;
    AUTO_BUF rune = BUF_INIT;
    uint32_t code = i < 0 || i > 0x10ffff || (i >= 0xd800 && i <= 0xdfff) ? 0xfffd : (uint32_t)i;
    text_append_rune(&rune, code);
    if (verb == 'q')
        goquote_append_as(&text, buf_str(&rune), rune.len, '\'', p->f.plus);
    else
        buf_append(&text, buf_str(&rune), rune.len);
    print_padded(p, buf_str(&text), text.len);
}

/* fmt format.go fmtUnicode: U+0078, with %#U also the character. */
static void print_code_point(struct printer *p, int64_t i)
{
    struct number n;
    AUTO_BUF text = BUF_INIT_MAX(PRINT_MAX_WIDTH + sizeof(n.text));
    bool zero = p->f.zero;
    size_t least = p->f.has_prec && p->f.prec > 4 ? (size_t)p->f.prec : 4;
    number_put(&n, (uint64_t)i, 16, true);
    size_t digits = sizeof(n.text) - 1 - n.start;
    buf_appends(&text, "U+");
    buf_pad(&text, '0', least > digits ? least - digits : 0);
    buf_append(&text, n.text + n.start, digits);
    if (p->f.sharp && i >= 0 && i <= 0x10ffff && trune_is((uint32_t)i, TRUNE_PRINT)) {
        buf_appends(&text, " '");
        text_append_rune(&text, (uint32_t)i);
        buf_appendc(&text, '\'');
    }
    p->f.zero = false;
    print_padded(p, buf_str(&text), text.len);
    p->f.zero = zero;
}

bool print_integer(struct printer *p, int64_t i, uint32_t verb)
{
    switch (verb) {
    case 'v':
    case 'd':
        print_based(p, i, 10, verb);
        return true;
    case 'b':
        print_based(p, i, 2, verb);
        return true;
    case 'o':
    case 'O':
        print_based(p, i, 8, verb);
        return true;
    case 'x':
    case 'X':
        print_based(p, i, 16, verb);
        return true;
    case 'c':
    case 'q':
        print_rune(p, i, verb);
        return true;
    case 'U':
        print_code_point(p, i);
        return true;
    default:
        return false;
    }
}

/* The # flag keeps the decimal point and the zeros of the precision (fmt format.go fmtFloat).
 * `text` has no sign. */
static void keep_point(struct buf *text, char format, int prec)
{
    AUTO_BUF whole = BUF_INIT_MAX(BUF_MAX_DEFAULT);
    bool hex = format == 'x' || format == 'X';
    bool point = false;
    bool significant = false;
    int digits = strchr("gGx", format) ? (prec < 0 ? 6 : prec) : 0;
    size_t tail = strcspn(buf_str(text), hex ? "pP" : "eE");
    for (size_t i = 0; i < tail; i++) {
        char c = text->data[i];
        point = point || c == '.';
        significant = significant || (c != '0' && c != '.');
        if (significant && c != '.')
            digits--;
    }
    buf_append(&whole, text->data, tail);
    if (!point) {
        if (tail == 1 && text->data[0] == '0')
            digits--;
        buf_appendc(&whole, '.');
    }
    buf_pad(&whole, '0', digits > 0 ? (size_t)digits : 0);
    buf_append(&whole, text->data + tail, text->len - tail);
    buf_clear(text);
    buf_append(text, whole.data, whole.len);
}

static void print_signed(struct printer *p, char sign, const struct buf *number)
{
    AUTO_BUF text = BUF_INIT;
    size_t len = number->len + 1;
    if (sign && p->f.zero && !p->f.minus && p->f.has_width && (size_t)p->f.width > len) {
        /* The sign stands before the zeros that pad. */
        buf_appendc(p->out, sign);
        print_padding(p, (size_t)p->f.width - len);
        buf_append(p->out, buf_str(number), number->len);
        return;
    }
    if (sign)
        buf_appendc(&text, sign);
    buf_append(&text, buf_str(number), number->len);
    print_padded(p, buf_str(&text), text.len);
}

static void print_formatted(struct printer *p, double f, char format, int prec)
{
    AUTO_BUF text = BUF_INIT;
    AUTO_BUF number = BUF_INIT;
    bool zero = p->f.zero;
    prec = p->f.has_prec ? p->f.prec : prec;
    gofloat_append(&text, f, format, prec);
    bool negative = text.data[0] == '-';
    size_t skip = negative || text.data[0] == '+' ? 1 : 0;
    char sign = negative ? '-' : p->f.plus ? '+' : p->f.space ? ' ' : '\0';
    buf_append(&number, text.data + skip, text.len - skip);
    if (number.data[0] == 'I' || number.data[0] == 'N') {
        /* Only NaN may go without a sign. */
        p->f.zero = false;
        print_signed(p, sign || number.data[0] == 'N' ? sign : '+', &number);
        p->f.zero = zero;
        return;
    }
    if (p->f.sharp && format != 'b')
        keep_point(&number, format, prec);
    print_signed(p, sign, &number);
}

bool print_float(struct printer *p, double f, uint32_t verb)
{
    if (verb == 'v')
        print_formatted(p, f, 'g', -1);
    else if (verb < 0x80 && strchr("bgGxX", (int)verb) && verb != 0)
        print_formatted(p, f, (char)verb, -1);
    else if (verb == 'f' || verb == 'F')
        print_formatted(p, f, 'f', 6);
    else if (verb == 'e' || verb == 'E')
        print_formatted(p, f, (char)verb, 6);
    else
        return false;
    return true;
}
