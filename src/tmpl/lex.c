/* The lexer. */
#include "lex.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/unicode.h"
#include "meshctl/tmpl/func.h"

#define LEFT_DELIM "{{"
#define DELIM_LEN 2
#define TRIM_MARKER_LEN 2 /* '-' and the space beside it */
#define RUNE_EOF UINT32_MAX

struct keyword {
    const char *word;
    size_t len;
    enum token_type type;
};
#define KEYWORD(word, type)                                                                        \
    {                                                                                              \
        word, sizeof(word) - 1, type                                                               \
    }
static const struct keyword keywords[] = {
    KEYWORD("block", TOKEN_BLOCK),       KEYWORD("break", TOKEN_BREAK),
    KEYWORD("continue", TOKEN_CONTINUE), KEYWORD("define", TOKEN_DEFINE),
    KEYWORD("else", TOKEN_ELSE),         KEYWORD("end", TOKEN_END),
    KEYWORD("false", TOKEN_BOOL),        KEYWORD("if", TOKEN_IF),
    KEYWORD("nil", TOKEN_NIL),           KEYWORD("range", TOKEN_RANGE),
    KEYWORD("true", TOKEN_BOOL),         KEYWORD("template", TOKEN_TEMPLATE),
    KEYWORD("with", TOKEN_WITH),
};

/* What an ASCII character is, as bits. */
enum {
    IS_SPACE = 1,
    IS_WORD = 2, /* letter, digit or underscore */
    IS_STOP = 4, /* may stand behind an identifier, a field or a variable */
};
static const unsigned char classes[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 0, 0, 5, 0, 0, /* tab, newline, carriage return */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /**/
    5, 0, 0, 0, 0, 0, 0, 0, 4, 4, 0, 0, 4, 0, 4, 0, /* space ( ) , . */
    2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4, 0, 0, 0, 0, 0, /* digits : */
    0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, /**/
    2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 2, /* _ */
    0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, /**/
    2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 4, 0, 0, 0, /* | */
};

void lexer_init(struct lexer *l, struct arena *a, const char *input, size_t len)
{
    *l = (struct lexer){.a = a, .input = input, .len = len, .line = 1, .start_line = 1};
}

/* ---- runes ---- */

static bool is_space(char c)
{
    return classes[(unsigned char)c] & IS_SPACE;
}

static bool is_alphanumeric(uint32_t r)
{
    if (r < 0x80)
        return classes[r] & IS_WORD;
    return r != RUNE_EOF && trune_is(r, TRUNE_LETTER | TRUNE_DIGIT);
}

/* The byte here is of that class. */
static bool at_class(const struct lexer *l, unsigned class)
{
    return l->pos < l->len && (classes[(unsigned char)l->input[l->pos]] & class);
}

static uint32_t rune_peek(const struct lexer *l, size_t *ret_size)
{
    if (l->pos >= l->len) {
        *ret_size = 0;
        return RUNE_EOF;
    }
    uint32_t r = (unsigned char)l->input[l->pos];
    if (r < 0x80) {
        *ret_size = 1;
        return r;
    }
    *ret_size = text_rune(l->input + l->pos, l->len - l->pos, &r);
    return r;
}

static uint32_t peek(const struct lexer *l)
{
    size_t size;
    return rune_peek(l, &size);
}

/* Not past a newline, which no token but spaces and raw strings holds. */
static uint32_t next(struct lexer *l)
{
    size_t size;
    uint32_t r = rune_peek(l, &size);
    l->pos += size;
    return r;
}

static bool has_prefix(const struct lexer *l, size_t offset, const char *s, size_t len)
{
    return l->len - l->pos >= offset + len && memcmp(l->input + l->pos + offset, s, len) == 0;
}

/* Whether "}}" stands `offset` bytes on from here. */
static bool closes_at(const struct lexer *l, size_t offset)
{
    if (l->len - l->pos < offset + DELIM_LEN)
        return false;
    const char *at = l->input + l->pos + offset;
    return at[0] == '}' && at[1] == '}';
}

static unsigned count_lines(const char *s, size_t len)
{
    unsigned n = 0;
    for (const char *end = s + len; len && (s = memchr(s, '\n', (size_t)(end - s))); s++)
        n++;
    return n;
}

/* ---- tokens ---- */

