/* Headers and client certificates of every way to identify. Headers as client-go's
 * transport/round_trippers_test.go expects them; RFC 7617 section 2 for Basic. */
#include "plugin_support.h"

#include <fcntl.h>

#include "meshctl/data/json.h"

static struct kube_auth *new_auth(const struct kube_config *config)
{
    struct kube_auth *a = NULL;
    struct error *err = NULL;
    must(kube_auth_new(config, NULL, &a, &err), &err);
    return a;
}

static void expect_headers(struct kube_auth *a, const char *wanted)
{
    AUTO_KUBE_HEADERS headers = STRLIST_INIT;
    struct error *err = NULL;
    must(kube_auth_headers_append(a, &headers, &err), &err);
    AUTO_FREE char *joined = strlist_join_dup(&headers, "\n");
    assert_string_equal(headers.count ? joined : "", wanted);
}

static void plain_methods(void **state)
{
    (void)state;
    struct kube_config none = base_config(), token = none, basic = none;
    token.token = S("abc.def");
    basic.username = S("Aladdin");
    basic.password = S("open sesame");
    AUTO_AUTH *a = new_auth(&none), *b = new_auth(&token), *c = new_auth(&basic);
    expect_headers(a, "");
    expect_headers(b, "Authorization: Bearer abc.def");
    expect_headers(c, "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert_false(kube_auth_reject(b));
    struct error *err = NULL;
    struct kube_auth *both = NULL;
    basic.token = S("t");
    assert_int_equal(kube_auth_new(&basic, NULL, &both, &err), -1);
    assert_int_equal(err->kind, ERROR_INPUT);
    error_free(err);
}

static void impersonation(void **state)
{
    (void)state;
    struct kube_config config = base_config();
    char *groups[] = {S("dev"), S("ops")};
    char *extra[] = {S("Reason"), S("one"),         S("Reason"), S("two"), S("example.com/foo%bar"),
                     S("a b"),    S("test_héader"), S("")};
    config.impersonate_user = S("jane");
    config.impersonate_uid = S("1234");
    config.impersonate_groups = (struct strlist){.items = groups, .count = 2};
    config.impersonate_extra = (struct strlist){.items = extra, .count = 8};
    AUTO_AUTH *a = new_auth(&config);
    expect_headers(a, "Impersonate-User: jane\n"
                      "Impersonate-Uid: 1234\n"
                      "Impersonate-Group: dev\n"
                      "Impersonate-Group: ops\n"
                      "Impersonate-Extra-Reason: one\n"
                      "Impersonate-Extra-Reason: two\n"
                      "Impersonate-Extra-example.com%2Ffoo%25bar: a b\n"
                      "Impersonate-Extra-test_h%C3%A9ader: ");
}

static void token_file_is_read_again(void **state)
{
    (void)state;
    struct kube_config config = base_config();
    AUTO_FREE char *path = mem_strdup(save("token", " first\n", 0600));
    config.token_file = path;
    config.token = S("kubeconfig's");
    AUTO_AUTH *a = new_auth(&config);
    /* The file wins over the token beside it. */
    expect_headers(a, "Authorization: Bearer first");
    save("token", "second", 0600);
    expect_headers(a, "Authorization: Bearer first");
    assert_true(kube_auth_reject(a));
    expect_headers(a, "Authorization: Bearer second");
    /* The last good one stays when the file goes bad. */
    static const char *const bad[] = {"", " \n", "two\nlines"};
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++) {
        save("token", bad[i], 0600);
        kube_auth_reject(a);
        expect_headers(a, "Authorization: Bearer second");
    }
    unlink(path);
    kube_auth_reject(a);
    expect_headers(a, "Authorization: Bearer second");
}

static void token_file_missing(void **state)
{
    (void)state;
    struct kube_config config = base_config();
    config.token_file = S("/no/such/token");
    AUTO_AUTH *a = new_auth(&config);
    struct error *err = NULL;
    assert_int_equal(kube_auth_refresh(a, &err), -1);
    assert_non_null(strstr(err->message, "/no/such/token"));
    error_free(err);
}

static void plugin_token_is_cached(void **state)
{
    (void)state;
    struct kube_config config = base_config();
    struct kube_exec_plugin exec =
        plugin("cd \"$(dirname \"$0\")\"; " COUNT ANSWER("\"token\":\"t1\""));
    config.exec = &exec;
    AUTO_AUTH *a = new_auth(&config);
    runs();
    expect_headers(a, "Authorization: Bearer t1");
    expect_headers(a, "Authorization: Bearer t1");
    assert_int_equal(runs(), 1);
    exec = plugin("cd \"$(dirname \"$0\")\"; " COUNT ANSWER("\"token\":\"t2\""));
    expect_headers(a, "Authorization: Bearer t1");
    assert_true(kube_auth_reject(a));
    expect_headers(a, "Authorization: Bearer t2");
    assert_int_equal(runs(), 1);
}

