/* values.schema.json: golden/chart/schema.out is what helm 3.22.0 says to the
 * lines of schema.txt. */
#include "charts.h"

#include "meshctl/schema/schema.h"

/* 0 and "" when the values fit; 1 and Helm's lines when not, without the last one's end. */
static int check(const char *schema, const json_t *values, struct buf *said)
{
    AUTO_FREE char *text = mem_printf("%s\n", schema);
    int rc = schema_check_text(text, strlen(text), values, NULL, said);
    assert_true(rc == 0 || (rc == 1 && said->len));
    if (said->len && said->data[said->len - 1] == '\n')
        buf_truncate(said, said->len - 1);
    return rc;
}

static void refuses(const char *schema, const char *says)
{
    AUTO_BUF said = BUF_INIT;
    json_auto_t *values = parse("{}");
    assert_int_equal(check(schema, values, &said), 1);
    assert_string_equal(buf_str(&said), says);
}

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
        char *tab = strchr(lines.items[i], '\t');
        *tab = '\0';
        json_auto_t *values = parse(tab + 1);
        AUTO_BUF said = BUF_INIT;
        bool fits = check(lines.items[i], values, &said) == 0;
        AUTO_FREE char *have = mem_strdup(fits ? "ok" : buf_str(&said));
        for (char *c = have; *c; c++)
            *c = *c == '\n' ? '|' : *c;
        if (strcmp(have, wants.items[i]) != 0)
            fail_msg("%s %s\nwant %s\nhave %s", lines.items[i], tab + 1, wants.items[i], have);
    }
}

/* What Helm reads from the net or the disk; the errors of all else are in schema.txt. */
static void other_documents_are_refused(void **state)
{
    (void)state;
    refuses(
        "{\"$ref\": \"https://example.org/s.json\"}",
        "failing loading \"https://example.org/s.json\": only references inside the chart's own "
        "schema are followed");
    refuses(
        "{\"$schema\": \"http://json-schema.org/draft-03/schema#\"}",
        "failing loading \"http://json-schema.org/draft-03/schema\": only references inside the "
        "chart's own schema are followed");
    refuses("{\"$ref\": \"other.json\"}",
            "failing loading \"file:///other.json\": only references inside the chart's own schema "
            "are followed");
}

/* Each step of the chain applies the next twice: 2^40 applications. */
static void endless_work_ends(void **state)
{
    (void)state;
    AUTO_BUF schema = BUF_INIT, said = BUF_INIT;
    json_auto_t *values = parse("{}");
    buf_appends(&schema, "{\"$ref\": \"#/$defs/0\", \"$defs\": {\"40\": {\"type\": \"object\"}");
    for (int i = 0; i < 40; i++)
        buf_appendf(&schema,
                    ", \"%d\": {\"allOf\": [{\"$ref\": \"#/$defs/%d\"}, {\"$ref\": "
                    "\"#/$defs/%d\"}]}",
                    i, i + 1, i + 1);
    buf_appends(&schema, "}}");
    assert_int_equal(check(buf_str(&schema), values, &said), 1);
    assert_non_null(strstr(buf_str(&said), "too large to be checked"));
}

static void nesting_ends(void **state)
{
    (void)state;
    AUTO_BUF schema = BUF_INIT;
    for (int i = 0; i < 100000; i++)
        buf_appends(&schema, "{\"not\":");
    refuses(buf_str(&schema), "invalid character '{' exceeded max depth");
}

/* The warnings of a schema that values fit. */
static void warns(const char *schema, const char *text, struct strlist *warnings)
{
    AUTO_BUF said = BUF_INIT;
    json_auto_t *values = parse(text);
    assert_int_equal(schema_check_text(schema, strlen(schema), values, warnings, &said), 0);
    assert_int_equal(said.len, 0);
}

/* Helm's urnLoader (jsonschema.go): such a reference allows everything, with one warning. */
static void urns_warn_once(void **state)
{
    (void)state;
    char text[] =
        "{\"properties\": {\"a\": {\"$ref\": \"urn:x:y\"}, \"b\": {\"$ref\": \"urn:x:y\"}}}";
    AUTO_STRLIST warnings = STRLIST_INIT;
    warns(text, "{\"a\": 1, \"b\": 2}", &warnings);
    assert_int_equal(warnings.count, 1);
    assert_string_equal(
        warnings.items[0],
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
    AUTO_STRLIST warnings = STRLIST_INIT;
    warns(text, "{\"odd\": 1}", &warnings);
    assert_int_equal(warnings.count, 2);
    assert_string_equal(warnings.items[0],
                        "WARNING: values.schema.json: unknown keyword \"minimun\" ignored at "
                        "/properties/odd, did you mean \"minimum\"?");
    assert_string_equal(warnings.items[1],
                        "WARNING: values.schema.json: unknown keyword \"zz\\u001b\" ignored at "
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
