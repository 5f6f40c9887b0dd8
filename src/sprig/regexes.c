/* Regular expressions. */
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/regex.h"
#include "meshctl/golang/unicode.h"
#include "util.h"

static int compile(struct tval pattern, struct regex **ret_regex, struct error **err)
{
    return regex_new(pattern.s.data, pattern.s.len, ret_regex, err);
}

/* regexp.MustCompile's panic: the pattern in back quotes where it can be. */
static int must_compile(struct tval pattern, struct regex **ret_regex, struct error **err)
{
    AUTO_BUF quoted = BUF_INIT;
    if (compile(pattern, ret_regex, err) == 0)
        return 0;
    if (goquote_can_backquote(pattern.s.data, pattern.s.len))
        buf_appendf(&quoted, "`%s`", pattern.s.data);
    else
        goquote_append(&quoted, pattern.s.data, pattern.s.len);
    return error_wrap(err, "regexp: Compile(%s)", buf_str(&quoted));
}

typedef int (*compile_fn)(struct tval pattern, struct regex **ret_regex, struct error **err);

static int rx_match(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                    struct error **err)
{
    AUTO_REGEX *re = NULL;
    const size_t *offsets;
    (void)call, (void)argc;
    if (compile(args[0], &re, err) < 0)
        return -1;
    int found = regex_match(re, args[1].s.data, args[1].s.len, 0, &offsets, err);
    *ret = tval_bool(found > 0);
    return found < 0 ? -1 : 0;
}

/* A bad pattern matches nothing. */
static int rx_match_quietly(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    AUTO_REGEX *re = NULL;
    AUTO_ERROR struct error *ignored = NULL;
    if (compile(args[0], &re, &ignored) < 0) {
        *ret = tval_bool(false);
        return 0;
    }
    return rx_match(call, args, argc, ret, err);
}

static int find_one(struct tcall *call, const struct tval *args, compile_fn compiler,
                    struct tval *ret, struct error **err)
{
    AUTO_REGEX *re = NULL;
    const size_t *offsets;
    if (compiler(args[0], &re, err) < 0)
        return -1;
    int found = regex_match(re, args[1].s.data, args[1].s.len, 0, &offsets, err);
    if (found < 0)
        return -1;
    *ret = found ? tval_string(call->a, args[1].s.data + offsets[0], offsets[1] - offsets[0])
                 : tval_cstring(call->a, "");
    return 0;
}

static int rx_find(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                   struct error **err)
{
    (void)argc;
    return find_one(call, args, must_compile, ret, err);
}

static int rx_must_find(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    (void)argc;
    return find_one(call, args, compile, ret, err);
}

/* ---- all matches ---- */

struct span {
    size_t from;
    size_t to;
};

struct spans {
    struct span *items;
    size_t count;
    size_t cap;
};

static void spans_release(struct spans *s)
{
    mem_cleanup_free(&s->items);
}

#define AUTO_SPANS MC_CLEANUP(spans_release) struct spans

/* The width of the rune at s[at], 0 at the end. */
static size_t width_at(struct tval_string s, size_t at)
{
    uint32_t rune;
    return text_rune(s.data + at, s.len - at, &rune);
}

/* Go regexp.go allMatches: at most `limit` of them, all for a negative one. An empty match right
 * behind another match does not count. */
static int all_matches(struct regex *re, struct tval_string s, int64_t limit, struct spans *out,
                       struct error **err)
{
    size_t before = SIZE_MAX; /* the end of the match before */
    for (size_t at = 0; (limit < 0 || (int64_t)out->count < limit) && at <= s.len;) {
        const size_t *offsets;
        bool accept = true;
        int found = regex_match(re, s.data, s.len, at, &offsets, err);
        if (found < 0)
            return -1;
        if (found == 0)
            break;
        struct span span = {offsets[0], offsets[1]};
        if (span.to == at) {
            accept = span.from != before;
            size_t width = width_at(s, at);
            at = width > 0 ? at + width : s.len + 1;
        } else {
            at = span.to;
        }
        before = span.to;
        if (!accept)
            continue;
        if (out->count >= SPRIG_MAX_ITEMS)
            return error_set(err, ERROR_INPUT, "more than %d matches", SPRIG_MAX_ITEMS);
        out->items = mem_grow(out->items, &out->cap, out->count + 1, sizeof(*out->items));
        out->items[out->count++] = span;
    }
    return 0;
}

