/* One plug-in for several clients, as client-go's exec_cache_test.go has them share one, and what a
 * person is told of it. */
#include "plugin_support.h"

#include <pthread.h>
#include <pty.h>

#include "auth_exec.h"
#include "meshctl/base/clock.h"

#define CLIENTS 8
#define HERE "cd \"$(dirname \"$0\")\"; "

/* One client a thread, each of a kubeconfig of its own. */
struct client {
    pthread_t thread;
    char user[16];
    struct kube_config config;
    struct kube_auth *auth;
    struct strlist headers;
    struct error *error;
};

static void clients_init(struct client *clients, struct kube_exec_plugin *exec)
{
    memset(clients, 0, CLIENTS * sizeof(*clients));
    for (int i = 0; i < CLIENTS; i++) {
        struct error *err = NULL;
        struct client *c = &clients[i];
        snprintf(c->user, sizeof(c->user), "user-%d", i);
        c->config = base_config();
        c->config.user_name = c->user;
        c->config.exec = exec;
        must(kube_auth_new(&c->config, NULL, &c->auth, &err), &err);
    }
}

static void *ask(void *arg)
{
    struct client *c = arg;
    (void)!kube_auth_headers_append(c->auth, &c->headers, &c->error);
    return NULL;
}

static void *refuse_and_ask(void *arg)
{
    struct client *c = arg;
    kube_auth_reject(c->auth);
    return ask(arg);
}

static void all_at_once(struct client *clients, void *(*what)(void *arg))
{
    for (int i = 0; i < CLIENTS; i++) {
        kube_auth_headers_release(&clients[i].headers);
        error_clear(&clients[i].error);
        assert_int_equal(pthread_create(&clients[i].thread, NULL, what, &clients[i]), 0);
    }
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(clients[i].thread, NULL);
}

static void clients_release(struct client *clients)
{
    for (int i = 0; i < CLIENTS; i++) {
        kube_auth_free(clients[i].auth);
        kube_auth_headers_release(&clients[i].headers);
        error_free(clients[i].error);
    }
}

static void all_have(const struct client *clients, const char *header)
{
    for (int i = 0; i < CLIENTS; i++) {
        if (clients[i].error)
            fail_msg("%s", clients[i].error->message);
        assert_int_equal(clients[i].headers.count, 1);
        assert_string_equal(clients[i].headers.items[0], header);
    }
}

static void asked_once_for_all(void **state)
{
    (void)state;
    struct client clients[CLIENTS];
    struct kube_exec_plugin exec = plugin(HERE COUNT "sleep 0.2; " ANSWER("\"token\":\"t1\""));
    runs();
    clients_init(clients, &exec);
    all_at_once(clients, ask);
    all_have(clients, "Authorization: Bearer t1");
    all_at_once(clients, ask);
    assert_int_equal(runs(), 1);
    /* One refused answer makes one new one, however many were refused. */
    plugin(HERE COUNT "sleep 0.2; " ANSWER("\"token\":\"t2\""));
    for (int i = 0; i < CLIENTS; i++)
        assert_true(kube_auth_reject(clients[i].auth));
    all_at_once(clients, ask);
    all_have(clients, "Authorization: Bearer t2");
    assert_int_equal(runs(), 1);
    clients_release(clients);
    /* Nothing stays behind the last client. */
    clients_init(clients, &exec);
    all_at_once(clients, ask);
    assert_int_equal(runs(), 1);
    clients_release(clients);
}

/* Each of them is refused at another time: whoever has the newer answer already uses it. */
static void refusals_meet(void **state)
{
    (void)state;
    struct client clients[CLIENTS];
    struct kube_exec_plugin exec = plugin(HERE COUNT ANSWER("\"token\":\"t\""));
    runs();
    clients_init(clients, &exec);
    all_at_once(clients, ask);
    assert_int_equal(runs(), 1);
    all_at_once(clients, refuse_and_ask);
    all_have(clients, "Authorization: Bearer t");
    size_t again = runs();
    assert_in_range(again, 1, CLIENTS);
    for (int i = 0; i < CLIENTS; i++)
        ask(&clients[i]);
    assert_int_equal(runs(), 0);
    clients_release(clients);
}

