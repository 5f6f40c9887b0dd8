/* The first broken link of a path, by what the proxies on it say. */
#include "proof_link.h"

#include "scratch.h"

#define GATEWAY "192.0.2.2"

static struct mesh *mesh;
static struct facts west, east;
static struct facts *facts[] = {&west, &east};
static struct proof from, at;
static struct probe probe;

static void set_hosts(struct proof *f, size_t to, const char *address, int port, int failures)
{
    json_decref(f->hosts[to]);
    f->hosts[to] = json_pack("[{s:s, s:i, s:i}]", "address", address, "port", port,
                             "connectFailures", failures);
}

/* West's own requests are good, those to east fail. */
static int set_up(void **state)
{
    (void)state;
    mesh = mesh_new();
    mesh_add_member(mesh, "west", NULL, NULL);
    mesh_add_member(mesh, "east", NULL, NULL);
    east.network_services =
        json_pack("[{s:{s:{s:s}}, s:{s:[s]}}]", "metadata", "labels", "topology.istio.io/network",
                  "east-network", "spec", "externalIPs", GATEWAY);
    probe = (struct probe){.mesh = mesh, .facts = facts};
    from.paths[0].requests = at.paths[1].requests = 4;
    from.paths[1].requests = from.paths[1].failed = 2;
    set_hosts(&from, 0, "10.0.0.1", PATH_ECHO_PORT, 0);
    set_hosts(&from, 1, GATEWAY, 15443, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    proof_release(&from);
    proof_release(&at);
    json_decref(east.network_services);
    mesh_free(mesh);
    return 0;
}

static void breaks_at(const char *id, size_t to, const char *said, const char *link)
{
    struct proof *const proofs[] = {&from, &at};
    AUTO_FREE char *found = NULL;
    free(from.paths[to].said);
    from.paths[to].said = mem_strdup_opt(said);
    const char *got = proof_broken_link(&probe, proofs, to, &found);
    if (strcmp(got, id) != 0 || (link && (!found || !strstr(found, link))))
        fail_msg("%s (%s), wanted %s (%s)", got, found ? found : "", id, link ? link : "");
}

/* As Envoy of Istio 1.31 says it. */
#define UPSTREAM "upstream connect error or disconnect/reset before headers. "

static void envoys_words_name_the_link(void **state)
{
    (void)state;
    breaks_at("MC743", 1,
              UPSTREAM "reset reason: remote connection failure, transport failure "
                       "reason: delayed connect error: Connection refused",
              "refuses connections");
    breaks_at("MC743", 1, UPSTREAM "reset reason: connection timeout", "does not answer");
    breaks_at("MC744", 1,
              UPSTREAM "reset reason: remote connection failure, transport failure "
                       "reason: TLS_error:|268435581:SSL routines:OPENSSL_internal:"
                       "CERTIFICATE_VERIFY_FAILED:TLS_error_end",
              "certificate is refused");
    breaks_at("MC745", 1, UPSTREAM "reset reason: connection termination", "closes");
    breaks_at("MC746", 1, "RBAC: access denied", "policy");
    breaks_at("MC746", 0, "RBAC: access denied", "policy");
    breaks_at("MC732", 1, "something else", "something else");
    breaks_at("MC732", 1, NULL, NULL);
}

static void an_earlier_link_comes_first(void **state)
{
    (void)state;
    static const char refused[] = UPSTREAM "reset reason: connection timeout";
    set_hosts(&from, 1, "10.0.0.9", PATH_ECHO_PORT, 3);
    breaks_at("MC734", 1, refused, "10.0.0.9:10080");
    set_hosts(&from, 1, "192.0.2.9", 15443, 3);
    breaks_at("MC734", 1, refused, "192.0.2.9:15443");
    json_decref(from.hosts[1]);
    from.hosts[1] = json_array();
    breaks_at("MC742", 1, refused, "no endpoint of echo-east");
    from.paths[1].is_nameless = true;
    breaks_at("MC741", 1, refused, "not resolved");
}

/* A connection without TLS is closed by the gateway, too. */
static void who_sends_no_tls_is_not_let_in(void **state)
{
    (void)state;
    static const char closed[] = UPSTREAM "reset reason: connection termination";
    from.paths[0].plain = 4;
    breaks_at("MC733", 1, closed, "requests within west have none");
    from.paths[0].plain = 0;
    at.paths[1].plain = 1;
    breaks_at("MC733", 1, closed, "requests within east have none");
}

static void connections_that_failed_are_counted(void **state)
{
    (void)state;
    set_hosts(&from, 1, GATEWAY, 15443, 3);
    breaks_at("MC743", 1, NULL, "3 connections to " GATEWAY " failed");
    /* Beside a refused certificate they say nothing: a handshake that fails counts as one. */
    breaks_at("MC744", 1, "CERTIFICATE_VERIFY_FAILED", "refused");
}

/* East is on west's network: its pod stands where the gateway did. */
static void on_one_network_the_pod_is_the_other_end(void **state)
{
    (void)state;
    static const char silent[] = UPSTREAM "reset reason: connection timeout";
    mesh_set(&mesh->members[1].network, "west-network");
    breaks_at("MC734", 1, silent, "another endpoint than the pod: " GATEWAY ":15443");
    set_hosts(&from, 1, "10.0.1.9", PATH_ECHO_PORT, 0);
    breaks_at("MC749", 1, silent, "the pod does not answer connections");
    breaks_at("MC749", 1, UPSTREAM "reset reason: connection termination", "the pod closes");
    set_hosts(&from, 1, "10.0.1.9", PATH_ECHO_PORT, 3);
    breaks_at("MC749", 1, NULL, "3 connections to 10.0.1.9 failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(envoys_words_name_the_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_earlier_link_comes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_sends_no_tls_is_not_let_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(connections_that_failed_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(on_one_network_the_pod_is_the_other_end, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
