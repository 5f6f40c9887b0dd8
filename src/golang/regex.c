/* Patterns compiled by PCRE2 after a translation, and matched with limits. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "regex_syntax.h"

#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/base/text.h"

#define HEAP_LIMIT_KIB 65536 /* what backtracking may take */
/* Before the pattern: called at every place of the text where a match is tried. PCRE2's match limit
 * is of one such place, and a text has millions. */
#define AT_EACH_START "(?C)"
#define MAX_COMPILED ((size_t)16 * 1024 * 1024)

/* The text of the last match and, when it has bytes that are not UTF-8, what PCRE2 is given for it:
 * each of them as U+FFFD, which has two bytes more. */
struct replaced {
    const char *text;
    size_t len;
    struct buf valid;
    size_t *bad; /* offsets of the replaced bytes in `text`, rising */
    size_t count, cap;
};

struct regex {
    struct replaced replaced;
    pcre2_code *code;
    pcre2_match_context *context;
    pcre2_match_data *data;
    struct strlist names;
};

static int look(pcre2_callout_block *block, void *ctx)
{
    (void)block, (void)ctx;
    return budget_look() ? PCRE2_ERROR_CALLOUT : 0;
}

static pcre2_code *compile(const struct buf *text, int *ret_code)
{
    PCRE2_SIZE where;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(context, 2 * REGEX_MAX_NESTING + 2);
    pcre2_set_max_pattern_length(context, MAX_COMPILED);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)buf_str(text), text->len,
                                     PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_CIRCUMFLEX |
                                         PCRE2_NEVER_BACKSLASH_C,
                                     ret_code, &where, context);
    pcre2_compile_context_free(context);
    return code;
}

int regex_new(const char *pattern, size_t len, struct regex **ret_regex, struct error **err)
{
    AUTO_BUF text = BUF_INIT_MAX(MAX_COMPILED);
    AUTO_REGEX *re = mem_zalloc(sizeof(*re));
    int code = 0;
    buf_appends(&text, AT_EACH_START);
    if (regex_translate(pattern, len, &text, &re->names, err) < 0)
        return -1;
    re->code = text.overflow ? NULL : compile(&text, &code);
    if (!re->code) {
        /* The syntax is good: only a size can be wrong, or a form that Go alone has. */
        char reason[160] = "too large";
        if (code != 0)
            (void)pcre2_get_error_message(code, (PCRE2_UCHAR *)reason, sizeof(reason));
        return error_set(err, ERROR_INPUT,
                         "error parsing regexp: expression too large: `%.*s` (%s)", (int)len,
                         pattern, reason);
    }
    re->data = pcre2_match_data_create_from_pattern(re->code, NULL);
    re->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(re->context, REGEX_MAX_STEPS);
    pcre2_set_depth_limit(re->context, REGEX_MAX_STEPS);
    pcre2_set_heap_limit(re->context, HEAP_LIMIT_KIB);
    (void)pcre2_set_callout(re->context, look, NULL);
    *ret_regex = TAKE(re);
    return 0;
}

void regex_free(struct regex *re)
{
    if (!re)
        return;
    pcre2_match_data_free(re->data);
    pcre2_match_context_free(re->context);
    pcre2_code_free(re->code);
    buf_release(&re->replaced.valid);
    mem_cleanup_free(&re->replaced.bad);
    strlist_release(&re->names);
    mem_cleanup_free(&re);
}

size_t regex_groups(const struct regex *re)
{
    return re->names.count + 1;
}

size_t regex_group_named(const struct regex *re, const char *name, size_t len)
{
    for (size_t i = 0; i < re->names.count; i++)
        if (strlen(re->names.items[i]) == len && memcmp(re->names.items[i], name, len) == 0)
            return i + 1;
    return 0;
}

static void replace_bad(struct replaced *r, const char *s, size_t len)
{
    if (r->text == s && r->len == len)
        return;
    r->text = s;
    r->len = len;
    r->count = 0;
    buf_clear(&r->valid);
    if (text_is_utf8(s, len))
        return;
    for (size_t at = 0, n; at < len; at += n) {
        uint32_t rune;
        n = text_rune(s + at, len - at, &rune);
        if (rune == 0xFFFD && n == 1) {
            r->bad = mem_grow(r->bad, &r->cap, r->count + 1, sizeof(*r->bad));
            r->bad[r->count++] = at;
        }
        text_append_rune(&r->valid, rune);
    }
}

/* Where an offset of the text lies in the valid one. */
static size_t to_valid(const struct replaced *r, size_t offset)
{
    size_t low = 0, high = r->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->bad[middle] < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return offset + 2 * low;
}

/* The other way. */
static size_t from_valid(const struct replaced *r, size_t offset)
{
    size_t low = 0, high = r->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->bad[middle] + 2 * middle < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return offset - 2 * low;
}

int regex_match(struct regex *re, const char *s, size_t len, size_t from,
                const size_t **ret_offsets, struct error **err)
{
    struct replaced *r = &re->replaced;
    replace_bad(r, s, len);
    if (r->count) {
        s = buf_str(&r->valid);
        len = r->valid.len;
        from = to_valid(r, from);
    }
    /* It is valid by now; checking it at every start would cost n times n for n matches. */
    int found =
        pcre2_match(re->code, (PCRE2_SPTR)s, len, from, PCRE2_NO_UTF_CHECK, re->data, re->context);
    if (found == PCRE2_ERROR_NOMATCH)
        return 0;
    if (budget_check(err) < 0)
        return -1;
    if (found < 0) {
        char reason[160];
        (void)pcre2_get_error_message(found, (PCRE2_UCHAR *)reason, sizeof(reason));
        return error_set(err, ERROR_INPUT, "regular expression: %s", reason);
    }
    size_t *offsets = pcre2_get_ovector_pointer(re->data);
    for (size_t i = 0; r->count && i < 2 * regex_groups(re); i++)
        if (offsets[i] != SIZE_MAX)
            offsets[i] = from_valid(r, offsets[i]);
    *ret_offsets = offsets;
    return 1;
}
