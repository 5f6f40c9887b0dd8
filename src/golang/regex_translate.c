/* A pattern in Go's syntax, read and written again for PCRE2. */
#include <string.h>

#include "meshctl/base/text.h"
#include "regex_syntax.h"

/* What Go's parser keeps on its stack, as far as errors need it. */
struct group {
    bool has_atom; /* something that a repeat may follow */
    int product;   /* of the repeat counts in the last atom */
    int most;      /* the largest product in the group */
};

struct parser {
    struct syntax x;
    struct strlist *names;
    struct group groups[REGEX_MAX_NESTING + 1];
    size_t depth;
    size_t last_repeat; /* where the repeat just read began, SIZE_MAX when the last item was none */
    size_t flags_from;  /* where "(?flags)" behind the last atom begin in the output, or SIZE_MAX */
};

static struct group *top(struct parser *p)
{
    return &p->groups[p->depth];
}

static void atom(struct parser *p, int product)
{
    p->flags_from = SIZE_MAX;
    top(p)->has_atom = true;
    top(p)->product = product;
    if (product > top(p)->most)
        top(p)->most = product;
}

static void zero_width(struct parser *p, const char *text)
{
    buf_appendf(p->x.out, "(?:%s)", text);
    atom(p, 1);
}

static void literal(struct parser *p, uint32_t rune)
{
    syntax_literal(&p->x, rune);
    atom(p, 1);
}

/* ---- groups ---- */

static int open_group(struct parser *p, const char *text)
{
    if (p->depth == REGEX_MAX_NESTING)
        return syntax_error(&p->x, "expression nests too deeply", 0, p->x.len);
    buf_appends(p->x.out, text);
    p->groups[++p->depth] = (struct group){.most = 1, .product = 1};
    return 0;
}

static int close_group(struct parser *p)
{
    if (p->depth == 0)
        return syntax_error(&p->x, "unexpected )", 0, p->x.len);
    int most = top(p)->most;
    p->depth--;
    p->x.at++;
    buf_appendc(p->x.out, ')');
    atom(p, most);
    return 0;
}

static bool is_name(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool ok = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'A' && s[i] <= 'Z') ||
                  (s[i] >= 'a' && s[i] <= 'z') || s[i] == '_';
        if (!ok)
            return false;
    }
    return len > 0;
}

/* "(?P<name>" or "(?<name>"; lookbehind looks like the second and fails here, as in Go. */
static int named_group(struct parser *p, size_t name_at)
{
    struct syntax *x = &p->x;
    const char *end = memchr(x->text + x->at, '>', x->len - x->at);
    if (!end)
        return syntax_error(x, "invalid named capture", x->at, x->len);
    size_t from = x->at + name_at;
    size_t to = (size_t)(end - x->text);
    if (to < from || !is_name(x->text + from, to - from))
        return syntax_error(x, "invalid named capture", x->at, to + 1);
    strlist_add_take(p->names, mem_strndup(x->text + from, to - from));
    x->at = to + 1;
    return open_group(p, "(");
}

/* "(?flags)", "(?flags:" and "(?:" (parse.go parsePerlFlags). PCRE2 reads i, m, s and U alike. */
static int flags(struct parser *p)
{
    struct syntax *x = &p->x;
    AUTO_BUF text = BUF_INIT_MAX(REGEX_MAX_PATTERN);
    size_t start = x->at;
    bool minus = false;
    bool any = false;
    buf_appends(&text, "(?");
    x->at += 2;
    while (x->at < x->len) {
        uint32_t c = syntax_rune(x);
        bool ends = c == ':' || c == ')';
        if (ends && minus && !any)
            break;
        if (ends && c == ')') {
            if (p->flags_from == SIZE_MAX)
                p->flags_from = x->out->len;
            if (text.len > 2)
                buf_appendf(x->out, "%s)", buf_str(&text));
            return 0;
        }
        if (ends) {
            buf_appendc(&text, ':');
            return open_group(p, buf_str(&text));
        }
        if (c == '-' && !minus) {
            minus = true;
            any = false;
        } else if (c == 'i' || c == 'm' || c == 's' || c == 'U') {
            any = true;
        } else {
            break;
        }
        buf_appendc(&text, (char)c);
    }
    return syntax_error(x, "invalid or unsupported Perl syntax", start, x->at);
}

