/* Tokens of keys, headers and values. */
#include "lex.h"

#include <string.h>

#include "meshctl/golang/strconv.h"
#include "meshctl/golang/unicode.h"

/* Up to the end of the line, which stays. */
static void skip_comment(struct toml_scan *s)
{
    uint32_t rune;
    do
        rune = toml_next(s);
    while (!toml_is_newline(rune) && rune != TOML_EOF && rune != TOML_BAD);
    toml_back(s);
    toml_ignore(s);
}

/* The next rune that is neither white space nor in a comment. */
static uint32_t next_solid(struct toml_scan *s)
{
    for (;;) {
        uint32_t rune = toml_next(s);
        if (rune == '#')
            skip_comment(s);
        else if (toml_is_blank(rune) || toml_is_newline(rune))
            toml_ignore(s);
        else
            return rune;
    }
}

enum toml_top toml_lex_top(struct toml_scan *s)
{
    uint32_t rune = next_solid(s);
    if (rune == TOML_EOF || rune == TOML_BAD)
        return TOML_TOP_END;
    if (rune == '[')
        return TOML_TOP_HEADER;
    toml_back(s);
    return TOML_TOP_PAIR;
}

int toml_lex_top_end(struct toml_scan *s)
{
    uint32_t rune;
    while (toml_is_blank(rune = toml_next(s)))
        ;
    if (rune == '#')
        skip_comment(s);
    else if (toml_is_newline(rune))
        toml_ignore(s);
    else if (rune == TOML_EOF)
        toml_back(s);
    else
        return toml_fail_rune(s, toml_fail_line(s),
                              "expected a top-level item to end with a newline, comment, or EOF, "
                              "but got %s instead",
                              rune);
    return s->failed ? -1 : 0;
}

/* ---- keys ---- */

bool toml_lex_is_array_header(struct toml_scan *s)
{
    return toml_accept(s, '[');
}

int toml_lex_header_next(struct toml_scan *s)
{
    toml_skip_blanks(s);
    uint32_t rune = toml_peek(s);
    if (rune == ']' || rune == TOML_EOF)
        return toml_fail(s, "unexpected end of table name (table names cannot be empty)");
    if (rune == '.')
        return toml_fail(s, "unexpected table separator (table names cannot be empty)");
    return s->failed ? -1 : 0;
}

int toml_lex_header_end(struct toml_scan *s, bool array)
{
    toml_skip_blanks(s);
    uint32_t rune = toml_next(s);
    if (rune == '.') {
        toml_ignore(s);
        return 1;
    }
    if (rune != ']')
        return toml_fail_rune(s, toml_fail_line(s),
                              "expected '.' or ']' to end table name, but got %s instead", rune);
    if (!array)
        return 0;
    rune = toml_next(s);
    if (rune == ']')
        return 0;
    return toml_fail_rune(s, toml_fail_line(s),
                          "expected end of table array name delimiter ']', but got %s instead",
                          rune);
}

int toml_lex_key_start(struct toml_scan *s)
{
    toml_skip_blanks(s);
    uint32_t rune = toml_peek(s);
    if (rune == '=' || rune == TOML_EOF)
        return toml_fail(s, "unexpected '=': key name appears blank");
    if (rune == '.')
        return toml_fail(s, "unexpected '.': keys cannot start with a '.'");
    return s->failed ? -1 : 0;
}

int toml_lex_key_next(struct toml_scan *s)
{
    toml_skip_blanks(s);
    uint32_t rune = toml_peek(s);
    if (rune == '=' || rune == TOML_EOF)
        return toml_fail(s, "unexpected '='");
    if (rune == '.')
        return toml_fail(s, "unexpected '.'");
    return s->failed ? -1 : 0;
}

int toml_lex_key_end(struct toml_scan *s)
{
    toml_skip_blanks(s);
    uint32_t rune = toml_next(s);
    if (rune == TOML_EOF)
        return toml_fail(s, "unexpected EOF; expected key separator '='");
    if (rune != '.' && rune != '=')
        return toml_fail_rune(s, s->line - (rune == '\n'),
                              "expected '.' or '=', but got %s instead", rune);
    toml_ignore(s);
    return rune == '.';
}

int toml_lex_key_part(struct toml_scan *s, struct toml_item *ret_item, enum toml_quote *ret_quote)
{
    *ret_quote = toml_accept(s, '"') ? TOML_BASIC : toml_accept(s, '\'') ? TOML_RAW : TOML_BARE;
    if (*ret_quote != TOML_BARE) {
        toml_ignore(s);
        return *ret_quote == TOML_BASIC ? toml_lex_string(s, ret_item)
                                        : toml_lex_raw_string(s, ret_item);
    }
    while (toml_is_bare_key(toml_next(s)))
        ;
    toml_back(s);
    *ret_item = toml_take(s);
    return s->failed ? -1 : 0;
}

/* ---- values ---- */

