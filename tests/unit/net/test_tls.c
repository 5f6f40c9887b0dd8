/* TLS: whom the client trusts, who it says it is, and what it says when that does
 * not fit; proxies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/text.h"
#include "meshctl/net/http.h"
#include "test_server.h"

static struct test_authority *authority, *stranger;
static struct test_server *server;
static struct test_cert server_cert, client_cert;
static struct net_tls tls;
static char *seen; /* first line and Host of the last request */

static bool handle(void *ctx, struct test_conn *conn, const struct test_request *r)
{
    (void)ctx;
    free(seen);
    seen = mem_printf("%s %s host=%s", r->method, r->target, test_request_header(r, "Host"));
    if (strcmp(r->method, "CONNECT") == 0) {
        test_conn_reply(conn, 403, NULL, "not through here");
        return false;
    }
    if (strncmp(r->target, "/to?", 4) == 0) {
        AUTO_FREE char *location = mem_printf("Location: %s\r\n", r->target + 4);
        return test_conn_reply(conn, 302, location, "");
    }
    return test_conn_reply(conn, 200, NULL, "well met");
}

static int set_up(void **state)
{
    (void)state;
    unsetenv("https_proxy");
    unsetenv("HTTPS_PROXY");
    unsetenv("http_proxy");
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
    unsetenv("SSL_CERT_FILE");
    authority = test_authority_new("authority");
    stranger = test_authority_new("stranger");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_server_stop(server);
    server = NULL;
    test_cert_release(&server_cert);
    test_cert_release(&client_cert);
    test_authority_free(authority);
    test_authority_free(stranger);
    net_tls_release(&tls);
    free(seen);
    seen = NULL;
    return 0;
}

static void serve(const struct test_cert_spec *spec, const char *client_ca_pem)
{
    test_authority_issue(authority, spec, &server_cert);
    server = test_server_start(&(struct test_server_options){
        .handler = handle, .cert = &server_cert, .client_ca_pem = client_ca_pem});
}

static const struct test_cert_spec usual = {.common_name = "server",
                                            .san = "DNS:kubernetes,DNS:localhost,IP:127.0.0.1"};

static int get(const char *url, struct http_response *ret_response, struct error **err)
{
    struct http_options options = {.tls = &tls};
    AUTO_FREE char *own = url ? NULL : mem_printf("%s/a?b=c", test_server_url(server));
    struct http_client *c;
    assert_int_equal(http_client_new(&options, &c, err), 0);
    int rc = http_send(c, &(struct http_request){.url = url ? url : own}, ret_response, err);
    http_client_free(c);
    return rc;
}

/* What a failure of a server's TLS is told as. */
static enum http_tls_fault fault_of(void)
{
    AUTO_ERROR struct error *err = NULL;
    struct http_response response;
    assert_int_equal(get(NULL, &response, &err), -1);
    return http_tls_fault(err);
}

static void good(void)
{
    struct error *err = NULL;
    AUTO_HTTP_RESPONSE response = {0};
    if (get(NULL, &response, &err) < 0)
        fail_msg("%s", err->message);
    assert_string_equal(response.body.data, "well met");
}

/* The request fails with `words` in its message and `hint` in its hint. */
static void bad(enum error_kind kind, const char *words, const char *hint)
{
    AUTO_ERROR struct error *err = NULL;
    struct http_response response;
    assert_int_equal(get(NULL, &response, &err), -1);
    if (err->kind != kind || !strstr(err->message, words))
        fail_msg("%s: %s", error_kind_name(err->kind), err->message);
    if (hint && (!err->hint || !strstr(err->hint, hint)))
        fail_msg("%s: %s", err->message, err->hint ? err->hint : "no hint");
    assert_null(strstr(err->message, "PRIVATE KEY"));
}

static void trust(struct test_authority *a)
{
    free(tls.ca_pem);
    tls.ca_pem = mem_strdup(test_authority_pem(a));
}

static void present(struct test_authority *a, long until_s)
{
    test_cert_release(&client_cert);
    test_authority_issue(
        a, &(struct test_cert_spec){.common_name = "me", .from_s = -7200, .until_s = until_s},
        &client_cert);
    free(tls.cert_pem);
    free(tls.key_pem);
    tls.cert_pem = mem_strdup(client_cert.cert_pem);
    tls.key_pem = mem_strdup(client_cert.key_pem);
}

