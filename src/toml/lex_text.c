/* Strings of all four kinds as tokens. */
#include <string.h>

#include "lex.h"
#include "meshctl/golang/strconv.h"

/* The item before the closing quotes, which are taken too. */
static int take_before_quotes(struct toml_scan *s, int quotes, struct toml_item *ret_item)
{
    for (int i = 0; i < quotes; i++)
        toml_back(s);
    *ret_item = toml_take(s);
    for (int i = 0; i < quotes; i++)
        (void)toml_next(s);
    toml_ignore(s);
    return s->failed ? -1 : 0;
}

static int lex_code(struct toml_scan *s, char letter, int digits, const char *number)
{
    for (int i = 0; i < digits; i++) {
        if (toml_is_hex(toml_next(s)))
            continue;
        AUTO_BUF quoted = BUF_INIT;
        goquote_append(&quoted, s->text + s->start, s->pos - s->start);
        return toml_fail(s, "expected %s hexadecimal digits after '\\%c', but got %s instead",
                         number, letter, buf_str(&quoted));
    }
    return 0;
}

static int fail_escape(struct toml_scan *s, uint32_t rune)
{
    /* The end of the text shows as the NUL that it is to lex.go. */
    const char *text = rune == TOML_EOF ? "" : s->text + s->pos - s->width;
    size_t len = rune == TOML_EOF ? 1 : s->width;
    if (s->failed)
        return -1;
    (void)toml_fail_at(s, s->line - s->at_end, "invalid escape in string '\\");
    buf_append(&s->error, text, len);
    buf_appendc(&s->error, '\'');
    return -1;
}

/* Behind the backslash. Blanks are good only where a newline follows, which is found later. */
static int lex_escape(struct toml_scan *s)
{
    uint32_t rune = toml_next(s);
    switch (rune) {
    case 'x':
        return lex_code(s, 'x', 2, "two");
    case 'u':
        return lex_code(s, 'u', 4, "four");
    case 'U':
        return lex_code(s, 'U', 8, "eight");
    default:
        if (rune < 0x80 && rune && strchr("ebtnfr\"\\ \t", (int)rune))
            return 0;
        return fail_escape(s, rune);
    }
}

int toml_lex_string(struct toml_scan *s, struct toml_item *ret_item)
{
    for (;;) {
        uint32_t rune = toml_next(s);
        if (rune == TOML_EOF)
            return toml_fail(s, "unexpected EOF; expected '\"'");
        if (toml_is_newline(rune))
            return toml_fail_at(s, s->line - 1, "strings cannot contain newlines");
        if (rune == '"')
            return take_before_quotes(s, 1, ret_item);
        if (s->failed || (rune == '\\' && lex_escape(s) < 0))
            return -1;
    }
}

int toml_lex_raw_string(struct toml_scan *s, struct toml_item *ret_item)
{
    for (;;) {
        uint32_t rune = toml_next(s);
        if (rune == TOML_EOF)
            return toml_fail(s, "unexpected EOF; expected \"'\"");
        if (toml_is_newline(rune))
            return toml_fail_at(s, s->line - 1, "strings cannot contain newlines");
        if (rune == '\'')
            return take_before_quotes(s, 1, ret_item);
        if (s->failed)
            return -1;
    }
}

static bool ends_with(const struct toml_scan *s, const char *suffix)
{
    size_t len = strlen(suffix);
    return s->pos - s->start >= len && memcmp(s->text + s->pos - len, suffix, len) == 0;
}

/* Behind three quotes with a fourth ahead: up to two may stand before the closing three. */
static bool too_many_quotes(const struct toml_scan *s, bool raw)
{
    if (raw)
        return ends_with(s, "'''''");
    return ends_with(s, "\"\"\"\"\"") && !ends_with(s, "\\\"\"\"\"\"");
}

static int lex_multiline_escape(struct toml_scan *s)
{
    if (toml_is_newline(toml_next(s)))
        return 0;
    toml_back(s);
    return lex_escape(s);
}

int toml_lex_multiline(struct toml_scan *s, struct toml_item *ret_item, bool raw)
{
    uint32_t quote = raw ? '\'' : '"';
    for (;;) {
        uint32_t rune = toml_next(s);
        if (rune == TOML_EOF)
            return toml_fail(s, "unexpected EOF; expected %s", raw ? "\"'''\"" : "'\"\"\"'");
        if (rune == '\\' && !raw && lex_multiline_escape(s) < 0)
            return -1;
        if (s->failed)
            return -1;
        if (rune != quote || !toml_accept(s, quote))
            continue;
        if (!toml_accept(s, quote)) {
            toml_back(s);
            continue;
        }
        if (toml_peek(s) != quote)
            return take_before_quotes(s, 3, ret_item);
        if (too_many_quotes(s, raw))
            return toml_fail(s, raw ? "unexpected \"''''''\"" : "unexpected '\"\"\"\"\"\"'");
        toml_back(s);
        toml_back(s);
    }
}
