/* An API server asked as the other clusters' istiod would: whom it is trusted by, what it is named,
 * whether it takes the token. */
#include "meshctl/probe/reach.h"

#include "meshctl/base/clock.h"
#include "scratch.h"
#include "test_server.h"

static struct test_authority *authority, *stranger;
static struct test_cert cert;
static struct test_server *server;
static struct mesh *mesh;
static struct mesh_member member;
static int status; /* of every answer; 0: by the token */
static const char *body;
static int refusals; /* of a good token, before it is known */
static char *seen;   /* Authorization of the last request, "" without one */

static bool answer(void *ctx, struct test_conn *conn, const struct test_request *r)
{
    (void)ctx;
    const char *authorization = test_request_header(r, "Authorization");
    free(seen);
    seen = mem_strdup(authorization ? authorization : "");
    if (strcmp(r->target, "/version") != 0)
        return test_conn_reply(conn, 404, NULL, "not found");
    bool good = !authorization || strcmp(authorization, "Bearer good") == 0;
    if (refusals > 0) {
        refusals--;
        return test_conn_reply(conn, 401, NULL, "Unauthorized");
    }
    return test_conn_reply(conn, status ? status : good ? 200 : 401, NULL, body);
}

static void serve(const struct test_cert_spec *spec)
{
    test_authority_issue(authority, spec, &cert);
    server = test_server_start(&(struct test_server_options){.handler = answer, .cert = &cert});
}

static const struct test_cert_spec usual = {.common_name = "s",
                                            .san = "DNS:kubernetes,IP:127.0.0.1"};

static int set_up(void **state)
{
    (void)state;
    setenv("https_proxy", "http://127.0.0.1:9", 1); /* the peers' istiod has none */
    mesh = mesh_new();
    authority = test_authority_new("cluster");
    stranger = test_authority_new("stranger");
    member = (struct mesh_member){.name = (char *)(uintptr_t) "west"};
    status = 0;
    refusals = 0;
    body = "{\"gitVersion\": \"v1.34.0\"}";
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_server_stop(server);
    server = NULL;
    mesh_free(mesh);
    test_cert_release(&cert);
    test_authority_free(authority);
    test_authority_free(stranger);
    free(seen);
    seen = NULL;
    return 0;
}

static struct mesh_server trusting(struct test_authority *a)
{
    return (struct mesh_server){.url = test_server_url(server), .ca_pem = test_authority_pem(a)};
}

static void good(const struct mesh_server *s, const char *token)
{
    AUTO_ERROR struct error *why = NULL;
    struct error *err = NULL;
    enum reach reach;
    must(reach_try(mesh, &member, s, token, NULL, &reach, &why, &err), &err);
    if (reach != REACH_GOOD)
        fail_msg("%s", why->message);
    assert_null(why);
}

/* `hint` NULL: none is looked for. */
static void bad(const struct mesh_server *s, const char *token, enum reach wanted, const char *id,
                const char *says, const char *hint)
{
    AUTO_ERROR struct error *why = NULL;
    struct error *err = NULL;
    enum reach reach;
    must(reach_try(mesh, &member, s, token, NULL, &reach, &why, &err), &err);
    assert_int_equal(reach, wanted);
    if (!strstr(why->message, says) || strncmp(why->message, "west: ", 6) != 0)
        fail_msg("%s", why->message);
    if (id)
        assert_string_equal(why->id, id);
    else
        assert_null(why->id);
    if (hint && !strstr(why->hint, hint))
        fail_msg("%s", why->hint);
    if (token)
        assert_null(strstr(why->message, token));
}

static void good_server_takes_the_token(void **state)
{
    (void)state;
    serve(&usual);
    struct mesh_server s = trusting(authority);
    good(&s, "good");
    assert_string_equal(seen, "Bearer good");
    good(&s, NULL);
    assert_string_equal(seen, "");
}

static void path_of_the_address_stays(void **state)
{
    (void)state;
    serve(&usual);
    AUTO_FREE char *slash = mem_printf("%s/", test_server_url(server));
    AUTO_FREE char *path = mem_printf("%s/clusters/west", test_server_url(server));
    struct mesh_server s = trusting(authority);
    s.url = slash;
    good(&s, "good");
    s.url = path;
    bad(&s, "good", REACH_BAD, "MC404", "there is no API server at", "--server west=");
}

static void page_for_people_is_no_api_server(void **state)
{
    (void)state;
    static const char *const pages[] = {"<html>log in</html>", "{}", "[\"gitVersion\"]", ""};
    serve(&usual);
    struct mesh_server s = trusting(authority);
    for (size_t i = 0; i < MC_ARRAY_LEN(pages); i++) {
        body = pages[i];
        bad(&s, "good", REACH_BAD, "MC404", "answers 200 without a version", "--server west=");
    }
}

static void another_authority_is_told(void **state)
{
    (void)state;
    serve(&usual);
    struct mesh_server s = trusting(stranger);
    bad(&s, "good", REACH_STRANGER, "MC404", "signed by an unknown authority",
        "--server-ca west=FILE");
    assert_null(seen); /* the token went nowhere */
}

static void another_name_is_told(void **state)
{
    (void)state;
    serve(&(struct test_cert_spec){.common_name = "s", .san = "DNS:kubernetes"});
    struct mesh_server s = trusting(authority);
    bad(&s, "good", REACH_BAD, "MC404", "for other names", "--server-tls-name west=HOST");
    assert_null(seen);
    s.tls_name = "kubernetes";
    good(&s, "good");
    s.tls_name = "other";
    bad(&s, "good", REACH_BAD, "MC404", "for other names", NULL);
}

