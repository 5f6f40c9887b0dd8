/* Functions on strings. */
#include <stdlib.h>
#include <string.h>

#include "case.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/unicode.h"
#include "util.h"
#include "wrap.h"

/* A part of a string that outlives the call. Strings never change: what ends like the whole is
 * shared with it. */
static struct tval part(struct tcall *call, struct tval_string s, size_t from, size_t to)
{
    if (to == s.len)
        return (struct tval){.kind = TVAL_STRING, .s = {.data = s.data + from, .len = to - from}};
    return tval_string(call->a, s.data + from, to - from);
}

static int result_bool(struct tval *ret, bool b)
{
    *ret = tval_bool(b);
    return 0;
}

static const char *find(struct tval_string s, size_t from, struct tval_string what)
{
    if (what.len == 0)
        return s.data + from;
    return memmem(s.data + from, s.len - from, what.data, what.len);
}

/* ---- quoting and joining ---- */

static int strings_quote(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    for (size_t i = 0; i < argc; i++) {
        if (value_is_nil(args[i]))
            continue;
        struct tval_string s = tprint_strval(call->a, args[i]);
        if (out.len > 0)
            buf_appendc(&out, ' ');
        goquote_append(&out, s.data, s.len);
    }
    return result_buf(call, &out, ret, err);
}

static int strings_squote(struct tcall *call, const struct tval *args, size_t argc,
                          struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    for (size_t i = 0; i < argc; i++) {
        if (value_is_nil(args[i]))
            continue;
        buf_appends(&out, out.len > 0 ? " '" : "'");
        tprint_value(&out, call->a, args[i]);
        buf_appendc(&out, '\'');
    }
    return result_buf(call, &out, ret, err);
}

static int strings_cat(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    bool first = true;
    for (size_t i = 0; i < argc; i++) {
        if (value_is_nil(args[i]))
            continue;
        if (!first)
            buf_appendc(&out, ' ');
        first = false;
        tprint_value(&out, call->a, args[i]);
    }
    return result_buf(call, &out, ret, err);
}

/* ---- lines ---- */

static int pad_lines(struct tcall *call, const char *before, const struct tval *args,
                     struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    const struct tval_string s = args[1].s;
    if (args[0].i < 0)
        return error_set(err, ERROR_INPUT, "strings: negative Repeat count");
    size_t pad = (uint64_t)args[0].i > TMPL_MAX_OUTPUT ? TMPL_MAX_OUTPUT : (size_t)args[0].i;
    buf_reserve(&out, s.len + s.len / 2);
    buf_appends(&out, before);
    for (size_t at = 0;;) {
        const char *end = memchr(s.data + at, '\n', s.len - at);
        size_t stop = end ? (size_t)(end - s.data) + 1 : s.len;
        buf_pad(&out, ' ', pad);
        buf_append(&out, s.data + at, stop - at);
        if (!end || out.overflow)
            break;
        at = stop;
    }
    return result_buf(call, &out, ret, err);
}

static int strings_indent(struct tcall *call, const struct tval *args, size_t argc,
                          struct tval *ret, struct error **err)
{
    (void)argc;
    return pad_lines(call, "", args, ret, err);
}

static int strings_nindent(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err)
{
    (void)argc;
    return pad_lines(call, "\n", args, ret, err);
}

/* ---- parts ---- */

static int strings_trunc(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    const struct tval_string s = args[1].s;
    int64_t count = args[0].i;
    int64_t len = (int64_t)s.len;
    (void)argc, (void)err;
    if (count < 0 && count > -len)
        *ret = part(call, s, (size_t)(len + count), s.len);
    else if (count >= 0 && len > count)
        *ret = part(call, s, 0, (size_t)count);
    else
        *ret = args[1];
    return 0;
}

