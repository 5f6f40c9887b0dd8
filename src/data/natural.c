/* go-yaml v2 and v3 sorter.go keyList.Less, for strings. */
#include "keys.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/unicode.h"

struct digit_run {
    int64_t value; /* wraps as Go's int64 does */
    size_t runes;
};

static uint32_t rune_at(const struct data_key *key, size_t i)
{
    uint32_t rune;
    text_rune(key->text + i, key->len - i, &rune);
    return rune;
}

/* The start of the rune that ends before byte i > 0. */
static size_t rune_before(const struct data_key *key, size_t i)
{
    do
        i--;
    while (i > 0 && ((unsigned char)key->text[i] & 0xC0) == 0x80);
    return i;
}

/* Where the keys begin to differ, at the start of a rune. */
static size_t common_prefix(const struct data_key *a, const struct data_key *b)
{
    size_t shorter = a->len < b->len ? a->len : b->len, i = 0;
    while (i < shorter && a->text[i] == b->text[i])
        i++;
    while (i > 0 && i < shorter && ((unsigned char)a->text[i] & 0xC0) == 0x80)
        i--;
    return i;
}

/* A zero counts as a digit of a longer number when another digit than 0 stands before it. */
static bool continues_number(const struct data_key *key, size_t i)
{
    while (i > 0) {
        i = rune_before(key, i);
        uint32_t rune = rune_at(key, i);
        if (!trune_is(rune, TRUNE_DIGIT))
            return false;
        if (rune != '0')
            return true;
    }
    return false;
}

static struct digit_run read_digits(const struct data_key *key, size_t i, uint64_t start)
{
    uint64_t value = start;
    size_t runes = 0;
    while (i < key->len) {
        uint32_t rune;
        size_t n = text_rune(key->text + i, key->len - i, &rune);
        if (!trune_is(rune, TRUNE_DIGIT))
            break;
        value = value * 10 + rune - '0';
        runes++;
        i += n;
    }
    return (struct digit_run){(int64_t)value, runes};
}

static int order(bool less)
{
    return less ? -1 : 1;
}

static int compare_natural(const struct data_key *ka, const struct data_key *kb, bool is_v3)
{
    size_t i = common_prefix(ka, kb);
    if (i == ka->len || i == kb->len)
        return (ka->len > kb->len) - (ka->len < kb->len);
    uint32_t ra = rune_at(ka, i), rb = rune_at(kb, i);
    bool la = trune_is(ra, TRUNE_LETTER), lb = trune_is(rb, TRUNE_LETTER);
    if (la && lb)
        return order(ra < rb);
    if (la || lb)
        return order(is_v3 && i > 0 && trune_is(rune_at(ka, rune_before(ka, i)), TRUNE_DIGIT) ? la
                                                                                              : lb);
    uint64_t start = (ra == '0' || rb == '0') && continues_number(ka, i);
    struct digit_run da = read_digits(ka, i, start), db = read_digits(kb, i, start);
    if (da.value != db.value)
        return order(da.value < db.value);
    if (da.runes != db.runes)
        return order(da.runes < db.runes);
    return order(ra < rb);
}

int data_key_compare_natural(const void *a, const void *b)
{
    return compare_natural(a, b, false);
}

int data_key_compare_natural_v3(const void *a, const void *b)
{
    return compare_natural(a, b, true);
}
