/* What is wrong with a kubeconfig, and where. The situations are those of client-go tools/clientcmd
 * validation.go (ConfirmUsable), loader.go and api/v1/conversion.go, and those that a client would
 * only meet at its first request: PEM texts and header values. */
#include "config_support.h"

#define CONTEXT "contexts: [{name: c, context: {cluster: c, user: u}}]\n"
#define CLUSTER "clusters: [{name: c, cluster: {server: 'https://c'}}]\n"
#define USER "users: [{name: u, user: {token: t}}]\n"
#define CURRENT "current-context: c\n"
#define EXEC "client.authentication.k8s.io/v1"

struct wrong {
    const char *text;
    const char *says;
    const char *place; /* LINE:COL, or NULL: the file alone */
    const char *hint;  /* a part of it, or NULL */
};

static void check(const struct wrong *w, const char *context)
{
    const char *path = save("config", w->text, 0600);
    struct kube_config *config = NULL;
    struct error *err = NULL;
    if (kube_config_load(path, context, &config, &err) == 0)
        fail_msg("was taken: %s", w->text);
    AUTO_FREE char *where =
        mem_printf("%s%s%s", path, w->place ? ":" : "", w->place ? w->place : "");
    if (!strstr(err->message, w->says) || !err->where || strcmp(err->where, where) != 0 ||
        (w->hint && (!err->hint || !strstr(err->hint, w->hint))))
        fail_msg("\"%s\" at %s (%s) for %s", err->message, err->where ? err->where : "nowhere",
                 err->hint ? err->hint : "no hint", w->text);
    assert_int_equal(err->kind, ERROR_INPUT);
    error_free(err);
}

