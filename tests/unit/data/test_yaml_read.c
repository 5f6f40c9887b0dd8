/* Reading YAML: golden/yaml/read*.jsonl were made by the real sigs.k8s.io/yaml. */
#include "support.h"

static struct error *refused(const char *text, size_t len, unsigned flags)
{
    struct error *err = NULL;
    json_t *value = NULL;
    assert_int_equal(yaml_read(text, len, "v.yaml", flags, &value, &err), -1);
    assert_null(value);
    assert_int_equal(err->kind, ERROR_INPUT);
    return err;
}

static unsigned flags_of(const json_t *row)
{
    return (json_object_get(row, "strict") ? YAML_STRICT_KEYS : 0U) |
           (json_object_get(row, "values") ? YAML_NUMBERS_FLOAT : 0U);
}

static unsigned more_flags;

static void check_row(const json_t *row)
{
    const char *text = field(row, "yaml"), *wanted_error = field(row, "error");
    AUTO_ERR *err = NULL;
    json_auto_t *value = NULL;
    int rc =
        yaml_read(text, field_len(row, "yaml"), "v.yaml", flags_of(row) | more_flags, &value, &err);
    if (wanted_error) {
        if (rc == 0)
            fail_msg("read although Go says \"%s\": %s", wanted_error, text);
        assert_string_equal(err->message, wanted_error);
        return;
    }
    if (rc < 0)
        fail_msg("%s: %s", err->message, text);
    json_auto_t *wanted = json_of(field(row, "json"));
    AUTO_FREE char *ours = json_write_dup(value, 0);
    AUTO_FREE char *theirs = json_write_dup(wanted, 0);
    assert_string_equal(ours, theirs);
}

static void as_go_reads(void **state)
{
    (void)state;
    for_each_row("yaml/read.jsonl", 1000, check_row);
}

static void as_go_reads_and_quotes(void **state)
{
    (void)state;
    more_flags = YAML_FULL_ERRORS;
    for_each_row("yaml/read_full.jsonl", 688, check_row);
    more_flags = 0;
}

/* The reader looks ahead as far as go-yaml: what stands behind the first document does not count
 * before that. */
static void control_characters_far_behind(void **state)
{
    (void)state;
    AUTO_BUF near = BUF_INIT;
    AUTO_BUF far = BUF_INIT;
    buf_appends(&near, "a: 1\n---\n\x01");
    buf_appends(&far, "a: 1\n---\n");
    buf_pad(&far, '#', 600);
    buf_appends(&far, "\x01");
    error_free(refused(buf_str(&near), near.len, 0));
    json_auto_t *value = yaml_of(buf_str(&far), 0);
    assert_json(value, "{\"a\":1}");
}

static void number_kinds(void **state)
{
    (void)state;
    static const char text[] = "[1, 1.0, 0x10, 18446744073709551615]";
    json_auto_t *kept = yaml_of(text, 0);
    json_auto_t *floats = yaml_of(text, YAML_NUMBERS_FLOAT);
    assert_true(json_is_integer(json_array_get(kept, 0)));
    assert_true(json_is_real(json_array_get(kept, 1)));
    assert_int_equal(json_integer_value(json_array_get(kept, 2)), 16);
    /* There is no uint64 in JSON values here; the nearest double is what a chart would see. */
    assert_true(json_real_value(json_array_get(kept, 3)) == 0x1p64);
    for (size_t i = 0; i < 4; i++)
        assert_true(json_is_real(json_array_get(floats, i)));
    assert_true(json_same(kept, floats));
}

static void first_document_only(void **state)
{
    (void)state;
    json_auto_t *first = yaml_of("a: 1\n---\nb: [\n", 0);
    json_auto_t *empty = yaml_of("", 0);
    json_auto_t *comment = yaml_of("# nothing\n", 0);
    assert_json(first, "{\"a\":1}");
    assert_true(json_is_null(empty));
    assert_true(json_is_null(comment));
}

static void all_documents(void **state)
{
    (void)state;
    static const char text[] =
        "# licence\n---\na: &x 1\n---\n# none\n---\n- 2\n...\n---\nnull\n--- 3\n";
    AUTO_ERR *err = NULL;
    json_auto_t *documents = NULL, *none = NULL;
    assert_int_equal(yaml_read_all(text, strlen(text), "m.yaml", 0, &documents, &err), 0);
    assert_json(documents, "[{\"a\":1},[2],3]");
    assert_int_equal(yaml_read_all("", 0, "m.yaml", 0, &none, &err), 0);
    assert_json(none, "[]");
}

static void anchors_end_with_their_document(void **state)
{
    (void)state;
    static const char text[] = "a: &x 1\n---\nb: *x\n";
    AUTO_ERR *err = NULL;
    json_t *documents = NULL;
    assert_int_equal(yaml_read_all(text, strlen(text), "m.yaml", 0, &documents, &err), -1);
    assert_string_equal(err->message, "yaml: unknown anchor 'x' referenced");
    assert_string_equal(err->where, "m.yaml:3:4");
}

static void aliases_are_copies(void **state)
{
    (void)state;
    json_auto_t *v = yaml_of("a: &x {l: [1]}\nb: *x\nc: {<<: *x}\n", 0);
    json_array_append_new(json_dig(v, "b", "l", NULL), json_integer(2));
    json_put(v, json_true(), "c", "m", NULL);
    assert_json(v, "{\"a\":{\"l\":[1]},\"b\":{\"l\":[1,2]},\"c\":{\"l\":[1],\"m\":true}}");
}