/* Each fills in the token at hand and returns its type. */
static enum token_type emit(struct lexer *l, enum token_type type)
{
    *l->token = (struct token){.type = type,
                               .line = l->start_line,
                               .pos = l->start,
                               .text = l->input + l->start,
                               .len = l->pos - l->start};
    l->start = l->pos;
    l->start_line = l->line;
    return type;
}

/* Passes over what is behind the last token. */
static void ignore(struct lexer *l)
{
    l->line += count_lines(l->input + l->start, l->pos - l->start);
    l->start = l->pos;
    l->start_line = l->line;
}

/* As in Go the input ends with the first error, so that a parser that goes on meets its end. */
static enum token_type fail(struct lexer *l, const char *message)
{
    *l->token = (struct token){.type = TOKEN_ERROR,
                               .line = l->start_line,
                               .pos = l->start,
                               .text = message,
                               .len = strlen(message)};
    l->start = l->pos = l->len = 0;
    return TOKEN_ERROR;
}

/* fmt's %#U: "U+0040 '@'". */
static enum token_type fail_rune(struct lexer *l, const char *what, uint32_t r)
{
    AUTO_BUF message = BUF_INIT;
    buf_appendf(&message, "%s U+%04X", what, (unsigned)r);
    if (trune_is(r, TRUNE_PRINT)) {
        buf_appends(&message, " '");
        text_append_rune(&message, r);
        buf_appendc(&message, '\'');
    }
    return fail(l, arena_strndup(l->a, buf_str(&message), message.len));
}

static enum token_type fail_number(struct lexer *l)
{
    AUTO_BUF message = BUF_INIT;
    buf_appends(&message, "bad number syntax: ");
    goquote_append(&message, l->input + l->start, l->pos - l->start);
    return fail(l, arena_strndup(l->a, buf_str(&message), message.len));
}

/* ---- text and delimiters ---- */

/* At a space: whether it is that of " -}}". */
static bool at_trim_marker(const struct lexer *l)
{
    return closes_at(l, TRIM_MARKER_LEN) && l->input[l->pos + 1] == '-';
}

static void skip_spaces(struct lexer *l)
{
    while (at_class(l, IS_SPACE))
        l->pos++;
}

/* At "{{": whether "- " follows. */
static bool left_trims(const struct lexer *l, size_t delim)
{
    size_t at = delim + DELIM_LEN;
    return l->len - at >= TRIM_MARKER_LEN && l->input[at] == '-' && is_space(l->input[at + 1]);
}

/* At "{{" or "{{- ": how long the opening is when a comment follows, else 0. */
static size_t comment_opening(const struct lexer *l)
{
    size_t marker = left_trims(l, l->pos) ? TRIM_MARKER_LEN : 0;
    return has_prefix(l, DELIM_LEN + marker, "/*", 2) ? DELIM_LEN + marker : 0;
}

/* Passes over a comment with its delimiters; NULL or what is wrong. */
static const char *skip_comment(struct lexer *l, size_t opening)
{
    l->pos += opening;
    ignore(l);
    l->pos += 2;
    const char *end = memmem(l->input + l->pos, l->len - l->pos, "*/", 2);
    if (!end)
        return "unclosed comment";
    l->pos = (size_t)(end - l->input) + 2;
    bool trim = at_class(l, IS_SPACE) && at_trim_marker(l);
    if (!trim && !closes_at(l, 0))
        return "comment ends before closing delimiter";
    l->pos += (trim ? TRIM_MARKER_LEN : 0) + DELIM_LEN;
    if (trim)
        skip_spaces(l);
    ignore(l);
    return NULL;
}

static enum token_type lex_left_delim(struct lexer *l)
{
    size_t marker = left_trims(l, l->pos) ? TRIM_MARKER_LEN : 0;
    l->pos += DELIM_LEN;
    emit(l, TOKEN_LEFT_DELIM);
    l->inside_action = true;
    l->pos += marker;
    ignore(l);
    l->paren_depth = 0;
    return TOKEN_LEFT_DELIM;
}

/* At "}}", or at the space of " -}}" when it is to `trim`. */
static enum token_type lex_right_delim(struct lexer *l, bool trim)
{
    if (l->paren_depth != 0)
        return fail(l, "unclosed left paren");
    if (trim) {
        l->pos += TRIM_MARKER_LEN;
        ignore(l);
    }
    l->pos += DELIM_LEN;
    emit(l, TOKEN_RIGHT_DELIM);
    if (trim) {
        skip_spaces(l);
        ignore(l);
    }
    l->inside_action = false;
    return TOKEN_RIGHT_DELIM;
}

