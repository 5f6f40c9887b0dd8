/* values.schema.json: golden/chart/schema.out is what helm 3.22.0 says to the lines of schema.txt.
 */
#include "charts.h"

#include "meshctl/chart/render.h"
#include "meshctl/chart/values.h"

static int check(const char *schema, const json_t *values, struct error **err)
{
    AUTO_FREE char *text = mem_printf("%s\n", schema);
    json_auto_t *metadata = json_object();
    const struct chart chart = {
        .name = (char[]){"c"},
        .version = (char[]){"1.0.0"},
        .metadata = metadata,
        .schema_file = {(char[]){"values.schema.json"}, text, strlen(text)},
    };
    return values_check_schema(&chart, values, err);
}

static const char intro[] =
    "values don't meet the specifications of the schema(s) in the following chart(s):\nc:\n";

static void as_helm_does(void **state)
{
    (void)state;
    AUTO_BUF in = BUF_INIT, out = BUF_INIT;
    read_golden("schema.txt", &in);
    read_golden("schema.out", &out);
    AUTO_STRLIST lines = STRLIST_INIT, wants = STRLIST_INIT;
    strlist_split(&lines, buf_str(&in), '\n');
    strlist_split(&wants, buf_str(&out), '\n');
    assert_int_equal(lines.count, wants.count);
    assert_true(lines.count > 60);
    for (size_t i = 0; i + 1 < lines.count; i++) {
        struct error *err = NULL;
        char *tab = strchr(lines.items[i], '\t');
        *tab = '\0';
        json_auto_t *values = parse(tab + 1);
        AUTO_FREE char *have = mem_strdup("ok");
        if (check(lines.items[i], values, &err)) {
            assert_int_equal(err->kind, ERROR_INPUT);
            assert_memory_equal(err->message, intro, strlen(intro));
            free(have);
            have = mem_strdup(err->message + strlen(intro));
            for (char *c = have; *c; c++)
                *c = *c == '\n' ? '|' : *c;
            error_clear(&err);
        }
        if (strcmp(have, wants.items[i]) != 0)
            fail_msg("%s %s\nwant %s\nhave %s", lines.items[i], tab + 1, wants.items[i], have);
    }
}

/* What Helm reads from the net or the disk; the errors of all else are in schema.txt. */
static void other_documents_are_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *values = parse("{}");
    FAILS(check("{\"$ref\": \"https://example.org/s.json\"}", values, &err),
          "values don't meet the specifications of the schema(s) in the following chart(s):\nc:\n"
          "failing loading \"https://example.org/s.json\": only references inside the chart's own "
          "schema are followed");
    FAILS(check("{\"$schema\": \"http://json-schema.org/draft-03/schema#\"}", values, &err),
          "values don't meet the specifications of the schema(s) in the following chart(s):\nc:\n"
          "failing loading \"http://json-schema.org/draft-03/schema\": only references inside the "
          "chart's own schema are followed");
    FAILS(check("{\"$ref\": \"other.json\"}", values, &err),
          "values don't meet the specifications of the schema(s) in the following chart(s):\nc:\n"
          "failing loading \"file:///other.json\": only references inside the chart's own schema "
          "are followed");
}

/* Each step of the chain applies the next twice: 2^40 applications. */
static void endless_work_ends(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_BUF schema = BUF_INIT;
    json_auto_t *values = parse("{}");
    buf_appends(&schema, "{\"$ref\": \"#/$defs/0\", \"$defs\": {\"40\": {\"type\": \"object\"}");
    for (int i = 0; i < 40; i++)
        buf_appendf(&schema,
                    ", \"%d\": {\"allOf\": [{\"$ref\": \"#/$defs/%d\"}, {\"$ref\": "
                    "\"#/$defs/%d\"}]}",
                    i, i + 1, i + 1);
    buf_appends(&schema, "}}");
    assert_int_equal(check(buf_str(&schema), values, &err), -1);
    assert_non_null(strstr(err->message, "too large to be checked"));
    error_clear(&err);
}

static void nesting_ends(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_BUF schema = BUF_INIT;
    json_auto_t *values = parse("{}");
    for (int i = 0; i < 100000; i++)
        buf_appends(&schema, "{\"not\":");
    FAILS(check(buf_str(&schema), values, &err),
          "values don't meet the specifications of the schema(s) in the following chart(s):\nc:\n"
          "exceeded max depth");
}

/* What a chart of that schema renders to; the test frees it. */
static struct chart_rendered *rendered_with(char *schema, const char *text)
{
    struct error *err = NULL;
    json_auto_t *metadata = parse("{\"name\": \"c\"}"), *values = parse(text);
    const struct chart chart = {
        .name = (char[]){"c"},
        .version = (char[]){"1.0.0"},
        .metadata = metadata,
        .schema_file = {(char[]){"values.schema.json"}, schema, strlen(schema)},
    };
    const struct chart_render_options options = {.release = "r", .namespace_ = "n"};
    struct chart_rendered *rendered = NULL;
    OK(chart_render(&chart, values, &options, &rendered, &err));
    return rendered;
}

/* Helm's urnLoader (jsonschema.go): such a reference allows everything, with one warning. */
static void urns_warn_once(void **state)
{
    (void)state;
    char text[] =
        "{\"properties\": {\"a\": {\"$ref\": \"urn:x:y\"}, \"b\": {\"$ref\": \"urn:x:y\"}}}";
    MC_CLEANUP(chart_rendered_cleanup)
    struct chart_rendered *rendered = rendered_with(text, "{\"a\": 1, \"b\": 2}");
    assert_int_equal(rendered->warnings.count, 1);
    assert_string_equal(
        rendered->warnings.items[0],
        "WARNING: unresolved URN reference ignored; using permissive schema: urn:x:y");
}

/* Names of properties are no keywords, nor is what enum, const, default and examples hold. */
static void unknown_keywords_warn_once(void **state)
{
    (void)state;
    char text[] =
        "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"title\": \"t\","
        "\"properties\": {\"odd\": {\"minimun\": 3, \"x-order\": 1},"
        "\"b/c\": {\"minimun\": 4, \"enum\": [{\"what\": 1}, 2], \"zz\\u001b\": 1}},"
        "\"$defs\": {\"unused\": {\"whatever\": 1}}, \"default\": {\"a\": 1}}";
    MC_CLEANUP(chart_rendered_cleanup)
    struct chart_rendered *rendered = rendered_with(text, "{\"odd\": 1}");
    assert_int_equal(rendered->warnings.count, 2);
    assert_string_equal(rendered->warnings.items[0],
                        "WARNING: values.schema.json: unknown keyword \"minimun\" ignored at "
                        "/properties/odd, did you mean \"minimum\"?");
    assert_string_equal(rendered->warnings.items[1],
                        "WARNING: values.schema.json: unknown keyword \"zz?\" ignored at "
                        "/properties/b~1c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_helm_does),      cmocka_unit_test(other_documents_are_refused),
        cmocka_unit_test(endless_work_ends), cmocka_unit_test(nesting_ends),
        cmocka_unit_test(urns_warn_once),    cmocka_unit_test(unknown_keywords_warn_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