static void plugin_expiry(void **state)
{
    (void)state;
    struct kube_config config = base_config();
    struct kube_exec_plugin exec = plugin("cd \"$(dirname \"$0\")\"; " COUNT ANSWER(
        "\"token\":\"t\",\"expirationTimestamp\":\"2020-01-01T00:00:00Z\""));
    config.exec = &exec;
    AUTO_AUTH *past = new_auth(&config);
    runs();
    expect_headers(past, "Authorization: Bearer t");
    expect_headers(past, "Authorization: Bearer t");
    assert_int_equal(runs(), 2);
    exec = plugin("cd \"$(dirname \"$0\")\"; " COUNT ANSWER(
        "\"token\":\"t\",\"expirationTimestamp\":\"2199-01-01T00:00:00Z\""));
    AUTO_AUTH *future = new_auth(&config);
    expect_headers(future, "Authorization: Bearer t");
    expect_headers(future, "Authorization: Bearer t");
    assert_int_equal(runs(), 1);
}

/* The plug-in writes down what it was given. */
static void plugin_is_told(void **state)
{
    (void)state;
    struct kube_config config = base_config();
    struct kube_exec_plugin exec =
        plugin("cd \"$(dirname \"$0\")\"; printf %s \"$KUBERNETES_EXEC_INFO\" >info; "
               "printf '%s|' \"$@\" \"$REGION\" \"$HOME\" >given; " ANSWER("\"token\":\"t\""));
    char *args[] = {S("get token"), S("$(id)"), S("a\nb")},
         *env[] = {S("REGION=old"), S("KUBERNETES_EXEC_INFO=x"), S("REGION=new")};
    exec.args = (struct strlist){.items = args, .count = 3};
    exec.env = (struct strlist){.items = env, .count = 3};
    config.exec = &exec;
    AUTO_AUTH *a = new_auth(&config);
    expect_headers(a, "Authorization: Bearer t");
    AUTO_FREE char *info_path = fs_join_dup(test_folder, "info");
    AUTO_FREE char *given_path = fs_join_dup(test_folder, "given");
    AUTO_FREE char *info = read_dup(info_path), *given = read_dup(given_path);
    AUTO_FREE char *wanted = mem_printf("get token|$(id)|a\nb|new|%s|", test_folder);
    assert_string_equal(given, wanted);
    assert_string_equal(info, "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":"
                              "\"ExecCredential\",\"spec\":{\"interactive\":false}}");
    /* What kubectl v1.34 gives a plug-in with provideClusterInfo (the order of keys is free). */
    exec.provide_cluster_info = true;
    exec.cluster_config = S("{\"audience\":\"a\"}");
    config.tls =
        (struct net_tls){.ca_pem = S("ca"), .server_name = S("n"), .proxy_url = S("http://p")};
    kube_auth_reject(a);
    expect_headers(a, "Authorization: Bearer t");
    AUTO_FREE char *more = read_dup(info_path);
    assert_string_equal(more, "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":"
                              "\"ExecCredential\",\"spec\":{\"cluster\":{"
                              "\"certificate-authority-data\":\"Y2E=\",\"config\":{\"audience\":"
                              "\"a\"},\"proxy-url\":\"http://p\",\"server\":\"https://c\","
                              "\"tls-server-name\":\"n\"},\"interactive\":false}}");
}

/* Plug-ins may print YAML too; kubectl takes it. */
static void plugin_yaml(void **state)
{
    (void)state;
    struct kube_config config = base_config();
    struct kube_exec_plugin exec =
        plugin("echo 'kind: ExecCredential'; echo 'apiVersion: client.authentication.k8s.io/v1'; "
               "echo 'status: {token: t}'");
    config.exec = &exec;
    AUTO_AUTH *a = new_auth(&config);
    expect_headers(a, "Authorization: Bearer t");
}

static void plugin_certificate(void **state)
{
    (void)state;
    struct kube_config config = base_config();
    config.tls.ca_pem = S("ca");
    const char *script =
        "cd \"$(dirname \"$0\")\"; pem() { awk '{printf \"%s\\\\n\", $0}' \"$1\"; }\n"
        "printf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","
        "\"status\":{\"clientCertificateData\":\"%s\",\"clientKeyData\":\"%s\"}}' "
        "\"$(pem cert.pem)\" \"$(pem key.pem)\"";
    make_cert("1");
    struct kube_exec_plugin exec = plugin(script);
    config.exec = &exec;
    AUTO_AUTH *a = new_auth(&config);
    const struct net_tls *tls = NULL;
    uint64_t first = 0, same = 0, other = 0;
    struct error *err = NULL;
    must(kube_auth_tls(a, &tls, &first, &err), &err);
    assert_int_equal(strncmp(tls->cert_pem, "-----BEGIN CERTIFICATE-----\n", 28), 0);
    assert_string_equal(tls->ca_pem, "ca");
    expect_headers(a, "");
    kube_auth_reject(a);
    must(kube_auth_tls(a, &tls, &same, &err), &err);
    assert_int_equal(same, first);
    make_cert("1");
    kube_auth_reject(a);
    must(kube_auth_tls(a, &tls, &other, &err), &err);
    assert_true(other > first);
    /* Another client of the same config connects with the same one. */
    AUTO_AUTH *b = new_auth(&config);
    const struct net_tls *inherited = NULL;
    make_cert("1");
    must(kube_auth_tls(b, &inherited, &same, &err), &err);
    assert_string_equal(inherited->cert_pem, tls->cert_pem);
    assert_string_equal(inherited->ca_pem, "ca");
}