static void trusted_server(void **state)
{
    (void)state;
    serve(&usual, NULL);
    trust(authority);
    good();
}

static void several_authorities_in_one_pem(void **state)
{
    (void)state;
    serve(&usual, NULL);
    tls.ca_pem = mem_printf("%s%s", test_authority_pem(stranger), test_authority_pem(authority));
    good();
}

static void unknown_authority(void **state)
{
    (void)state;
    serve(&usual, NULL);
    trust(stranger);
    bad(ERROR_UNREACHABLE, "signed by an unknown authority",
        "the CA in the kubeconfig did not sign this server's certificate");
}

static void faults_are_told_apart(void **state)
{
    (void)state;
    serve(&usual, NULL);
    trust(stranger);
    assert_int_equal(fault_of(), HTTP_TLS_AUTHORITY);
    trust(authority);
    tls.server_name = mem_strdup("other.example");
    assert_int_equal(fault_of(), HTTP_TLS_NAME);
    free(TAKE(tls.server_name));
    test_server_stop(server);
    test_cert_release(&server_cert);
    serve(
        &(struct test_cert_spec){
            .common_name = "s", .san = "IP:127.0.0.1", .from_s = -7200, .until_s = -3600},
        NULL);
    assert_int_equal(fault_of(), HTTP_TLS_OTHER);
    AUTO_FREE char *gone = mem_strdup(test_server_url(server));
    test_server_stop(server);
    server = NULL;
    AUTO_ERROR struct error *err = NULL;
    struct http_response response;
    assert_int_equal(get(gone, &response, &err), -1);
    assert_int_equal(http_tls_fault(err), HTTP_TLS_NONE);
}

/* A given authority replaces the machine's trust store; it is not added to it. */
static void given_authority_replaces_the_store(void **state)
{
    (void)state;
    char path[] = "/tmp/meshctl-test-bundle-XXXXXX";
    int fd = mkstemp(path);
    const char *pem = test_authority_pem(authority);
    assert_int_equal(write(fd, pem, strlen(pem)), (ssize_t)strlen(pem));
    close(fd);
    setenv("SSL_CERT_FILE", path, 1);
    serve(&usual, NULL);
    good();
    trust(stranger);
    bad(ERROR_UNREACHABLE, "unknown authority", NULL);
    unlink(path);
    unsetenv("SSL_CERT_FILE");
}

static void system_store_does_not_know_us(void **state)
{
    (void)state;
    serve(&usual, NULL);
    bad(ERROR_UNREACHABLE, "signed by an unknown authority", "this machine's trust store");
}

static void expired_server(void **state)
{
    (void)state;
    serve(
        &(struct test_cert_spec){
            .common_name = "s", .san = "IP:127.0.0.1", .from_s = -7200, .until_s = -3600},
        NULL);
    trust(authority);
    bad(ERROR_UNREACHABLE, "certificate has expired", "renew");
}

static void server_of_tomorrow(void **state)
{
    (void)state;
    serve(
        &(struct test_cert_spec){
            .common_name = "s", .san = "IP:127.0.0.1", .from_s = 3600, .until_s = 7200},
        NULL);
    trust(authority);
    bad(ERROR_UNREACHABLE, "not valid yet", "clock");
}

static void wrong_name(void **state)
{
    (void)state;
    serve(&(struct test_cert_spec){.common_name = "s", .san = "DNS:elsewhere.example"}, NULL);
    trust(authority);
    bad(ERROR_UNREACHABLE, "certificate is for other names", "tls-server-name");
}

static void insecure_asks_nothing(void **state)
{
    (void)state;
    serve(
        &(struct test_cert_spec){
            .common_name = "s", .san = "DNS:x", .from_s = -7200, .until_s = -3600},
        NULL);
    tls.insecure = true;
    good();
}

static void server_name_is_verified_instead(void **state)
{
    (void)state;
    serve(&(struct test_cert_spec){.common_name = "s", .san = "DNS:kubernetes"}, NULL);
    trust(authority);
    bad(ERROR_UNREACHABLE, "other names", NULL);
    tls.server_name = mem_strdup("kubernetes");
    good();
    /* The address in the URL stays what is asked and named. */
    AUTO_FREE char *expected = mem_printf("GET /a?b=c host=127.0.0.1:%d", test_server_port(server));
    assert_string_equal(seen, expected);
    free(tls.server_name);
    tls.server_name = mem_strdup("other.example");
    bad(ERROR_UNREACHABLE, "other names", NULL);
}

