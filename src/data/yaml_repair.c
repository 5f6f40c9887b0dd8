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

bool yaml_repair(const struct yaml_source *s, struct buf *ret_text)
{
    const yaml_parser_t *p = &s->parser;
    if (p->error != YAML_SCANNER_ERROR || !p->problem ||
        strcmp(p->problem, "found unexpected ':'") != 0 || is_utf16(s))
        return false;
    size_t start = offset_of(s, p->context_mark.index), colon = offset_of(s, p->problem_mark.index);
    if (colon <= start || colon + 1 >= s->len || s->text[colon] != ':' ||
        !strchr(",]}", s->text[colon + 1]))
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
