/* Clusters that are said to share a network, held against their pods' addresses. */
#include "flat.h"

#include "support.h"

static struct two t;

static int set_up(void **state)
{
    (void)state;
    two_init(&t);
    mesh_set(&t.mesh->members[1].network, "west-network");
    t.west.addresses = parse("{\"10.0.0.1\":{\"pod\":\"a/x\"},\"10.0.0.2\":{\"pod\":\"a/y\"}}");
    t.east.addresses = parse("{\"10.0.0.2\":{\"pod\":\"b/z\"},\"10.0.1.1\":{\"pod\":\"b/v\"}}");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(t.west.network);
    two_release(&t);
    return 0;
}

static void is_fine(void)
{
    struct error *err = NULL;
    for (size_t i = 0; i < 2; i++)
        must(facts_check_flat(t.mesh, t.facts, i, &err), &err);
}

static void an_address_of_both_is_no_one_networks(void **state)
{
    (void)state;
    static const char *const found[] = {
        "west and east are said to share network west-network, and pods of both have the same "
        "addresses: 10.0.0.2 (a/y and b/z)",
        "east and west are said to share network west-network, and pods of both have the same "
        "addresses: 10.0.0.2 (b/z and a/y)"};
    for (size_t i = 0; i < 2; i++) {
        struct error *err = NULL;
        assert_int_equal(facts_check_flat(t.mesh, t.facts, i, &err), -1);
        assert_string_equal(err->id, "MC313");
        assert_string_equal(err->message, found[i]);
        assert_non_null(strstr(err->hint, "a network of its own"));
        assert_null(strstr(err->hint, "meshctl down"));
        error_clear(&err);
    }
    /* What runs cannot be renamed. */
    struct error *err = NULL;
    t.west.network = mem_strdup("west-network");
    assert_int_equal(facts_check_flat(t.mesh, t.facts, 1, &err), -1);
    assert_non_null(strstr(err->hint, "meshctl down"));
    error_clear(&err);
}

static void the_first_few_are_named(void **state)
{
    (void)state;
    struct error *err = NULL;
    for (int i = 10; i < 15; i++) {
        AUTO_FREE char *address = mem_printf("10.0.0.%d", i);
        json_object_set_new(t.west.addresses, address, parse("{\"pod\":\"a/p\"}"));
        json_object_set_new(t.east.addresses, address, parse("{\"pod\":\"b/p\"}"));
    }
    assert_int_equal(facts_check_flat(t.mesh, t.facts, 0, &err), -1);
    assert_non_null(
        strstr(err->message, "10.0.0.10 (a/p and b/p), 10.0.0.11 (a/p and b/p), and more"));
    error_clear(&err);
}

/* Before two pods meet. */
static void a_range_of_both_is_no_one_networks(void **state)
{
    (void)state;
    static const struct {
        const char *west, *east, *common;
    } cases[] = {
        {"[\"10.0.0.0/24\"]", "[\"10.0.0.0/24\"]", "10.0.0.0/24"},
        {"[\"10.0.0.0/16\"]", "[\"10.9.0.0/24\",\"10.0.1.0/24\"]", "10.0.1.0/24"},
        {"[\"10.0.3.0/24\"]", "[\"10.0.0.0/16\"]", "10.0.3.0/24"},
        {"[\"10.0.0.0/24\"]", "[\"10.0.1.0/24\"]", NULL},
        {"[\"10.0.0.0/24\"]", "[]", NULL},
    };
    json_object_del(t.east.addresses, "10.0.0.2");
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct error *err = NULL;
        json_decref(t.west.ranges);
        json_decref(t.east.ranges);
        t.west.ranges = parse(cases[i].west);
        t.east.ranges = parse(cases[i].east);
        int rc = facts_check_flat(t.mesh, t.facts, 0, &err);
        assert_int_equal(rc, cases[i].common ? -1 : 0);
        if (cases[i].common) {
            AUTO_FREE char *wanted = mem_printf("pods of both take their addresses from the same "
                                                "range: %s",
                                                cases[i].common);
            assert_non_null(strstr(err->message, wanted));
        }
        error_clear(&err);
    }
}

static void ranges_are_read_as_they_are_written(void **state)
{
    (void)state;
    assert_true(flat_is_in("10.244.0.0/24", "10.244.0.255"));
    assert_false(flat_is_in("10.244.0.0/24", "10.244.1.0"));
    assert_true(flat_is_in("10.244.0.0/23", "10.244.1.0"));
    assert_true(flat_is_in("10.128.0.0/9", "10.255.0.1"));
    assert_false(flat_is_in("10.128.0.0/9", "10.127.0.1"));
    assert_true(flat_is_in("0.0.0.0/0", "203.0.113.7"));
    assert_true(flat_is_in("fd00:1::/64", "fd00:1::ffff"));
    assert_false(flat_is_in("fd00:1::/64", "fd00:1:0:1::1"));
    assert_true(flat_is_in("10.0.0.0/8", "10.1.0.0/16"));
    assert_false(flat_is_in("10.1.0.0/16", "10.0.0.0/8"));
    static const char *const odd[] = {"",          "x",           "10.0.0.0/33", "10.0.0.0/",
                                      "10.0.0/24", "10.0.0.0/-1", "fd00::/129",  "10.0.0.0/8x"};
    for (size_t i = 0; i < MC_ARRAY_LEN(odd); i++) {
        assert_false(flat_is_in(odd[i], "10.0.0.1"));
        assert_false(flat_is_in("0.0.0.0/0", odd[i]));
    }
    assert_false(flat_is_in("0.0.0.0/0", "fd00::1"));
}

static void on_two_networks_the_same_addresses_are_fine(void **state)
{
    (void)state;
    mesh_set(&t.mesh->members[1].network, "east-network");
    is_fine();
    flat_check(&t.probe);
    assert_int_equal(json_array_size(t.probe.findings), 0);
    assert_false(flat_goes_direct(&t.probe, 1));
}

static void other_addresses_are_fine(void **state)
{
    (void)state;
    json_object_del(t.east.addresses, "10.0.0.2");
    is_fine();
    flat_check(&t.probe);
    const json_t *row = json_array_get(t.probe.findings, 0);
    assert_string_equal(json_dig_str(row, "id", NULL), "MC313");
    assert_string_equal(json_dig_str(row, "level", NULL), "ok");
    assert_true(flat_goes_direct(&t.probe, 1));
    assert_false(flat_goes_direct(&t.probe, 0));
}

/* Of a cluster that could not be asked nothing is said. */
static void unknown_addresses_are_fine(void **state)
{
    (void)state;
    json_decref(TAKE(t.east.addresses));
    is_fine();
    t.facts[1] = NULL;
    is_fine();
}

static void a_finding_names_it(void **state)
{
    (void)state;
    flat_check(&t.probe);
    const json_t *row = json_array_get(t.probe.findings, 0);
    assert_int_equal(json_array_size(t.probe.findings), 1);
    assert_string_equal(json_dig_str(row, "level", NULL), "error");
    assert_non_null(strstr(json_dig_str(row, "found", NULL), "10.0.0.2 (a/y and b/z)"));
    assert_non_null(strstr(json_dig_str(row, "fix", NULL), "a network of its own"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_address_of_both_is_no_one_networks),
        CASE(the_first_few_are_named),
        CASE(a_range_of_both_is_no_one_networks),
        CASE(ranges_are_read_as_they_are_written),
        CASE(on_two_networks_the_same_addresses_are_fine),
        CASE(other_addresses_are_fine),
        CASE(unknown_addresses_are_fine),
        CASE(a_finding_names_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
