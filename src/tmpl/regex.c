#define PCRE2_CODE_UNIT_WIDTH 8

#include "regex_syntax.h"

#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

#define HEAP_LIMIT_KIB 65536 /* what backtracking may take */
#define MAX_COMPILED ((size_t)16 * 1024 * 1024)

/* Text that is known to be UTF-8 is matched without PCRE2 reading all of it again at every start: a
 * replacement of n matches would take n times that. */
struct regex {
    pcre2_code *code;
    pcre2_code *any_bytes; /* the same for text that is not UTF-8; made when needed */
    char *translated;
    size_t translated_len;
    const char *text; /* what was matched last, and whether it is UTF-8 */
    size_t text_len;
    bool is_utf8;
    pcre2_match_context *context;
    pcre2_match_data *data;
    struct strlist names;
};

static pcre2_code *compile(const char *text, size_t len, uint32_t flags, int *ret_code)
{
    PCRE2_SIZE where;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(context, 2 * REGEX_MAX_NESTING + 2);
    pcre2_set_max_pattern_length(context, MAX_COMPILED);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, len,
                                     flags | PCRE2_UTF | PCRE2_DOLLAR_ENDONLY |
                                         PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_BACKSLASH_C,
                                     ret_code, &where, context);
    pcre2_compile_context_free(context);
    return code;
}

int regex_new(const char *pattern, size_t len, struct regex **ret_regex, struct error **err)
{
    AUTO_BUF text = BUF_INIT_MAX(MAX_COMPILED);
    AUTO_REGEX *re = mem_zalloc(sizeof(*re));
    int code = 0;
    if (regex_translate(pattern, len, &text, &re->names, err) < 0)
        return -1;
    re->code = text.overflow ? NULL : compile(buf_str(&text), text.len, 0, &code);
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
    re->translated = buf_detach(&text, &re->translated_len);
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
    pcre2_code_free(re->any_bytes);
    free(re->translated);
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

int regex_match(struct regex *re, const char *s, size_t len, size_t from,
                const size_t **ret_offsets, struct error **err)
{
    int ignored;
    if (!from || re->text != s || re->text_len != len)
        re->is_utf8 = text_is_utf8(s, len);
    re->text = s;
    re->text_len = len;
    if (!re->is_utf8 && !re->any_bytes)
        re->any_bytes =
            compile(re->translated, re->translated_len, PCRE2_MATCH_INVALID_UTF, &ignored);
    int found = pcre2_match(re->is_utf8 ? re->code : re->any_bytes, (PCRE2_SPTR)s, len, from,
                            re->is_utf8 ? PCRE2_NO_UTF_CHECK : 0, re->data, re->context);
    if (found == PCRE2_ERROR_NOMATCH)
        return 0;
    if (found < 0) {
        char reason[160];
        (void)pcre2_get_error_message(found, (PCRE2_UCHAR *)reason, sizeof(reason));
        return error_set(err, ERROR_INPUT, "regular expression: %s", reason);
    }
    *ret_offsets = pcre2_get_ovector_pointer(re->data);
    return 1;
}
