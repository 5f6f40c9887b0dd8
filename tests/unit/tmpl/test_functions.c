/* Whole templates over every function table: tests/golden/tmpl/func_*.test, made by Go's
 * text/template with Helm 3.22's functions. */
#include "golden.h"

#include "func.h"

/* Helm hands .Values in as a named map type. */
static struct tval case_data(struct arena *a, const struct golden_case *c)
{
    json_auto_t *json =
        json_loadb(c->data.data, c->data.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(json);
    struct tval dot = tval_from_json(a, json);
    struct tval *values = dot.kind == TVAL_MAP ? tmap_get(dot.map, "Values", 6) : NULL;
    if (values)
        tmap_set_type(values->map, "chartutil.Values");
    return dot;
}

static unsigned failures;

static void check_case(const struct golden_case *c)
{
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    const struct tmpl_options options = {.helm_major = 3};
    struct tmpl_set *set = tmpl_set_new(a, &options);
    bool failed = tmpl_add(set, "t", c->template.data, c->template.len, &err) < 0 ||
                  tmpl_execute(set, "t", case_data(a, c), &out, &err) < 0;
    const char *kind = failed ? "error" : "output";
    const char *text = failed ? err->message : buf_str(&out);
    size_t len = failed ? strlen(text) : out.len;
    if (strcmp(kind, c->kind) != 0 || len != c->expected.len ||
        memcmp(text, c->expected.data, len) != 0) {
        print_error("%s:%u: %s\n--- want %s\n%s\n--- got %s\n%s\n", c->path, c->line,
                    c->template.data, c->kind, c->expected.data, kind, text);
        failures++;
    }
    tmpl_set_free(set);
}

/* All that differ are shown, not only the first. */
static void run(const char *name, size_t least)
{
    failures = 0;
    golden_run(name, check_case, least);
    assert_int_equal(failures, 0);
}

#define GOLDEN_TEST(name, least)                                                                   \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        run("func_" #name ".test", least);                                                         \
    }
GOLDEN_TEST(print, 80)
GOLDEN_TEST(floats, 40)
GOLDEN_TEST(strings, 50)
GOLDEN_TEST(lists, 50)
GOLDEN_TEST(dicts, 50)
GOLDEN_TEST(numbers, 25)
GOLDEN_TEST(decimals, 25)
GOLDEN_TEST(dates, 180)
GOLDEN_TEST(types, 9)
GOLDEN_TEST(encoding, 40)
GOLDEN_TEST(regex, 80)
GOLDEN_TEST(paths, 20)
GOLDEN_TEST(flow, 40)
GOLDEN_TEST(crypto, 190)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(print), cmocka_unit_test(floats),   cmocka_unit_test(strings),
        cmocka_unit_test(lists), cmocka_unit_test(dicts),    cmocka_unit_test(numbers),
        cmocka_unit_test(types), cmocka_unit_test(encoding), cmocka_unit_test(regex),
        cmocka_unit_test(paths), cmocka_unit_test(flow),     cmocka_unit_test(decimals),
        cmocka_unit_test(dates), cmocka_unit_test(crypto),
    };
    /* What func_dates.test was made with. */
    (void)setenv("TZ", "America/New_York", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
