#include "lex.h"

#include <string.h>

#include "func.h"
#include "meshctl/base/text.h"
#include "unicode.h"

#define LEFT_DELIM "{{"
#define RIGHT_DELIM "}}"
#define DELIM_LEN 2
#define TRIM_MARKER_LEN 2 /* '-' and the space beside it */
#define RUNE_EOF UINT32_MAX

struct keyword {
    const char *word;
    enum token_type type;
};
static const struct keyword keywords[] = {
    {"block", TOKEN_BLOCK},   {"break", TOKEN_BREAK}, {"continue", TOKEN_CONTINUE},
    {"define", TOKEN_DEFINE}, {"else", TOKEN_ELSE},   {"end", TOKEN_END},
    {"false", TOKEN_BOOL},    {"if", TOKEN_IF},       {"nil", TOKEN_NIL},
    {"range", TOKEN_RANGE},   {"true", TOKEN_BOOL},   {"template", TOKEN_TEMPLATE},
    {"with", TOKEN_WITH},
};

void lexer_init(struct lexer *l, struct arena *a, const char *input, size_t len)
{
    *l = (struct lexer){.a = a, .input = input, .len = len, .line = 1, .start_line = 1};
}

/* ---- runes ---- */

static bool is_space(uint32_t r)
{
    return r == ' ' || r == '\t' || r == '\r' || r == '\n';
}