static int parenthesis(struct parser *p)
{
    struct syntax *x = &p->x;
    size_t left = x->len - x->at;
    if (syntax_peek(x, 1) != '?') {
        strlist_add(p->names, "");
        x->at++;
        return open_group(p, "(");
    }
    if (left > 4 && syntax_peek(x, 2) == 'P' && syntax_peek(x, 3) == '<')
        return named_group(p, 4);
    if (left > 3 && syntax_peek(x, 2) == '<')
        return named_group(p, 3);
    return flags(p);
}

/* ---- repeats ---- */

/* A count without leading zeros; -1 past 1e8. */
static bool read_count(struct syntax *x, size_t *at, int *ret_count)
{
    size_t start = *at;
    int64_t count = 0;
    while (*at < x->len && x->text[*at] >= '0' && x->text[*at] <= '9') {
        count = count < 0 || count >= 100000000 ? -1 : count * 10 + (x->text[*at] - '0');
        (*at)++;
    }
    *ret_count = (int)(count > 100000000 ? 100000001 : count);
    return *at > start && (x->text[start] != '0' || *at == start + 1);
}

/* "{n}", "{n,}" or "{n,m}" at x->at; *ret_end behind it. *ret_max is -1 for no end. */
static bool read_braces(struct syntax *x, int *ret_min, int *ret_max, size_t *ret_end)
{
    size_t at = x->at + 1;
    if (!read_count(x, &at, ret_min))
        return false;
    *ret_max = *ret_min;
    if (at < x->len && x->text[at] == ',') {
        at++;
        *ret_max = -1;
        if (at < x->len && x->text[at] != '}') {
            if (!read_count(x, &at, ret_max))
                return false;
            if (*ret_max < 0)
                *ret_min = -1;
        }
    }
    *ret_end = at + 1;
    return at < x->len && x->text[at] == '}';
}

/* parse.go repeat: `end` is behind the operator without its question mark. */
static int repeat(struct parser *p, size_t end, const char *text, int count)
{
    struct syntax *x = &p->x;
    size_t start = x->at;
    bool lazy = end < x->len && x->text[end] == '?';
    x->at = end + (lazy ? 1 : 0);
    if (p->last_repeat != SIZE_MAX)
        return syntax_error(x, "invalid nested repetition operator", p->last_repeat, x->at);
    if (!top(p)->has_atom)
        return syntax_error(x, "missing argument to repetition operator", start, x->at);
    int product = top(p)->product * (count > 1 ? count : 1);
    if (count >= 2 && product > REGEX_MAX_REPEAT)
        return syntax_error(x, "invalid repeat count", start, x->at);
    AUTO_BUF flags_text = BUF_INIT;
    if (p->flags_from != SIZE_MAX) {
        /* Go repeats the atom before the flags; PCRE2 wants the operator right behind it. */
        buf_appends(&flags_text, x->out->data + p->flags_from);
        buf_truncate(x->out, p->flags_from);
    }
    buf_appends(x->out, text);
    if (lazy)
        buf_appendc(x->out, '?');
    buf_appends(x->out, buf_str(&flags_text));
    atom(p, product);
    p->last_repeat = start;
    return 0;
}

static int braces(struct parser *p)
{
    struct syntax *x = &p->x;
    AUTO_BUF text = BUF_INIT_MAX(64);
    int min;
    int max;
    size_t end;
    if (!read_braces(x, &min, &max, &end)) {
        x->at++;
        literal(p, '{');
        return 0;
    }
    if (min < 0 || min > REGEX_MAX_REPEAT || max > REGEX_MAX_REPEAT || (max >= 0 && min > max))
        return syntax_error(x, "invalid repeat count", x->at, end);
    buf_append(&text, x->text + x->at, end - x->at);
    return repeat(p, end, buf_str(&text), max < 0 ? min : max);
}

