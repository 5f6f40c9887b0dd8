#include "golden.h"

#include <math.h>

#include "meshctl/data/yaml.h"
#include "meshctl/value/value.h"

#define MANY 5000

static void put(struct arena *a, struct tval m, const char *key, struct tval v)
{
    tmap_set(a, m.map, key, strlen(key), v);
}

static int64_t number_at(struct tval m, const char *key)
{
    const struct tval *v = tmap_get(m.map, key, strlen(key));
    assert_non_null(v);
    return v->i;
}

static void maps_hold_thousands_of_keys(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    struct tval m = tval_map(a);
    char key[32];
    for (int i = 0; i < MANY; i++) {
        snprintf(key, sizeof(key), "key-%d", i * 7919 % MANY);
        put(a, m, key, tval_int(i * 7919 % MANY));
    }
    assert_int_equal(tmap_count(m.map), MANY);
    for (int i = 0; i < MANY; i++) {
        snprintf(key, sizeof(key), "key-%d", i);
        assert_int_equal(number_at(m, key), i);
        if (i % 3 == 0)
            tmap_delete(m.map, key, strlen(key));
    }
    assert_null(tmap_get(m.map, "key-0", 5));
    assert_int_equal(number_at(m, "key-1"), 1);
    assert_int_equal(tmap_count(m.map), MANY - (MANY + 2) / 3);
    /* The holes are used up by new keys. */
    for (int i = 0; i < MANY; i++) {
        snprintf(key, sizeof(key), "key-%d", i);
        put(a, m, key, tval_int(-i));
    }
    assert_int_equal(tmap_count(m.map), MANY);
    assert_int_equal(number_at(m, "key-4998"), -4998);
}

static void keys_come_in_byte_order(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    struct tval m = tval_map(a);
    const char *const words[] = {"b", "a", "B", "ab", "", "\xc3\xa9", "a-b", "a_b", "z", "gone"};
    const char *const sorted[] = {"", "B", "a", "a-b", "a_b", "ab", "b", "z", "\xc3\xa9"};
    for (size_t i = 0; i < MC_ARRAY_LEN(words); i++)
        put(a, m, words[i], tval_int((int64_t)i));
    tmap_delete(m.map, "gone", 4);
    tmap_delete(m.map, "never there", 11);
    assert_int_equal(tmap_count(m.map), MC_ARRAY_LEN(sorted));
    const struct tval_string *keys = tmap_keys(a, m.map);
    const struct tmap_item *items = tmap_items(a, m.map);
    for (size_t i = 0; i < MC_ARRAY_LEN(sorted); i++) {
        assert_string_equal(keys[i].data, sorted[i]);
        assert_string_equal(items[i].key.data, sorted[i]);
        assert_int_equal(items[i].value.i, number_at(m, sorted[i]));
    }
}

static void keys_may_hold_nul(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    struct tval m = tval_map(a);
    tmap_set(a, m.map, "a\0b", 3, tval_int(1));
    tmap_set(a, m.map, "a", 1, tval_int(2));
    assert_int_equal(tmap_count(m.map), 2);
    assert_int_equal(tmap_get(m.map, "a\0b", 3)->i, 1);
    assert_null(tmap_get(m.map, "a\0c", 3));
}

static void views_share_content_but_not_type(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    struct tval m = tval_map(a);
    assert_string_equal(tmap_type(m.map), "map[string]interface {}");
    struct tval view = tmap_view(a, m.map, "chartutil.Values");
    put(a, view, "k", tval_bool(true));
    assert_int_equal(tmap_count(m.map), 1);
    assert_string_equal(tmap_type(view.map), "chartutil.Values");
    assert_string_equal(tmap_type(m.map), "map[string]interface {}");
}

static void a_nil_map_is_null_until_written(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    struct tval m = tval_nil_map(a);
    json_auto_t *json = NULL;
    assert_true(tmap_is_nil(m.map));
    assert_int_equal(tval_to_json(a, m, &json, &err), 0);
    assert_true(json_is_null(json));
    put(a, m, "k", tval_int(1));
    assert_false(tmap_is_nil(m.map));
    assert_false(tmap_is_nil(tval_map(a).map));
}

