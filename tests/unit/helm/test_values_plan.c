/* Values of an existing release: what stays, what is taken away. */
#include "release_support.h"

#include "meshctl/helm/values_plan.h"

static struct values_plan *plan(const char *config, const char *own, const char *ours,
                                enum values_mode mode)
{
    json_auto_t *c = config ? parse(config) : NULL, *o = own ? parse(own) : NULL;
    json_auto_t *n = parse(ours), *before = json_deep_copy(c);
    struct values_plan *p = values_plan_new(c, o, n, mode);
    json_auto_t *again = parse(ours);
    assert_true(json_same(n, again)); /* borrowed and unchanged */
    assert_true(!c || json_same(c, before));
    return p;
}

static void reuse_is_helms(void **state)
{
    (void)state;
    json_auto_t *golden = golden_actions(4);
    const json_t *cases = json_object_get(golden, "reuse"), *row;
    size_t i;
    assert_true(json_array_size(cases) >= 10);
    json_array_foreach(cases, i, row) {
        MC_CLEANUP(values_plan_cleanup)
        struct values_plan *p = values_plan_new(json_object_get(row, "theirs"), NULL,
                                                json_object_get(row, "ours"), VALUES_REUSE);
        AUTO_FREE char *have = json_write_dup(p->config, 0);
        AUTO_FREE char *want = json_write_dup(json_object_get(row, "config"), 0);
        assert_string_equal(have, want);
    }
}

static void assert_changes(const struct values_plan *p, const char *want)
{
    AUTO_BUF have = BUF_INIT;
    for (size_t i = 0; i < p->count; i++) {
        AUTO_FREE char *before = json_write_dup(p->changes[i].before, 0);
        AUTO_FREE char *after =
            p->changes[i].after ? json_write_dup(p->changes[i].after, 0) : mem_strdup("gone");
        buf_appendf(&have, "%s%s: %s -> %s", i ? "; " : "", p->changes[i].path, before, after);
    }
    assert_string_equal(buf_str(&have), want);
}

