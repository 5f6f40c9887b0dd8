/* Lookups in the tables of classes and cases. */
#include "meshctl/golang/unicode.h"

#include "unicode_tables.h"

bool trune_is(uint32_t rune, unsigned classes)
{
    size_t low = 0;
    size_t high = trune_class_count;
    if (rune > 0x10ffff)
        return false;
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        if (trune_classes[mid] >> 8 <= rune)
            low = mid;
        else
            high = mid;
    }
    return (trune_classes[low] & 0xff & classes) != 0;
}

bool trune_is_space(uint32_t rune)
{
    if (rune <= 0xff)
        return (rune >= '\t' && rune <= '\r') || rune == ' ' || rune == 0x85 || rune == 0xa0;
    return rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 ||
           rune == 0x2029 || rune == 0x202f || rune == 0x205f || rune == 0x3000;
}

static uint32_t map_case(const struct trune_case *rows, size_t count, uint32_t rune)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (rune < rows[mid].first)
            high = mid;
        else if (rune > rows[mid].last)
            low = mid + 1;
        else if ((rune - rows[mid].first) % rows[mid].step == 0)
            return (uint32_t)((int64_t)rune + rows[mid].delta);
        else
            return rune;
    }
    return rune;
}

uint32_t trune_to_upper(uint32_t rune)
{
    if (rune < 0x80)
        return rune >= 'a' && rune <= 'z' ? rune - 0x20 : rune;
    return map_case(trune_upper, trune_upper_count, rune);
}

uint32_t trune_to_lower(uint32_t rune)
{
    if (rune < 0x80)
        return rune >= 'A' && rune <= 'Z' ? rune + 0x20 : rune;
    return map_case(trune_lower, trune_lower_count, rune);
}

uint32_t trune_to_title(uint32_t rune)
{
    /* The only runes whose title case is not their upper case: the digraphs with a title form of
     * their own, and the Georgian letters, which have none. */
    if (rune >= 0x1c4 && rune <= 0x1cc)
        return 0x1c5 + (rune - 0x1c4) / 3 * 3;
    if (rune >= 0x1f1 && rune <= 0x1f3)
        return 0x1f2;
    if ((rune >= 0x10d0 && rune <= 0x10fa) || (rune >= 0x10fd && rune <= 0x10ff))
        return rune;
    return trune_to_upper(rune);
}