/* Number kinds of json.h: an integer is an int64, a real a float64. */
static void json_comes_in_and_goes_out(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    json_auto_t *in = json_loads("{\"b\": [1, 1.5, \"x\\u0000y\", null, true], \"a\": {\"\": {}}}",
                                 JSON_ALLOW_NUL, NULL);
    struct tval v = tval_from_json(a, in);
    const struct tlist *list = tmap_get(v.map, "b", 1)->list;
    static const enum tval_kind kinds[] = {TVAL_INT64, TVAL_FLOAT, TVAL_STRING, TVAL_NIL,
                                           TVAL_BOOL};
    assert_int_equal(list->count, MC_ARRAY_LEN(kinds));
    for (size_t i = 0; i < MC_ARRAY_LEN(kinds); i++)
        assert_int_equal(list->items[i].kind, kinds[i]);
    assert_int_equal(list->items[2].s.len, 3);
    json_auto_t *out = NULL;
    assert_int_equal(tval_to_json(a, v, &out, &err), 0);
    assert_true(json_equal(in, out));
}

static void what_json_cannot_hold_is_an_error(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    static const struct {
        double value;
        const char *message;
    } rows[] = {{NAN, "json: unsupported value: NaN"},
                {INFINITY, "json: unsupported value: +Inf"},
                {-INFINITY, "json: unsupported value: -Inf"}};
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_ERROR struct error *err = NULL;
        json_t *json;
        struct tval list = tval_list(a, 1);
        list.list->items[0] = tval_float(rows[i].value);
        assert_int_equal(tval_to_json(a, list, &json, &err), -1);
        assert_string_equal(err->message, rows[i].message);
    }
}

static void cycles_end(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    json_t *json;
    struct tval m = tval_map(a);
    put(a, m, "self", m);
    assert_int_equal(tval_to_json(a, m, &json, &err), -1);
    assert_string_equal(err->message,
                        "json: unsupported value: encountered a cycle via map[string]interface {}");
}

/* Go encoding/json: []byte is base64, bad UTF-8 is replaced byte by byte. */
static void bytes_and_bad_text(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    struct tval bytes = tval_list(a, 3);
    bytes.list->elem = "uint8";
    for (int i = 0; i < 3; i++)
        bytes.list->items[i] = tval_int("\xff\x00\x10"[i] & 0xff);
    json_auto_t *json = NULL;
    assert_int_equal(tval_to_json(a, bytes, &json, &err), 0);
    assert_string_equal(json_string_value(json), "/wAQ");
    json_auto_t *text = NULL;
    assert_int_equal(tval_to_json(a, tval_string(a, "a\xff\xfe", 3), &text, &err), 0);
    AUTO_FREE char *written = json_write_dup(text, 0);
    assert_string_equal(written, "\"a\\ufffd\\ufffd\"");
    AUTO_BUF yaml = BUF_INIT;
    yaml_write(&yaml, text);
    assert_string_equal(buf_str(&yaml), "a\xef\xbf\xbd\xef\xbf\xbd\n");
}

/* Go text/template IsTrue. */
static void truth(void **state)
{
    (void)state;
    AUTO_ARENA *a = arena_new();
    struct tval full = tval_map(a);
    put(a, full, "k", tval_nil());
    const struct tval truths[] = {tval_bool(true), tval_int(-1),         tval_int64(1),
                                  tval_float(0.5), tval_cstring(a, "0"), full,
                                  tval_list(a, 1), tval_float(NAN)};
    const struct tval lies[] = {tval_none(),     tval_nil(),      tval_bool(false),    tval_int(0),
                                tval_int64(0),   tval_float(0),   tval_cstring(a, ""), tval_map(a),
                                tval_list(a, 0), tval_nil_map(a), tval_float(-0.0)};
    for (size_t i = 0; i < MC_ARRAY_LEN(truths); i++)
        assert_true(tval_truth(truths[i]));
    for (size_t i = 0; i < MC_ARRAY_LEN(lies); i++)
        assert_false(tval_truth(lies[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_hold_thousands_of_keys),
        cmocka_unit_test(keys_come_in_byte_order),
        cmocka_unit_test(keys_may_hold_nul),
        cmocka_unit_test(views_share_content_but_not_type),
        cmocka_unit_test(a_nil_map_is_null_until_written),
        cmocka_unit_test(json_comes_in_and_goes_out),
        cmocka_unit_test(what_json_cannot_hold_is_an_error),
        cmocka_unit_test(cycles_end),
        cmocka_unit_test(bytes_and_bad_text),
        cmocka_unit_test(truth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