static void changes_of_theirs_are_listed(void **state)
{
    (void)state;
    static const struct {
        const char *config, *own, *ours;
        enum values_mode mode;
        const char *result, *changes;
    } cases[] = {
        {NULL, NULL, "{\"a\": 1}", VALUES_REUSE, "{\"a\": 1}", ""},
        /* a person's value stays under ours, or vanishes where that was said */
        {"{\"meshConfig\": {\"accessLogFile\": \"/dev/stdout\"}}", NULL,
         "{\"meshConfig\": {\"trustDomain\": \"a\"}}", VALUES_REUSE,
         "{\"meshConfig\": {\"accessLogFile\": \"/dev/stdout\", \"trustDomain\": \"a\"}}", ""},
        {"{\"meshConfig\": {\"accessLogFile\": \"/dev/stdout\"}}", NULL,
         "{\"meshConfig\": {\"trustDomain\": \"a\"}}", VALUES_RESET,
         "{\"meshConfig\": {\"trustDomain\": \"a\"}}",
         "meshConfig.accessLogFile: \"/dev/stdout\" -> gone"},
        /* both set it */
        {"{\"a\": {\"b\": 1.0}}", NULL, "{\"a\": {\"b\": 2}}", VALUES_REUSE, "{\"a\": {\"b\": 2}}",
         "a.b: 1 -> 2"},
        {"{\"a\": {\"b\": 1.0}}", NULL, "{\"a\": {\"b\": 1}}", VALUES_RESET, "{\"a\": {\"b\": 1}}",
         ""},
        {"{\"a\": {\"b\": 1, \"c\": 2}}", NULL, "{\"a\": 3}", VALUES_REUSE, "{\"a\": 3}",
         "a: {\"b\":1,\"c\":2} -> 3"},
        {"{\"a\": [1, 2]}", NULL, "{\"a\": [1]}", VALUES_REUSE, "{\"a\": [1]}", "a: [1,2] -> [1]"},
        {"{\"a\": 1}", NULL, "{\"a\": null}", VALUES_REUSE, "{}", "a: 1 -> gone"},
        {"{\"a\": null}", NULL, "{}", VALUES_RESET, "{}", "a: null -> gone"},
        {"{\"a.b\": {\"c,d\": 1}}", NULL, "{}", VALUES_RESET, "{}", "a\\.b.c\\,d: 1 -> gone"},
        /* what an earlier run of ours had set is ours to change and to drop */
        {"{\"a\": 1, \"b\": {\"c\": 1, \"d\": 2}, \"e\": 5}",
         "{\"a\": 1, \"b\": {\"c\": 1}, \"e\": 4}", "{\"a\": 2}", VALUES_REUSE,
         "{\"a\": 2, \"b\": {\"d\": 2}, \"e\": 5}", ""},
        {"{\"a\": 1, \"b\": {\"c\": 1, \"d\": 2}, \"e\": 5}",
         "{\"a\": 1, \"b\": {\"c\": 1}, \"e\": 4}", "{\"a\": 2}", VALUES_RESET, "{\"a\": 2}",
         "b.d: 2 -> gone; e: 5 -> gone"},
        {"{\"a\": {\"b\": 1}}", "{\"a\": {\"b\": 1}}", "{\"c\": 1}", VALUES_REUSE, "{\"c\": 1}",
         ""},
        {"{\"a\": {}}", "{}", "{\"a\": {\"b\": 1}}", VALUES_REUSE, "{\"a\": {\"b\": 1}}", ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        MC_CLEANUP(values_plan_cleanup)
        struct values_plan *p = plan(cases[i].config, cases[i].own, cases[i].ours, cases[i].mode);
        assert_json(p->config, cases[i].result);
        assert_changes(p, cases[i].changes);
    }
}

/* Through a record and back: a second run of the same, and one with other flags, needs no word. */
static void a_record_says_what_was_ours(void **state)
{
    (void)state;
    struct error *err = NULL;
    MC_CLEANUP(release_cleanup) struct release *r = make_record("r", 1, RELEASE_DEPLOYED);
    MC_CLEANUP(release_cleanup) struct release *again = NULL, *helms = NULL;
    json_decref(r->config);
    r->config = parse("{\"hub\": \"x\", \"replicas\": 2, \"theirs\": true}");
    r->own = parse("{\"hub\": \"x\", \"replicas\": 2}");
    json_auto_t *secret = secret_of(r);
    OK(release_from_secret(secret, &again, &err));
    json_auto_t *ours = parse("{\"hub\": \"y\"}");
    MC_CLEANUP(values_plan_cleanup)
    struct values_plan *p = values_plan_new(again->config, again->own, ours, VALUES_REUSE);
    assert_json(p->config, "{\"hub\": \"y\", \"theirs\": true}");
    assert_int_equal(p->count, 0);
    /* Helm writes its data anew, with one key. */
    json_object_del(json_object_get(secret, "data"), RELEASE_OWN_KEY);
    OK(release_from_secret(secret, &helms, &err));
    assert_null(helms->own);
}

static void what_a_release_has_is_not_set_anew(void **state)
{
    (void)state;
    static const struct {
        const char *values, *have, *keep, *dropped, *known;
    } cases[] = {
        {"{\"a\": {\"b\": 1, \"c\": 2}}", "{\"a\": {\"b\": 1, \"c\": 3}}", NULL,
         "{\"a\": {\"c\": 2}}", "{\"a\": {\"b\": 1, \"c\": 2}}"},
        /* a map without anything left goes, one that was given empty stays */
        {"{\"a\": {\"b\": 1}, \"d\": {}}", "{\"a\": {\"b\": 1}}", NULL, "{\"d\": {}}",
         "{\"a\": {\"b\": 1}}"},
        {"{\"a\": {\"b\": 1, \"c\": 2}}", "{\"a\": {\"b\": 1, \"c\": 2}}", "{\"a\": {\"b\": 7}}",
         "{\"a\": {\"b\": 1}}", "{\"a\": {\"b\": 1, \"c\": 2}}"},
        /* lists are wholes, kinds count, a map is not its like */
        {"{\"l\": [1, 2], \"m\": {\"x\": 1}, \"n\": \"1\"}", "{\"l\": [1], \"m\": 1, \"n\": 1}",
         NULL, "{\"l\": [1, 2], \"m\": {\"x\": 1}, \"n\": \"1\"}", "{\"l\": [1, 2], \"n\": \"1\"}"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        json_auto_t *values = parse(cases[i].values), *have = parse(cases[i].have);
        json_auto_t *keep = cases[i].keep ? parse(cases[i].keep) : NULL;
        json_auto_t *known = json_deep_copy(values), *unknown = json_deep_copy(values);
        values_drop_had(values, have, keep);
        assert_json(values, cases[i].dropped);
        values_drop_unknown(known, have);
        assert_json(known, cases[i].known);
        values_drop_unknown(unknown, NULL);
        assert_json(unknown, "{}");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reuse_is_helms),
        cmocka_unit_test(changes_of_theirs_are_listed),
        cmocka_unit_test(a_record_says_what_was_ours),
        cmocka_unit_test(what_a_release_has_is_not_set_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
