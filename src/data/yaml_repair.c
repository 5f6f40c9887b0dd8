/* Puts right in a copy of the text what libyaml refuses and go-yaml takes. */
#include "yaml_repair.h"

#include <string.h>

#include "meshctl/base/text.h"

/* Marks count runes behind a byte order mark; the text has been decoded up to there, so it is
 * valid. */
static size_t offset_of(const struct yaml_source *s, size_t index)
{
    size_t offset = s->len >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (uint32_t rune; index > 0 && offset < s->len; index--)
        offset += text_rune(s->text + offset, s->len - offset, &rune);
    return offset;
}

static bool is_utf16(const struct yaml_source *s)
{
    return s->len >= 2 &&
           (memcmp(s->text, "\xFF\xFE", 2) == 0 || memcmp(s->text, "\xFE\xFF", 2) == 0);
}

/* 'SCALAR:' with the apostrophes in it doubled. */
static bool quote_scalar(const struct yaml_source *s, size_t start, size_t colon,
                         struct buf *ret_text)
{
    if (colon <= start || colon + 1 >= s->len || s->text[colon] != ':' ||
        !strchr(",[]{}", s->text[colon + 1]))
        return false;
    buf_reserve(ret_text, s->len + 2);
    buf_append(ret_text, s->text, start);
    buf_appendc(ret_text, '\'');
    for (size_t i = start; i <= colon; i++) {
        if (s->text[i] == '\'')
            buf_appendc(ret_text, '\'');
        buf_appendc(ret_text, s->text[i]);
    }
    buf_appendc(ret_text, '\'');
    buf_append(ret_text, s->text + colon + 1, s->len - colon - 1);
    return true;
}

/* The same text without the backslashes before apostrophes, from the first one to the end of its
 * scalar. */
static bool unescape_apostrophes(const struct yaml_source *s, size_t at, struct buf *ret_text)
{
    if (at + 1 >= s->len || memcmp(s->text + at, "\\'", 2) != 0)
        return false;
    buf_reserve(ret_text, s->len);
    buf_append(ret_text, s->text, at);
    while (at < s->len && s->text[at] != '"') {
        bool escaped = s->text[at] == '\\' && at + 1 < s->len;
        if (escaped && s->text[at + 1] == '\'')
            at++;
        else if (escaped)
            buf_appendc(ret_text, s->text[at++]);
        buf_appendc(ret_text, s->text[at++]);
    }
    buf_append(ret_text, s->text + at, s->len - at);
    return true;
}

bool yaml_repair(const struct yaml_source *s, struct buf *ret_text)
{
    const yaml_parser_t *p = &s->parser;
    if (p->error != YAML_SCANNER_ERROR || !p->problem || is_utf16(s))
        return false;
    size_t at = offset_of(s, p->problem_mark.index);
    if (strcmp(p->problem, "found unexpected ':'") == 0)
        return quote_scalar(s, offset_of(s, p->context_mark.index), at, ret_text);
    return strcmp(p->problem, "found unknown escape character") == 0 &&
           unescape_apostrophes(s, at, ret_text);
}
