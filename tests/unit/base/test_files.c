/* Files in memory: their limits, and paths out of names of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>

#include "meshctl/base/files.h"

static void add(struct files *f, const char *path, size_t len)
{
    struct buf content = BUF_INIT;
    buf_pad(&content, 'x', len);
    files_add(f, path, &content);
    assert_int_equal(content.len, 0);
    assert_null(content.data);
}

static void files_are_kept(void **state)
{
    (void)state;
    struct files f = FILES_INIT;
    add(&f, "a/b", 3);
    add(&f, "empty", 0);
    assert_int_equal(f.count, 1);
    assert_string_equal(f.items[0].path, "a/b");
    assert_int_equal(f.items[0].len, 3);
    assert_int_equal(f.total, 3);
    assert_int_equal(f.missing.count, 0);
    files_release(&f);
    assert_int_equal(f.count, 0);
}

static void a_long_one_is_cut_and_says_so(void **state)
{
    (void)state;
    struct files f = FILES_INIT;
    add(&f, "just", FILES_MAX_FILE);
    add(&f, "long", FILES_MAX_FILE + 7);
    assert_int_equal(f.items[0].len, FILES_MAX_FILE);
    assert_non_null(strstr(f.items[1].data, "xx\n# cut here: 7 bytes more\n"));
    assert_int_equal(f.missing.count, 1);
    assert_non_null(strstr(f.missing.items[0], "long: the end of it"));
    files_release(&f);
}

static void all_have_a_limit(void **state)
{
    (void)state;
    struct files f = FILES_INIT;
    for (size_t i = 0; i < FILES_MAX_TOTAL / FILES_MAX_FILE; i++)
        add(&f, "part", FILES_MAX_FILE);
    assert_int_equal(f.missing.count, 0);
    add(&f, "one more", 1);
    assert_int_equal(f.total, FILES_MAX_TOTAL);
    assert_string_equal(f.missing.items[0], "one more: there is no room for it in the archive");
    files_release(&f);
}

static void their_number_has_a_limit(void **state)
{
    (void)state;
    struct files f = FILES_INIT;
    for (size_t i = 0; i < FILES_MAX_COUNT + 2; i++)
        add(&f, "small", 1);
    assert_int_equal(f.count, FILES_MAX_COUNT);
    assert_int_equal(f.missing.count, 2);
    files_release(&f);
}

static void joined_ones_move(void **state)
{
    (void)state;
    struct files f = FILES_INIT, more = FILES_INIT;
    add(&f, "a", 1);
    add(&more, "b", 2);
    files_miss(&more, "%s is away", "east");
    files_join(&f, &more);
    assert_int_equal(f.count, 2);
    assert_string_equal(f.items[1].path, "b");
    assert_int_equal(f.total, 3);
    assert_string_equal(f.missing.items[0], "east is away");
    assert_int_equal(more.count + more.missing.count, 0);
    files_release(&f);
}

static void names_lead_nowhere_else(void **state)
{
    (void)state;
    static const struct {
        const char *name, *wanted;
    } cases[] = {
        {"istiod-1.31_a", "istiod-1.31_a"},
        {"..", "_."},
        {"../../etc/passwd", "_._.._etc_passwd"},
        {"/root", "_root"},
        {"a\"><script>", "a___script_"},
        {"", "_"},
        {"\303\274ber", "__ber"},
        {"line\nbreak", "line_break"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_BUF path = BUF_INIT;
        files_append_name(&path, cases[i].name);
        assert_string_equal(buf_str(&path), cases[i].wanted);
    }
    AUTO_BUF path = BUF_INIT, name = BUF_INIT;
    buf_pad(&name, 'n', 5000);
    files_append_name(&path, buf_str(&name));
    assert_int_equal(path.len, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_kept),   cmocka_unit_test(a_long_one_is_cut_and_says_so),
        cmocka_unit_test(all_have_a_limit), cmocka_unit_test(their_number_has_a_limit),
        cmocka_unit_test(joined_ones_move), cmocka_unit_test(names_lead_nowhere_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