static int lex_word(struct toml_scan *s, struct toml_item *ret_item, enum toml_token *ret_token)
{
    size_t from = s->pos;
    while (trune_is(toml_next(s), TRUNE_LETTER))
        ;
    toml_back(s);
    AUTO_BUF quoted = BUF_INIT;
    const char *word = s->text + from;
    size_t len = s->pos - from;
    bool is_bool =
        (len == 4 && memcmp(word, "true", 4) == 0) || (len == 5 && memcmp(word, "false", 5) == 0);
    if (is_bool && !s->failed) {
        *ret_item = toml_take(s);
        *ret_token = TOML_BOOL;
        return 0;
    }
    goquote_append(&quoted, word, len);
    return toml_fail(s, "expected value but found %s instead", buf_str(&quoted));
}

static int lex_quoted(struct toml_scan *s, uint32_t quote, struct toml_item *ret_item,
                      enum toml_token *ret_token)
{
    bool raw = quote == '\'';
    if (toml_accept(s, quote)) {
        if (toml_accept(s, quote)) {
            toml_ignore(s);
            *ret_token = raw ? TOML_RAW_MULTILINE : TOML_MULTILINE;
            return toml_lex_multiline(s, ret_item, raw);
        }
        toml_back(s);
    }
    toml_ignore(s);
    *ret_token = raw ? TOML_RAW_STRING : TOML_STRING;
    return raw ? toml_lex_raw_string(s, ret_item) : toml_lex_string(s, ret_item);
}

/* Behind "i" or "n": lex.go also takes words such as "ian" here, which then are no numbers. */
static bool ends_special_float(struct toml_scan *s)
{
    return (toml_accept(s, 'n') && toml_accept(s, 'f')) ||
           (toml_accept(s, 'a') && toml_accept(s, 'n'));
}

static int lex_other(struct toml_scan *s, uint32_t rune, struct toml_item *ret_item,
                     enum toml_token *ret_token)
{
    if ((rune == 'i' || rune == 'n') && ends_special_float(s)) {
        *ret_item = toml_take(s);
        *ret_token = TOML_FLOAT;
        return 0;
    }
    if (trune_is(rune, TRUNE_LETTER)) {
        toml_back(s);
        return lex_word(s, ret_item, ret_token);
    }
    if (rune == '.')
        return toml_fail(s, "floats must start with a digit, not '.'");
    if (rune == TOML_EOF)
        return toml_fail(s, "unexpected EOF; expected value");
    return toml_fail_rune(s, s->line - (rune == '\n'), "expected value but found %s instead", rune);
}

int toml_lex_value(struct toml_scan *s, struct toml_item *ret_item, enum toml_token *ret_token)
{
    toml_skip_blanks(s);
    uint32_t rune = toml_next(s);
    switch (rune) {
    case '[':
    case '{':
        toml_ignore(s);
        *ret_token = rune == '[' ? TOML_ARRAY : TOML_INLINE_TABLE;
        return 0;
    case '"':
    case '\'':
        return lex_quoted(s, rune, ret_item, ret_token);
    case '-':
    case '+':
        return toml_lex_signed(s, ret_item, ret_token);
    default:
        if (!toml_is_digit(rune))
            return lex_other(s, rune, ret_item, ret_token);
        toml_back(s);
        return toml_lex_number(s, ret_item, ret_token);
    }
}

static int fail_separator(struct toml_scan *s, const char *fmt, uint32_t rune)
{
    const char *rest = strstr(fmt, "%s");
    if (rune == TOML_EOF)
        return toml_fail(s, "%.*send of file%s", (int)(rest - fmt), fmt, rest + 2);
    return toml_fail(s, "%.*s'%.*s'%s", (int)(rest - fmt), fmt, (int)s->width,
                     s->text + s->pos - s->width, rest + 2);
}

static int lex_nested(struct toml_scan *s, uint32_t close)
{
    uint32_t rune = next_solid(s);
    if (rune == ',')
        return toml_fail(s, "unexpected comma");
    if (rune == close) {
        toml_ignore(s);
        return 0;
    }
    toml_back(s);
    return s->failed ? -1 : 1;
}

static int lex_nested_end(struct toml_scan *s, uint32_t close, const char *expected)
{
    uint32_t rune = next_solid(s);
    if (rune != ',' && rune != close)
        return fail_separator(s, expected, rune);
    toml_ignore(s);
    return rune == ',';
}

int toml_lex_array_value(struct toml_scan *s)
{
    return lex_nested(s, ']');
}

int toml_lex_array_value_end(struct toml_scan *s)
{
    return lex_nested_end(s, ']', "expected a comma (',') or array terminator (']'), but got %s");
}

int toml_lex_inline_value(struct toml_scan *s)
{
    return lex_nested(s, '}');
}

int toml_lex_inline_value_end(struct toml_scan *s)
{
    return lex_nested_end(s, '}',
                          "expected a comma or an inline table terminator '}', but got %s instead");
}