static int find_all(struct tcall *call, const struct tval *args, compile_fn compiler,
                    struct tval *ret, struct error **err)
{
    AUTO_REGEX *re = NULL;
    AUTO_SPANS spans = {0};
    struct items items = {.a = call->a, .elem = "string"};
    if (compiler(args[0], &re, err) < 0 || all_matches(re, args[1].s, args[2].i, &spans, err) < 0)
        return -1;
    for (size_t i = 0; i < spans.count; i++)
        items_add_string(&items, args[1].s.data + spans.items[i].from,
                         spans.items[i].to - spans.items[i].from);
    *ret = items.count > 0 ? items_list(&items) : list_nil(call->a, "string");
    return 0;
}

static int rx_find_all(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    (void)argc;
    return find_all(call, args, must_compile, ret, err);
}

static int rx_must_find_all(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    (void)argc;
    return find_all(call, args, compile, ret, err);
}

/* Go regexp.go Split. */
static int split_at(struct tcall *call, const struct tval *args, compile_fn compiler,
                    struct tval *ret, struct error **err)
{
    AUTO_REGEX *re = NULL;
    AUTO_SPANS spans = {0};
    struct items items = {.a = call->a, .elem = "string"};
    const struct tval_string s = args[1].s;
    int64_t limit = args[2].i;
    size_t begin = 0;
    size_t end = 0;
    if (compiler(args[0], &re, err) < 0)
        return -1;
    if (limit == 0) {
        *ret = list_nil(call->a, "string");
        return 0;
    }
    if (args[0].s.len > 0 && s.len == 0) {
        items_add_string(&items, "", 0);
        *ret = items_list(&items);
        return 0;
    }
    if (all_matches(re, s, limit, &spans, err) < 0)
        return -1;
    for (size_t i = 0; i < spans.count && (limit < 0 || (int64_t)items.count < limit - 1); i++) {
        end = spans.items[i].from;
        if (spans.items[i].to != 0)
            items_add_string(&items, s.data + begin, end - begin);
        begin = spans.items[i].to;
    }
    if (end != s.len)
        items_add_string(&items, s.data + begin, s.len - begin);
    *ret = items_list(&items);
    return 0;
}

static int rx_split(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                    struct error **err)
{
    (void)argc;
    return split_at(call, args, must_compile, ret, err);
}

static int rx_must_split(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)argc;
    return split_at(call, args, compile, ret, err);
}

/* ---- replacing ---- */

/* What a replacement is made of at a match. */
struct expansion {
    const struct regex *re;
    struct tval_string template;
    struct tval_string subject;
    bool literal;
};

/* Go regexp.go extract: the name behind a '$', with or without braces. Returns how many bytes it
 * takes, 0 when it is no name. */
static size_t reference_name(struct tval_string t, size_t at, const char **ret_name,
                             size_t *ret_len)
{
    bool brace = at < t.len && t.data[at] == '{';
    size_t start = at + (brace ? 1 : 0);
    size_t end = start;
    while (end < t.len) {
        uint32_t rune;
        size_t width = text_rune(t.data + end, t.len - end, &rune);
        if (!trune_is(rune, TRUNE_LETTER | TRUNE_DIGIT) && rune != '_')
            break;
        end += width;
    }
    if (end == start || (brace && (end >= t.len || t.data[end] != '}')))
        return 0;
    *ret_name = t.data + start;
    *ret_len = end - start;
    return end + (brace ? 1 : 0) - at;
}

/* The group that a name or number means; SIZE_MAX for one that is not there. */
static size_t reference_group(const struct regex *re, const char *name, size_t len)
{
    size_t number = 0;
    bool digits = !(len > 1 && name[0] == '0');
    for (size_t i = 0; digits && i < len; i++) {
        digits = name[i] >= '0' && name[i] <= '9' && number < 100000000;
        number = number * 10 + (size_t)(name[i] - '0');
    }
    if (!digits)
        number = regex_group_named(re, name, len);
    if (!digits && number == 0)
        return SIZE_MAX;
    return number < regex_groups(re) ? number : SIZE_MAX;
}

