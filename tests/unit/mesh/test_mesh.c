#include "support.h"

static void has_documented_defaults(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    assert_string_equal(m->id, "mesh");
    assert_string_equal(m->hub, "docker.io/istio");
    assert_string_equal(m->istio_namespace, "istio-system");
    assert_string_equal(m->ingress_namespace, "istio-ingress");
    assert_string_equal(m->bookinfo_namespace, "bookinfo");
    assert_int_equal(m->gateway_ports, 3);
    assert_null(m->cloud);
    assert_string_equal(m->releases[MESH_BASE], "istio-base");
    assert_string_equal(m->releases[MESH_ISTIOD], "istiod");
    assert_string_equal(m->releases[MESH_INGRESS], "istio-ingress");
    assert_string_equal(m->releases[MESH_EASTWEST], "istio-eastwest");
    assert_int_equal(m->members_count, 2);
    assert_string_equal(m->members[0].cluster, "west-cluster");
    assert_string_equal(m->members[1].network, "east-network");
    assert_null(m->members[0].context);
    assert_string_equal(m->members[1].context, "admin");
    assert_null(m->members[1].server);
}

static void finds_members_and_components(void **state)
{
    (void)state;
    enum mesh_component c = MESH_COMPONENTS;
    AUTO_MESH *m = two_members();
    assert_ptr_equal(mesh_find_member(m, "east"), &m->members[1]);
    assert_null(mesh_find_member(m, "eas"));
    assert_null(mesh_find_member(m, "east-cluster"));
    for (int i = 0; i < MESH_COMPONENTS; i++) {
        const struct mesh_component_info *info = mesh_component_info((enum mesh_component)i);
        assert_true(mesh_component_find(info->name, &c));
        assert_int_equal(c, i);
    }
    assert_true(mesh_component_find("eastwest", &c));
    assert_string_equal(mesh_component_info(c)->chart, "gateway");
    assert_true(mesh_component_info(c)->in_ingress_namespace);
    /* The short form for both gateways is the command line's. */
    assert_false(mesh_component_find("gateway", &c));
    assert_false(mesh_component_find("", &c));
}

static void set_replaces_and_clears(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    struct mesh_member *west = mesh_find_member(m, "west");
    mesh_set(&west->network, "net1");
    assert_string_equal(west->network, "net1");
    mesh_set(&west->network, west->network); /* its own value */
    assert_string_equal(west->network, "net1");
    mesh_set(&west->server, NULL);
    assert_null(west->server);
}

static void good_meshes_pass(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_MESH *m = two_members();
    must(mesh_check(m, &err), &err);
    AUTO_MESH *one = mesh_new();
    mesh_add_member(one, "a", NULL, NULL);
    must(mesh_check(one, &err), &err);
    /* A network is a label value: capitals, dots and underscores are fine in the middle. */
    mesh_set(&m->members[0].network, "Net_1.a");
    mesh_set(&m->istio_version, "1.32.0-alpha.0a1B");
    m->gateway_ports = 4;
    /* The same release name twice is fine in two namespaces. */
    mesh_set(&m->releases[MESH_INGRESS], "istiod");
    must(mesh_check(m, &err), &err);
}

/* One problem a line, and nothing of the rest is left out. */
static void tells_all_problems_at_once(void **state)
{
    (void)state;
    struct error *err = NULL;
    size_t lines = 1;
    AUTO_MESH *m = two_members();
    mesh_set(&m->id, "my mesh");
    mesh_set(&m->members[0].name, "West");
    mesh_set(&m->members[1].cluster, "east_cluster");
    mesh_set(&m->members[1].network, "-net");
    mesh_set(&m->istio_version, "1.31");
    mesh_set(&m->hub, "");
    mesh_set(&m->istio_namespace, "istio.system");
    mesh_set(&m->releases[MESH_BASE], "Base");
    mesh_set(&m->releases[MESH_EASTWEST], "istio-ingress");
    m->gateway_ports = 5;
    int rc = mesh_check(m, &err);
    assert_int_equal(rc, -1);
    for (const char *p = err->message; *p; p++)
        lines += *p == '\n';
    assert_int_equal(lines, 10);
    refused(rc, &err, "mesh id \"my mesh\"", "cluster name \"West\"",
            "cluster id \"east_cluster\" of east", "network \"-net\" of east", "version \"1.31\"",
            "hub \"\"", "namespace \"istio.system\"", "release name \"Base\"",
            "ingress and eastwest have the same release name \"istio-ingress\"",
            "3 or 4 ports, not 5", NULL);
}

static void no_member_hints_at_the_options(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_MESH *m = mesh_new();
    int rc = mesh_check(m, &err);
    assert_non_null(strstr(err->hint, "--west FILE --east FILE"));
    assert_non_null(strstr(err->hint, "--cluster NAME=FILE"));
    assert_int_equal(rc, -1);
    assert_int_equal(err->kind, ERROR_USAGE);
    error_clear(&err);
}

static void refuses_what_is_used_twice(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_MESH *m = two_members();
    mesh_set(&m->members[1].cluster, "west-cluster");
    refused(mesh_check(m, &err), &err, "west and east have the same cluster id \"west-cluster\"",
            NULL);
    /* One mistake, one line: what follows from the name is not told again. */
    AUTO_MESH *twice = two_members();
    mesh_add_member(twice, "west", NULL, NULL);
    int rc = mesh_check(twice, &err);
    assert_null(strchr(err->message, '\n'));
    refused(rc, &err, "cluster west is named twice", NULL);
}

