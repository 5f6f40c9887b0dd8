/* Which charts of a tree are held to their schemas, and the words around what is wrong. */
#include "charts.h"

#include "meshctl/helm/render.h"
#include "meshctl/helm/values.h"

struct tree {
    json_t *metadata;
    struct chart inner, outer;
    struct chart *subcharts[1];
};

/* Chart c with subchart sub; each requires a value. */
static void make_tree(struct tree *t)
{
    static char outer[] = "{\"required\": [\"a\"], \"odd\": 1}",
                inner[] = "{\"required\": [\"b\"]}";
    static char sub[] = "sub", name[] = "c", version[] = "1.0.0", place[] = "charts/sub",
                file[] = "values.schema.json";
    t->metadata = parse("{\"name\": \"c\"}");
    t->inner =
        (struct chart){.name = sub, .version = version, .source = place, .metadata = t->metadata};
    t->outer = t->inner;
    t->inner.schema_file = (struct chart_file){file, inner, strlen(inner)};
    t->subcharts[0] = &t->inner;
    t->outer.name = name;
    t->outer.schema_file = (struct chart_file){file, outer, strlen(outer)};
    t->outer.subcharts = t->subcharts;
    t->outer.subcharts_count = 1;
}

static void check(const char *text, const char *says)
{
    struct error *err = NULL;
    struct tree t;
    json_auto_t *values = parse(text);
    make_tree(&t);
    if (says)
        FAILS(values_check_schema(&t.outer, values, &err), says);
    else
        OK(values_check_schema(&t.outer, values, &err));
    json_decref(t.metadata);
}

#define INTRO "values don't meet the specifications of the schema(s) in the following chart(s):\n"

static void every_chart_is_checked(void **state)
{
    (void)state;
    check("{\"a\": 1, \"sub\": {\"b\": 1}}", NULL);
    check("{\"a\": 1}", NULL);
    check("{}", INTRO "c:\n- at '': missing property 'a'");
    check("{\"sub\": {}}",
          INTRO "c:\n- at '': missing property 'a'\nsub:\n- at '': missing property 'b'");
    check("{\"a\": 1, \"sub\": []}",
          INTRO "sub:\ninvalid type for values: expected object (map), got []interface {}");
}

static void warnings_reach_the_rendered_chart(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct tree t;
    json_auto_t *values = parse("{\"a\": 1, \"sub\": {\"b\": 1}}");
    const struct chart_render_options options = {.release = "r", .namespace_ = "n"};
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *rendered = NULL;
    make_tree(&t);
    OK(chart_render(&t.outer, values, &options, &rendered, &err));
    assert_int_equal(rendered->warnings.count, 1);
    assert_non_null(strstr(rendered->warnings.items[0], "unknown keyword \"odd\""));
    json_decref(t.metadata);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_chart_is_checked),
        cmocka_unit_test(warnings_reach_the_rendered_chart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