/* Lines of go-yaml's own messages are sometimes one too low; where has the true place. */
static void errors_say_where(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message, *where;
    } cases[] = {
        {"a: b: c\n", "yaml: mapping values are not allowed in this context", "v.yaml:1:5"},
        {"a: 1\nb:\n  c: d: e\n", "yaml: line 3: mapping values are not allowed in this context",
         "v.yaml:3:7"},
        {"a: 1\n b: 2\n", "yaml: line 2: mapping values are not allowed in this context",
         "v.yaml:2:3"},
        {"a:\n  - b\n c: d\n", "yaml: line 2: did not find expected key", "v.yaml:3:2"},
        {"a:\n\tb: 1\n", "yaml: line 2: found character that cannot start any token", "v.yaml:2:1"},
        {"a: 1\nb: \x01\n", "yaml: control characters are not allowed", "v.yaml:2:4"},
        {"a: !!int x\n", "yaml: cannot decode a !!str as a !!int", "v.yaml:1:4"},
        {"x: y\n<<: 1\n", "yaml: map merge requires map or sequence of maps as the value",
         "v.yaml:2:5"},
        {"a: {b: .inf}\n", "json: unsupported value: +Inf", "v.yaml:1:8"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_ERR *err = refused(cases[i].text, strlen(cases[i].text), 0);
        assert_string_equal(err->message, cases[i].message);
        assert_string_equal(err->where, cases[i].where);
    }
}

static void errors_quote_no_values(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a: !!int hunter2",    "a: !!binary hunter2!", "{hunter2: {a: b}}: c", "a: 'hunter2",
        "a: hunter2: hunter2", "? [hunter2]\n: 1",     "a: !!float hunter2",   "- hunter2\na",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        AUTO_ERR *err = refused(texts[i], strlen(texts[i]), 0);
        assert_null(strstr(err->message, "hunter2"));
    }
}

/* A key is no secret, but it must not reach the terminal as it is. */
static void strict_names_the_key(void **state)
{
    (void)state;
    static const char text[] = "b:\n  \"c\\e[2J\": 1\n  \"c\\e[2J\":\n    2\n";
    AUTO_ERR *err = refused(text, strlen(text), YAML_STRICT_KEYS);
    assert_string_equal(err->message, "yaml: line 4: key \"c\\u001b[2J\" already set in map");
    assert_string_equal(err->where, "v.yaml:4:5");
}

static void depth_is_bounded(void **state)
{
    (void)state;
    AUTO_BUF text = BUF_INIT;
    buf_pad(&text, '[', YAML_MAX_DEPTH);
    buf_pad(&text, ']', YAML_MAX_DEPTH);
    json_auto_t *deep = yaml_of(buf_str(&text), 0);
    assert_true(json_is_array(deep));
    static const char *const openers[] = {"[", "{a: ", "- ", "? "};
    for (size_t i = 0; i < MC_ARRAY_LEN(openers); i++) {
        buf_clear(&text);
        for (int n = 0; n < 100000; n++)
            buf_appends(&text, openers[i]);
        AUTO_ERR *err = refused(buf_str(&text), text.len, 0);
        assert_non_null(err->where);
    }
}

/* Each alias is shallow, their chain is not. */
static void depth_counts_through_aliases(void **state)
{
    (void)state;
    AUTO_BUF text = BUF_INIT;
    buf_appends(&text, "- &a0 []\n");
    for (int i = 1; i < 60; i++) {
        buf_appendf(&text, "- &a%d ", i);
        buf_pad(&text, '[', 20);
        buf_appendf(&text, "*a%d", i - 1);
        buf_pad(&text, ']', 20);
        buf_appendc(&text, '\n');
    }
    AUTO_ERR *err = refused(buf_str(&text), text.len, 0);
    assert_string_equal(err->message, "yaml: exceeded max depth of 1000");
}

/* Ten levels of ten aliases each would be ten thousand million nodes. */
static void alias_bombs_are_refused(void **state)
{
    (void)state;
    AUTO_BUF text = BUF_INIT;
    buf_appends(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
        buf_appendf(&text, "a%d: &a%d [", i, i);
        for (int n = 0; n < 10; n++)
            buf_appendf(&text, "%s*a%d", n ? "," : "", i - 1);
        buf_appends(&text, "]\n");
    }
    AUTO_ERR *err = refused(buf_str(&text), text.len, 0);
    assert_string_equal(err->message, "yaml: document contains excessive aliasing");
}

static void length_is_bounded(void **state)
{
    (void)state;
    AUTO_ERR *err = refused("a", JSON_MAX_TEXT + 1, 0);
    assert_non_null(strstr(err->message, "limit"));
}

/* As in JSON: the values that are made, not the bytes of the text. */
static void values_are_bounded(void **state)
{
    (void)state;
    static const char *const texts[] = {"- {}\n", "- a: b\n", "- [[]]\n"};
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        AUTO_BUF text = BUF_INIT;
        while (text.len < 8000000)
            buf_appends(&text, texts[i]);
        AUTO_ERR *err = refused(buf_str(&text), text.len, 0);
        assert_non_null(strstr(err->message, "too many values"));
        assert_non_null(strchr(err->where, ':'));
        assert_in_range(json_held(), 0, 1000000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_go_reads),
        cmocka_unit_test(as_go_reads_and_quotes),
        cmocka_unit_test(control_characters_far_behind),
        cmocka_unit_test(number_kinds),
        cmocka_unit_test(first_document_only),
        cmocka_unit_test(all_documents),
        cmocka_unit_test(anchors_end_with_their_document),
        cmocka_unit_test(aliases_are_copies),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(errors_quote_no_values),
        cmocka_unit_test(strict_names_the_key),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(depth_counts_through_aliases),
        cmocka_unit_test(alias_bombs_are_refused),
        cmocka_unit_test(length_is_bounded),
        cmocka_unit_test(values_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
