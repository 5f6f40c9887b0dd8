/* Tokens as values. */
#include "value.h"

#include <math.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/toml/time.h"
#include "meshctl/value/fmt.h"

/* "Invalid integer \"1__2\": WHY". */
static int fail_number(struct toml_scan *s, const struct toml_item *item, const char *what,
                       const char *why)
{
    AUTO_BUF quoted = BUF_INIT;
    goquote_append(&quoted, item->text, item->len);
    return toml_fail_at(s, item->line, "Invalid %s %s: %s", what, buf_str(&quoted), why);
}

static int fail_range(struct toml_scan *s, const struct toml_item *item, const char *type)
{
    return toml_fail_at(s, item->line, "%.*s is out of range for %s", (int)item->len, item->text,
                        type);
}

static bool has_leading_zero(const char *p, size_t len)
{
    if (len > 1 && p[0] == '0')
        return !strchr("box", p[1]);
    return len > 2 && (p[0] == '-' || p[0] == '+') && p[1] == '0';
}

/* No underscore stands first or behind anything but a digit, and the last character is a digit. */
static bool underscores_fit(const char *p, size_t len)
{
    bool digit = false;
    for (size_t i = 0; i < len; i++) {
        if (p[i] == '_' && !digit)
            return false;
        digit = toml_is_hex((unsigned char)p[i]);
    }
    return digit;
}

static const char *without_underscores(const struct toml_item *item, struct buf *out)
{
    for (size_t i = 0; i < item->len; i++)
        if (item->text[i] != '_')
            buf_appendc(out, item->text[i]);
    return buf_str(out);
}