/* The text up to "{{" at `delim`, without the spaces that "{{- " takes. */
static enum token_type lex_text_before(struct lexer *l, size_t delim)
{
    size_t end = delim;
    if (left_trims(l, delim)) {
        while (end > l->start && is_space(l->input[end - 1]))
            end--;
    }
    l->pos = end;
    l->line += count_lines(l->input + l->start, end - l->start);
    emit(l, TOKEN_TEXT);
    l->pos = delim;
    ignore(l);
    return TOKEN_TEXT;
}

static enum token_type lex_text(struct lexer *l)
{
    for (;;) {
        const char *found = text_find(l->input + l->pos, l->len - l->pos, LEFT_DELIM, DELIM_LEN);
        if (!found) {
            l->pos = l->len;
            l->line += count_lines(l->input + l->start, l->pos - l->start);
            return emit(l, l->pos > l->start ? TOKEN_TEXT : TOKEN_EOF);
        }
        enum token_type type = lex_text_before(l, (size_t)(found - l->input));
        if (l->token->len)
            return type;
        size_t opening = comment_opening(l);
        if (!opening)
            return lex_left_delim(l);
        const char *wrong = skip_comment(l, opening);
        if (wrong)
            return fail(l, wrong);
    }
}

/* ---- inside an action ---- */

/* A run of spaces; its last one may belong to " -}}". */
static enum token_type lex_space(struct lexer *l)
{
    if (at_trim_marker(l))
        return lex_right_delim(l, true);
    for (; at_class(l, IS_SPACE); l->pos++)
        l->line += l->input[l->pos] == '\n';
    if (l->pos < l->len && l->input[l->pos] == '-' && closes_at(l, 1))
        l->line -= l->input[--l->pos] == '\n';
    return emit(l, TOKEN_SPACE);
}

static bool at_terminator(const struct lexer *l)
{
    return l->pos >= l->len || at_class(l, IS_STOP) || closes_at(l, 0);
}

static enum token_type word_type(const char *word, size_t len)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(keywords); i++) {
        const struct keyword *k = &keywords[i];
        if (k->len == len && k->word[0] == word[0] && memcmp(k->word, word, len) == 0)
            return k->type;
    }
    return TOKEN_IDENTIFIER;
}

static enum token_type lex_word(struct lexer *l, enum token_type type)
{
    while (at_class(l, IS_WORD) || is_alphanumeric(peek(l)))
        next(l);
    if (!at_terminator(l))
        return fail_rune(l, "bad character", peek(l));
    if (type == TOKEN_IDENTIFIER)
        type = word_type(l->input + l->start, l->pos - l->start);
    return emit(l, type);
}

/* Behind the '.' or '$'. */
static enum token_type lex_field_or_variable(struct lexer *l, enum token_type type)
{
    if (at_terminator(l))
        return emit(l, type == TOKEN_VARIABLE ? TOKEN_VARIABLE : TOKEN_DOT);
    return lex_word(l, type);
}

/* A string or character constant; the opening quote is behind us. */
static enum token_type lex_quoted(struct lexer *l, char quote, enum token_type type,
                                  const char *message)
{
    while (l->pos < l->len && l->input[l->pos] != '\n') {
        char c = l->input[l->pos++];
        if (c == quote)
            return emit(l, type);
        if (c == '\\' && l->pos < l->len && l->input[l->pos] != '\n')
            l->pos++;
    }
    return fail(l, message);
}

static enum token_type lex_raw_string(struct lexer *l)
{
    const char *end = memchr(l->input + l->pos, '`', l->len - l->pos);
    if (!end)
        return fail(l, "unterminated raw quoted string");
    l->pos = (size_t)(end - l->input) + 1;
    l->line += count_lines(l->input + l->start, l->pos - l->start);
    return emit(l, TOKEN_RAW_STRING);
}

static bool accept(struct lexer *l, const char *set)
{
    uint32_t r = peek(l);
    if (!r || r >= 0x80 || !strchr(set, (int)r))
        return false;
    next(l);
    return true;
}

static void accept_run(struct lexer *l, const char *set)
{
    while (accept(l, set))
        ;
}

