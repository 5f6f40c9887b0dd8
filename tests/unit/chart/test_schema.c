/* values.schema.json: golden/chart/schema.out is what helm 3.22.0 says to the lines of schema.txt.
 */
#include "support.h"

#include "meshctl/chart/values.h"

static int check(const char *schema, const json_t *values, struct error **err)
{
    AUTO_FREE char *text = mem_strdup(schema);
    json_auto_t *document = json_loads(schema, JSON_DECODE_ANY, NULL);
    json_auto_t *metadata = json_object(), *defaults = json_object();
    const struct chart chart = {
        .name = (char[]){"c"},
        .version = (char[]){"1.0.0"},
        .metadata = metadata,
        .values = defaults,
        .schema = document,
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

static void bad_schemas_are_errors(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *values = parse("{\"a\": \"x\"}");
    FAILS(check("{", values, &err), "c: values.schema.json is no JSON");
    FAILS(check("{\"$ref\": \"#/$defs/none\"}", values, &err),
          "c: values.schema.json: the schema refers to #/$defs/none, which it does not hold");
    assert_int_equal(check("{\"$ref\": \"https://example.org/s.json\"}", values, &err), -1);
    assert_non_null(strstr(err->message, "refers to another document, https://example.org/s.json"));
    error_clear(&err);
    assert_int_equal(check("{\"properties\": {\"a\": {\"pattern\": \"(\"}}}", values, &err), -1);
    assert_non_null(strstr(err->message, "no regular expression"));
    error_clear(&err);
}

static void endless_references_end(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *values = parse("{}");
    assert_int_equal(check("{\"$ref\": \"#\"}", values, &err), -1);
    assert_non_null(strstr(err->message, "without end"));
    error_clear(&err);
    assert_int_equal(check("{\"allOf\": [{\"$ref\": \"#\"}, {\"$ref\": \"#\"}]}", values, &err),
                     -1);
    error_clear(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_helm_does),
        cmocka_unit_test(bad_schemas_are_errors),
        cmocka_unit_test(endless_references_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