/* What came over TLS must not be replaced on a way that anybody can change. */
static void no_redirect_leaves_tls(void **state)
{
    (void)state;
    serve(&usual, NULL);
    trust(authority);
    struct test_server *plain = test_server_start(&(struct test_server_options){.handler = handle});
    const char *const secure_url = test_server_url(server), *plain_url = test_server_url(plain);
    const char *const rows[][2] = {
        {secure_url, plain_url}, {plain_url, secure_url}, {secure_url, secure_url}};
    struct http_options options = {.tls = &tls};
    struct http_client *c;
    AUTO_ERROR struct error *none = NULL;
    assert_int_equal(http_client_new(&options, &c, &none), 0);
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_HTTP_RESPONSE response = {0};
        AUTO_ERROR struct error *err = NULL;
        AUTO_FREE char *url = mem_printf("%s/to?%s/x", rows[i][0], rows[i][1]);
        const struct http_request request = {.url = url, .follow_redirects = true};
        assert_int_equal(http_send(c, &request, &response, &err), i == 0 ? -1 : 0);
        assert_int_equal(i == 0 ? (int)err->kind : response.status,
                         i == 0 ? (int)ERROR_REMOTE : 200);
        assert_int_equal(test_server_requests(plain), (int)i - (i == 2));
    }
    http_client_free(c);
    test_server_stop(plain);
}

static void server_name_may_be_an_address(void **state)
{
    (void)state;
    static const char *const names[] = {"10.96.0.1", "fd00::1"};
    serve(&(struct test_cert_spec){.common_name = "s", .san = "IP:10.96.0.1,IP:fd00::1"}, NULL);
    trust(authority);
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++) {
        free(tls.server_name);
        tls.server_name = mem_strdup(names[i]);
        good();
    }
}

static void refused_place_is_the_real_one(void **state)
{
    (void)state;
    serve(&usual, NULL);
    trust(authority);
    AUTO_FREE char *url = mem_strdup(test_server_url(server));
    AUTO_FREE char *expected =
        mem_printf("connect to 127.0.0.1:%d: Connection refused", test_server_port(server));
    test_server_stop(server);
    server = NULL;
    tls.server_name = mem_strdup("kubernetes");
    AUTO_ERROR struct error *err = NULL;
    struct http_response response;
    assert_int_equal(get(url, &response, &err), -1);
    assert_string_equal(err->message, expected);
}

static void client_certificates(void **state)
{
    (void)state;
    serve(&usual, test_authority_pem(authority));
    trust(authority);
    present(authority, 3600);
    good();
    present(authority, -3600);
    bad(ERROR_UNREACHABLE, "our client certificate has expired", "kubeconfig");
    present(stranger, 3600);
    bad(ERROR_UNREACHABLE, "does not know the authority of our client certificate", "kubeconfig");
    free(tls.cert_pem);
    free(tls.key_pem);
    tls.cert_pem = tls.key_pem = NULL;
    bad(ERROR_UNREACHABLE, "asks for a client certificate", "client-certificate");
}

static void client_key_of_another(void **state)
{
    (void)state;
    serve(&usual, test_authority_pem(authority));
    trust(authority);
    present(authority, 3600);
    struct test_cert other = {0};
    test_authority_issue(authority, &usual, &other);
    free(tls.key_pem);
    tls.key_pem = mem_strdup(other.key_pem);
    test_cert_release(&other);
    bad(ERROR_INPUT, "client certificate or its key cannot be used", NULL);
}