static int slice_panic(int64_t from, int64_t to, int64_t len, struct error **err)
{
    if (to < 0)
        return error_set(err, ERROR_INPUT, "runtime error: slice bounds out of range [:%lld]",
                         (long long)to);
    if (to > len)
        return error_set(err, ERROR_INPUT,
                         "runtime error: slice bounds out of range [:%lld] with length %lld",
                         (long long)to, (long long)len);
    return error_set(err, ERROR_INPUT, "runtime error: slice bounds out of range [%lld:%lld]",
                     (long long)from, (long long)to);
}

static int strings_substr(struct tcall *call, const struct tval *args, size_t argc,
                          struct tval *ret, struct error **err)
{
    const struct tval_string s = args[2].s;
    int64_t len = (int64_t)s.len;
    int64_t from = args[0].i < 0 ? 0 : args[0].i;
    int64_t to = args[1].i;
    (void)argc;
    if (args[0].i >= 0 && (to < 0 || to > len))
        to = len;
    if (to < 0 || to > len || from > to)
        return slice_panic(from, to, len, err);
    *ret = part(call, s, (size_t)from, (size_t)to);
    return 0;
}

/* utf8.DecodeLastRune. */
static size_t last_rune(const char *s, size_t len, uint32_t *ret_rune)
{
    size_t width = 1;
    while (width < 4 && width < len && ((unsigned char)s[len - width] & 0xC0) == 0x80)
        width++;
    if (text_rune(s + len - width, width, ret_rune) == width)
        return width;
    *ret_rune = 0xFFFD;
    return 1;
}

/* A set of characters to cut off. */
struct rune_set {
    bool ascii[128];
    uint32_t *others; /* sorted */
    size_t count, cap;
};

static void rune_set_release(struct rune_set *set)
{
    mem_cleanup_free(&set->others);
}

static int compare_runes(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static void rune_set_fill(struct rune_set *set, struct tval_string text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t rune;
        at += text_rune(text.data + at, text.len - at, &rune);
        if (rune < MC_ARRAY_LEN(set->ascii)) {
            set->ascii[rune] = true;
            continue;
        }
        set->others = mem_grow(set->others, &set->cap, set->count + 1, sizeof(*set->others));
        set->others[set->count++] = rune;
    }
    if (set->count > 1)
        qsort(set->others, set->count, sizeof(*set->others), compare_runes);
}

/* NULL is white space. */
static bool is_in_set(const struct rune_set *set, uint32_t rune)
{
    if (!set)
        return trune_is_space(rune);
    if (rune < MC_ARRAY_LEN(set->ascii))
        return set->ascii[rune];
    return set->count &&
           bsearch(&rune, set->others, set->count, sizeof(*set->others), compare_runes);
}

/* strings.Trim; only the ends are looked at, the text may be a whole file. */
static struct tval trimmed(struct tcall *call, struct tval_string s, const struct rune_set *set)
{
    size_t from = 0, to = s.len, width;
    uint32_t rune;
    while (from < to && (width = text_rune(s.data + from, to - from, &rune), is_in_set(set, rune)))
        from += width;
    while (to > from && (width = last_rune(s.data + from, to - from, &rune), is_in_set(set, rune)))
        to -= width;
    return part(call, s, from, to);
}

static int strings_trim(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    (void)argc, (void)err;
    *ret = trimmed(call, args[0].s, NULL);
    return 0;
}

/* The set of characters first. */
static int strings_trim_all(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    MC_CLEANUP(rune_set_release) struct rune_set set = {.count = 0};
    (void)argc, (void)err;
    rune_set_fill(&set, args[0].s);
    *ret = trimmed(call, args[1].s, &set);
    return 0;
}

static bool begins_with(struct tval_string s, struct tval_string what)
{
    return s.len >= what.len && memcmp(s.data, what.data, what.len) == 0;
}

static bool ends_with(struct tval_string s, struct tval_string what)
{
    return s.len >= what.len && memcmp(s.data + s.len - what.len, what.data, what.len) == 0;
}

static int strings_trim_prefix(struct tcall *call, const struct tval *args, size_t argc,
                               struct tval *ret, struct error **err)
{
    (void)argc, (void)err;
    *ret = args[1];
    if (begins_with(args[1].s, args[0].s))
        *ret = part(call, args[1].s, args[0].s.len, args[1].s.len);
    return 0;
}

