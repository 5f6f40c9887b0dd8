#include "meshctl/mesh/fill.h"

#include "support.h"

static const struct mesh_var vars[] = {{"a", "one"},
                                       {"long_name", "two"},
                                       {"empty", ""},
                                       {"evil", "x\n- y: {z: \"${a}\"}"},
                                       {NULL, NULL}};

static void fills(const char *before, const char *after)
{
    struct error *err = NULL;
    json_auto_t *value = parse(before);
    must(mesh_fill(value, vars, &err), &err);
    assert_json(value, after);
}

static void fills_strings_at_any_depth(void **state)
{
    (void)state;
    fills("{'k': '${a}', 'list': ['x', '${a}', ['-${long_name}-']], 'm': {'n': {'o': '${a}'}}}",
          "{'k': 'one', 'list': ['x', 'one', ['-two-']], 'm': {'n': {'o': 'one'}}}");
    fills("['${a}${long_name}', '${a}.${a}', '${empty}', 'pre ${empty}post']",
          "['onetwo', 'one.one', '', 'pre post']");
}

static void leaves_everything_else(void **state)
{
    (void)state;
    fills("{'${a}': 1, 'b': true, 'c': null, 'd': 1.5, 'e': '', 'f': {}, 'g': []}",
          "{'${a}': 1, 'b': true, 'c': null, 'd': 1.5, 'e': '', 'f': {}, 'g': []}");
    fills("['$a', '{a}', '$', '$$', 'a}', '$ {a}']", "['$a', '{a}', '$', '$$', 'a}', '$ {a}']");
}

/* A value is text and stays text, whatever it looks like; what it holds is not filled again. */
static void cannot_inject_structure(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *value = parse("{'x': '${evil}', 'y': 'kept'}");
    must(mesh_fill(value, vars, &err), &err);
    assert_int_equal(json_object_size(value), 2);
    assert_string_equal(json_dig_str(value, "x", NULL), "x\n- y: {z: \"${a}\"}");
    assert_string_equal(json_dig_str(value, "y", NULL), "kept");
}

static void keeps_what_stands_behind_a_nul(void **state)
{
    (void)state;
    static const char text[] = "${a}\0${a}\0end", wanted[] = "one\0one\0end";
    struct error *err = NULL;
    json_auto_t *value = json_pack("[s#]", text, (int)sizeof(text) - 1);
    must(mesh_fill(value, vars, &err), &err);
    const json_t *found = json_array_get(value, 0);
    assert_int_equal(json_string_length(found), sizeof(wanted) - 1);
    assert_memory_equal(json_string_value(found), wanted, sizeof(wanted));
}

static void refuses_unknown_placeholders(void **state)
{
    (void)state;
    static const struct {
        const char *value, *says;
    } rows[] = {
        {"{'k': ['ok', 'see ${nobody} here']}", "unknown placeholder ${nobody} in \"see ${nobody}"},
        {"['${}']", "unknown placeholder ${}"},
        {"['${a }']", "unknown placeholder ${a }"},
        {"['${aa}']", "unknown placeholder ${aa}"},
        {"['${A}']", "unknown placeholder ${A}"},
        {"['${a']", "no closing brace in \"${a\""},
        {"['${a} ${']", "no closing brace"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct error *err = NULL;
        json_auto_t *value = parse(rows[i].value);
        refused(mesh_fill(value, vars, &err), &err, rows[i].says, NULL);
    }
}

static void error_text_is_clean(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *value = parse("['\\u001b[2J${x}']");
    int rc = mesh_fill(value, vars, &err);
    assert_null(strchr(err->message, '\033'));
    refused(rc, &err, "\\u001b[2J${x}", NULL);
}

static void member_variables_are_the_members(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct mesh_var of_east[MESH_VARS];
    AUTO_MESH *m = two_members();
    mesh_set(&m->members[1].network, "net-e");
    mesh_member_vars(m, &m->members[1], of_east);
    json_auto_t *value = parse("['${mesh}', '${member}', '${cluster}', '${network}', '${hub}', "
                               "'${version}', '${istio_namespace}', '${ingress_namespace}', "
                               "'${bookinfo_namespace}']");
    mesh_set(&m->istio_version, "1.30.1");
    mesh_member_vars(m, &m->members[1], of_east);
    must(mesh_fill(value, of_east, &err), &err);
    assert_json(value, "['mesh', 'east', 'east-cluster', 'net-e', 'docker.io/istio', '1.30.1', "
                       "'istio-system', 'istio-ingress', 'bookinfo']");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_strings_at_any_depth),
        cmocka_unit_test(leaves_everything_else),
        cmocka_unit_test(cannot_inject_structure),
        cmocka_unit_test(keeps_what_stands_behind_a_nul),
        cmocka_unit_test(refuses_unknown_placeholders),
        cmocka_unit_test(error_text_is_clean),
        cmocka_unit_test(member_variables_are_the_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