static void failure_is_told_to_each(void **state)
{
    (void)state;
    struct client clients[CLIENTS];
    struct kube_exec_plugin exec = plugin(HERE COUNT "echo 'not logged in' >&2; exit 4");
    runs();
    clients_init(clients, &exec);
    all_at_once(clients, ask);
    for (int i = 0; i < CLIENTS; i++) {
        const struct error *e = clients[i].error;
        AUTO_FREE char *start =
            mem_printf("credentials of user user-%d in config: exec plug-in: ", i);
        assert_non_null(e);
        assert_int_equal(e->kind, ERROR_DENIED);
        assert_memory_equal(e->message, start, strlen(start));
        assert_non_null(strstr(e->message, "failed with exit code 4: not logged in"));
        assert_string_equal(e->where, "config");
    }
    assert_int_equal(runs(), 1);
    clients_release(clients);
}

/* What the second client has another than the first. */
static void what_differs_is_asked_for_itself(void **state)
{
    (void)state;
    struct kube_exec_plugin first = plugin(HERE COUNT ANSWER("\"token\":\"t\""));
    char *args[] = {S("a"), S("b")}, *joined[] = {S("a,1:b")}, *env[] = {S("a=b")};
    struct kube_exec_plugin more = first, other_args = first, other_env = first, beta = first;
    struct kube_exec_plugin never = first, hint = first, told = first, told_more;
    first.args = more.args = (struct strlist){.items = args, .count = 2};
    other_args.args = (struct strlist){.items = joined, .count = 1};
    other_env.args = first.args;
    other_env.env = (struct strlist){.items = env, .count = 1};
    never.args = hint.args = beta.args = told.args = first.args;
    never.interactive = KUBE_INTERACTIVE_NEVER;
    hint.install_hint = S("get it");
    told.provide_cluster_info = true;
    told_more = told;
    told_more.cluster_config = S("{}");
    const struct {
        struct kube_exec_plugin *a, *b;
        const char *server;
        size_t runs;
    } cases[] = {
        {&first, &more, "https://c", 1},  {&first, &other_args, "https://c", 2},
        {&first, &hint, "https://c", 1},  {&first, &other_env, "https://c", 2},
        {&first, &never, "https://c", 2}, {&first, &more, "https://d", 1},
        {&told, &told, "https://c", 1},   {&told, &told, "https://d", 2},
        {&first, &told, "https://c", 2},  {&told, &told_more, "https://c", 2},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct kube_config one = base_config(), two = one;
        AUTO_AUTH *a = NULL, *b = NULL;
        struct error *err = NULL;
        one.exec = cases[i].a;
        two.exec = cases[i].b;
        two.server = S(cases[i].server);
        runs();
        must(kube_auth_new(&one, NULL, &a, &err), &err);
        must(kube_auth_new(&two, NULL, &b, &err), &err);
        must(kube_auth_refresh(a, &err), &err);
        must(kube_auth_refresh(b, &err), &err);
        if (runs() != cases[i].runs)
            fail_msg("case %zu", i);
    }
}

static void *cancel_later(void *arg)
{
    clock_sleep(200, NULL);
    cancel_set(arg);
    return NULL;
}

/* Who only waits for another's run can be interrupted, and has a deadline, too. */
static void waiting_has_an_end(void **state)
{
    (void)state;
    struct kube_exec_plugin exec = plugin("sleep 3; " ANSWER("\"token\":\"t\""));
    struct client clients[CLIENTS];
    struct cancel cancel;
    pthread_t canceller;
    assert_int_equal(cancel_init(&cancel), 0);
    clients_init(clients, &exec);
    struct kube_client_options late = {.deadline_ms = clock_now_ms() + 400},
                               interrupted = {.cancel = &cancel};
    AUTO_AUTH *a = NULL, *b = NULL;
    struct error *err = NULL;
    must(kube_auth_new(&clients[0].config, &late, &a, &err), &err);
    must(kube_auth_new(&clients[0].config, &interrupted, &b, &err), &err);
    assert_int_equal(pthread_create(&clients[0].thread, NULL, ask, &clients[0]), 0);
    clock_sleep(200, NULL);
    assert_int_equal(kube_auth_refresh(a, &err), -1);
    assert_int_equal(err->kind, ERROR_TIMEOUT);
    error_clear(&err);
    assert_int_equal(pthread_create(&canceller, NULL, cancel_later, &cancel), 0);
    assert_int_equal(kube_auth_refresh(b, &err), -1);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    error_clear(&err);
    pthread_join(canceller, NULL);
    pthread_join(clients[0].thread, NULL);
    assert_null(clients[0].error);
    clients_release(clients);
    cancel_release(&cancel);
}

