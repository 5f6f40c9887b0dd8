/* What a TLS server shows, whatever it wants of us. */
#include "meshctl/pki/tls_look.h"

#include "support.h"
#include "test_certs.h"
#include "test_tls.h"

static struct test_authority *authority;
static struct test_cert leaf;
static char *chain_pem;

static int make(void **state)
{
    (void)state;
    authority = test_authority_new("root");
    test_authority_issue(authority, &(struct test_cert_spec){.common_name = "leaf"}, &leaf);
    chain_pem = mem_printf("%s%s", leaf.cert_pem, test_authority_pem(authority));
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    test_authority_free(authority);
    test_cert_release(&leaf);
    free(chain_pem);
    return 0;
}

/* Carries bytes until the one side is done or the other ends it; at most a few rounds are needed. */
static int shake(struct tls_look *look, SSL *server, struct error **err)
{
    AUTO_BUF to_client = BUF_INIT;
    bool done = false, open = true;
    for (int rounds = 0; rounds < 10; rounds++) {
        AUTO_BUF to_server = BUF_INIT;
        if (tls_look_step(look, to_client.data, to_client.len, &to_server, &done, err) < 0)
            return -1;
        if (done || !open)
            return 0;
        buf_clear(&to_client);
        open = test_tls_step(server, to_server.data, to_server.len, &to_client);
    }
    fail_msg("no end");
    return -1;
}

static void chain_is_seen_without_a_certificate_of_ours(void **state)
{
    (void)state;
    static const struct {
        bool wants_client;
        int max_version;
    } rows[] = {{false, 0}, {true, 0}, {false, TLS1_2_VERSION}, {true, TLS1_2_VERSION}};
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        MC_CLEANUP(tls_look_cleanup) struct tls_look *look = NULL;
        AUTO_BUF pem = BUF_INIT;
        AUTO_ERROR struct error *turned_away = NULL;
        struct error *err = NULL;
        struct test_tls t = {.chain_pem = chain_pem,
                             .key_pem = leaf.key_pem,
                             .wants_client = rows[i].wants_client,
                             .max_version = rows[i].max_version};
        SSL *server = test_tls_new(&t);
        must(tls_look_new("outbound_.80_._.a.b.svc", "\x05istio\x02h2", &look, &err), &err);
        assert_false(tls_look_has_chain(look));
        (void)!shake(look, server, &turned_away);
        assert_true(tls_look_has_chain(look));
        must(tls_look_chain(look, &pem, &err), &err);
        assert_string_equal(buf_str(&pem), chain_pem);
        assert_string_equal(buf_str(&t.server_name), "outbound_.80_._.a.b.svc");
        assert_string_equal(buf_str(&t.protocols), "istio,h2");
        test_tls_free(server);
        buf_release(&t.server_name);
        buf_release(&t.protocols);
    }
}

static void what_is_no_tls_is_the_servers_fault(void **state)
{
    (void)state;
    static const char answer[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    MC_CLEANUP(tls_look_cleanup) struct tls_look *look = NULL;
    AUTO_BUF out = BUF_INIT;
    struct error *err = NULL;
    bool done;
    must(tls_look_new("", NULL, &look, &err), &err);
    must(tls_look_step(look, NULL, 0, &out, &done, &err), &err);
    assert_true(out.len > 0 && !done);
    expect_error(tls_look_step(look, answer, strlen(answer), &out, &done, &err), &err, ERROR_REMOTE,
                 "no TLS handshake: wrong version number");
    assert_false(tls_look_has_chain(look));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain_is_seen_without_a_certificate_of_ours),
        cmocka_unit_test(what_is_no_tls_is_the_servers_fault),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
