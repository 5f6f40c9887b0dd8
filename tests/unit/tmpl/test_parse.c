#include "golden.h"

#include <pthread.h>

#include "parse.h"

/* The names that charts may use; what they do is no matter here. */
static const struct tfuncs *known_functions(void)
{
    static struct tfunc rows[400];
    static struct tfuncs functions;
    static struct strlist names;
    AUTO_BUF text = BUF_INIT;
    struct error *err = NULL;
    const struct tfunc *table = rows;
    if (names.count)
        return &functions;
    assert_int_equal(fs_read(TEST_DATA_DIR "/golden/tmpl/functions.txt", 1 << 20, &text, &err), 0);
    strlist_split(&names, buf_str(&text), '\n');
    assert_in_range(names.count, 200, MC_ARRAY_LEN(rows) - 1);
    for (size_t i = 0, n = 0; i < names.count; i++) {
        char *end = strchr(names.items[i], ' ');
        if (names.items[i][0] == '#' || !end || strcmp(end, " -") == 0)
            continue;
        *end = '\0';
        rows[n++] = (struct tfunc){.name = names.items[i], .params = end + 1};
    }
    tfuncs_init(&functions, &table, 1);
    return &functions;
}

static void check_tree(const struct golden_case *c)
{
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    struct tunit unit;
    if (tunit_parse(a, known_functions(), "t", 1, c->template.data, c->template.len, &unit, &err) <
        0) {
        assert_int_equal(err->kind, ERROR_INPUT);
        golden_check(c, "error", err->message, strlen(err->message));
        return;
    }
    AUTO_BUF out = BUF_INIT;
    node_print(&out, unit.main->root);
    golden_check(c, unit.main->empty ? "empty" : "tree", buf_str(&out), out.len);
}

static void trees_and_errors_are_those_of_go(void **state)
{
    (void)state;
    golden_run("engine_parse.test", check_tree, 240);
}

static void defines_become_trees(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    struct tunit unit;
    const char *text = "a{{define \"x\"}}b{{block \"y\" .}}c{{end}}{{end}}d";
    assert_int_equal(tunit_parse(a, known_functions(), "t", 1, text, strlen(text), &unit, &err), 0);
    assert_int_equal(unit.count, 3);
    static const struct {
        const char *name;
        const char *text;
    } rows[] = {{"t", "ad"}, {"x", "b{{template \"y\" .}}"}, {"y", "c"}};
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        const struct ttree *tree = tunit_find(&unit, rows[i].name, 1);
        assert_non_null(tree);
        AUTO_BUF out = BUF_INIT;
        node_print(&out, tree->root);
        assert_string_equal(buf_str(&out), rows[i].text);
    }
    assert_null(tunit_find(&unit, "z", 1));
}

static void errors_say_where(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    struct tunit unit;
    const char *text = "a\n{{foo}}";
    assert_int_equal(
        tunit_parse(a, known_functions(), "dir/f.yaml", 10, text, strlen(text), &unit, &err), -1);
    assert_string_equal(err->where, "dir/f.yaml:2");
    assert_string_equal(err->message, "template: dir/f.yaml:2: function \"foo\" not defined");
}

/* Go's maxStackDepth: parentheses may nest 10000 deep. What a small stack cannot hold is the same
 * error, never a crash. */
static const char *nested_parens(size_t depth, struct arena *a, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    struct tunit unit;
    buf_appends(&text, "{{print ");
    buf_pad(&text, '(', depth);
    buf_appendc(&text, '1');
    buf_pad(&text, ')', depth);
    buf_appends(&text, "}}");
    return tunit_parse(a, known_functions(), "t", 1, buf_str(&text), text.len, &unit, err) < 0
               ? (*err)->message
               : NULL;
}

static void *parse_parens_up_to_the_limit(void *arg)
{
    (void)arg;
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    assert_null(nested_parens(10000, a, &err));
    assert_string_equal(nested_parens(10001, a, &err),
                        "template: t:1: max expression depth exceeded");
    return NULL;
}

static void *parse_on_a_small_stack(void *arg)
{
    (void)arg;
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    assert_string_equal(nested_parens(9999, a, &err),
                        "template: t:1: max expression depth exceeded");
    AUTO_BUF text = BUF_INIT;
    for (int i = 0; i < 100000; i++)
        buf_appends(&text, "{{if 1}}");
    struct tunit unit;
    error_clear(&err);
    assert_int_equal(
        tunit_parse(a, known_functions(), "t", 1, buf_str(&text), text.len, &unit, &err), -1);
    assert_string_equal(err->message, "template: t:1: control structures are nested too deeply");
    return NULL;
}

static void run_with_stack(size_t size, void *(*fn)(void *))
{
    pthread_attr_t attr;
    pthread_t thread;
    assert_int_equal(pthread_attr_init(&attr), 0);
    assert_int_equal(pthread_attr_setstacksize(&attr, size), 0);
    assert_int_equal(pthread_create(&thread, &attr, fn, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attr);
}

static void parentheses_have_a_limit(void **state)
{
    (void)state;
    run_with_stack((size_t)256 * 1024 * 1024, parse_parens_up_to_the_limit);
}

static void a_small_stack_is_an_error(void **state)
{
    (void)state;
    run_with_stack((size_t)2 * 1024 * 1024, parse_on_a_small_stack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_and_errors_are_those_of_go),
        cmocka_unit_test(defines_become_trees),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(parentheses_have_a_limit),
        cmocka_unit_test(a_small_stack_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
