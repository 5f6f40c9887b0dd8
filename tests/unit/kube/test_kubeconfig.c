/* Which values win: golden/kube/kubeconfig/expected holds what the real `kubectl config view
 * --minify
 * --flatten --raw` makes of the same files (golden/kube/kubeconfig/regenerate). */
#include "config_support.h"

#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "meshctl/data/json.h"

/* Missing and empty are the same in kubectl's output. */
static void assert_text(const char *name, const char *what, const char *ours, const json_t *theirs)
{
    const char *wanted = json_is_string(theirs) ? json_string_value(theirs) : "";
    if (strcmp(ours ? ours : "", wanted) != 0)
        fail_msg("%s: %s is \"%s\", kubectl has \"%s\"", name, what, ours ? ours : "", wanted);
}

static void assert_pem(const char *name, const char *what, const char *pem, const json_t *theirs)
{
    AUTO_FREE char *coded = pem ? base64_encode_dup(pem, strlen(pem)) : NULL;
    assert_text(name, what, coded, theirs);
}

static void assert_strings(const struct strlist *ours, const json_t *theirs)
{
    assert_int_equal(ours->count, json_array_size(theirs));
    for (size_t i = 0; i < ours->count; i++)
        assert_string_equal(ours->items[i], json_string_value(json_array_get(theirs, i)));
}

/* kubectl config view leaves paths as they stand; a client joins them with the file's folder. */
static void assert_path(const char *ours, const json_t *theirs, const char *dir)
{
    if (!theirs) {
        assert_null(ours);
        return;
    }
    AUTO_FREE char *joined = fs_join_dup(dir, json_string_value(theirs));
    AUTO_FREE char *wanted = realpath(joined, NULL);
    AUTO_FREE char *have = realpath(ours, NULL);
    assert_non_null(wanted);
    assert_string_equal(have, wanted);
}

static void compare_cluster(const char *name, const struct kube_config *c, const json_t *cluster)
{
    AUTO_FREE char *server = mem_strdup(json_dig_str(cluster, "server", NULL));
    size_t len = strlen(server);
    if (len && server[len - 1] == '/')
        server[len - 1] = '\0';
    assert_string_equal(c->server, server);
    assert_pem(name, "ca", c->tls.ca_pem, json_dig(cluster, "certificate-authority-data", NULL));
    assert_text(name, "tls-server-name", c->tls.server_name,
                json_dig(cluster, "tls-server-name", NULL));
    assert_text(name, "proxy-url", c->tls.proxy_url, json_dig(cluster, "proxy-url", NULL));
    assert_int_equal(c->tls.insecure,
                     json_is_true(json_dig(cluster, "insecure-skip-tls-verify", NULL)));
}

static void compare_exec(const char *name, const struct kube_exec_plugin *e, const json_t *theirs)
{
    static const char *const modes[] = {"Never", "IfAvailable", "Always"};
    if (!theirs) {
        assert_null(e);
        return;
    }
    assert_text(name, "command", e->command, json_dig(theirs, "command", NULL));
    assert_text(name, "apiVersion", e->api_version, json_dig(theirs, "apiVersion", NULL));
    assert_text(name, "interactiveMode", modes[e->interactive],
                json_dig(theirs, "interactiveMode", NULL));
    assert_int_equal(e->provide_cluster_info,
                     json_is_true(json_dig(theirs, "provideClusterInfo", NULL)));
    assert_strings(&e->args, json_dig(theirs, "args", NULL));
    const char *hint = json_dig_str(theirs, "installHint", NULL);
    if (hint) /* ours has no final newline */
        assert_memory_equal(e->install_hint, hint, strlen(hint) - 1);
    const json_t *env = json_dig(theirs, "env", NULL);
    assert_int_equal(e->env.count, json_array_size(env));
    for (size_t i = 0; i < e->env.count; i++) {
        const json_t *item = json_array_get(env, i);
        AUTO_FREE char *pair = mem_printf("%s=%s", json_dig_str(item, "name", NULL),
                                          json_dig_str(item, "value", NULL));
        assert_string_equal(e->env.items[i], pair);
    }
}