static void expand(const struct expansion *e, const size_t *offsets, struct buf *out)
{
    const struct tval_string t = e->template;
    if (e->literal) {
        buf_append(out, t.data, t.len);
        return;
    }
    for (size_t at = 0; at < t.len && !out->overflow;) {
        const char *name;
        size_t len;
        if (t.data[at] != '$') {
            buf_appendc(out, t.data[at++]);
            continue;
        }
        at++;
        if (at < t.len && t.data[at] == '$') {
            buf_appendc(out, '$');
            at++;
            continue;
        }
        size_t taken = reference_name(t, at, &name, &len);
        if (taken == 0) {
            buf_appendc(out, '$');
            continue;
        }
        at += taken;
        size_t group = reference_group(e->re, name, len);
        if (group != SIZE_MAX && offsets[2 * group] != SIZE_MAX)
            buf_append(out, e->subject.data + offsets[2 * group],
                       offsets[2 * group + 1] - offsets[2 * group]);
    }
}

/* Go regexp.go replaceAll. */
static int replace(struct tcall *call, const struct tval *args, compile_fn compiler, bool literal,
                   struct tval *ret, struct error **err)
{
    AUTO_REGEX *re = NULL;
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    const struct tval_string s = args[1].s;
    size_t copied = 0;
    if (compiler(args[0], &re, err) < 0)
        return -1;
    struct expansion e = {.re = re, .template = args[2].s, .subject = s, .literal = literal};
    for (size_t at = 0; at <= s.len && !out.overflow;) {
        const size_t *offsets;
        int found = regex_match(re, s.data, s.len, at, &offsets, err);
        if (found < 0)
            return -1;
        if (found == 0)
            break;
        size_t to = offsets[1];
        buf_append(&out, s.data + copied, offsets[0] - copied);
        if (to > copied || offsets[0] == 0)
            expand(&e, offsets, &out);
        copied = to;
        size_t width = width_at(s, at);
        if (at + width > to)
            at += width;
        else
            at = at + 1 > to ? at + 1 : to;
    }
    buf_append(&out, s.data + copied, s.len - copied);
    return result_buf(call, &out, ret, err);
}

static int rx_replace(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    (void)argc;
    return replace(call, args, must_compile, false, ret, err);
}

static int rx_must_replace(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err)
{
    (void)argc;
    return replace(call, args, compile, false, ret, err);
}

static int rx_replace_literal(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    (void)argc;
    return replace(call, args, must_compile, true, ret, err);
}

static int rx_must_replace_literal(struct tcall *call, const struct tval *args, size_t argc,
                                   struct tval *ret, struct error **err)
{
    (void)argc;
    return replace(call, args, compile, true, ret, err);
}

static int rx_quote_meta(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    (void)argc;
    for (size_t i = 0; i < args[0].s.len && !out.overflow; i++) {
        char c = args[0].s.data[i];
        if (c != '\0' && strchr("\\.+*?()|[]{}^$", c))
            buf_appendc(&out, '\\');
        buf_appendc(&out, c);
    }
    return result_buf(call, &out, ret, err);
}

const struct tfunc tfunc_regex[] = {
    {"mustRegexFind", "ss", rx_must_find},
    {"mustRegexFindAll", "ssi", rx_must_find_all},
    {"mustRegexMatch", "ss", rx_match},
    {"mustRegexReplaceAll", "sss", rx_must_replace},
    {"mustRegexReplaceAllLiteral", "sss", rx_must_replace_literal},
    {"mustRegexSplit", "ssi", rx_must_split},
    {"regexFind", "ss", rx_find},
    {"regexFindAll", "ssi", rx_find_all},
    {"regexMatch", "ss", rx_match_quietly},
    {"regexQuoteMeta", "s", rx_quote_meta},
    {"regexReplaceAll", "sss", rx_replace},
    {"regexReplaceAllLiteral", "sss", rx_replace_literal},
    {"regexSplit", "ssi", rx_split},
    {NULL, NULL, NULL},
};