static bool is_alphanumeric(uint32_t r)
{
    if (r < 0x80)
        return (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') || (r >= '0' && r <= '9') ||
               r == '_';
    return r != RUNE_EOF && trune_is(r, TRUNE_LETTER | TRUNE_DIGIT);
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

static uint32_t next(struct lexer *l)
{
    size_t size;
    uint32_t r = rune_peek(l, &size);
    l->pos += size;
    if (r == '\n')
        l->line++;
    return r;
}

/* Whether the text `offset` bytes on from here starts with `s`. */
static bool has_prefix(const struct lexer *l, size_t offset, const char *s)
{
    size_t len = strlen(s);
    return l->pos + offset <= l->len && l->len - l->pos - offset >= len &&
           memcmp(l->input + l->pos + offset, s, len) == 0;
}

static unsigned count_lines(const char *s, size_t len)
{
    unsigned n = 0;
    for (const char *end = s + len; len && (s = memchr(s, '\n', (size_t)(end - s))); s++)
        n++;
    return n;
}

/* ---- tokens ---- */

static struct token emit(struct lexer *l, enum token_type type)
{
    struct token t = {.type = type,
                      .pos = l->start,
                      .text = l->input + l->start,
                      .len = l->pos - l->start,
                      .line = l->start_line};
    l->start = l->pos;
    l->start_line = l->line;
    return t;
}

/* Passes over text that next() did not see. */
static void ignore(struct lexer *l)
{
    l->line += count_lines(l->input + l->start, l->pos - l->start);
    l->start = l->pos;
    l->start_line = l->line;
}

/* As in Go the input ends with the first error, so that a parser that goes on meets its end. */
static struct token fail(struct lexer *l, const char *message)
{
    struct token t = {.type = TOKEN_ERROR,
                      .pos = l->start,
                      .text = message,
                      .len = strlen(message),
                      .line = l->start_line};
    l->start = l->pos = l->len = 0;
    return t;
}

/* fmt's %#U: "U+0040 '@'". */
static struct token fail_rune(struct lexer *l, const char *what, uint32_t r)
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

static struct token fail_number(struct lexer *l)
{
    AUTO_BUF message = BUF_INIT;
    buf_appends(&message, "bad number syntax: ");
    tprint_quote(&message, l->input + l->start, l->pos - l->start);
    return fail(l, arena_strndup(l->a, buf_str(&message), message.len));
}

/* ---- text and delimiters ---- */

static bool at_right_delim(const struct lexer *l, bool *ret_trim)
{
    *ret_trim = l->pos + TRIM_MARKER_LEN <= l->len && is_space((unsigned char)l->input[l->pos]) &&
                l->input[l->pos + 1] == '-' && has_prefix(l, TRIM_MARKER_LEN, RIGHT_DELIM);
    return *ret_trim || has_prefix(l, 0, RIGHT_DELIM);
}

static void skip_spaces(struct lexer *l)
{
    while (l->pos < l->len && is_space((unsigned char)l->input[l->pos]))
        l->pos++;
}

/* At "{{": whether "- " follows. */
static bool left_trims(const struct lexer *l, size_t delim)
{
    size_t at = delim + DELIM_LEN;
    return l->len - at >= TRIM_MARKER_LEN && l->input[at] == '-' &&
           is_space((unsigned char)l->input[at + 1]);
}

/* At "{{" or "{{- ": how long the opening is when a comment follows, else 0. */
static size_t comment_opening(const struct lexer *l)
{
    size_t marker = left_trims(l, l->pos) ? TRIM_MARKER_LEN : 0;
    return has_prefix(l, DELIM_LEN + marker, "/*") ? DELIM_LEN + marker : 0;
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
    bool trim;
    if (!at_right_delim(l, &trim))
        return "comment ends before closing delimiter";
    l->pos += (trim ? TRIM_MARKER_LEN : 0) + DELIM_LEN;
    if (trim)
        skip_spaces(l);
    ignore(l);
    return NULL;
}

static struct token lex_left_delim(struct lexer *l)
{
    size_t marker = left_trims(l, l->pos) ? TRIM_MARKER_LEN : 0;
    l->pos += DELIM_LEN;
    struct token t = emit(l, TOKEN_LEFT_DELIM);
    l->inside_action = true;
    l->pos += marker;
    ignore(l);
    l->paren_depth = 0;
    return t;
}

static struct token lex_right_delim(struct lexer *l)
{
    bool trim;
    at_right_delim(l, &trim);
    if (trim) {
        l->pos += TRIM_MARKER_LEN;
        ignore(l);
    }
    l->pos += DELIM_LEN;
    struct token t = emit(l, TOKEN_RIGHT_DELIM);
    if (trim) {
        skip_spaces(l);
        ignore(l);
    }
    l->inside_action = false;
    return t;
}

/* The text up to "{{" at `delim`, without the spaces that "{{- " takes. */
static struct token lex_text_before(struct lexer *l, size_t delim)
{
    size_t end = delim;
    if (left_trims(l, delim)) {
        while (end > l->start && is_space((unsigned char)l->input[end - 1]))
            end--;
    }
    l->pos = end;
    l->line += count_lines(l->input + l->start, end - l->start);
    struct token t = emit(l, TOKEN_TEXT);
    l->pos = delim;
    ignore(l);
    return t;
}

static struct token lex_text(struct lexer *l)
{
    for (;;) {
        const char *found = text_find(l->input + l->pos, l->len - l->pos, LEFT_DELIM, DELIM_LEN);
        if (!found) {
            l->pos = l->len;
            l->line += count_lines(l->input + l->start, l->pos - l->start);
            return emit(l, l->pos > l->start ? TOKEN_TEXT : TOKEN_EOF);
        }
        struct token t = lex_text_before(l, (size_t)(found - l->input));
        if (t.len)
            return t;
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
static struct token lex_space(struct lexer *l)
{
    size_t spaces = 0;
    for (; is_space(peek(l)); spaces++)
        next(l);
    if (l->pos < l->len && l->input[l->pos] == '-' && has_prefix(l, 1, RIGHT_DELIM)) {
        l->pos--;
        if (l->input[l->pos] == '\n')
            l->line--;
        if (spaces == 1)
            return lex_right_delim(l);
    }
    return emit(l, TOKEN_SPACE);
}

/* What may stand behind an identifier, a field or a variable. */
static bool at_terminator(const struct lexer *l)
{
    uint32_t r = peek(l);
    if (r == RUNE_EOF || is_space(r))
        return true;
    return (r < 0x80 && strchr(".,|:)(", (int)r) && r) || has_prefix(l, 0, RIGHT_DELIM);
}

static enum token_type word_type(const char *word, size_t len)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(keywords); i++) {
        if (strlen(keywords[i].word) == len && memcmp(keywords[i].word, word, len) == 0)
            return keywords[i].type;
    }
    return TOKEN_IDENTIFIER;
}

static struct token lex_word(struct lexer *l, enum token_type type)
{
    while (is_alphanumeric(peek(l)))
        next(l);
    if (!at_terminator(l))
        return fail_rune(l, "bad character", peek(l));
    if (type == TOKEN_IDENTIFIER)
        type = word_type(l->input + l->start, l->pos - l->start);
    return emit(l, type);
}

/* Behind the '.' or '$'. */
static struct token lex_field_or_variable(struct lexer *l, enum token_type type)
{
    if (at_terminator(l))
        return emit(l, type == TOKEN_VARIABLE ? TOKEN_VARIABLE : TOKEN_DOT);
    return lex_word(l, type);
}

/* A string or character constant; the opening quote is behind us. */
static struct token lex_quoted(struct lexer *l, char quote, enum token_type type,
                               const char *message)
{
    for (;;) {
        uint32_t r = next(l);
        if (r == '\\') {
            r = next(l);
            if (r != RUNE_EOF && r != '\n')
                continue;
        }
        if (r == RUNE_EOF || r == '\n')
            return fail(l, message);
        if (r == (unsigned char)quote)
            return emit(l, type);
    }
}

static struct token lex_raw_string(struct lexer *l)
{
    for (;;) {
        uint32_t r = next(l);
        if (r == RUNE_EOF)
            return fail(l, "unterminated raw quoted string");
        if (r == '`')
            return emit(l, TOKEN_RAW_STRING);
    }
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

static struct token lex_number(struct lexer *l)
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
static struct token lex_sign(struct lexer *l, uint32_t r)
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

static struct token lex_inside_action(struct lexer *l)
{
    bool trim;
    if (at_right_delim(l, &trim))
        return l->paren_depth == 0 ? lex_right_delim(l) : fail(l, "unclosed left paren");
    uint32_t r = peek(l);
    if (r == RUNE_EOF)
        return fail(l, "unclosed action");
    if (is_space(r))
        return lex_space(l);
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

struct token lexer_next(struct lexer *l)
{
    return l->inside_action ? lex_inside_action(l) : lex_text(l);
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
        tprint_quote(out, t->text, cut);
        buf_appends(out, "...");
    } else {
        tprint_quote(out, t->text, t->len);
    }
}
