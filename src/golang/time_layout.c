/* A layout cut into its elements. */
#include "time_layout.h"

#include <string.h>

#include "meshctl/base/mem.h"

/* Where one element begins another, the longer stands first. Jan and Mon are words of their own
 * only when no lower-case letter follows. */
static const struct {
    const char *text;
    enum golayout element;
    bool is_word;
    bool is_iso;
    bool has_colon;
    int offset_parts;
} elements[] = {
    {.text = "January", .element = LAYOUT_LONG_MONTH},
    {.text = "Jan", .element = LAYOUT_MONTH, .is_word = true},
    {.text = "Monday", .element = LAYOUT_LONG_WEEKDAY},
    {.text = "Mon", .element = LAYOUT_WEEKDAY, .is_word = true},
    {.text = "MST", .element = LAYOUT_TZ},
    {.text = "01", .element = LAYOUT_ZERO_MONTH},
    {.text = "02", .element = LAYOUT_ZERO_DAY},
    {.text = "03", .element = LAYOUT_ZERO_HOUR12},
    {.text = "04", .element = LAYOUT_ZERO_MINUTE},
    {.text = "05", .element = LAYOUT_ZERO_SECOND},
    {.text = "06", .element = LAYOUT_YEAR},
    {.text = "002", .element = LAYOUT_ZERO_YEAR_DAY},
    {.text = "15", .element = LAYOUT_HOUR},
    {.text = "1", .element = LAYOUT_NUM_MONTH},
    {.text = "2006", .element = LAYOUT_LONG_YEAR},
    {.text = "2", .element = LAYOUT_DAY},
    {.text = "_2", .element = LAYOUT_UNDER_DAY},
    {.text = "__2", .element = LAYOUT_UNDER_YEAR_DAY},
    {.text = "3", .element = LAYOUT_HOUR12},
    {.text = "4", .element = LAYOUT_MINUTE},
    {.text = "5", .element = LAYOUT_SECOND},
    {.text = "PM", .element = LAYOUT_UPPER_PM},
    {.text = "pm", .element = LAYOUT_LOWER_PM},
    {.text = "-070000", .element = LAYOUT_OFFSET, .offset_parts = 3},
    {.text = "-07:00:00", .element = LAYOUT_OFFSET, .has_colon = true, .offset_parts = 3},
    {.text = "-0700", .element = LAYOUT_OFFSET, .offset_parts = 2},
    {.text = "-07:00", .element = LAYOUT_OFFSET, .has_colon = true, .offset_parts = 2},
    {.text = "-07", .element = LAYOUT_OFFSET, .offset_parts = 1},
    {.text = "Z070000", .element = LAYOUT_OFFSET, .is_iso = true, .offset_parts = 3},
    {.text = "Z07:00:00",
     .element = LAYOUT_OFFSET,
     .is_iso = true,
     .has_colon = true,
     .offset_parts = 3},
    {.text = "Z0700", .element = LAYOUT_OFFSET, .is_iso = true, .offset_parts = 2},
    {.text = "Z07:00",
     .element = LAYOUT_OFFSET,
     .is_iso = true,
     .has_colon = true,
     .offset_parts = 2},
    {.text = "Z07", .element = LAYOUT_OFFSET, .is_iso = true, .offset_parts = 1},
};

static bool lower_case_at(const char *s, size_t len, size_t at)
{
    return at < len && s[at] >= 'a' && s[at] <= 'z';
}

static bool digit_at(const char *s, size_t len, size_t at)
{
    return at < len && s[at] >= '0' && s[at] <= '9';
}

/* A separator with zeros or nines, which no other digit follows. */
static bool read_fraction(const char *s, size_t len, struct golayout_chunk *c)
{
    size_t end = 1;
    if ((s[0] != '.' && s[0] != ',') || len < 2 || (s[1] != '0' && s[1] != '9'))
        return false;
    while (end < len && s[end] == s[1])
        end++;
    if (digit_at(s, len, end))
        return false;
    c->element = LAYOUT_FRACTION;
    c->len = end;
    c->digits = (end - 1) & 0xfff; /* what Go has room for */
    c->is_trimmed = s[1] == '9';
    c->separator = s[0];
    return true;
}

static bool read_element(const char *s, size_t len, struct golayout_chunk *c)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(elements); i++) {
        size_t own = strlen(elements[i].text);
        if (own > len || memcmp(s, elements[i].text, own) != 0 ||
            (elements[i].is_word && lower_case_at(s, len, own)))
            continue;
        c->len = own;
        c->element = elements[i].element;
        c->is_iso = elements[i].is_iso;
        c->has_colon = elements[i].has_colon;
        c->offset_parts = elements[i].offset_parts;
        return true;
    }
    return read_fraction(s, len, c);
}

struct golayout_chunk golayout_next(const char *layout, size_t len)
{
    struct golayout_chunk c = {.prefix = 0};
    for (; c.prefix < len; c.prefix++) {
        const char *at = layout + c.prefix;
        size_t left = len - c.prefix;
        /* "_2006" is an underscore and a year. */
        if (left >= 5 && memcmp(at, "_2006", 5) == 0)
            continue;
        if (read_element(at, left, &c))
            return c;
    }
    return c;
}
