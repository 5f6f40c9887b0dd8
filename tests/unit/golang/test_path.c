/* path.Clean, path/filepath.Match, gobwas/glob, quoted texts. Expected values are those of the
 * upstream projects' own tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meshctl/base/mem.h"
#include "meshctl/golang/filepath_match.h"
#include "meshctl/golang/glob.h"
#include "meshctl/golang/path.h"

/* Go path_test.go cleantests. */
static void paths_are_cleaned(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", "."},
        {"abc", "abc"},
        {"abc/def", "abc/def"},
        {".", "."},
        {"..", ".."},
        {"../..", "../.."},
        {"/abc", "/abc"},
        {"/", "/"},
        {"abc/", "abc"},
        {"../../abc", "../../abc"},
        {"abc//def//ghi", "abc/def/ghi"},
        {"//abc", "/abc"},
        {"abc//", "abc"},
        {"abc/./def", "abc/def"},
        {"/./abc/def", "/abc/def"},
        {"abc/.", "abc"},
        {"abc/def/ghi/../jkl", "abc/def/jkl"},
        {"abc/def/..", "abc"},
        {"abc/def/../..", "."},
        {"/abc/def/../../..", "/"},
        {"abc/def/../../..", ".."},
        {"/../abc", "/abc"},
        {"abc/./../def", "def"},
        {"abc/../../././../def", "../../def"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_BUF clean = BUF_INIT;
        gopath_clean(&clean, rows[i][0], strlen(rows[i][0]));
        assert_string_equal(buf_str(&clean), rows[i][1]);
    }
}

/* Go path_test.go basetests, exttests, dirtests. */
static void paths_are_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *path, *base, *ext, *dir;
    } rows[] = {
        {"", ".", "", "."},
        {".", ".", ".", "."},
        {"/.", ".", ".", "/"},
        {"/", "/", "", "/"},
        {"////", "/", "", "/"},
        {"x/", "x", "", "x"},
        {"abc", "abc", "", "."},
        {"abc/def", "def", "", "abc"},
        {"a/b/.x", ".x", ".x", "a/b"},
        {"a/b/c.", "c.", ".", "a/b"},
        {"a/b/c.x", "c.x", ".x", "a/b"},
        {"path.go/", "path.go", "", "path.go"},
        {"path.pb.go", "path.pb.go", ".go", "."},
        {"a.dir/b", "b", "", "a.dir"},
        {"/foo/../bar/x.go", "x.go", ".go", "/bar"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        size_t len = strlen(rows[i].path);
        AUTO_BUF dir = BUF_INIT, base = BUF_INIT;
        struct text_span last = gopath_base(rows[i].path, len);
        gopath_dir(&dir, rows[i].path, len);
        buf_append(&base, last.data, last.len);
        assert_string_equal(buf_str(&base), rows[i].base);
        assert_string_equal(gopath_ext(rows[i].path, len), rows[i].ext);
        assert_string_equal(buf_str(&dir), rows[i].dir);
    }
}

/* Go path/filepath match_test.go. */
static void file_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *name;
        bool match;
    } rows[] = {
        {"abc", "abc", true},
        {"*", "abc", true},
        {"*c", "abc", true},
        {"a*", "a", true},
        {"a*", "abc", true},
        {"a*", "ab/c", false},
        {"a*/b", "abc/b", true},
        {"a*/b", "a/c/b", false},
        {"a*b*c*d*e*/f", "axbxcxdxe/f", true},
        {"a*b*c*d*e*/f", "axbxcxdxexxx/f", true},
        {"a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false},
        {"a*b?c*x", "abxbbxdbxebxczzx", true},
        {"a*b?c*x", "abxbbxdbxebxczzy", false},
        {"ab[c]", "abc", true},
        {"ab[b-d]", "abc", true},
        {"ab[e-g]", "abc", false},
        {"ab[^c]", "abc", false},
        {"ab[^e-g]", "abc", true},
        {"a\\*b", "a*b", true},
        {"a\\*b", "ab", false},
        {"a?b",
         "a\xe2\x98\xba"
         "b",
         true},
        {"a[^a]b",
         "a\xe2\x98\xba"
         "b",
         true},
        {"a???b",
         "a\xe2\x98\xba"
         "b",
         false},
        {"[a-\xce\xb6]*", "\xce\xb1", true},
        {"*[a-\xce\xb6]", "A", false},
        {"a?b", "a/b", false},
        {"a*b", "a/b", false},
        {"[\\]a]", "]", true},
        {"[\\-]", "-", true},
        {"[x\\-]", "-", true},
        {"*x", "xxx", true},
        {"[!a]", "!", true},
    };
    static const char *const bad[] = {"[]a]", "[-]", "[x-]", "[-x]", "\\", "[a-b-c]",
                                      "[",    "[^",  "[^bc", "a[",   "a[b"};
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        assert_true(pathmatch_is_valid(rows[i].pattern));
        if (pathmatch(rows[i].pattern, rows[i].name) != rows[i].match)
            fail_msg("%s on %s", rows[i].pattern, rows[i].name);
    }
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++)
        if (pathmatch_is_valid(bad[i]))
            fail_msg("%s is not refused", bad[i]);
}

