/* Credentials that change while a client works: a token file that is written anew, an exec plug-in
 * that answers anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fakeapi_fixture.h"
#include "meshctl/base/fs.h"
#include "meshctl/data/json.h"
#include "meshctl/kube/apply.h"

#define MAPS "/api/v1/namespaces/default/configmaps"
#define COUNT 12

static struct fakeapi_fixture x;
static char token_file[] = "/tmp/meshctl-token-XXXXXX";

static void write_token(const char *token)
{
    struct error *err = NULL;
    if (fs_write(token_file, token, strlen(token), 0600, &err) < 0)
        fail_msg("%s", err->message);
}

/* The token stands in a file instead of the kubeconfig, as for a projected ServiceAccount. */
static int set_up(void **state)
{
    (void)state;
    const struct fakeapi_fixture_options options = {.api.token = "first", .retry_for_ms = 3000};
    memcpy(token_file + strlen(token_file) - 6, "XXXXXX", 6);
    int fd = mkstemp(token_file);
    assert_true(fd >= 0);
    close(fd);
    write_token("first\n");
    fakeapi_fixture_start(&x, &options);
    kube_client_free(x.client);
    x.config->token_file = mem_strdup(token_file);
    x.client = fakeapi_fixture_client(&x, &options);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fakeapi_fixture_stop(&x);
    return unlink(token_file);
}

static int try_applies(struct kube_apply_result *results, struct error **err)
{
    json_t *objects[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        AUTO_FREE char *name = mem_printf("map-%zu", i);
        objects[i] =
            json_pack("{s:s,s:s,s:{s:s,s:s},s:{s:s}}", "apiVersion", "v1", "kind", "ConfigMap",
                      "metadata", "name", name, "namespace", "default", "data", "key", "value");
    }
    int rc = kube_apply_many(x.client, objects, COUNT, NULL, results, err);
    for (size_t i = 0; i < COUNT; i++)
        json_decref(objects[i]);
    return rc;
}

static void connect_first(void)
{
    bool has = false;
    struct error *err = NULL;
    if (kube_has_api(x.client, "v1/ConfigMap", &has, &err) < 0)
        fail_msg("%s", err->message);
    assert_true(has);
}

/* The file is read again at once, not first when what was read is old; every request of the batch
 * is sent a second time and none a third. */
static void rotated_token_is_read_again(void **state)
{
    (void)state;
    struct kube_apply_result results[COUNT];
    struct error *err = NULL;
    connect_first();
    write_token("second\n");
    fakeapi_set_token(x.api, "second");
    if (try_applies(results, &err) < 0)
        fail_msg("%s", err->message);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(results[i].applied, KUBE_CREATED);
    assert_int_equal(fakeapi_count(x.api, "GET", MAPS "/map-*"), 2 * COUNT);
    assert_int_equal(fakeapi_count(x.api, "PATCH", MAPS "/map-*"), COUNT);
    kube_apply_results_release(results, COUNT);
}

/* The file says the same again: asked twice, then it is the person's turn. */
static void token_that_stays_refused(void **state)
{
    (void)state;
    struct kube_apply_result results[COUNT];
    AUTO_ERROR struct error *err = NULL;
    connect_first();
    fakeapi_set_token(x.api, "second");
    assert_int_equal(try_applies(results, &err), -1);
    assert_int_equal(err->kind, ERROR_DENIED);
    assert_int_equal(err->http_status, 401);
    assert_null(strstr(err->message, "first"));
    assert_non_null(strstr(err->hint, "log in again"));
    assert_int_equal(fakeapi_count(x.api, "GET", MAPS "/map-*"), 2 * COUNT);
    assert_int_equal(fakeapi_count(x.api, "PATCH", MAPS "*"), 0);
    kube_apply_results_release(results, COUNT);
}

/* A create is turned away by a 401 before anything happens. */
static void rotated_token_for_a_create(void **state)
{
    (void)state;
    json_auto_t *object = json_loads("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{"
                                     "\"name\":\"a\",\"namespace\":\"default\"}}",
                                     0, NULL);
    struct error *err = NULL;
    connect_first();
    write_token("second");
    fakeapi_set_token(x.api, "second");
    if (kube_create(x.client, object, NULL, &err) < 0)
        fail_msg("%s", err->message);
    assert_int_equal(fakeapi_count(x.api, "POST", MAPS), 2);
}

/* Written half or removed at the wrong moment: the last good one still serves. */
static void token_file_may_be_away(void **state)
{
    (void)state;
    struct kube_apply_result results[COUNT];
    struct error *err = NULL;
    connect_first();
    write_token("");
    /* Makes the client read the file. */
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .method = "GET", .path = MAPS "*", .times = 1, .status = 401});
    if (try_applies(results, &err) < 0)
        fail_msg("%s", err->message);
    kube_apply_results_release(results, COUNT);
}

/* Prints what the token file has, and counts on standard error, which the client hears. */
static void use_plugin(const struct fakeapi_fixture_options *options)
{
    static const char script[] =
        "echo asked >&2; read -r token <\"$0\"; printf "
        "'{\"kind\":\"ExecCredential\",\"apiVersion\":"
        "\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"%s\"}}' \"$token\"";
    kube_client_free(x.client);
    free(x.config->token_file);
    x.config->token_file = NULL;
    x.config->exec = mem_zalloc(sizeof(*x.config->exec));
    x.config->exec->command = mem_strdup("sh");
    x.config->exec->api_version = mem_strdup("client.authentication.k8s.io/v1");
    x.config->exec->dir = mem_strdup("/");
    x.config->exec->interactive = KUBE_INTERACTIVE_NEVER;
    strlist_add(&x.config->exec->args, "-c");
    strlist_add(&x.config->exec->args, script);
    strlist_add(&x.config->exec->args, token_file);
    x.client = fakeapi_fixture_client(&x, options);
}

static void must_list(struct kube_client *c)
{
    const struct kube_ref maps = {.api_version = "v1", .kind = "ConfigMap"};
    json_auto_t *items = NULL;
    struct error *err = NULL;
    if (kube_list(c, &maps, NULL, NULL, &items, &err) < 0)
        fail_msg("%s", err->message);
}

/* Both clients are turned away with the old token; the first to come back brings the new one for
 * the other. */
static void plugin_answers_anew_once_for_all_clients(void **state)
{
    (void)state;
    const struct fakeapi_fixture_options options = {.retry_for_ms = 3000};
    use_plugin(&options);
    MC_CLEANUP(kube_client_cleanup)
    struct kube_client *other = fakeapi_fixture_client(&x, &options);
    must_list(x.client);
    must_list(other);
    assert_int_equal(x.warnings.count, 1);
    assert_string_equal(x.warnings.items[0], "west: sh: asked");
    write_token("second\n");
    fakeapi_set_token(x.api, "second");
    must_list(x.client);
    must_list(other);
    assert_int_equal(x.warnings.count, 2);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(rotated_token_is_read_again),
        CASE(token_that_stays_refused),
        CASE(rotated_token_for_a_create),
        CASE(token_file_may_be_away),
        CASE(plugin_answers_anew_once_for_all_clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