static int strings_trim_suffix(struct tcall *call, const struct tval *args, size_t argc,
                               struct tval *ret, struct error **err)
{
    (void)argc, (void)err;
    *ret = args[1];
    if (ends_with(args[1].s, args[0].s))
        *ret = part(call, args[1].s, 0, args[1].s.len - args[0].s.len);
    return 0;
}

static int strings_has_prefix(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    (void)call, (void)argc, (void)err;
    return result_bool(ret, begins_with(args[1].s, args[0].s));
}

static int strings_has_suffix(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    (void)call, (void)argc, (void)err;
    return result_bool(ret, ends_with(args[1].s, args[0].s));
}

static int strings_contains(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    (void)call, (void)argc, (void)err;
    return result_bool(ret, find(args[1].s, 0, args[0].s) != NULL);
}

/* ---- replacing and repeating ---- */

/* strings.Replace of the empty string: between all runes and at both ends. */
static void replace_between_runes(struct tval_string with, struct tval_string s, struct buf *out)
{
    buf_append(out, with.data, with.len);
    for (size_t at = 0; at < s.len && !out->overflow;) {
        uint32_t rune;
        size_t width = text_rune(s.data + at, s.len - at, &rune);
        buf_append(out, s.data + at, width);
        buf_append(out, with.data, with.len);
        at += width;
    }
}

static int strings_replace(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    const struct tval_string what = args[0].s;
    const struct tval_string with = args[1].s;
    const struct tval_string s = args[2].s;
    (void)argc;
    if (what.len == 0) {
        replace_between_runes(with, s, &out);
        return result_buf(call, &out, ret, err);
    }
    size_t at = 0;
    for (const char *hit; !out.overflow && (hit = find(s, at, what)) != NULL;) {
        buf_append(&out, s.data + at, (size_t)(hit - s.data) - at);
        buf_append(&out, with.data, with.len);
        at = (size_t)(hit - s.data) + what.len;
    }
    buf_append(&out, s.data + at, s.len - at);
    return result_buf(call, &out, ret, err);
}

static int strings_repeat(struct tcall *call, const struct tval *args, size_t argc,
                          struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    (void)argc;
    if (args[0].i < 0)
        return error_set(err, ERROR_INPUT, "strings: negative Repeat count");
    for (int64_t i = 0; i < args[0].i && args[1].s.len > 0 && !out.overflow; i++)
        buf_append(&out, args[1].s.data, args[1].s.len);
    return result_buf(call, &out, ret, err);
}

static int strings_nospace(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    const struct tval_string s = args[0].s;
    size_t kept = 0;
    (void)argc;
    /* goutils goes byte by byte and takes each for a rune: text beyond ASCII comes out wrong when,
     * and only when, something was removed. */
    for (size_t i = 0; i < s.len && !out.overflow; i++) {
        uint32_t rune = (unsigned char)s.data[i];
        if (trune_is_space(rune))
            continue;
        text_append_rune(&out, rune);
        kept++;
    }
    if (kept == s.len) {
        *ret = args[0];
        return 0;
    }
    return result_buf(call, &out, ret, err);
}

static int strings_initials(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    bool gap = true;
    (void)argc;
    for (size_t i = 0; i < args[0].s.len && !out.overflow; i++) {
        uint32_t rune = (unsigned char)args[0].s.data[i]; /* goutils: a byte for a rune */
        bool space = trune_is_space(rune);
        if (gap && !space)
            text_append_rune(&out, rune);
        gap = space;
    }
    return result_buf(call, &out, ret, err);
}

static int strings_plural(struct tcall *call, const struct tval *args, size_t argc,
                          struct tval *ret, struct error **err)
{
    (void)call, (void)argc, (void)err;
    *ret = args[2].i == 1 ? args[0] : args[1];
    return 0;
}

/* ---- splitting ---- */