static void rubbish_certificates(void **state)
{
    (void)state;
    serve(&usual, test_authority_pem(authority));
    trust(authority);
    present(authority, 3600);
    free(tls.cert_pem);
    tls.cert_pem = mem_strdup("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    bad(ERROR_INPUT, "client certificate", NULL);
    present(authority, 3600);
    free(tls.ca_pem);
    tls.ca_pem = mem_strdup("no certificate at all");
    bad(ERROR_INPUT, "trusted authorities", NULL);
}

static void plain_server_behind_https(void **state)
{
    (void)state;
    server = test_server_start(&(struct test_server_options){.handler = handle});
    AUTO_FREE char *url = mem_printf("https://127.0.0.1:%d/", test_server_port(server));
    AUTO_ERROR struct error *err = NULL;
    struct http_response response;
    assert_int_equal(get(url, &response, &err), -1);
    assert_int_equal(err->kind, ERROR_UNREACHABLE);
    assert_non_null(strstr(err->message, "does not speak TLS on this port"));
}

/* ---- proxies ---- */

static void proxy_is_used_and_may_refuse(void **state)
{
    (void)state;
    server = test_server_start(&(struct test_server_options){.handler = handle});
    tls.proxy_url = mem_strdup(test_server_url(server));
    AUTO_ERROR struct error *err = NULL;
    struct http_response response;
    assert_int_equal(get("https://cluster.example:6443/x", &response, &err), -1);
    assert_string_equal(seen, "CONNECT cluster.example:6443 host=cluster.example:6443");
    assert_int_equal(err->kind, ERROR_UNREACHABLE);
    assert_string_equal(err->message, "connect to cluster.example:6443: the proxy answered 403");
    assert_non_null(strstr(err->hint, "proxy-url"));
}

static void own_proxy_serves_loopback_and_server_name(void **state)
{
    (void)state;
    server = test_server_start(&(struct test_server_options){.handler = handle});
    tls.proxy_url = mem_strdup(test_server_url(server));
    tls.server_name = mem_strdup("kubernetes");
    setenv("NO_PROXY", "*", 1);
    AUTO_ERROR struct error *err = NULL;
    struct http_response response;
    assert_int_equal(get("https://127.0.0.1:6443/x", &response, &err), -1);
    assert_true(text_has_prefix(seen, "CONNECT 127.0.0.1:6443 "));
}

static void proxy_of_the_environment(void **state)
{
    (void)state;
    server = test_server_start(&(struct test_server_options){.handler = handle});
    AUTO_FREE char *dead = mem_strdup("https://192.0.2.1:6443/");
    setenv("https_proxy", test_server_url(server), 1);
    struct http_response response;
    AUTO_ERROR struct error *through = NULL, *past = NULL;
    assert_int_equal(get(dead, &response, &through), -1);
    assert_string_equal(seen, "CONNECT 192.0.2.1:6443 host=192.0.2.1:6443");
    assert_non_null(strstr(through->hint, "https_proxy"));
    free(seen);
    seen = NULL;
    /* Nobody listens at the address that NO_PROXY leads to. */
    setenv("NO_PROXY", "127.0.0.0/8", 1);
    assert_int_equal(get("https://127.0.0.2:1/", &response, &past), -1);
    assert_null(seen);
    assert_string_equal(past->message, "connect to 127.0.0.2:1: Connection refused");
    assert_null(past->hint);
}

static void no_proxy_at_all(void **state)
{
    (void)state;
    server = test_server_start(&(struct test_server_options){.handler = handle});
    setenv("https_proxy", test_server_url(server), 1);
    setenv("NO_PROXY", "none.example", 1);
    tls.proxy_url = mem_strdup("");
    AUTO_ERROR struct error *err = NULL;
    struct http_response response;
    assert_int_equal(get("https://no-such-host.invalid:6443/", &response, &err), -1);
    assert_null(seen);
    assert_string_equal(err->message, "look up no-such-host.invalid: no address found");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(trusted_server),
        CASE(several_authorities_in_one_pem),
        CASE(unknown_authority),
        CASE(faults_are_told_apart),
        CASE(given_authority_replaces_the_store),
        CASE(system_store_does_not_know_us),
        CASE(expired_server),
        CASE(server_of_tomorrow),
        CASE(wrong_name),
        CASE(insecure_asks_nothing),
        CASE(server_name_is_verified_instead),
        CASE(no_redirect_leaves_tls),
        CASE(server_name_may_be_an_address),
        CASE(refused_place_is_the_real_one),
        CASE(client_certificates),
        CASE(client_key_of_another),
        CASE(rubbish_certificates),
        CASE(plain_server_behind_https),
        CASE(proxy_is_used_and_may_refuse),
        CASE(own_proxy_serves_loopback_and_server_name),
        CASE(proxy_of_the_environment),
        CASE(no_proxy_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
