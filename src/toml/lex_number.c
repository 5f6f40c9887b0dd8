/* Numbers and dates as tokens. */
#include <string.h>

#include "lex.h"

static int take(struct toml_scan *s, enum toml_token token, struct toml_item *ret_item,
                enum toml_token *ret_token)
{
    toml_back(s);
    *ret_item = toml_take(s);
    *ret_token = token;
    return s->failed ? -1 : 0;
}

/* Any characters of the set, which the reader of the value then looks at more closely. */
static void skip_set(struct toml_scan *s, const char *set)
{
    uint32_t rune;
    do
        rune = toml_next(s);
    while (rune && rune < 0x80 && strchr(set, (int)rune));
}

static int lex_float(struct toml_scan *s, struct toml_item *ret_item, enum toml_token *ret_token)
{
    skip_set(s, "0123456789_.-+eE");
    return take(s, TOML_FLOAT, ret_item, ret_token);
}

static int lex_datetime(struct toml_scan *s, struct toml_item *ret_item, enum toml_token *ret_token)
{
    skip_set(s, "0123456789-:Tt .Zz+");
    int rc = take(s, TOML_DATETIME, ret_item, ret_token);
    while (ret_item->len && ret_item->text[ret_item->len - 1] == ' ')
        ret_item->len--;
    return rc;
}

static bool begins_float_part(uint32_t rune)
{
    return rune == '.' || rune == 'e' || rune == 'E';
}

static int lex_decimal(struct toml_scan *s, struct toml_item *ret_item, enum toml_token *ret_token)
{
    skip_set(s, "0123456789_");
    toml_back(s);
    if (begins_float_part(toml_next(s)))
        return lex_float(s, ret_item, ret_token);
    return take(s, TOML_INTEGER, ret_item, ret_token);
}

/* Digits so far, which may begin a date. */
static int lex_number_or_date(struct toml_scan *s, struct toml_item *ret_item,
                              enum toml_token *ret_token)
{
    uint32_t rune;
    while (toml_is_digit(rune = toml_next(s)))
        ;
    if (rune == '-' || rune == ':')
        return lex_datetime(s, ret_item, ret_token);
    if (rune == '_')
        return lex_decimal(s, ret_item, ret_token);
    if (begins_float_part(rune))
        return lex_float(s, ret_item, ret_token);
    return take(s, TOML_INTEGER, ret_item, ret_token);
}

/* "'TEXTc'", where the end of the text is a NUL. */
static int fail_with_next(struct toml_scan *s, const char *what)
{
    size_t before = s->pos;
    (void)toml_next(s);
    size_t len = s->pos - before;
    bool at_end = s->at_end;
    toml_back(s);
    if (s->failed)
        return -1;
    (void)toml_fail(s, "%s: '%.*s", what, (int)(before - s->start + len), s->text + s->start);
    if (at_end)
        buf_appendc(&s->error, '\0');
    buf_appendc(&s->error, '\'');
    return -1;
}

/* Behind "0x", "0o" or "0b". */
static int lex_based(struct toml_scan *s, const char *set, const char *what,
                     struct toml_item *ret_item, enum toml_token *ret_token)
{
    uint32_t first = toml_peek(s);
    if (!first || first >= 0x80 || first == '_' || !strchr(set, (int)first))
        return fail_with_next(s, what);
    skip_set(s, set);
    return take(s, TOML_INTEGER, ret_item, ret_token);
}

int toml_lex_number(struct toml_scan *s, struct toml_item *ret_item, enum toml_token *ret_token)
{
    if (toml_next(s) != '0')
        return lex_number_or_date(s, ret_item, ret_token);
    uint32_t rune = toml_next(s);
    switch (rune) {
    case '_':
        return lex_decimal(s, ret_item, ret_token);
    case 'b':
        return lex_based(s, "01_", "not a binary number", ret_item, ret_token);
    case 'o':
        return lex_based(s, "01234567_", "not an octal number", ret_item, ret_token);
    case 'x':
        return lex_based(s, "0123456789abcdefABCDEF_", "not a hexadecimal number", ret_item,
                         ret_token);
    default:
        if (toml_is_digit(rune))
            return lex_number_or_date(s, ret_item, ret_token);
        if (begins_float_part(rune))
            return lex_float(s, ret_item, ret_token);
        return take(s, TOML_INTEGER, ret_item, ret_token);
    }
}

static int fail_special(struct toml_scan *s)
{
    return toml_fail(s, "invalid float: '%.*s'", (int)(s->pos - s->start), s->text + s->start);
}

int toml_lex_signed(struct toml_scan *s, struct toml_item *ret_item, enum toml_token *ret_token)
{
    uint32_t rune = toml_next(s);
    if (rune == 'i' || rune == 'n') {
        bool known = rune == 'i' ? toml_accept(s, 'n') && toml_accept(s, 'f')
                                 : toml_accept(s, 'a') && toml_accept(s, 'n');
        if (!known)
            return fail_special(s);
        *ret_item = toml_take(s);
        *ret_token = TOML_FLOAT;
        return 0;
    }
    uint32_t second = rune == '0' ? toml_peek(s) : 0;
    if (second == 'b' || second == 'o' || second == 'x')
        return fail_with_next(s, "cannot use sign with non-decimal numbers");
    if (rune == '.')
        return toml_fail(s, "floats must start with a digit, not '.'");
    if (toml_is_digit(rune))
        return lex_decimal(s, ret_item, ret_token);
    return toml_fail_rune(s, toml_fail_line(s), "expected a digit but got %s", rune);
}
