/* Looks at a string once and picks the notation for it. */
#include "yaml_style.h"

#include <limits.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "yaml_resolve.h"

/* What the analysis has seen of the text so far. */
struct yaml_traits {
    bool indicators; /* characters that mean something in a plain scalar in block context */
    bool breaks, special, tabs;
    bool leading_space, leading_break, trailing_space, trailing_break;
    bool break_space, space_break; /* the first followed by the second */
};

#define ALL (YAML_BYTE_CALM | YAML_BYTE_PLAIN | YAML_BYTE_SINGLE | YAML_BYTE_DOUBLE)
#define IND (ALL & ~YAML_BYTE_CALM)   /* : # */
#define SGL (ALL & ~YAML_BYTE_SINGLE) /* ' */
#define DBL (ALL & ~YAML_BYTE_DOUBLE) /* " and the backslash */
/* Sixteen a line; a column is a byte's last four bits. */
/* clang-format off */
static const unsigned char byte_kinds[UCHAR_MAX + 1] = {
    0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
    0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
    0,   ALL, DBL, IND, ALL, ALL, ALL, SGL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL,
    ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, IND, ALL, ALL, ALL, ALL, ALL,
    ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL,
    ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, DBL, ALL, ALL, ALL,
    ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL,
    ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, 0,
};
/* clang-format on */

static size_t skip(const char *text, size_t len, size_t i, enum yaml_byte kind)
{
    while (i < len && (byte_kinds[(unsigned char)text[i]] & kind))
        i++;
    return i;
}

size_t yaml_skip_words(const char *text, size_t len, size_t spaces_until, enum yaml_byte kind)
{
    size_t end = skip(text, len, 0, kind), next;
    while (end > 0 && end < len && end <= spaces_until && text[end] == ' ' &&
           (next = skip(text, len, end + 1, kind)) > end + 1)
        end = next;
    return end;
}

bool yaml_is_printable(uint32_t rune)
{
    return rune == '\n' || (rune >= 0x20 && rune <= 0x7E) || (rune >= 0xA0 && rune <= 0xD7FF) ||
           (rune >= 0xE000 && rune <= 0xFFFD && rune != 0xFEFF);
}

static bool is_blank_at(const char *text, size_t len, size_t i)
{
    return i >= len || text[i] == ' ' || text[i] == '\t';
}

/* `blank_before` at the start is true, and also after any line break. */
static bool is_indicator(const char *text, size_t len, size_t i, bool blank_before)
{
    char c = text[i];
    bool blank_after = is_blank_at(text, len, i + 1);
    if (c == ':')
        return blank_after;
    if (i == 0 && (c == '?' || c == '-'))
        return blank_after;
    if (c == '#')
        return blank_before;
    return i == 0 && c != '\0' && strchr(",[]{}&*!|>'\"%@`", c);
}

/* Means nothing at the start either. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct yaml_traits examine(const char *text, size_t len)
{
    struct yaml_traits t = {0};
    bool blank_before = true, space_before = false, break_before = false;
    if (len >= 3 && (memcmp(text, "---", 3) == 0 || memcmp(text, "...", 3) == 0))
        t.indicators = true;
    for (size_t i = 0; i < len;) {
        uint32_t rune;
        size_t calm =
            i > 0 || is_letter(*text) ? yaml_skip_words(text + i, len - i, len, YAML_BYTE_CALM) : 0;
        if (calm > 0) {
            i += calm;
            space_before = break_before = blank_before = false;
            continue;
        }
        size_t n = text_rune(text + i, len - i, &rune);
        bool is_space = rune == ' ', is_break = yaml_is_break(rune), is_last = i + n == len;
        t.indicators |= is_indicator(text, len, i, blank_before);
        t.special |= !yaml_is_printable(rune) && rune != '\t';
        t.tabs |= rune == '\t';
        t.breaks |= is_break;
        t.leading_space |= is_space && i == 0;
        t.leading_break |= is_break && i == 0;
        t.trailing_space |= is_space && is_last;
        t.trailing_break |= is_break && is_last;
        t.break_space |= is_space && break_before;
        t.space_break |= is_break && space_before;
        space_before = is_space;
        break_before = is_break;
        blank_before = is_space || is_break || rune == '\t' || rune == 0;
        i += n;
    }
    return t;
}

struct yaml_analysis yaml_analyze(const char *text, size_t len, bool is_v3)
{
    if (len == 0)
        return (struct yaml_analysis){
            .is_v3 = is_v3, .plain_allowed = true, .single_allowed = true};
    struct yaml_traits t = examine(text, len);
    /* Version 3 writes tabs as they are in literals. */
    bool awkward = t.space_break || t.special || t.tabs;
    bool unfit_for_block = t.space_break || t.special || (t.tabs && !is_v3);
    return (struct yaml_analysis){
        .is_v3 = is_v3,
        .multiline = t.breaks,
        .plain_allowed =
            !(t.leading_space || t.leading_break || t.trailing_space || t.trailing_break ||
              t.break_space || t.breaks || t.indicators || awkward),
        .single_allowed = !(t.break_space || awkward),
        .literal_allowed = !(t.trailing_space || unfit_for_block),
    };
}

/* What the version's reader would not take for this string. */
static bool reads_otherwise(const char *text, size_t len, bool is_v3)
{
    if (yaml_resolve(text, len).kind != YAML_KIND_STRING || yaml_is_base60(text, len))
        return true;
    return is_v3 && yaml_is_v3_octal(text, len);
}

enum yaml_style yaml_style_of_string(const char *text, size_t len, const struct yaml_analysis *a,
                                     bool is_key)
{
    if (a->multiline && memchr(text, '\n', len))
        return a->literal_allowed && !is_key ? YAML_STYLE_LITERAL : YAML_STYLE_DOUBLE;
    if (reads_otherwise(text, len, a->is_v3) || (is_key && a->multiline))
        return YAML_STYLE_DOUBLE;
    if (a->plain_allowed)
        return YAML_STYLE_PLAIN;
    return a->single_allowed ? YAML_STYLE_SINGLE : YAML_STYLE_DOUBLE;
}