/* Which of three members lead through gateways: none on one network, all as soon as one is elsewhere. */
static void networks_are_shared_or_not(void **state)
{
    (void)state;
    static const struct {
        const char *networks[3];
        bool shares[3]; /* 0 with 1, 0 with 2, 1 with 2 */
        bool any, needs;
    } cases[] = {
        {{"a", "b", "c"}, {false, false, false}, false, true},
        {{"a", "b", "a"}, {false, true, false}, true, true},
        {{"a", "a", "b"}, {true, false, false}, true, true},
        {{"a", "a", "a"}, {true, true, true}, true, false},
    };
    for (size_t c = 0; c < MC_ARRAY_LEN(cases); c++) {
        struct error *err = NULL;
        AUTO_MESH *m = two_members();
        mesh_add_member(m, "north", NULL, NULL);
        for (size_t i = 0; i < 3; i++)
            mesh_set(&m->members[i].network, cases[c].networks[i]);
        must(mesh_check(m, &err), &err);
        const struct mesh_member *of = m->members;
        assert_int_equal(mesh_shares_network(&of[0], &of[1]), cases[c].shares[0]);
        assert_int_equal(mesh_shares_network(&of[2], &of[0]), cases[c].shares[1]);
        assert_int_equal(mesh_shares_network(&of[1], &of[2]), cases[c].shares[2]);
        assert_int_equal(mesh_has_shared_network(m), cases[c].any);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(mesh_needs_eastwest(m, &of[i]), cases[c].needs);
    }
    AUTO_MESH *one = mesh_new();
    mesh_add_member(one, "west", NULL, NULL);
    assert_true(mesh_needs_eastwest(one, &one->members[0]));
}

static void refuses_versions_that_are_no_versions(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",        "1.31",   "1.31.",    "1.31.0.1",   "v1.31.0",     ".1.31",   "1..31",
        "1.31.0-", "latest", "1.31.0/x", "1.31.0-a b", "1.31.0-../x", "1.31.0\n"};
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++) {
        struct error *err = NULL;
        AUTO_MESH *m = two_members();
        mesh_set(&m->istio_version, bad[i]);
        refused(mesh_check(m, &err), &err, "Istio version", NULL);
    }
}

static void tls_names_are_hosts(void **state)
{
    (void)state;
    static const char *const good[] = {"kubernetes", "Api.example.com", "a_b.example.", "10.0.0.1",
                                       "fd00::1"};
    static const char *const bad[] = {"", "api.example:6443", "https://api", "[fd00::1]", "a b"};
    for (size_t i = 0; i < MC_ARRAY_LEN(good); i++) {
        struct error *err = NULL;
        AUTO_MESH *m = two_members();
        mesh_set(&m->members[0].server_tls_name, good[i]);
        must(mesh_check(m, &err), &err);
    }
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++) {
        struct error *err = NULL;
        AUTO_MESH *m = two_members();
        mesh_set(&m->members[0].server_tls_name, bad[i]);
        refused(mesh_check(m, &err), &err, "TLS server name", bad[i], "of west", NULL);
    }
}

static void names_have_kubernetes_lengths(void **state)
{
    (void)state;
    char name[65];
    struct error *err = NULL;
    memset(name, 'a', sizeof(name));
    name[63] = '\0';
    AUTO_MESH *m = two_members();
    mesh_set(&m->members[0].name, name);
    mesh_set(&m->members[0].network, name);
    must(mesh_check(m, &err), &err);
    name[63] = 'a';
    name[64] = '\0';
    mesh_set(&m->members[0].name, name);
    mesh_set(&m->members[0].network, name);
    refused(mesh_check(m, &err), &err, "cluster name", "no Kubernetes label value", NULL);
    /* Helm: at most 53 bytes of release name. */
    AUTO_MESH *long_release = two_members();
    name[53] = '\0';
    mesh_set(&long_release->releases[MESH_ISTIOD], name);
    must(mesh_check(long_release, &err), &err);
    name[53] = 'a';
    name[54] = '\0';
    mesh_set(&long_release->releases[MESH_ISTIOD], name);
    refused(mesh_check(long_release, &err), &err, "at most 53", NULL);
}

static void holds_as_many_members_as_the_limit(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_MESH *m = mesh_new();
    for (int i = 0; i < MESH_MAX_MEMBERS; i++) {
        AUTO_FREE char *name = mem_printf("c%d", i);
        assert_int_equal(mesh_add_member(m, name, NULL, NULL), i);
    }
    must(mesh_check(m, &err), &err);
    mesh_add_member(m, "more", NULL, NULL);
    refused(mesh_check(m, &err), &err, "65 clusters", "limit of 64", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_documented_defaults),
        cmocka_unit_test(finds_members_and_components),
        cmocka_unit_test(set_replaces_and_clears),
        cmocka_unit_test(good_meshes_pass),
        cmocka_unit_test(tells_all_problems_at_once),
        cmocka_unit_test(no_member_hints_at_the_options),
        cmocka_unit_test(refuses_what_is_used_twice),
        cmocka_unit_test(networks_are_shared_or_not),
        cmocka_unit_test(refuses_versions_that_are_no_versions),
        cmocka_unit_test(tls_names_are_hosts),
        cmocka_unit_test(names_have_kubernetes_lengths),
        cmocka_unit_test(holds_as_many_members_as_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