static void expired_certificate_is_told(void **state)
{
    (void)state;
    serve(&(struct test_cert_spec){
        .common_name = "s", .san = "IP:127.0.0.1", .from_s = -7200, .until_s = -3600});
    struct mesh_server s = trusting(authority);
    bad(&s, "good", REACH_BAD, "MC404", "certificate has expired", "--server west=");
}

static void server_without_tls_is_told(void **state)
{
    (void)state;
    server = test_server_start(&(struct test_server_options){.handler = answer});
    AUTO_FREE char *url = mem_printf("https://127.0.0.1:%d", test_server_port(server));
    struct mesh_server s = trusting(authority);
    s.url = url;
    bad(&s, "good", REACH_BAD, "MC404", "does not speak TLS", "--server west=");
}

static void refused_token_is_told(void **state)
{
    (void)state;
    serve(&usual);
    struct mesh_server s = trusting(authority);
    bad(&s, "stale-token", REACH_BAD, "MC405", "refuses the token",
        "kubectl -n istio-system delete secret "
        "istio-reader-service-account-istio-remote-secret-token in west");
    member.server = (char *)(uintptr_t)s.url;
    bad(&s, "stale-token", REACH_BAD, "MC405", "refuses the token", "--server west=");
}

/* Who is not known may be told nothing. */
static void fresh_token_is_not_known_at_once(void **state)
{
    (void)state;
    serve(&usual);
    struct mesh_server s = trusting(authority);
    refusals = 3;
    good(&s, "good");
    assert_int_equal(refusals, 0);
}

static void what_is_not_a_verdict(void **state)
{
    (void)state;
    serve(&usual);
    struct mesh_server s = trusting(authority);
    status = 403;
    good(&s, NULL);
    /* An API server says so of paths that it does not have. */
    bad(&s, "good", REACH_UNKNOWN, NULL, "answers 403", NULL);
    status = 401;
    good(&s, NULL);
    status = 503;
    bad(&s, "good", REACH_UNKNOWN, NULL, "answers 503", NULL);
    status = 302;
    bad(&s, "good", REACH_UNKNOWN, NULL, "answers 302", NULL);
}

static void nobody_there_is_no_verdict(void **state)
{
    (void)state;
    serve(&usual);
    struct mesh_server s = trusting(authority);
    AUTO_FREE char *url = mem_strdup(s.url);
    s.url = url;
    test_server_stop(server);
    server = NULL;
    bad(&s, "good", REACH_UNKNOWN, NULL, "cannot be seen from here: connect to 127.0.0.1:", NULL);
}

static bool say_nothing(void *ctx, struct test_conn *conn, const struct test_request *r)
{
    (void)ctx;
    (void)r;
    test_conn_pause(conn, 60000);
    return false;
}

static void silence_is_no_verdict_and_short(void **state)
{
    (void)state;
    test_authority_issue(authority, &usual, &cert);
    server =
        test_server_start(&(struct test_server_options){.handler = say_nothing, .cert = &cert});
    struct mesh_server s = trusting(authority);
    int64_t began = clock_now_ms();
    bad(&s, "good", REACH_UNKNOWN, NULL, "cannot be seen from here", NULL);
    assert_in_range(clock_now_ms() - began, REACH_TIMEOUT_MS - 100, REACH_TIMEOUT_MS + 20000);
}

static void what_is_no_token_is_not_sent(void **state)
{
    (void)state;
    static const char *const tokens[] = {"a\r\nX: y", "a b", "a\x7f"};
    serve(&usual);
    struct mesh_server s = trusting(authority);
    for (size_t i = 0; i < MC_ARRAY_LEN(tokens); i++) {
        AUTO_ERROR struct error *why = NULL;
        struct error *err = NULL;
        enum reach reach;
        int rc = reach_try(mesh, &member, &s, tokens[i], NULL, &reach, &why, &err);
        assert_null(strstr(err->message, tokens[i]));
        refused(rc, &err, ERROR_REMOTE, "west: ", "no token", NULL);
    }
    assert_null(seen);
}

static void cancelled_is_an_error(void **state)
{
    (void)state;
    serve(&usual);
    struct mesh_server s = trusting(authority);
    AUTO_ERROR struct error *why = NULL;
    struct error *err = NULL;
    struct cancel cancel;
    enum reach reach;
    assert_int_equal(cancel_init(&cancel), 0);
    cancel_set(&cancel);
    refused(reach_try(mesh, &member, &s, "good", &cancel, &reach, &why, &err), &err,
            ERROR_CANCELLED, NULL);
    cancel_release(&cancel);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(good_server_takes_the_token),
        CASE(path_of_the_address_stays),
        CASE(page_for_people_is_no_api_server),
        CASE(another_authority_is_told),
        CASE(another_name_is_told),
        CASE(expired_certificate_is_told),
        CASE(server_without_tls_is_told),
        CASE(refused_token_is_told),
        CASE(fresh_token_is_not_known_at_once),
        CASE(what_is_not_a_verdict),
        CASE(nobody_there_is_no_verdict),
        CASE(silence_is_no_verdict_and_short),
        CASE(what_is_no_token_is_not_sent),
        CASE(cancelled_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
