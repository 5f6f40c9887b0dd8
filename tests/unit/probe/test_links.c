/* Remote secrets: read as istiod reads them, and what facts tell of them. */
#include "links.h"

#include "meshctl/base/base64.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/checks.h"
#include "meshctl/probe/link.h"
#include "support.h"

/* "HEADER.CLAIMS.x", in base64url without padding. */
static char *jwt_dup(const char *claims)
{
    AUTO_FREE char *middle = base64_encode_dup(claims, strlen(claims));
    for (char *p = middle; *p; p++)
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p == '=' ? '\0' : *p;
    return mem_printf("e30.%s.x", middle);
}

#define CLAIMS(NAMESPACE, SECRET)                                                                  \
    "{\"iss\":\"kubernetes/serviceaccount\",\"kubernetes.io/serviceaccount/"                       \
    "namespace\":\"" NAMESPACE "\",\"kubernetes.io/serviceaccount/secret.name\":\"" SECRET "\"}"
#define OURS CLAIMS("istio-system", MESH_READER_TOKEN)

/* West has a remote secret of east, as we make it. */
static void link_with(struct two *t, const char *server, const char *token)
{
    struct mesh_server s = {.url = server, .ca_pem = "x"};
    json_decref(t->west.links);
    t->west.links = json_array();
    json_array_append_new(t->west.links,
                          mesh_remote_secret(t->mesh, &t->mesh->members[1], &s, token));
}

/* And east's own Secret holds `token`; NULL: it is there, and empty. */
static void held_by_east(struct two *t, const char *token)
{
    json_decref(t->east.reader_token);
    t->east.reader_token = mesh_reader_token(t->mesh);
    if (!token)
        return;
    AUTO_FREE char *text = base64_encode_dup(token, strlen(token));
    json_put(t->east.reader_token, json_string(text), "data", "token", NULL);
}

/* "MC402 MC406": of that level, in order. */
static void finds(struct two *t, const char *level, const char *wanted)
{
    AUTO_STRLIST ids = STRLIST_INIT;
    size_t i;
    json_t *row;
    json_array_clear(t->probe.findings);
    links_check(&t->probe);
    json_array_foreach(t->probe.findings, i, row)
        if (strcmp(json_dig_str(row, "level", NULL), level) == 0)
            strlist_add(&ids, json_dig_str(row, "id", NULL));
    AUTO_FREE char *text = strlist_join_dup(&ids, " ");
    assert_string_equal(text, wanted);
}

static void a_good_link_is_good(void **state)
{
    (void)state;
    struct two t;
    AUTO_FREE char *token = jwt_dup(OURS);
    two_init(&t);
    link_with(&t, "https://192.0.2.1:6443", token);
    held_by_east(&t, token);
    finds(&t, "error", "");
    finds(&t, "ok", "MC406 MC407 MC402");
    json_decref(t.east.reader_token);
    two_release(&t);
}

static void its_own_address_is_no_address(void **state)
{
    (void)state;
    static const struct {
        const char *server, *wanted;
    } rows[] = {
        {"https://127.0.0.1:6443", "MC406"},
        {"https://127.8.9.1", "MC406"},
        {"https://[::1]:6443", "MC406"},
        {"https://0.0.0.0:6443", "MC406"},
        {"https://LOCALHOST:6443/", "MC406"},
        {"https://128.0.0.1:6443", ""},
        {"https://[fd00::1]:6443", ""},
        {"https://localhost.example.com", ""},
        {"no address at all", ""},
    };
    struct two t;
    two_init(&t);
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        link_with(&t, rows[i].server, "t");
        finds(&t, "error", rows[i].wanted);
    }
    two_release(&t);
}