static int digit_value(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

int toml_integer(struct toml_scan *s, const struct toml_item *item, struct tval *ret)
{
    AUTO_BUF plain = BUF_INIT;
    int64_t value;
    if (!underscores_fit(item->text, item->len))
        return fail_number(s, item, "integer", "underscores must be surrounded by digits");
    if (has_leading_zero(item->text, item->len))
        return fail_number(s, item, "integer", "cannot have leading zeroes");
    const char *text = without_underscores(item, &plain);
    if (goint_parse(text, plain.len, 0, &value) != GONUM_OK)
        return fail_range(s, item, "int64");
    *ret = tval_int64(value);
    return 0;
}

static bool is_special(const char *text)
{
    static const char *const words[] = {"nan", "+nan", "-nan", "inf", "+inf", "-inf"};
    for (size_t i = 0; i < MC_ARRAY_LEN(words); i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

static double special_value(const char *text)
{
    double value = strstr(text, "nan") ? NAN : INFINITY;
    return copysign(value, *text == '-' ? -1 : 1);
}

/* The parts between points and exponents are checked one by one. */
static const char *float_problem(const struct toml_item *item)
{
    bool first = true;
    const char *leading_zero = NULL;
    for (size_t i = 0; i < item->len;) {
        const char *part = item->text + i;
        size_t len = 0;
        while (i + len < item->len && !strchr(".eE", part[len]))
            len++;
        if (len && !underscores_fit(part, len))
            return "underscores must be surrounded by digits";
        if (len && first && has_leading_zero(part, len))
            leading_zero = "cannot have leading zeroes";
        first = first && !len;
        i += len + 1;
    }
    if (leading_zero)
        return leading_zero;
    for (size_t i = 0; i < item->len; i++)
        if (item->text[i] == '.' &&
            (i + 1 == item->len || !toml_is_digit((unsigned char)item->text[i + 1])))
            return "'.' must be followed by one or more digits";
    return NULL;
}

int toml_float(struct toml_scan *s, const struct toml_item *item, struct tval *ret)
{
    AUTO_BUF plain = BUF_INIT;
    AUTO_BUF quoted = BUF_INIT;
    const char *text = without_underscores(item, &plain);
    double value;
    if (is_special(text)) {
        *ret = tval_float(special_value(text));
        return 0;
    }
    const char *problem = float_problem(item);
    if (problem)
        return fail_number(s, item, "float", problem);
    enum gonum wrong = gofloat_parse(text, plain.len, &value);
    if (!wrong) {
        *ret = tval_float(value);
        return 0;
    }
    if (wrong == GONUM_RANGE)
        return fail_range(s, item, "float64");
    goquote_append(&quoted, item->text, item->len);
    return toml_fail_at(s, item->line, "Invalid float value: %s", buf_str(&quoted));
}

/* ---- strings ---- */

static void skip_first_newline(const char **text, size_t *len)
{
    size_t skip = *len > 0 && (*text)[0] == '\n'                         ? 1
                  : *len > 1 && (*text)[0] == '\r' && (*text)[1] == '\n' ? 2
                                                                         : 0;
    *text += skip;
    *len -= skip;
}

/* How long the white space behind a backslash is when it holds a newline, which makes all of it
 * vanish; else 0. */
static size_t line_continuation(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && strchr(" \t\r\n", text[n]))
        n++;
    return memchr(text, '\n', n) ? n : 0;
}

/* \xHH, \uHHHH, \UHHHHHHHH; the scanner has seen that the digits are there. */
static int add_code(struct toml_scan *s, const struct toml_item *item, const char *digits, int n,
                    struct buf *out)
{
    uint32_t code = 0;
    for (int i = 0; i < n; i++)
        code = code << 4 | (uint32_t)digit_value(digits[i]);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return toml_fail_at(s, item->line, "Escaped character '\\u%.*s' is not valid UTF-8.", n,
                            digits);
    text_append_rune(out, code);
    return 0;
}

/* Behind a backslash; *ret_len is how much of the text the escape takes. */
static int add_escape(struct toml_scan *s, const struct toml_item *item, const char *text,
                      size_t *ret_len, struct buf *out)
{
    static const char letters[] = "btnfre\"\\";
    static const char values[] = "\b\t\n\f\r\x1b\"\\";
    const char *found = strchr(letters, *text);
    int digits = *text == 'x' ? 2 : *text == 'u' ? 4 : 8;
    *ret_len = 1;
    if (*text == ' ' || *text == '\t')
        return toml_fail_at(s, item->line, "invalid escape: '\\%c'", *text);
    if (found) {
        buf_appendc(out, values[found - letters]);
        return 0;
    }
    *ret_len += (size_t)digits;
    return add_code(s, item, text + 1, digits, out);
}

int toml_basic_string(struct toml_scan *s, struct arena *a, const struct toml_item *item,
                      bool multiline, struct tval *ret)
{
    AUTO_BUF out = BUF_INIT;
    const char *text = item->text;
    size_t len = item->len;
    if (multiline)
        skip_first_newline(&text, &len);
    for (size_t i = 0, n; i < len; i += n) {
        const char *backslash = memchr(text + i, '\\', len - i);
        n = backslash ? (size_t)(backslash - text) - i : len - i;
        buf_append(&out, text + i, n);
        if (!backslash)
            break;
        i += n + 1;
        n = multiline ? line_continuation(text + i, len - i) : 0;
        if (!n && add_escape(s, item, text + i, &n, &out) < 0)
            return -1;
    }
    *ret = tval_string(a, buf_str(&out), out.len);
    return 0;
}

struct tval toml_raw_string(struct arena *a, const struct toml_item *item, bool multiline)
{
    const char *text = item->text;
    size_t len = item->len;
    if (multiline)
        skip_first_newline(&text, &len);
    return tval_string(a, text, len);
}

int toml_datetime(struct toml_scan *s, struct arena *a, const struct toml_item *item,
                  struct tval *ret)
{
    AUTO_BUF text = BUF_INIT;
    AUTO_BUF quoted = BUF_INIT;
    for (size_t i = 0; i < item->len; i++) {
        char c = item->text[i];
        buf_appendc(&text, c == 'z' ? 'Z' : c == 't' || c == ' ' ? 'T' : c);
    }
    if (toml_time_parse(a, buf_str(&text), text.len, ret))
        return 0;
    goquote_append(&quoted, buf_str(&text), text.len);
    return toml_fail_at(s, item->line, "invalid datetime: %s", buf_str(&quoted));
}