static void compare_extra(const struct strlist *ours, const json_t *theirs)
{
    size_t n = 0, i;
    const char *key;
    json_t *values, *value;
    json_object_foreach((json_t *)theirs, key, values) {
        json_array_foreach(values, i, value) {
            assert_true(n + 1 < ours->count);
            assert_string_equal(ours->items[n++], key);
            assert_string_equal(ours->items[n++], json_string_value(value));
        }
    }
    assert_int_equal(n, ours->count);
}

static void compare_user(const char *name, const struct kube_config *c, const json_t *user,
                         const char *dir)
{
    assert_pem(name, "cert", c->tls.cert_pem, json_dig(user, "client-certificate-data", NULL));
    assert_pem(name, "key", c->tls.key_pem, json_dig(user, "client-key-data", NULL));
    assert_text(name, "token", c->token, json_dig(user, "token", NULL));
    assert_path(c->token_file, json_dig(user, "tokenFile", NULL), dir);
    assert_text(name, "username", c->username, json_dig(user, "username", NULL));
    assert_text(name, "password", c->password, json_dig(user, "password", NULL));
    assert_text(name, "as", c->impersonate_user, json_dig(user, "as", NULL));
    assert_text(name, "as-uid", c->impersonate_uid, json_dig(user, "as-uid", NULL));
    assert_strings(&c->impersonate_groups, json_dig(user, "as-groups", NULL));
    compare_extra(&c->impersonate_extra, json_dig(user, "as-user-extra", NULL));
    compare_exec(name, c->exec, json_dig(user, "exec", NULL));
}

static void compare(const char *name, const struct kube_config *c, const json_t *view,
                    const char *dir)
{
    assert_text(name, "context", c->context, json_dig(view, "current-context", NULL));
    assert_text(name, "cluster", c->cluster_name, json_dig(view, "clusters", "0", "name", NULL));
    assert_text(name, "user", c->user_name, json_dig(view, "users", "0", "name", NULL));
    const char *namespace_ = json_dig_str(view, "contexts", "0", "context", "namespace", NULL);
    assert_string_equal(c->namespace_, namespace_ ? namespace_ : "default");
    compare_cluster(name, c, json_dig(view, "clusters", "0", "cluster", NULL));
    compare_user(name, c, json_dig(view, "users", "0", "user", NULL), dir);
}

/* "a.yaml:sub/b.yaml" with the golden folder before each; empty parts stay empty. */
static char *kubeconfig_dup(const char *files)
{
    AUTO_STRLIST names = STRLIST_INIT, paths = STRLIST_INIT;
    strlist_split(&names, files, ':');
    for (size_t i = 0; i < names.count; i++)
        strlist_addf(&paths, "%s%s", names.items[i][0] ? GOLDEN "/" : "", names.items[i]);
    return strlist_join_dup(&paths, ":");
}

static void run_case(const char *line)
{
    AUTO_STRLIST words = STRLIST_INIT;
    strlist_split(&words, line, ' ');
    assert_int_equal(words.count, 3);
    const char *name = words.items[0], *context = words.items[1], *files = words.items[2];
    AUTO_FREE char *expected_path = mem_printf(GOLDEN "/expected/%s.json", name);
    AUTO_FREE char *expected = read_dup(expected_path);
    json_auto_t *view = NULL;
    struct error *err = NULL;
    must(json_read(expected, strlen(expected), name, &view, &err), &err);
    AUTO_FREE char *list = kubeconfig_dup(files);
    setenv("KUBECONFIG", list, 1);
    AUTO_CONFIG *config = load(NULL, strcmp(context, "-") == 0 ? NULL : context);
    compare(name, config, view, text_has_prefix(files, "sub/") ? GOLDEN "/sub" : GOLDEN);
}

static void like_kubectl(void **state)
{
    (void)state;
    AUTO_FREE char *text = read_dup(GOLDEN "/cases");
    AUTO_STRLIST lines = STRLIST_INIT;
    strlist_split(&lines, text, '\n');
    size_t count = 0;
    for (size_t i = 0; i < lines.count; i++)
        if (lines.items[i][0] && lines.items[i][0] != '#') {
            run_case(lines.items[i]);
            count++;
        }
    assert_true(count >= 14);
    unsetenv("KUBECONFIG");
}