/* The address is looked for where the proxy runs. */
static void behind_a_proxy_any_address_may_be_right(void **state)
{
    (void)state;
    static const char config[] =
        "current-context: b\n"
        "contexts:\n- {name: a, context: {cluster: a, user: a}}\n"
        "- {name: b, context: {cluster: b, user: a}}\n"
        "clusters:\n- {name: a, cluster: {server: 'https://192.0.2.1'}}\n"
        "- {name: b, cluster: {server: 'https://127.0.0.1', proxy-url: 'socks5://p'}}\n"
        "users:\n- {name: a, user: {token: t}}\n";
    AUTO_FREE char *text = base64_encode_dup(config, strlen(config));
    json_auto_t *secret =
        json_pack("{s:{s:s}, s:{s:s}}", "metadata", "name", "s", "data", "east-cluster", text);
    struct two t;
    AUTO_LINK link = {0};
    two_init(&t);
    t.west.links = json_pack("[O]", secret);
    finds(&t, "error", "");
    link_read(secret, "east-cluster", &link);
    assert_string_equal(link.server, "https://127.0.0.1");
    assert_string_equal(link.token, "t");
    two_release(&t);
}

static void a_former_token_is_found(void **state)
{
    (void)state;
    AUTO_FREE char *old = jwt_dup(OURS);
    AUTO_FREE char *now = mem_printf("%s-new", old);
    struct two t;
    two_init(&t);
    link_with(&t, "https://192.0.2.1:6443", old);
    held_by_east(&t, now);
    finds(&t, "error", "MC407");
    const char *found = json_dig_str(t.probe.findings, "1", "found", NULL);
    assert_non_null(strstr(found, "istio-system/" MESH_READER_TOKEN " in east"));
    assert_string_equal(json_dig_str(t.probe.findings, "1", "peer", NULL), "east");
    /* Nobody gets to see it. */
    AUTO_FREE char *all = json_write_dup(t.probe.findings, 0);
    assert_null(strstr(all, old));
    /* The Secret is gone, and with it the token. */
    json_decref(t.east.reader_token);
    t.east.reader_token = NULL;
    finds(&t, "error", "MC407");
    two_release(&t);
}

static void what_cannot_be_known_is_not_said(void **state)
{
    (void)state;
    static const char *const others[] = {
        CLAIMS("istio-system", "another-secret"),               /* made by hand */
        CLAIMS("istio-other", MESH_READER_TOKEN),               /* of another mesh there */
        "{\"kubernetes.io\":{\"namespace\":\"istio-system\"}}", /* a bound token: no Secret */
        "[]",
    };
    struct two t;
    two_init(&t);
    held_by_east(&t, "now");
    for (size_t i = 0; i < MC_ARRAY_LEN(others); i++) {
        AUTO_FREE char *token = jwt_dup(others[i]);
        link_with(&t, "https://192.0.2.1:6443", token);
        finds(&t, "error", "");
        finds(&t, "ok", "MC406 MC402");
    }
    link_with(&t, "https://192.0.2.1:6443", "e30.not base64.x");
    finds(&t, "error", "");
    /* Its controller has not filled it yet. */
    AUTO_FREE char *ours = jwt_dup(OURS);
    link_with(&t, "https://192.0.2.1:6443", ours);
    held_by_east(&t, NULL);
    finds(&t, "error", "");
    /* The user may not read it. */
    json_decref(t.east.reader_token);
    t.east.reader_token = NULL;
    t.east.lacks = CHECK_NEEDS_SECRETS;
    finds(&t, "error", "");
    t.east.lacks = 0;
    /* The other cluster could not be looked at. */
    t.facts[1] = NULL;
    finds(&t, "error", "");
    two_release(&t);
}

static void a_missing_one_is_named(void **state)
{
    (void)state;
    struct two t;
    two_init(&t);
    finds(&t, "error", ""); /* they could not be listed */
    t.west.links = json_array();
    finds(&t, "error", "MC402");
    two_release(&t);
}

/* Only one of the mesh's clusters is looked at. */
static void a_cluster_that_was_not_given_is_named(void **state)
{
    (void)state;
    struct two t;
    two_init(&t);
    link_with(&t, "https://192.0.2.1:6443", "x");
    t.mesh->members_count = 1;
    finds(&t, "error", "");
    finds(&t, "warning", "MC408");
    const json_t *row = json_array_get(t.probe.findings, 0);
    assert_string_equal(json_dig_str(row, "found", NULL),
                        "east-cluster (Secret istio-remote-secret-east-cluster)");
    assert_non_null(strstr(json_dig_str(row, "fix", NULL),
                           "kubectl delete secret istio-remote-secret-east-cluster -n "
                           "istio-system"));
    /* It would take the others' keys with it. */
    json_put(json_array_get(t.west.links, 0), json_string("eA=="), "data", "north", NULL);
    finds(&t, "warning", "MC408 MC408");
    assert_null(strstr(json_dig_str(json_array_get(t.probe.findings, 0), "fix", NULL), "kubectl"));
    t.mesh->members_count = 2;
    two_release(&t);
}

