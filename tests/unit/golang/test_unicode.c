/* The classes and case forms of all runes, as one FNV-1a hash; the value was made by Go 1.26 from
 * unicode.Is*, unicode.To* and strconv.IsPrint over the same walk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "meshctl/golang/unicode.h"

static uint64_t hash_word(uint64_t hash, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        hash = (hash ^ (word >> (8 * i) & 0xff)) * 1099511628211U;
    return hash;
}

static void all_runes_are_as_in_go(void **state)
{
    uint64_t hash = 14695981039346656037U;
    (void)state;
    for (uint32_t rune = 0; rune <= 0x10ffff; rune++) {
        uint32_t classes = 0;
        for (unsigned bit = 1; bit <= TRUNE_PUNCT; bit <<= 1)
            classes |= trune_is(rune, bit) ? bit : 0;
        hash = hash_word(hash, classes | (trune_is_space(rune) ? 128 : 0));
        hash = hash_word(hash, trune_to_upper(rune));
        hash = hash_word(hash, trune_to_lower(rune));
        hash = hash_word(hash, trune_to_title(rune));
    }
    assert_true(hash == 0x2a0d2fbf9142baaaU);
}

static void classes_combine(void **state)
{
    (void)state;
    assert_true(trune_is('7', TRUNE_LETTER | TRUNE_DIGIT));
    assert_false(trune_is('7', TRUNE_LETTER | TRUNE_PUNCT));
    assert_false(trune_is(0x110000, TRUNE_PRINT | TRUNE_LETTER));
    assert_int_equal(trune_to_upper(0x110000), 0x110000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_runes_are_as_in_go),
        cmocka_unit_test(classes_combine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
