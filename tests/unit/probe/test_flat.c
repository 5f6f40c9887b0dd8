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
        CASE(on_two_networks_the_same_addresses_are_fine),
        CASE(other_addresses_are_fine),
        CASE(unknown_addresses_are_fine),
        CASE(a_finding_names_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
