/* Writing YAML: golden/yaml/write*.jsonl were made by the real sigs.k8s.io/yaml. */
#include "support.h"

static void check_row(const json_t *row)
{
    json_auto_t *value = json_of(field(row, "json"));
    AUTO_BUF out = BUF_INIT;
    yaml_write(&out, value);
    assert_string_equal(buf_str(&out), field(row, "yaml"));
    assert_int_equal(out.len, field_len(row, "yaml"));
}

static void as_go_writes(void **state)
{
    (void)state;
    for_each_row("yaml/write.jsonl", 1000, check_row);
}

static void check_row_or_error(const json_t *row)
{
    AUTO_ERR *err = NULL;
    json_auto_t *value = json_of(field(row, "json"));
    int rc = yaml_check_write(value, &err);
    if (!field(row, "error")) {
        assert_int_equal(rc, 0);
        check_row(row);
        return;
    }
    assert_int_equal(rc, -1);
    assert_string_equal(err->message, field(row, "error"));
}

static void as_go_writes_or_fails(void **state)
{
    (void)state;
    for_each_row("yaml/write_more.jsonl", 180, check_row_or_error);
}

/* 1024 runes of JSON with the quotes (go-yaml scannerc.go yaml_simple_key_is_valid). */
static void assert_key(size_t len, char c, bool fits)
{
    AUTO_ERR *err = NULL;
    AUTO_BUF key = BUF_INIT;
    json_auto_t *value = json_object();
    buf_pad(&key, c, len);
    json_object_set_new(value, buf_str(&key), json_null());
    assert_int_equal(yaml_check_write(value, &err), fits ? 0 : -1);
}

static void keys_have_a_length(void **state)
{
    (void)state;
    assert_key(1022, 'k', true);
    assert_key(1023, 'k', false);
    assert_key(170, '<', true);
    assert_key(171, '<', false);
}

/* go-yaml writes a key "<<" without quotes, and line breaks other than \n as they are. */
static bool go_cannot_read_its_own(const char *json)
{
    return strstr(json, "\"<<\"") || strchr(json, '\r') || strstr(json, "\\u202");
}

static void check_round_trip(const json_t *row)
{
    if (go_cannot_read_its_own(field(row, "json")))
        return;
    json_auto_t *value = json_of(field(row, "json"));
    json_auto_t *again = yaml_of(field(row, "yaml"), 0);
    AUTO_FREE char *before = json_write_dup(value, 0);
    AUTO_FREE char *after = json_write_dup(again, 0);
    assert_string_equal(before, after);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    for_each_row("yaml/write.jsonl", 1000, check_round_trip);
}

static void appends_to_what_is_there(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    json_auto_t *v = json_of("{\"a\":[1]}");
    buf_appends(&out, "---\n");
    yaml_write(&out, v);
    assert_string_equal(buf_str(&out), "---\na:\n- 1\n");
}

/* json.Marshal turns a float64 that is whole into plain digits, so it is an int to go-yaml. */
static void whole_reals_are_integers(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    json_auto_t *v = json_pack("[f,f,f,f,f,f]", 3.0, 1e6, 15021.0, -0.0, 0x1p63, -0x1p63);
    yaml_write(&out, v);
    assert_string_equal(buf_str(&out), "- 3\n- 1000000\n- 15021\n- 0\n- 9223372036854776000\n"
                                       "- -9.223372036854776e+18\n");
}

static void too_deep_marks_the_buffer(void **state)
{
    (void)state;
    json_auto_t *v = json_null();
    for (int i = 0; i <= JSON_MAX_DEPTH; i++)
        v = json_pack("[o]", v);
    AUTO_BUF out = BUF_INIT;
    yaml_write(&out, v);
    assert_true(out.overflow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_go_writes),
        cmocka_unit_test(as_go_writes_or_fails),
        cmocka_unit_test(keys_have_a_length),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(appends_to_what_is_there),
        cmocka_unit_test(whole_reals_are_integers),
        cmocka_unit_test(too_deep_marks_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