/* ---- the rest ---- */

static void quoted_literals(struct parser *p)
{
    struct syntax *x = &p->x;
    x->at += 2;
    const char *end = memmem(x->text + x->at, x->len - x->at, "\\E", 2);
    size_t to = end ? (size_t)(end - x->text) : x->len;
    while (x->at < to)
        literal(p, syntax_rune(x));
    x->at = end ? to + 2 : to;
}

static int backslash(struct parser *p)
{
    struct syntax *x = &p->x;
    static const char zero_widths[] = "AbBz";
    int letter = syntax_peek(x, 1);
    uint32_t rune;
    if (letter > 0 && strchr(zero_widths, letter)) {
        zero_width(p, (char[]){'\\', (char)letter, '\0'});
        x->at += 2;
        return 0;
    }
    if (letter == 'C')
        return syntax_error(x, "invalid escape sequence", x->at, x->at + 2);
    if (letter == 'Q') {
        quoted_literals(p);
        return 0;
    }
    int done = syntax_class_escape(x, false);
    if (done < 0)
        return -1;
    if (done > 0) {
        atom(p, 1);
        return 0;
    }
    if (syntax_escape(x, &rune) < 0)
        return -1;
    literal(p, rune);
    return 0;
}

static int item(struct parser *p)
{
    struct syntax *x = &p->x;
    int c = syntax_peek(x, 0);
    switch (c) {
    case '(':
        return parenthesis(p);
    case ')':
        return close_group(p);
    case '|':
        buf_appendc(x->out, '|');
        top(p)->has_atom = false;
        x->at++;
        return 0;
    case '^':
    case '$':
        zero_width(p, c == '^' ? "^" : "$");
        x->at++;
        return 0;
    case '.':
        buf_appendc(x->out, '.');
        atom(p, 1);
        x->at++;
        return 0;
    case '[':
        if (syntax_class(x) < 0)
            return -1;
        atom(p, 1);
        return 0;
    case '*':
    case '+':
    case '?':
        return repeat(p, x->at + 1, (char[]){(char)c, '\0'}, 0);
    case '{':
        return braces(p);
    case '\\':
        return backslash(p);
    default:
        literal(p, syntax_rune(x));
        return 0;
    }
}

/* How many bytes are valid from the start. */
static size_t utf8_length(const char *s, size_t len)
{
    size_t at = 0;
    for (size_t n; at < len; at += n) {
        uint32_t rune;
        n = text_rune(s + at, len - at, &rune);
        if (rune == 0xFFFD && n == 1)
            break;
    }
    return at;
}

int regex_translate(const char *pattern, size_t len, struct buf *out, struct strlist *names,
                    struct error **err)
{
    AUTO_FREE struct parser *p = mem_zalloc(sizeof(*p));
    p->x = (struct syntax){.text = pattern, .len = len, .out = out, .err = err};
    p->names = names;
    p->last_repeat = SIZE_MAX;
    p->flags_from = SIZE_MAX;
    p->groups[0] = (struct group){.product = 1, .most = 1};
    if (len > REGEX_MAX_PATTERN)
        return error_set(err, ERROR_INPUT, "error parsing regexp: expression too large: %zu bytes",
                         len);
    size_t valid = utf8_length(pattern, len);
    if (valid < len)
        return error_set(err, ERROR_INPUT, "error parsing regexp: invalid UTF-8: `%.*s`",
                         (int)(len - valid), pattern + valid);
    while (p->x.at < len) {
        size_t before = p->last_repeat;
        if (item(p) < 0)
            return -1;
        if (p->last_repeat == before)
            p->last_repeat = SIZE_MAX;
    }
    if (p->depth > 0)
        return syntax_error(&p->x, "missing closing )", 0, len);
    return 0;
}
