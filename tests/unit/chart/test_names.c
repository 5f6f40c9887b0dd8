/* Small rules of Go: path.Clean, path/filepath.Match, gobwas/glob, .helmignore, document splitting,
 * kind order. Expected values are those of the upstream projects' own tests. */
#include "support.h"

#include "glob.h"
#include "ignore.h"
#include "names.h"
#include "pathmatch.h"
#include "sort.h"
#include "split.h"

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
        AUTO_FREE char *clean = name_clean_dup(rows[i][0]);
        assert_string_equal(clean, rows[i][1]);
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

/* helm pkg/ignore/rules_test.go TestIgnore. */
static void helmignore(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *path;
        bool is_dir, ignored;
    } rows[] = {
        {"helm.txt", "helm.txt", false, true},
        {"helm.*", "helm.txt", false, true},
        {"helm.*", "rudder.txt", false, false},
        {"*.txt", "tiller.txt", false, true},
        {"*", "helm.txt", false, true},
        {"*", "x", true, true},
        {"?helm.txt", "helm.txt", false, false},
        {"cargo", "cargo", true, true},
        {"cargo/", "cargo", true, true},
        {"cargo/", "mast/cargo", true, true},
        {"cargo/", "cargo", false, false},
        {"cargo/a.txt", "cargo/a.txt", false, true},
        {"/a.txt", "a.txt", false, true},
        {"/a.txt", "cargo/a.txt", false, false},
        {"cargo/*", "cargo/x", false, true},
        {"ac/*", "cargo/x", false, false},
        {"!helm.txt", "helm.txt", false, false},
        {"!helm.txt", "tiller.txt", false, true},
        {"!*.txt", "cargo", true, true},
        {"!cargo/", "mast/", true, true},
        {"/*.txt\n!a.txt", "b.txt", false, true},
        {"# c\n\n  \nx", "x", false, true},
        {"", "templates/.hidden", false, true},
        {"", "templates/a", false, false},
        {"", "charts/templates/.hidden", false, false},
        {"*", ".", true, false},
    };
    struct error *err = NULL;
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        MC_CLEANUP(ignore_cleanup) struct ignore *rules = NULL;
        OK(ignore_parse(rows[i].rule, strlen(rows[i].rule), &rules, &err));
        if (ignore_matches(rules, rows[i].path, rows[i].is_dir) != rows[i].ignored)
            fail_msg("%s on %s", rows[i].rule, rows[i].path);
    }
    struct ignore *none = NULL;
    FAILS(ignore_parse("**/foo", 6, &none, &err), "double-star (**) syntax is not supported");
    FAILS(ignore_parse("[a", 2, &none, &err), "syntax error in pattern");
}

struct split_row {
    const char *text;
    int major;
    const char *documents[4];
};

/* pkg/releaseutil/manifest_test.go (3.22) and pkg/release/v1/util/manifest_test.go (4.3), and what
 * follows from their separators. */
