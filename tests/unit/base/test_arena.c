#include "support.h"

#include <stdalign.h>

#include "meshctl/base/arena.h"

/* Sizes around the block size and the limit from which an item gets a block of its own. */
static const size_t sizes[] = {1,     7,     16,    17,    1000,   16383, 16384, 16385,
                               16400, 65535, 65536, 65537, 200000, 3,     49152, 16000};

static void items_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    unsigned char *items[MC_ARRAY_LEN(sizes) * 20];
    for (size_t i = 0; i < MC_ARRAY_LEN(items); i++) {
        size_t size = sizes[i % MC_ARRAY_LEN(sizes)];
        items[i] = arena_alloc(a, size);
        assert_int_equal((uintptr_t)items[i] % alignof(max_align_t), 0);
        for (size_t n = 0; n < size; n++)
            assert_int_equal(items[i][n], 0);
        memset(items[i], (int)(i % 251 + 1), size);
    }
    for (size_t i = 0; i < MC_ARRAY_LEN(items); i++) {
        size_t size = sizes[i % MC_ARRAY_LEN(sizes)];
        assert_int_equal(items[i][0], i % 251 + 1);
        assert_int_equal(items[i][size - 1], i % 251 + 1);
    }
}

static void counts_what_it_gave(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    assert_int_equal(arena_used(a), 0);
    arena_alloc(a, 10);
    arena_alloc(a, 100000);
    assert_int_equal(arena_used(a), 100010);
}

static void copies_text(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    char *cut = arena_strndup(a, "abcdef", 3);
    char *nul = arena_strndup(a, "a\0b", 3);
    char *whole = arena_strdup(a, "xyz");
    char *printed = arena_printf(a, "%s-%d", cut, 42);
    assert_string_equal(cut, "abc");
    assert_memory_equal(nul, "a\0b\0", 4);
    assert_string_equal(whole, "xyz");
    assert_string_equal(printed, "abc-42");
    assert_string_equal(arena_strndup(a, NULL, 0), "");
}

static void free_takes_null(void **state)
{
    (void)state;
    arena_free(NULL);
    struct arena *a = arena_new();
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_zeroed_aligned_and_apart),
        cmocka_unit_test(counts_what_it_gave),
        cmocka_unit_test(copies_text),
        cmocka_unit_test(free_takes_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