static void note(void *ctx, const char *cluster, const char *text)
{
    strlist_addf(ctx, "%s: %s", cluster, text);
}

/* Told while it runs, without what could play tricks on a terminal; the error has the last lines.
 */
static void words_are_heard(void **state)
{
    (void)state;
    AUTO_STRLIST heard = STRLIST_INIT;
    struct kube_exec_plugin exec =
        plugin("printf 'open \\033[2Jhttps://login\\r\\n\\n' >&2; yes more | head -n 40 >&2; "
               "echo last >&2; exit 1");
    struct kube_config config = base_config();
    struct kube_client_options options = {.name = "west", .on_warning = note, .ctx = &heard};
    struct error *err = NULL;
    AUTO_AUTH *a = NULL;
    config.exec = &exec;
    must(kube_auth_new(&config, &options, &a, &err), &err);
    assert_int_equal(kube_auth_refresh(a, &err), -1);
    assert_int_equal(heard.count, 32);
    assert_string_equal(heard.items[0], "west: ./plugin: open \\u001b[2Jhttps://login");
    assert_string_equal(heard.items[1], "west: ./plugin: more");
    assert_true(strlen(err->message) < 1000);
    assert_non_null(strstr(err->message, "exit code 1: more; more; more; more; last"));
    error_free(err);
}

/* Beside a terminal that may not be used. */
static void nobody_may_be_asked(void **state)
{
    (void)state;
    int master, slave, saved = dup(STDIN_FILENO);
    assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
    assert_true(dup2(slave, STDIN_FILENO) >= 0);
    struct kube_exec_plugin exec =
        plugin(HERE "printf %s \"$KUBERNETES_EXEC_INFO\" >info; test -t 0 && exit 9; " ANSWER(
            "\"token\":\"t\""));
    struct kube_config config = base_config();
    struct kube_client_options options = {.name = "west", .no_input = true};
    struct error *err = NULL;
    AUTO_AUTH *available = NULL, *always = NULL;
    config.exec = &exec;
    must(kube_auth_new(&config, &options, &available, &err), &err);
    must(kube_auth_refresh(available, &err), &err);
    AUTO_FREE char *path = fs_join_dup(test_folder, "info");
    AUTO_FREE char *info = read_dup(path);
    assert_non_null(strstr(info, "\"interactive\":false"));
    unlink(path);
    exec.interactive = KUBE_INTERACTIVE_ALWAYS;
    must(kube_auth_new(&config, &options, &always, &err), &err);
    assert_int_equal(kube_auth_refresh(always, &err), -1);
    assert_int_equal(err->kind, ERROR_REFUSED);
    assert_non_null(strstr(err->message, "must ask a person, and nobody may be asked"));
    assert_non_null(strstr(err->hint, "--no-input"));
    assert_false(fs_exists(path)); /* it was not started */
    error_free(err);
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(master);
    close(slave);
}

/* Goes to the shell as a person would paste it, and runs what we ran. */
static void printed_fix_does_the_same(void **state)
{
    (void)state;
    struct kube_exec_plugin exec =
        plugin(HERE "printf '%s|' \"$@\" \"$REGION\" \"$WITH_BLANK\" >given; printf %s "
                    "\"$KUBERNETES_EXEC_INFO\" >info; exit 3");
    char *args[] = {S("get-token"), S("--cluster=a b"), S("it's"), S("$(id)"), S(""), S("-")};
    char *env[] = {S("REGION=eu"), S("WITH_BLANK=a  b")};
    exec.args = (struct strlist){.items = args, .count = MC_ARRAY_LEN(args)};
    exec.env = (struct strlist){.items = env, .count = MC_ARRAY_LEN(env)};
    exec.interactive = KUBE_INTERACTIVE_NEVER;
    struct kube_config config = base_config();
    struct error *err = NULL;
    AUTO_AUTH *a = NULL;
    config.exec = &exec;
    must(kube_auth_new(&config, NULL, &a, &err), &err);
    assert_int_equal(kube_auth_refresh(a, &err), -1);
    AUTO_FREE char *given_path = fs_join_dup(test_folder, "given");
    AUTO_FREE char *info_path = fs_join_dup(test_folder, "info");
    AUTO_FREE char *given = read_dup(given_path), *info = read_dup(info_path);
    assert_string_equal(given, "get-token|--cluster=a b|it's|$(id)||-|eu|a  b|");
    unlink(given_path);
    unlink(info_path);
    static const char start[] = "run it by hand to see why: ";
    assert_memory_equal(err->hint, start, strlen(start));
    const char *pasted[] = {"sh", "-c", err->hint + strlen(start), NULL};
    struct error *again = NULL;
    assert_int_equal(run_program(pasted, &again), -1);
    assert_non_null(strstr(again->message, "exit code 3"));
    AUTO_FREE char *given_again = read_dup(given_path), *info_again = read_dup(info_path);
    assert_string_equal(given_again, given);
    assert_string_equal(info_again, info);
    error_free(err);
    error_free(again);
}