static void documents_are_split(void **state)
{
    (void)state;
    static const struct split_row rows[] = {
        {"\n\n---\napiVersion: v1\nkind: Pod\n", 3, {"apiVersion: v1\nkind: Pod"}},
        {"\n\n---\napiVersion: v1\nkind: Pod\n", 4, {"apiVersion: v1\nkind: Pod\n"}},
        {"a: 1\n---\nb: 2", 3, {"a: 1", "b: 2"}},
        {"a: 1\n---\nb: 2", 4, {"a: 1\n", "b: 2"}},
        {"---apiVersion: v1\n---\nx: 1\n", 3, {"apiVersion: v1", "x: 1"}},
        {"---apiVersion: v1\n---\nx: 1\n", 4, {"apiVersion: v1\n", "x: 1\n"}},
        {"---\n---\na: 1", 3, {"---\na: 1"}},
        {"---\n---\na: 1", 4, {"a: 1"}},
        {"a: |\n  ---\n  b\n--- \nc: 1", 3, {"a: |\n  ---\n  b", "c: 1"}},
        {"a: |+\n  x\n\n\n---\nb: 1", 3, {"a: |+\n  x", "b: 1"}},
        {"a: |+\n  x\n\n\n---\nb: 1", 4, {"a: |+\n  x\n\n\n", "b: 1"}},
        {"--- # comment\na: 1", 3, {"# comment\na: 1"}},
        {"a: b---c\n", 4, {"a: b---c\n"}},
        {"----\na: 1", 4, {"-\na: 1"}},
        {"\r\n---\r\na: 1\r\n---\r\nb: 2", 3, {"a: 1", "b: 2"}},
        {"   \n\t", 3, {NULL}},
        {"---\n\n---\n", 4, {NULL}},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct split_texts have = {0};
        split_manifests(rows[i].text, strlen(rows[i].text), rows[i].major, &have);
        size_t count = 0;
        for (; count < 4 && rows[i].documents[count]; count++) {
            const char *want = rows[i].documents[count];
            if (count >= have.count)
                fail_msg("row %zu: too few", i);
            assert_int_equal(have.items[count].len, strlen(want));
            assert_memory_equal(have.items[count].s, want, strlen(want));
        }
        assert_int_equal(have.count, count);
        split_texts_release(&have);
    }
}

/* kind_sorter_test.go: the whole list backwards comes out in install order. */
static void kinds_are_sorted(void **state)
{
    (void)state;
    static const char *const kinds[] = {"ValidatingWebhookConfiguration",
                                        "Telemetry",
                                        "MutatingWebhookConfiguration",
                                        "",
                                        "Deployment",
                                        "APIService",
                                        "ConfigMap",
                                        "Namespace",
                                        "Deployment",
                                        "PriorityClass"};
    static const size_t helm3[] = {9, 7, 6, 4, 8, 5, 3, 2, 1, 0};
    static const size_t helm4[] = {9, 7, 6, 4, 8, 5, 2, 0, 3, 1};
    size_t order[MC_ARRAY_LEN(kinds)];
    sort_kinds(kinds, MC_ARRAY_LEN(kinds), 3, order);
    assert_memory_equal(order, helm3, sizeof(order));
    sort_kinds(kinds, MC_ARRAY_LEN(kinds), 4, order);
    assert_memory_equal(order, helm4, sizeof(order));
}

/* fmt's %v and strconv.Quote. */
static void values_print_as_go(void **state)
{
    (void)state;
    json_auto_t *v =
        parse("{\"b\": [1, null, true, \"x\"], \"a\": 1000000.0, \"c\": {\"d\": 0.25}}");
    AUTO_BUF out = BUF_INIT;
    name_append_go_value(&out, v);
    assert_string_equal(buf_str(&out), "map[a:1e+06 b:[1 <nil> true x] c:map[d:0.25]]");
    AUTO_FREE char *quoted = name_quoted_dup("a\"b\\\n\x01\xc3\xa4\xff");
    assert_string_equal(quoted, "\"a\\\"b\\\\\\n\\x01\xc3\xa4\\xff\"");
    static const struct {
        double value;
        const char *text;
    } floats[] = {{0, "0"},           {1.1, "1.1"},
                  {123456, "123456"}, {1234567.5, "1.2345675e+06"},
                  {0.0001, "0.0001"}, {0.00001, "1e-05"},
                  {-2.5, "-2.5"},     {1e100, "1e+100"},
                  {100, "100"},       {0.1 + 0.2, "0.30000000000000004"}};
    for (size_t i = 0; i < MC_ARRAY_LEN(floats); i++) {
        buf_clear(&out);
        name_append_float(&out, floats[i].value);
        assert_string_equal(buf_str(&out), floats[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_cleaned),
        cmocka_unit_test(file_patterns),
        cmocka_unit_test(globs),
        cmocka_unit_test(helmignore),
        cmocka_unit_test(documents_are_split),
        cmocka_unit_test(kinds_are_sorted),
        cmocka_unit_test(values_print_as_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
