/* Writing JSON: golden/json/write.jsonl was written by Go's encoding/json. */
#include "support.h"

static void check_row(const json_t *row)
{
    json_auto_t *value = json_of(field(row, "in"));
    AUTO_FREE char *compact = json_write_dup(value, 0);
    AUTO_FREE char *pretty = json_write_dup(value, JSON_WRITE_PRETTY);
    AUTO_FREE char *raw = json_write_dup(value, JSON_WRITE_NO_ESCAPE);
    assert_string_equal(compact, field(row, "compact"));
    assert_string_equal(pretty, field(row, "pretty"));
    assert_string_equal(raw, field(row, "raw"));
}

static void as_go_writes(void **state)
{
    (void)state;
    for_each_row("json/write.jsonl", 150, check_row);
}

static void keys_in_byte_order_or_as_inserted(void **state)
{
    (void)state;
    json_auto_t *v = json_of("{\"b\":1,\"a10\":2,\"a2\":3,\"B\":4,\"\xC3\xA9\":5}");
    AUTO_FREE char *sorted = json_write_dup(v, 0);
    AUTO_FREE char *kept = json_write_dup(v, JSON_WRITE_KEEP_ORDER);
    assert_string_equal(sorted, "{\"B\":4,\"a10\":2,\"a2\":3,\"b\":1,\"\xC3\xA9\":5}");
    assert_string_equal(kept, "{\"b\":1,\"a10\":2,\"a2\":3,\"B\":4,\"\xC3\xA9\":5}");
}

/* Go's encoding/json replaces each bad byte. */
static void bad_utf8_is_replaced(void **state)
{
    (void)state;
    json_auto_t *v = json_stringn_nocheck("a\xFF\xC3z\xED\xA0\x80", 7);
    assert_json(v, "\"a\\ufffd\\ufffdz\\ufffd\\ufffd\\ufffd\"");
}

static void appends_to_what_is_there(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    json_auto_t *v = json_of("[]");
    buf_appends(&out, "x=");
    json_write(&out, v, 0);
    assert_string_equal(buf_str(&out), "x=[]");
}

static void too_deep_marks_the_buffer(void **state)
{
    (void)state;
    json_auto_t *v = json_null();
    for (int i = 0; i < JSON_MAX_DEPTH; i++)
        v = json_pack("[o]", v);
    AUTO_BUF out = BUF_INIT;
    json_write(&out, v, 0);
    assert_false(out.overflow);
    v = json_pack("[o]", v);
    json_write(&out, v, 0);
    assert_true(out.overflow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_go_writes),
        cmocka_unit_test(keys_in_byte_order_or_as_inserted),
        cmocka_unit_test(bad_utf8_is_replaced),
        cmocka_unit_test(appends_to_what_is_there),
        cmocka_unit_test(too_deep_marks_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
