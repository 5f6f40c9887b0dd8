#include "golden.h"

#include <pthread.h>

#include "support.h"

static struct tval case_data(struct arena *a, const struct golden_case *c)
{
    json_auto_t *json =
        json_loadb(c->data.data, c->data.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    struct tval dot = c->data.data ? tval_from_json(a, json) : tval_nil();
    struct tval *values = dot.kind == TVAL_MAP ? tmap_get(dot.map, "Values", 6) : NULL;
    /* As Helm hands them in. */
    if (values)
        tmap_set_type(values->map, "chartutil.Values");
    return dot;
}

static int add_all(struct tmpl_set *set, const struct golden_case *c, struct error **err)
{
    for (size_t i = 0; i < c->files_count; i++) {
        const struct golden_file *f = &c->files[i];
        if (tmpl_add(set, f->name, f->text.data, f->text.len, err) < 0)
            return -1;
    }
    return tmpl_add(set, "t", c->template.data, c->template.len, err);
}

static void check_case(const struct golden_case *c)
{
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct tmpl_set *set = open_set(a, 3);
    int failed = add_all(set, c, &err);
    if (!failed)
        failed = tmpl_execute(set, "t", case_data(a, c), &out, &err);
    if (failed)
        golden_check(c, "error", err->message, strlen(err->message));
    else
        golden_check(c, "output", buf_str(&out), out.len);
    close_set(set);
}

#define GOLDEN_TEST(name, least)                                                                   \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        golden_run("engine_" #name ".test", check_case, least);                                    \
    }
GOLDEN_TEST(number, 80)
GOLDEN_TEST(eval, 240)
GOLDEN_TEST(control, 185)
GOLDEN_TEST(compare, 270)
GOLDEN_TEST(call, 290)
GOLDEN_TEST(builtin, 160)
GOLDEN_TEST(include, 110)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number),  cmocka_unit_test(eval), cmocka_unit_test(control),
        cmocka_unit_test(compare), cmocka_unit_test(call), cmocka_unit_test(builtin),
        cmocka_unit_test(include),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