/* Takes what may be a number; its value is judged later. */
static bool scan_number(struct lexer *l)
{
    const char *digits = "0123456789_";
    const char *exponent = "eE";
    accept(l, "+-");
    if (accept(l, "0")) {
        if (accept(l, "xX")) {
            digits = "0123456789abcdefABCDEF_";
            exponent = "pP";
        } else if (accept(l, "oO")) {
            digits = "01234567_";
            exponent = NULL;
        } else if (accept(l, "bB")) {
            digits = "01_";
            exponent = NULL;
        }
    }
    accept_run(l, digits);
    if (accept(l, "."))
        accept_run(l, digits);
    if (exponent && accept(l, exponent)) {
        accept(l, "+-");
        accept_run(l, "0123456789_");
    }
    accept(l, "i");
    if (!is_alphanumeric(peek(l)))
        return true;
    next(l);
    return false;
}

static enum token_type lex_number(struct lexer *l)
{
    if (!scan_number(l))
        return fail_number(l);
    uint32_t sign = peek(l);
    if (sign != '+' && sign != '-')
        return emit(l, TOKEN_NUMBER);
    if (!scan_number(l) || l->input[l->pos - 1] != 'i')
        return fail_number(l);
    return emit(l, TOKEN_COMPLEX);
}

/* The characters that are a token by themselves. */
static enum token_type lex_sign(struct lexer *l, uint32_t r)
{
    switch (r) {
    case '=':
        return emit(l, TOKEN_ASSIGN);
    case ':':
        return next(l) == '=' ? emit(l, TOKEN_DECLARE) : fail(l, "expected :=");
    case '|':
        return emit(l, TOKEN_PIPE);
    case '(':
        l->paren_depth++;
        return emit(l, TOKEN_LEFT_PAREN);
    case ')':
        if (--l->paren_depth < 0)
            return fail(l, "unexpected right paren");
        return emit(l, TOKEN_RIGHT_PAREN);
    default:
        if (r >= 0x20 && r < 0x7f)
            return emit(l, TOKEN_CHAR);
        return fail_rune(l, "unrecognized character in action:", r);
    }
}

static enum token_type lex_inside_action(struct lexer *l)
{
    if (l->pos >= l->len)
        return fail(l, "unclosed action");
    if (closes_at(l, 0))
        return lex_right_delim(l, false);
    if (at_class(l, IS_SPACE))
        return lex_space(l);
    uint32_t r = peek(l);
    bool dot_digit = r == '.' && (l->pos + 1 >= l->len ||
                                  (l->input[l->pos + 1] >= '0' && l->input[l->pos + 1] <= '9'));
    if (dot_digit || r == '+' || r == '-' || (r >= '0' && r <= '9'))
        return lex_number(l);
    if (is_alphanumeric(r))
        return lex_word(l, TOKEN_IDENTIFIER);
    next(l);
    switch (r) {
    case '"':
        return lex_quoted(l, '"', TOKEN_STRING, "unterminated quoted string");
    case '\'':
        return lex_quoted(l, '\'', TOKEN_CHAR_CONSTANT, "unterminated character constant");
    case '`':
        return lex_raw_string(l);
    case '$':
        return lex_field_or_variable(l, TOKEN_VARIABLE);
    case '.':
        return lex_field_or_variable(l, TOKEN_FIELD);
    default:
        return lex_sign(l, r);
    }
}

void lexer_next(struct lexer *l, struct token *ret_token)
{
    l->token = ret_token;
    if (l->inside_action)
        lex_inside_action(l);
    else
        lex_text(l);
}

void token_describe(struct buf *out, const struct token *t)
{
    if (t->type == TOKEN_EOF) {
        buf_appends(out, "EOF");
    } else if (t->type == TOKEN_ERROR) {
        buf_append(out, t->text, t->len);
    } else if (t->type > TOKEN_KEYWORD) {
        buf_appendc(out, '<');
        buf_append(out, t->text, t->len);
        buf_appendc(out, '>');
    } else if (t->len > 10) {
        /* %.10q: ten runes. */
        size_t cut = 0;
        for (int runes = 0; runes < 10 && cut < t->len; runes++) {
            uint32_t r;
            cut += text_rune(t->text + cut, t->len - cut, &r);
        }
        goquote_append(out, t->text, cut);
        buf_appends(out, "...");
    } else {
        goquote_append(out, t->text, t->len);
    }
}