static void expect_plugin_error(const char *script, enum error_kind kind, const char *says)
{
    struct kube_config config = base_config();
    struct kube_exec_plugin exec = plugin(script);
    config.exec = &exec;
    AUTO_AUTH *a = new_auth(&config);
    struct error *err = NULL;
    if (kube_auth_refresh(a, &err) == 0)
        fail_msg("was taken: %s", script);
    if (!strstr(err->message, says) || strstr(err->message, "hunter2"))
        fail_msg("\"%s\" for %s", err->message, script);
    assert_int_equal(err->kind, kind);
    error_free(err);
}

static void plugin_failures(void **state)
{
    (void)state;
    static const struct {
        const char *script, *says;
    } cases[] = {
        {"echo hunter2; exit 3", "failed with exit code 3"},
        {"kill -9 $$", "ended by signal 9"},
        {"echo hunter2: [", "neither JSON nor YAML"},
        {"echo '\"hunter2\"'", "printed no ExecCredential"},
        {"true", "printed no ExecCredential"},
        {"echo "
         "'{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\","
         "\"status\":{\"token\":\"hunter2\"}}'",
         "another apiVersion than client.authentication"},
        {"echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\"}'",
         "returned no status"},
        {ANSWER(""), "returned neither a token nor"},
        {ANSWER("\"token\":\"\""), "returned neither a token nor"},
        {ANSWER("\"clientKeyData\":\"hunter2\""), "only certificate or key"},
        {ANSWER("\"clientKeyData\":\"hunter2\",\"clientCertificateData\":\"x\""), "does not parse"},
        {ANSWER("\"token\":\"hunter2\",\"expirationTimestamp\":\"soon\""), "no RFC 3339 time"},
        {ANSWER("\"token\":\"hunter2\\\\nX: y\""), "control character"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++)
        expect_plugin_error(cases[i].script, ERROR_DENIED, cases[i].says);
    expect_plugin_error("yes | head -c 5000000", ERROR_INPUT, "printed more than");
}

static void plugin_not_installed(void **state)
{
    (void)state;
    struct kube_config config = base_config();
    struct kube_exec_plugin exec = {.command = S("no-such-plugin-anywhere"),
                                    .api_version = S("client.authentication.k8s.io/v1beta1"),
                                    .install_hint = S("get it at example.com"),
                                    .dir = test_folder};
    config.exec = &exec;
    AUTO_AUTH *a = new_auth(&config);
    struct error *err = NULL;
    assert_int_equal(kube_auth_refresh(a, &err), -1);
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
    assert_string_equal(err->hint, "get it at example.com");
    assert_non_null(strstr(err->message, "no-such-plugin-anywhere"));
    error_clear(&err);
    exec.install_hint = NULL;
    assert_int_equal(kube_auth_refresh(a, &err), -1);
    assert_non_null(strstr(err->hint, "no-such-plugin-anywhere"));
    error_free(err);
}

static void plugin_that_must_ask(void **state)
{
    (void)state;
    int saved = dup(STDIN_FILENO), null = open("/dev/null", O_RDONLY);
    assert_true(null >= 0 && dup2(null, STDIN_FILENO) >= 0);
    struct kube_config config = base_config();
    struct kube_exec_plugin exec = plugin(ANSWER("\"token\":\"t\""));
    exec.interactive = KUBE_INTERACTIVE_ALWAYS;
    config.exec = &exec;
    AUTO_AUTH *a = new_auth(&config);
    struct error *err = NULL;
    assert_int_equal(kube_auth_refresh(a, &err), -1);
    assert_int_equal(err->kind, ERROR_DENIED);
    assert_non_null(strstr(err->message, "no terminal"));
    error_free(err);
    close(null);
    if (saved >= 0)
        dup2(saved, STDIN_FILENO);
    close(saved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_methods),
        cmocka_unit_test(impersonation),
        cmocka_unit_test(token_file_is_read_again),
        cmocka_unit_test(token_file_missing),
        cmocka_unit_test(plugin_token_is_cached),
        cmocka_unit_test(plugin_expiry),
        cmocka_unit_test(plugin_is_told),
        cmocka_unit_test(plugin_certificate),
        cmocka_unit_test(plugin_yaml),
        cmocka_unit_test(plugin_failures),
        cmocka_unit_test(plugin_not_installed),
        cmocka_unit_test(plugin_that_must_ask),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