static void one_named_file(void **state)
{
    (void)state;
    /* KUBECONFIG has no say then. */
    setenv("KUBECONFIG", GOLDEN "/second.yaml", 1);
    AUTO_CONFIG *config = load(GOLDEN "/data.yaml", NULL);
    assert_string_equal(config->context, "kind-west");
    assert_string_equal(config->source, GOLDEN "/data.yaml");
    unsetenv("KUBECONFIG");
}

static void home_file(void **state)
{
    (void)state;
    AUTO_FREE char *dir = fs_join_dup(test_folder, ".kube");
    assert_int_equal(mkdir(dir, 0700), 0);
    AUTO_FREE char *text = read_dup(GOLDEN "/json.yaml");
    save(".kube/config", text, 0600);
    AUTO_CONFIG *config = load(NULL, NULL);
    assert_string_equal(config->server, "https://j.example");
}

static void relative_to_the_file(void **state)
{
    (void)state;
    /* Also when the file itself is named relative to the current folder. */
    AUTO_FREE char *here = getcwd(NULL, 0);
    assert_int_equal(chdir(GOLDEN "/pki"), 0);
    AUTO_CONFIG *config = load("../sub/relative.yaml", "token");
    assert_int_equal(config->token_file[0], '/');
    AUTO_FREE char *path = realpath(config->token_file, NULL);
    AUTO_FREE char *wanted = realpath(GOLDEN "/pki/token", NULL);
    assert_string_equal(path, wanted);
    assert_int_equal(chdir(here), 0);
}

/* client_config.go ClientConfig: who has no TLS is told nothing. */
static void nothing_secret_without_tls(void **state)
{
    (void)state;
    static const char *const servers[] = {"http://127.0.0.1:8001", "127.0.0.1:8001"};
    for (size_t i = 0; i < 2; i++) {
        AUTO_FREE char *text =
            mem_printf("current-context: c\nclusters: [{name: c, cluster: {server: '%s'}}]\n"
                       "users: [{name: u, user: {token: t, as: me}}]\n"
                       "contexts: [{name: c, context: {cluster: c, user: u}}]\n",
                       servers[i]);
        AUTO_CONFIG *config = load(save("http.yaml", text, 0600), NULL);
        assert_string_equal(config->server, "http://127.0.0.1:8001");
        assert_null(config->token);
        assert_string_equal(config->impersonate_user, "me");
    }
}

static void plugin_beside_a_token(void **state)
{
    (void)state;
    AUTO_CONFIG *config =
        load(save("both.yaml",
                  "current-context: c\nclusters: [{name: c, cluster: {server: 'https://c'}}]\n"
                  "users: [{name: u, user: {token: t, exec: {command: x, interactiveMode: Never,\n"
                  "  apiVersion: client.authentication.k8s.io/v1}}}]\n"
                  "contexts: [{name: c, context: {cluster: c, user: u}}]\n",
                  0600),
             NULL);
    assert_null(config->exec);
    assert_string_equal(config->token, "t");
}

static void cluster_part_for_the_plugin(void **state)
{
    (void)state;
    AUTO_CONFIG *config =
        load(save("ext.yaml",
                  "current-context: c\n"
                  "clusters:\n- name: c\n  cluster:\n    server: https://c\n    extensions:\n"
                  "    - {name: other, extension: 1}\n"
                  "    - {name: client.authentication.k8s.io/exec, extension: {audience: [a, 2]}}\n"
                  "users: [{name: u, user: {exec: {command: x, interactiveMode: Always,\n"
                  "  apiVersion: client.authentication.k8s.io/v1}}}]\n"
                  "contexts: [{name: c, context: {cluster: c, user: u}}]\n",
                  0600),
             NULL);
    assert_string_equal(config->exec->cluster_config, "{\"audience\":[\"a\",2]}");
    assert_int_equal(config->exec->interactive, KUBE_INTERACTIVE_ALWAYS);
    assert_string_equal(config->exec->dir, test_folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(like_kubectl),
        cmocka_unit_test(one_named_file),
        cmocka_unit_test(home_file),
        cmocka_unit_test(relative_to_the_file),
        cmocka_unit_test(nothing_secret_without_tls),
        cmocka_unit_test(plugin_beside_a_token),
        cmocka_unit_test(cluster_part_for_the_plugin),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
