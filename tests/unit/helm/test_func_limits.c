/* Functions called through their rows: what input controls has an end, and lookup's way out. */
#include "support.h"

#include "tmpl_call.h"

#include "meshctl/value/merge.h"

static int lookup_calls;

static int fake_lookup(void *ctx, struct arena *a, const char *api_version, const char *kind,
                       const char *namespace_, const char *name, struct tval *ret_value,
                       struct error **err)
{
    lookup_calls++;
    if (strcmp(name, "bad") == 0)
        return error_set(err, ERROR_REMOTE, "server said no");
    *ret_value = tval_cstring(a, arena_printf(a, "%s %s/%s/%s/%s", (const char *)ctx, api_version,
                                              kind, namespace_, name));
    return 0;
}

static int setup(void **state)
{
    static char context[] = "ctx";
    const struct helm_engine_options options = {
        .helm_major = 3, .lookup = fake_lookup, .ctx = context};
    struct call *c = call_begin(state);
    c->set = helm_engine_set(helm_engine_new(c->a, &options));
    return 0;
}

static int teardown(void **state)
{
    close_set(((struct call *)*state)->set);
    call_end(state);
    return 0;
}

static void assert_fails(struct call *c, const char *name, const struct tval *args, size_t argc,
                         const char *what)
{
    assert_int_equal(call(c, name, args, argc), -1);
    assert_int_equal(c->err->kind, ERROR_INPUT);
    assert_non_null(strstr(c->err->message, what));
}

static const char *error_of(struct call *c, const struct buf *text)
{
    struct tval arg = tval_string(c->a, buf_str(text), text->len);
    assert_int_equal(call(c, "fromToml", &arg, 1), 0);
    const struct tval *message = tmap_get(c->ret.map, "Error", 5);
    return message ? message->s.data : "";
}

static void toml_has_a_depth_and_a_size(void **state)
{
    struct call *c = *state;
    AUTO_BUF good = BUF_INIT;
    AUTO_BUF deep = BUF_INIT;
    AUTO_BUF parts = BUF_INIT;
    AUTO_BUF keys = BUF_INIT;
    buf_appends(&good, "a = ");
    buf_pad(&good, '[', 1000);
    buf_pad(&good, ']', 1000);
    assert_string_equal(error_of(c, &good), "");
    buf_appends(&deep, "a = ");
    buf_pad(&deep, '[', 1001);
    buf_pad(&deep, ']', 1001);
    assert_string_equal(error_of(c, &deep),
                        "toml: line 1 (last key \"a\"): values are nested deeper than 1000");
    for (int i = 0; i < 1001; i++)
        buf_appends(&parts, i ? ".a" : "a");
    buf_appends(&parts, " = 1");
    assert_non_null(strstr(error_of(c, &parts), "a key has more than 1000 parts"));
    for (int i = 0; i < 1000; i++) {
        buf_appendf(&keys, "k%d", i);
        for (int part = 0; part < 900; part++)
            buf_appends(&keys, ".a");
        buf_appends(&keys, " = 1\n");
    }
    assert_non_null(strstr(error_of(c, &keys), "the keys are too many or too long"));
}

/* Each level holds the one below twice. */
static void shared_values_do_not_explode(void **state)
{
    struct call *c = *state;
    struct tval text = tval_cstring(c->a, "0123456789012345678901234567890123456789");
    struct tval maps = text, lists = text;
    for (int i = 0; i < 60; i++) {
        struct tval outer = tval_map(c->a);
        tmap_set(c->a, outer.map, "a", 1, maps);
        tmap_set(c->a, outer.map, "b", 1, maps);
        maps = outer;
        outer = tval_list(c->a, 2);
        outer.list->items[0] = outer.list->items[1] = lists;
        lists = outer;
    }
    assert_fails(c, "toToml", &maps, 1, "longer than");
    assert_fails(c, "toYamlPretty", &maps, 1, "parts");
    assert_int_equal(call(c, "toToml", &lists, 1), 0);
    assert_string_equal(c->ret.s.data, "toml: the value is too large");
}

static void results_have_a_length(void **state)
{
    struct call *c = *state;
    struct tval text = tval_cstring(c->a, "0123456789");
    struct tval lines = tval_cstring(c->a, "a\nb\nc");
    struct tval wide = tval_cstring(c->a, "%1000000d%1000000d");
    struct tval huge = tval_int(INT64_MAX);
    assert_fails(c, "repeat", (struct tval[]){huge, text}, 2, "longer than");
    assert_fails(c, "indent", (struct tval[]){huge, lines}, 2, "longer than");
    assert_fails(c, "until", &huge, 1, "more than");
    huge = tval_int(INT64_MAX - 1); /* seq adds one */
    assert_fails(c, "seq", &huge, 1, "more than");
    assert_int_equal(call(c, "printf", (struct tval[]){wide, tval_int(1), tval_int(2)}, 3), 0);
    assert_int_equal(c->ret.s.len, 2000000);
}

/* Steps wrap around as Go's int does; there such a sequence ends with the memory, here at the
 * limit. */
static void sequences_end_at_the_limit(void **state)
{
    struct call *c = *state;
    struct tval args[] = {tval_int(INT64_MAX - 1), tval_int(INT64_MAX), tval_int(5)};
    assert_fails(c, "untilStep", args, 3, "more than");
    struct tval down[] = {tval_int(INT64_MIN + 1), tval_int(INT64_MIN), tval_int(INT64_MIN)};
    assert_fails(c, "untilStep", down, 3, "more than");
}