static void contexts(void **state)
{
    (void)state;
    static const struct wrong cases[] = {
        {CONTEXT CLUSTER USER, "no context is chosen", NULL, "there are: c"},
        {"current-context: d\n" CLUSTER USER, "there is no context \"d\"", NULL, NULL},
        {"current-context: kind-wets\ncontexts: [{name: kind-west}]\n", "there is no context", NULL,
         "did you mean \"kind-west\"?"},
        {CURRENT "contexts: [{name: c, context: {user: u}}]\n" CLUSTER USER, "it names no cluster",
         "2:31", NULL},
        {CURRENT "contexts: [{name: c, context: {cluster: c}}]\n" CLUSTER USER, "it names no user",
         "2:31", NULL},
        {CURRENT "contexts: [{name: c}]\n" CLUSTER USER, "it names no cluster", "2:12", NULL},
        {CURRENT CONTEXT USER, "context \"c\" of ", "2:41", NULL},
        {CURRENT CONTEXT "clusters: [{name: cc}]\n" USER, "there is no cluster \"c\"", "2:41",
         "did you mean \"cc\"?"},
        {CURRENT CONTEXT CLUSTER, "there is no user \"u\"", "2:50", NULL},
        {CURRENT
         "contexts: [{name: c, context: {cluster: c, user: u, namespace: A_b}}]\n" CLUSTER USER,
         "\"A_b\" is no name of a namespace", "2:64", NULL},
        {CURRENT "contexts: [{name: c, context: {cluster: 1, user: u}}]\n" CLUSTER USER,
         "cluster is no string", "2:41", NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++)
        check(&cases[i], NULL);
    check(&(struct wrong){CURRENT CONTEXT CLUSTER USER, "there is no context \"quite-another\"",
                          NULL, "there are: c"},
          "quite-another");
}

static void shapes(void **state)
{
    (void)state;
    static const struct wrong cases[] = {
        {"[]", "is no kubeconfig: it holds no mapping", "1:1", NULL},
        {"apiVersion: v2\n", "its apiVersion is \"v2\", not \"v1\"", "1:13", NULL},
        {"apiVersion: v1\nkind: Secret\n", "its kind is \"Secret\", not \"Config\"", "2:7", NULL},
        {"current-context: [c]\n", "current-context is no string", "1:18", NULL},
        {"clusters: {c: 1}\n", "what should be a list is none", "1:11", NULL},
        {"users:\n- 5\n", "an entry of a list is no mapping", "2:3", NULL},
        {"users: [{name: 5}]\n", "a name is no string", "1:16", NULL},
        {"users: [{name: u, user: x}]\n", "an entry of a list is no mapping", "1:25", NULL},
        {"users: [{name: u}, {name: u}]\n", "two entries of a list have one name", "1:27", NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++)
        check(&cases[i], NULL);
}

/* Only that it is refused, and where: the words are the YAML reader's. */
static void no_yaml(void **state)
{
    (void)state;
    check(&(struct wrong){"a: b\nc: d: e\n", "kubeconfig: ", "2:5", NULL}, NULL);
}

static void clusters(void **state)
{
    (void)state;
#define WITH(cluster) CURRENT CONTEXT USER "clusters: [{name: c, cluster: {" cluster "}}]\n"
#define S "server: 'https://c', "
    static const struct wrong cases[] = {
        {WITH(""), "it has no server", "4:31", NULL},
        {WITH("server: ''"), "it has no server", "4:31", NULL},
        {WITH("server: 5"), "server is no string", "4:40", NULL},
        {WITH("server: 'ftp://c'"), "it is neither https:// nor http://", "4:40", NULL},
        {WITH("server: 'https://a b'"), "a character that no address has", "4:40", NULL},
        {WITH("server: 'https://'"), "it names no host", "4:40", NULL},
        {WITH("server: 'https://127.1'"), "neither an address nor a name", "4:40", NULL},
        {WITH("server: 'https://user:secret@c'"), "holds a user or a password", "4:40",
         "fields of the user"},
        {WITH(S "proxy-url: 'http://user:secret@p:3128'"), "would go there unencrypted", "4:64",
         "https://"},
        {WITH(S "proxy-url: 'socks4://user:secret@p'"), "proxy-url begins neither", "4:64", NULL},
        {WITH(S "insecure-skip-tls-verify: 'true'"), "neither true nor false", "4:79", NULL},
        {WITH(S "certificate-authority-data: '!secret!'"),
         "certificate-authority-data is not base64", "4:81", NULL},
        {WITH(S "certificate-authority-data: c2VjcmV0"), "holds no certificate in PEM form", "4:81",
         NULL},
        {WITH(S "certificate-authority: no/such.pem"), "no/such.pem: No such file", "4:76", NULL},
        {WITH(S "certificate-authority: a, certificate-authority-data: c2VjcmV0"), "both set",
         "4:76", NULL},
        {WITH(S "insecure-skip-tls-verify: true, certificate-authority: '" GOLDEN "/pki/ca.crt'"),
         "beside a certificate authority", "4:79", "remove insecure"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++)
        check(&cases[i], NULL);
#undef WITH
}

#define WITH(user) CURRENT CONTEXT CLUSTER "users: [{name: u, user: {" user "}}]\n"

static void users(void **state)
{
    (void)state;
    static const struct wrong cases[] = {
        {WITH("token: 5"), "token is no string", "4:33", NULL},
        {WITH("token: \"a\\nb\""), "token holds a control character", "4:33", NULL},
        {WITH("token: \"a\\0b\""), "token holds a NUL", "4:33", NULL},
        {WITH("token: t, username: me"), "both a token and", "4:25", NULL},
        {WITH("tokenFile: no-such"), "no-such: No such file", "4:37", NULL},
        {WITH("username: 'a:b'"), "username holds a colon", "4:36", NULL},
        {WITH("as-groups: [g]"), "without as (the user)", "4:25", NULL},
        {WITH("as-uid: x"), "without as (the user)", "4:25", NULL},
        {WITH("as: \"a\\nb\""), "as holds a control character", "4:30", NULL},
        {WITH("as: a, as-groups: x"), "as-groups is no list", "4:44", NULL},
        {WITH("as: a, as-groups: [\"x\\ry\"]"), "as-groups holds a control", "4:44", NULL},
        {WITH("as: a, as-user-extra: {k: v}"), "no list of strings", "4:52", NULL},
        {WITH("client-certificate: '" GOLDEN "/pki/client.crt'"), "without client-key", "4:25",
         NULL},
        {WITH("client-certificate: no-such, client-key: x"), "No such file", "4:46", NULL},
        {WITH("client-certificate: '" GOLDEN "/pki/client.crt',\n client-key-data: c2VjcmV0"),
         "client-key-data of ", "5:19", NULL},
        {WITH("client-certificate: '" GOLDEN "/pki/ca.crt', client-key: '" GOLDEN
              "/pki/client.key'"),
         "does not belong to the certificate", "4:25", NULL},
        {WITH("auth-provider: {name: gcp}"), "auth-provider \"gcp\"", "4:41", "exec"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++)
        check(&cases[i], NULL);
}

static void plugins(void **state)
{
    (void)state;
    static const struct wrong cases[] = {
        {WITH("exec: x"), "exec is no mapping", "4:32", NULL},
        {WITH("exec: {apiVersion: " EXEC "}"), "has no command", "4:32", NULL},
        {WITH("exec: {command: x}"), "has no apiVersion", "4:32", NULL},
        {WITH("exec: {command: x, apiVersion: " EXEC "alpha1}"), "has apiVersion", "4:57",
         "v1beta1"},
        {WITH("exec: {command: x, apiVersion: " EXEC "}"), "no interactiveMode", "4:32", NULL},
        {WITH("exec: {command: x, interactiveMode: No, apiVersion: " EXEC "}"),
         "interactiveMode is no string", "4:62", NULL},
        {WITH("exec: {command: x, interactiveMode: Nein, apiVersion: " EXEC "}"),
         "interactiveMode \"Nein\"", "4:62", "IfAvailable"},
        {WITH("exec: {command: x, interactiveMode: Never, env: 5, apiVersion: " EXEC "}"),
         "env of the exec plug-in is no list", "4:74", NULL},
        {WITH("exec: {command: x, interactiveMode: Never, env: [{value: v}], apiVersion: " EXEC
              "}"),
         "variable of the exec plug-in has no name", "4:74", NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++)
        check(&cases[i], NULL);
}

static void no_file(void **state)
{
    (void)state;
    struct kube_config *config = NULL;
    struct error *err = NULL;
    assert_int_equal(kube_config_load("/no/such", NULL, &config, &err), -1);
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
    assert_non_null(strstr(err->message, "/no/such"));
    error_clear(&err);
    setenv("KUBECONFIG", "/no/a:/no/b", 1);
    assert_int_equal(kube_config_load(NULL, NULL, &config, &err), -1);
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
    assert_string_equal(err->message, "there is no kubeconfig: /no/a, /no/b");
    error_clear(&err);
    unsetenv("KUBECONFIG");
}

/* One bad file of the list is an error even when the others would do. */
static void bad_file_of_a_list(void **state)
{
    (void)state;
    AUTO_FREE char *list = mem_printf(GOLDEN "/data.yaml:%s", save("bad", "kind: Pod\n", 0600));
    setenv("KUBECONFIG", list, 1);
    struct kube_config *config = NULL;
    struct error *err = NULL;
    assert_int_equal(kube_config_load(NULL, NULL, &config, &err), -1);
    assert_non_null(strstr(err->message, "\"Pod\""));
    error_clear(&err);
    unsetenv("KUBECONFIG");
}

/* No error carries a piece of a secret, whatever is wrong around it. */
static void secrets_stay_out(void **state)
{
    (void)state;
    static const char *const texts[] = {
        WITH("token: \"hunter2\\n\""),
        WITH("username: me, password: hunter2, token: hunter2"),
        WITH("client-certificate-data: hunter2!, client-key-data: hunter2"),
        WITH("client-certificate: '" GOLDEN "/pki/client.crt', client-key-data: 'hunter2!'"),
        WITH("password: [hunter2]"),
        WITH("username: 'a:b', password: hunter2"),
        WITH("exec: {command: '', env: [{name: A, value: hunter2}]}"),
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        struct kube_config *config = NULL;
        struct error *err = NULL;
        assert_int_equal(kube_config_load(save("config", texts[i], 0600), NULL, &config, &err), -1);
        assert_null(strstr(err->message, "hunter2"));
        assert_true(!err->hint || !strstr(err->hint, "hunter2"));
        error_free(err);
    }
}

static int check_days(const char *days, struct error **err)
{
    make_cert(days);
    AUTO_CONFIG *config = load(save("config",
                                    WITH("client-certificate: cert.pem, client-key: "
                                         "key.pem"),
                                    0600),
                               NULL);
    return kube_config_check(config, err);
}

static void expired_certificate(void **state)
{
    (void)state;
    struct error *err = NULL;
    must(check_days("1", &err), &err);
    assert_int_equal(check_days("-1", &err), -1);
    assert_int_equal(err->kind, ERROR_DENIED);
    AUTO_FREE char *start =
        mem_printf("client certificate of user u in %s/config expired on 20", test_folder);
    assert_int_equal(strncmp(err->message, start, strlen(start)), 0);
    error_clear(&err);
    AUTO_CONFIG *token = load(save("config", WITH("token: t"), 0600), NULL);
    must(kube_config_check(token, &err), &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contexts),
        cmocka_unit_test(shapes),
        cmocka_unit_test(no_yaml),
        cmocka_unit_test(clusters),
        cmocka_unit_test(users),
        cmocka_unit_test(plugins),
        cmocka_unit_test(no_file),
        cmocka_unit_test(bad_file_of_a_list),
        cmocka_unit_test(secrets_stay_out),
        cmocka_unit_test(expired_certificate),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