/* Adds a Secret with that text under that key. */
static void add_secret(struct two *t, const char *name, const char *key, const char *config)
{
    AUTO_FREE char *text = base64_encode_dup(config, strlen(config));
    if (!t->west.links)
        t->west.links = json_array();
    json_array_append_new(t->west.links, json_pack("{s:{s:s}, s:{s:s}}", "metadata", "name", name,
                                                   "data", key, text));
}

static const char *first_bad(const struct two *t, const char *key)
{
    size_t i;
    json_t *row;
    json_array_foreach(t->probe.findings, i, row)
        if (strcmp(json_dig_str(row, "level", NULL), "ok") != 0)
            return json_dig_str(row, key, NULL);
    fail();
    return NULL;
}

#define WITH(user)                                                                                 \
    "current-context: c\ncontexts:\n- {name: c, context: {cluster: c, user: u}}\n"                 \
    "clusters:\n- {name: c, cluster: {server: 'https://192.0.2.1'}}\n"                             \
    "users:\n- {name: u, user: " user "}\n"

/* Known by the token that the other cluster itself holds. */
static void a_link_under_another_name_is_told_from_none(void **state)
{
    (void)state;
    struct two t;
    two_init(&t);
    held_by_east(&t, "its-own");
    add_secret(&t, "stray", "foo", WITH("{token: its-own}"));
    finds(&t, "error", "MC411");
    assert_string_equal(first_bad(&t, "found"), "Secret stray has east under the name foo");
    assert_string_equal(first_bad(&t, "fix"),
                        "kubectl delete secret stray -n istio-system && meshctl remote-secret with "
                        "the same flags");
    /* A cluster that is not named in this run. */
    held_by_east(&t, "another");
    finds(&t, "error", "MC402");
    json_decref(t.east.reader_token);
    two_release(&t);
}

static void two_of_one_cluster_are_one_too_many(void **state)
{
    (void)state;
    struct two t;
    two_init(&t);
    add_secret(&t, "mine", "east-cluster", WITH("{token: t}"));
    add_secret(&t, "istio-remote-secret-east-cluster", "east-cluster", WITH("{token: t}"));
    finds(&t, "error", "");
    finds(&t, "warning", "MC412");
    assert_string_equal(first_bad(&t, "fix"), "kubectl delete secret mine -n istio-system");
    two_release(&t);
}

static void what_istiod_cannot_use_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *config, *level;
    } cases[] = {
        {"{}", "error"},
        {"a: [", "error"},
        {"clusters:\n- {name: c, cluster: {server: 'https://192.0.2.1'}}\n", "error"},
        {WITH("{exec: {command: x}}"), "warning"},
        {WITH("{tokenFile: /x}"), "warning"},
        {WITH("{client-certificate: /x}"), "warning"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct two t;
        two_init(&t);
        add_secret(&t, "s", "east-cluster", cases[i].config);
        finds(&t, cases[i].level, "MC413");
        two_release(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_link_is_good),
        cmocka_unit_test(its_own_address_is_no_address),
        cmocka_unit_test(behind_a_proxy_any_address_may_be_right),
        cmocka_unit_test(a_former_token_is_found),
        cmocka_unit_test(what_cannot_be_known_is_not_said),
        cmocka_unit_test(a_missing_one_is_named),
        cmocka_unit_test(a_cluster_that_was_not_given_is_named),
        cmocka_unit_test(a_link_under_another_name_is_told_from_none),
        cmocka_unit_test(two_of_one_cluster_are_one_too_many),
        cmocka_unit_test(what_istiod_cannot_use_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