static void secrets_are_left_out_of_it(void **state)
{
    (void)state;
    static const struct {
        const char *env, *arg_1, *arg_2, *wanted;
    } cases[] = {
        {"AWS_PROFILE=prod", "eks", "get-token", "AWS_PROFILE=prod INFO aws eks get-token"},
        {"API_TOKEN=hunter2", "oidc-login", "-v", "API_TOKEN='***' INFO aws oidc-login -v"},
        {"AWS_SECRET_ACCESS_KEY=hunter2", "a", "b", "AWS_SECRET_ACCESS_KEY='***' INFO aws a b"},
        {"TOKEN_FILE=/run/token", "a", "b", "TOKEN_FILE=/run/token INFO aws a b"},
        {"PASSWORD=", "a", "b", "PASSWORD= INFO aws a b"},
        {"HTTPS_PROXY=http://me:hunter2@proxy", "a", "b", "HTTPS_PROXY='***' INFO aws a b"},
        {"A=b", "--oidc-client-secret=hunter2", "b", "A=b INFO aws --oidc-client-secret='***' b"},
        {"A=b", "--client-secret", "hunter2", "A=b INFO aws --client-secret '***'"},
        {"A=b", "--Password", "-hunter2", "A=b INFO aws --Password '***'"},
        {"A=b", "--token-dir", "/run", "A=b INFO aws --token-dir /run"},
        {"A=b", "-c", "curl -H 'Bearer hunter2'", "A=b INFO aws -c '***'"},
        {"A=b", "--set=password: hunter2", "b", "A=b INFO aws --set='***' b"},
        {"A=b", "eyJhunter2", "--x=eyJhunter2", "A=b INFO aws '***' --x='***'"},
    };
    static const char info[] = "KUBERNETES_EXEC_INFO='{\"apiVersion\":\"v\",\"kind\":"
                               "\"ExecCredential\",\"spec\":{\"interactive\":true}}'";
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        char *args[] = {S(cases[i].arg_1), S(cases[i].arg_2)}, *env[] = {S(cases[i].env)};
        struct kube_exec_plugin exec = {.command = S("aws"),
                                        .api_version = S("v"),
                                        .interactive = KUBE_INTERACTIVE_IF_AVAILABLE,
                                        .args = {.items = args, .count = 2},
                                        .env = {.items = env, .count = 1},
                                        .dir = test_folder};
        struct kube_config config = base_config();
        config.exec = &exec;
        AUTO_FREE char *command = auth_exec_command_dup(&config);
        const char *split = strstr(cases[i].wanted, "INFO");
        AUTO_FREE char *wanted = mem_printf("%.*s%s%s", (int)(split - cases[i].wanted),
                                            cases[i].wanted, info, split + strlen("INFO"));
        assert_string_equal(command, wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asked_once_for_all),
        cmocka_unit_test(refusals_meet),
        cmocka_unit_test(failure_is_told_to_each),
        cmocka_unit_test(what_differs_is_asked_for_itself),
        cmocka_unit_test(waiting_has_an_end),
        cmocka_unit_test(words_are_heard),
        cmocka_unit_test(nobody_may_be_asked),
        cmocka_unit_test(printed_fix_does_the_same),
        cmocka_unit_test(secrets_are_left_out_of_it),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