/* gobwas glob_test.go rows with '/' or '.' for the separator read as '/'. */
static void globs(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *name;
        bool match;
    } rows[] = {
        {"* ?at * eyes", "my cat has very bright eyes", true},
        {"", "", true},
        {"", "b", false},
        {"abc", "abc", true},
        {"a*c", "a12345c", true},
        {"a?c", "a1c", true},
        {"a/b", "a/b", true},
        {"a/*", "a/b", true},
        {"a/**", "a/b/c", true},
        {"a/?/c", "a/b/c", true},
        {"a/?/?", "a/b/c", true},
        {"?at", "cat", true},
        {"?at", "at", false},
        {"*", "abc", true},
        {"\\*", "*", true},
        {"**", "a/b/c", true},
        {"*.go", "a/b.go", false},
        {"?a/b", "ca/b", true},
        {"*test", "this is a test", true},
        {"this*", "this is a test", true},
        {"*is *", "this is a test", true},
        {"*is*a*", "this is a test", true},
        {"**test**", "this is a test", true},
        {"**is**a***test*", "this is a test", true},
        {"*is", "this is a test", false},
        {"*no*", "this is a test", false},
        {"[!a]*", "this is a test3", true},
        {"[!a]*", "a test", false},
        {"*abc", "abcabc", true},
        {"**abc", "abcabc", true},
        {"???", "abc", true},
        {"?*?", "abc", true},
        {"?*?", "ac", true},
        {"sta", "stagnation", false},
        {"sta*", "stagnation", true},
        {"sta?", "stagnation", false},
        {"sta?n", "stagnation", false},
        {"{abc,def", "def", true}, /* a group that is open at the end ends there */
        {"{abc,def}ghi", "defghi", true},
        {"{abc,abcd}a", "abcda", true},
        {"{a,ab}{bc,f}", "abc", true},
        {"{*,**}{a,b}", "ab", true},
        {"{*,**}{a,b}", "ac", false},
        {"[a-c]*", "b/c", false},
        {"[!a-c]", "b", false},
        {"{a,b,c[de]}x", "cdx", true},
        {"{[a,]b,c}", ",b", true},
        {"a,b", "a,b", true},
        {"{,x}y", "y", true},
    };
    static const char *const bad[] = {"[", "[]", "[a", "[c-a]", "[a-bc]"};
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        size_t len = strlen(rows[i].pattern);
        assert_true(glob_is_valid(rows[i].pattern, len));
        if (glob_matches(rows[i].pattern, len, rows[i].name) != rows[i].match)
            fail_msg("%s on %s", rows[i].pattern, rows[i].name);
    }
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++)
        if (glob_is_valid(bad[i], strlen(bad[i])))
            fail_msg("%s is not refused", bad[i]);
    char name[200];
    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    assert_false(glob_matches("**a**a**a**a**a**a**a**a**b", 27, name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_cleaned),
        cmocka_unit_test(paths_are_taken_apart),
        cmocka_unit_test(file_patterns),
        cmocka_unit_test(globs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