/* strings.SplitN: at most `limit` parts, all for a negative one; an empty separator parts runes. */
static int split(struct tcall *call, struct tval_string sep, struct tval_string s, int64_t limit,
                 struct tval *ret, struct error **err)
{
    struct items parts = {.a = call->a, .elem = "string"};
    size_t at = 0;
    if (limit == 0) {
        *ret = list_nil(call->a, "string");
        return 0;
    }
    while (limit < 0 || (int64_t)parts.count < limit - 1) {
        const char *hit = find(s, at, sep);
        uint32_t rune;
        if (sep.len == 0)
            hit = s.data + at + text_rune(s.data + at, s.len - at, &rune);
        if (!hit || (sep.len == 0 && (size_t)(hit - s.data) >= s.len))
            break;
        if (parts.count >= SPRIG_MAX_ITEMS)
            return error_set(err, ERROR_INPUT, "more than %d parts", SPRIG_MAX_ITEMS);
        items_add_string(&parts, s.data + at, (size_t)(hit - s.data) - at);
        at = (size_t)(hit - s.data) + sep.len;
    }
    if (sep.len > 0 || s.len > 0)
        items_add_string(&parts, s.data + at, s.len - at);
    *ret = items_list(&parts);
    return 0;
}

static int strings_split_list(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    (void)argc;
    return split(call, args[0].s, args[1].s, -1, ret, err);
}

/* The parts under the keys _0, _1 ... */
static struct tval numbered(struct tcall *call, const struct tlist *parts)
{
    struct tval v = tval_map(call->a);
    tmap_set_type(v.map, "map[string]string");
    for (size_t i = 0; i < parts->count; i++) {
        const char *key = arena_printf(call->a, "_%zu", i);
        tmap_set(call->a, v.map, key, strlen(key), parts->items[i]);
    }
    return v;
}

static int strings_split(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    struct tval parts;
    (void)argc;
    if (split(call, args[0].s, args[1].s, -1, &parts, err) < 0)
        return -1;
    *ret = numbered(call, parts.list);
    return 0;
}

static int strings_splitn(struct tcall *call, const struct tval *args, size_t argc,
                          struct tval *ret, struct error **err)
{
    struct tval parts;
    (void)argc;
    if (split(call, args[0].s, args[2].s, args[1].i, &parts, err) < 0)
        return -1;
    *ret = numbered(call, parts.list);
    return 0;
}

const struct tfunc tfunc_strings[] = {
    {"abbrev", "is", func_abbrev},
    {"abbrevboth", "iis", func_abbrevboth},
    {"camelcase", "s", func_camelcase},
    {"cat", "a*", strings_cat},
    {"contains", "ss", strings_contains},
    {"hasPrefix", "ss", strings_has_prefix},
    {"hasSuffix", "ss", strings_has_suffix},
    {"indent", "is", strings_indent},
    {"initials", "s", strings_initials},
    {"kebabcase", "s", func_kebabcase},
    {"lower", "s", func_lower},
    {"nindent", "is", strings_nindent},
    {"nospace", "s", strings_nospace},
    {"plural", "ssi", strings_plural},
    {"quote", "a*", strings_quote},
    {"repeat", "is", strings_repeat},
    {"replace", "sss", strings_replace},
    {"snakecase", "s", func_snakecase},
    {"split", "ss", strings_split},
    {"splitList", "ss", strings_split_list},
    {"splitn", "sis", strings_splitn},
    {"squote", "a*", strings_squote},
    {"substr", "iis", strings_substr},
    {"swapcase", "s", func_swapcase},
    {"title", "s", func_title},
    {"trim", "s", strings_trim},
    {"trimAll", "ss", strings_trim_all},
    {"trimPrefix", "ss", strings_trim_prefix},
    {"trimSuffix", "ss", strings_trim_suffix},
    {"trimall", "ss", strings_trim_all},
    {"trunc", "is", strings_trunc},
    {"untitle", "s", func_untitle},
    {"upper", "s", func_upper},
    {"wrap", "is", func_wrap},
    {"wrapWith", "iss", func_wrap_with},
    {NULL, NULL, NULL},
};