static struct tval self_holding(struct arena *a)
{
    struct tval v = tval_map(a);
    tmap_set(a, v.map, "self", 4, v);
    return v;
}

/* Each of these never returns, or ends the process, in Go. */
static void maps_in_themselves_end(void **state)
{
    struct call *c = *state;
    struct tval x = self_holding(c->a);
    struct tval y = self_holding(c->a);
    assert_fails(c, "mustMerge", (struct tval[]){x, y}, 2, "nested deeper");
    assert_fails(c, "deepCopy", &x, 1, "nested deeper");
    assert_int_equal(call(c, "merge", (struct tval[]){x, y}, 2), 0);
    assert_int_equal(c->ret.kind, TVAL_STRING);
    assert_int_equal(c->ret.s.len, 0);
    assert_int_equal(call(c, "toYaml", &x, 1), 0);
    assert_int_equal(c->ret.s.len, 0);
    assert_int_equal(call(c, "toJson", &x, 1), 0);
    assert_int_equal(c->ret.s.len, 0);
}

static void json_depth_ends(void **state)
{
    struct call *c = *state;
    AUTO_BUF text = BUF_INIT;
    buf_pad(&text, '[', JSON_MAX_DEPTH + 2);
    struct tval v = tval_string(c->a, text.data, text.len);
    assert_fails(c, "mustFromJson", &v, 1, "exceeded max depth");
}

static void texts_may_hold_nuls(void **state)
{
    struct call *c = *state;
    struct tval v = tval_string(c->a, "a\0b", 3);
    assert_int_equal(call(c, "upper", &v, 1), 0);
    assert_int_equal(c->ret.s.len, 3);
    assert_memory_equal(c->ret.s.data, "A\0B", 3);
    assert_int_equal(call(c, "contains", (struct tval[]){tval_string(c->a, "\0b", 2), v}, 2), 0);
    assert_true(c->ret.b);
    assert_int_equal(call(c, "b64enc", &v, 1), 0);
    assert_string_equal(c->ret.s.data, "YQBi");
    assert_fails(c, "semver", (struct tval[]){tval_string(c->a, "1.2.3\0x", 7)}, 1, "ersion");
}

static void sets_and_parts_are_not_searched_one_by_one(void **state)
{
    struct call *c = *state;
    AUTO_BUF text = BUF_INIT;
    for (int i = 0; i < 1000000; i++)
        buf_appends(&text, "\xC3\xA9");
    struct tval all = tval_string(c->a, buf_str(&text), text.len);
    struct tval args[] = {all, all};
    assert_int_equal(call(c, "trimAll", args, 2), 0);
    assert_int_equal(c->ret.s.len, 0);
    args[0] = tval_cstring(c->a, "\xC3\xA8");
    assert_int_equal(call(c, "trimAll", args, 2), 0);
    assert_int_equal(c->ret.s.len, all.s.len);
    buf_appends(&text, "\xC3\xA9\xC3\xA9");
    args[0] = tval_cstring(c->a, "");
    args[1] = tval_string(c->a, buf_str(&text), text.len);
    assert_fails(c, "splitList", args, 2, "more than 1000000 parts");
    assert_fails(c, "split", args, 2, "more than 1000000 parts");
}

/* Base32 pads to whole groups, for which a full buffer has no room. */
static void what_does_not_fit_is_an_error(void **state)
{
    static const char *const names[] = {"b32enc", "html"};
    struct call *c = *state;
    AUTO_BUF text = BUF_INIT;
    buf_pad(&text, '"', TMPL_MAX_OUTPUT);
    struct tval arg = tval_string(c->a, buf_str(&text), text.len);
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++)
        assert_fails(c, names[i], &arg, 1, "the result is longer than");
}

static void lookup_asks_the_caller(void **state)
{
    struct call *c = *state;
    struct tval args[] = {tval_cstring(c->a, "v1"), tval_cstring(c->a, "Secret"),
                          tval_cstring(c->a, "ns"), tval_cstring(c->a, "it")};
    lookup_calls = 0;
    assert_int_equal(call(c, "lookup", args, 4), 0);
    assert_string_equal(c->ret.s.data, "ctx v1/Secret/ns/it");
    args[3] = tval_cstring(c->a, "bad");
    assert_int_equal(call(c, "lookup", args, 4), -1);
    assert_string_equal(c->err->message, "server said no");
    assert_int_equal(lookup_calls, 2);
}

/* Helm's engine cuts the message out between the marks. */
static void failing_is_marked(void **state)
{
    struct call *c = *state;
    struct tval message = tval_cstring(c->a, "100% no");
    assert_int_equal(call(c, "fail", &message, 1), -1);
    assert_string_equal(c->err->message, "HELM_ERR_START100% noHELM_ERR_END");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(toml_has_a_depth_and_a_size),
        TEST(shared_values_do_not_explode),
        TEST(results_have_a_length),
        TEST(sequences_end_at_the_limit),
        TEST(maps_in_themselves_end),
        TEST(json_depth_ends),
        TEST(texts_may_hold_nuls),
        TEST(lookup_asks_the_caller),
        TEST(failing_is_marked),
        TEST(sets_and_parts_are_not_searched_one_by_one),
        TEST(what_does_not_fit_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
