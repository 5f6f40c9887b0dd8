/* Deleting exactly what was looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakeapi_fixture.h"
#include "meshctl/data/json.h"

#define SETTINGS "/api/v1/namespaces/default/configmaps/settings"

static struct fakeapi_fixture x;

static const struct kube_ref settings = {
    .api_version = "v1", .kind = "ConfigMap", .namespace_ = "default", .name = "settings"};

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(&x, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fakeapi_fixture_stop(&x);
    return 0;
}

static void have_settings(const char *value)
{
    AUTO_FREE char *text =
        mem_printf("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":"
                   "\"settings\",\"namespace\":\"default\"},\"data\":{\"key\":\"%s\"}}",
                   value);
    fakeapi_put(x.api, text);
}

static bool is_there(void)
{
    json_auto_t *object = fakeapi_object(x.api, SETTINGS);
    return object != NULL;
}

static void expect_conflict(const struct kube_delete_options *options, const char *message)
{
    AUTO_ERROR struct error *err = NULL;
    assert_int_equal(kube_delete(x.client, &settings, options, NULL, &err), -1);
    assert_int_equal(err->kind, ERROR_CONFLICT);
    assert_string_equal(err->message, message);
    assert_string_equal(err->where, "west/ConfigMap/default/settings");
    assert_true(is_there());
}

static void another_of_the_name_stays(void **state)
{
    (void)state;
    have_settings("old");
    json_auto_t *old = fakeapi_object(x.api, SETTINGS);
    fakeapi_remove(x.api, SETTINGS);
    have_settings("new");
    expect_conflict(
        &(struct kube_delete_options){.uid = json_dig_str(old, "metadata", "uid", NULL)},
        "west: delete ConfigMap default/settings: another object has taken its name meanwhile");
}

static void a_changed_one_stays(void **state)
{
    (void)state;
    have_settings("old");
    json_auto_t *old = fakeapi_object(x.api, SETTINGS);
    struct kube_delete_options options = {
        .uid = json_dig_str(old, "metadata", "uid", NULL),
        .resource_version = json_dig_str(old, "metadata", "resourceVersion", NULL)};
    fakeapi_patch(x.api, SETTINGS, "{\"data\":{\"key\":\"new\"}}");
    expect_conflict(&options, "west: delete ConfigMap default/settings: it was changed meanwhile");
}

static void the_one_looked_at_goes(void **state)
{
    (void)state;
    struct error *err = NULL;
    bool found = false;
    have_settings("old");
    json_auto_t *old = fakeapi_object(x.api, SETTINGS);
    struct kube_delete_options options = {
        .uid = json_dig_str(old, "metadata", "uid", NULL),
        .resource_version = json_dig_str(old, "metadata", "resourceVersion", NULL),
        .dry_run = true};
    assert_int_equal(kube_delete(x.client, &settings, &options, &found, &err), 0);
    assert_true(found);
    assert_true(is_there());
    options.dry_run = false;
    assert_int_equal(kube_delete(x.client, &settings, &options, &found, &err), 0);
    assert_true(found);
    assert_false(is_there());
    assert_int_equal(kube_delete(x.client, &settings, &options, &found, &err), 0);
    assert_false(found);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(another_of_the_name_stays),
        CASE(a_changed_one_stays),
        CASE(the_one_looked_at_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
