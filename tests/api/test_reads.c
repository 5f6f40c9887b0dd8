/* Reading many objects, and metadata alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "fakeapi_fixture.h"
#include "meshctl/base/text.h"
#include "meshctl/data/json.h"

#define SECRETS "/api/v1/namespaces/default/secrets"
#define MANY 70

static struct fakeapi_fixture x;

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

static void have_secret(const char *name, const char *type, size_t bytes)
{
    AUTO_BUF text = BUF_INIT;
    buf_appendf(&text,
                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"%s\",\"metadata\":{"
                "\"name\":\"%s\",\"namespace\":\"default\",\"labels\":{\"owner\":\"helm\"}},"
                "\"data\":{\"release\":\"",
                type, name);
    buf_pad(&text, 'A', bytes);
    buf_appends(&text, "\"}}");
    fakeapi_put(x.api, buf_str(&text));
}

static void a_list_without_what_is_in_it(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *items = NULL;
    struct kube_ref ref = {"v1", "Secret", "default", NULL};
    have_secret("sh.helm.release.v1.a.v1", "helm.sh/release.v1", 1000000);
    have_secret("sh.helm.release.v1.a.v2", "helm.sh/release.v1", 1000000);
    have_secret("other", "Opaque", 1000000);
    assert_int_equal(
        kube_list_metadata(x.client, &ref, "owner=helm", "type=helm.sh/release.v1", &items, &err),
        0);
    assert_int_equal(json_array_size(items), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *item = json_array_get(items, i);
        assert_string_equal(json_dig_str(item, "kind", NULL), "Secret");
        assert_string_equal(json_dig_str(item, "apiVersion", NULL), "v1");
        assert_string_equal(json_dig_str(item, "metadata", "labels", "owner", NULL), "helm");
        assert_null(json_object_get(item, "data"));
    }
    /* Nothing of a megabyte came over the wire; discovery is the most of it. */
    assert_true(kube_client_received(x.client) < 100000);
    AUTO_FREE char *request = fakeapi_request_dup(x.api, "GET", SECRETS, 0);
    assert_non_null(strstr(request, "labelSelector=owner%3Dhelm&fieldSelector=type%3Dhelm.sh%2F"
                                    "release.v1&limit=250"));
}

static void pages_of_metadata(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *items = NULL;
    struct kube_ref ref = {"v1", "Secret", NULL, NULL};
    for (int i = 0; i < 251; i++) {
        AUTO_FREE char *name = mem_printf("s%03d", i);
        have_secret(name, "Opaque", 1);
    }
    assert_int_equal(kube_list_metadata(x.client, &ref, NULL, NULL, &items, &err), 0);
    assert_int_equal(json_array_size(items), 251);
    assert_int_equal(fakeapi_count(x.api, "GET", "/api/v1/secrets"), 2);
}

static void many_at_once(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct kube_ref refs[MANY];
    struct kube_got got[MANY];
    struct strlist names = STRLIST_INIT;
    for (int i = 0; i < MANY; i++)
        strlist_addf(&names, "s%02d", i);
    for (int i = 0; i < MANY; i++) {
        refs[i] = (struct kube_ref){"v1", "Secret", "default", names.items[i]};
        if (i % 2)
            have_secret(names.items[i], "Opaque", 1000);
    }
    refs[3].api_version = "example.com/v1";
    refs[5].name = NULL;
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = SECRETS "/s07", .status = 403});
    assert_int_equal(kube_get_many(x.client, refs, MANY, true, got, &err), 0);
    for (int i = 0; i < MANY; i++) {
        bool bad = i == 5 || i == 7, there = i % 2 && !bad && i != 3;
        assert_int_equal(got[i].error != NULL, bad);
        assert_int_equal(got[i].object != NULL, there);
        if (!there)
            continue;
        assert_string_equal(json_dig_str(got[i].object, "metadata", "name", NULL), names.items[i]);
        assert_string_equal(json_dig_str(got[i].object, "kind", NULL), "Secret");
        assert_null(json_object_get(got[i].object, "data"));
    }
    assert_int_equal(got[7].error->kind, ERROR_DENIED);
    /* Not one connection after another. */
    assert_true(fakeapi_connections(x.api) <= KUBE_PARALLEL_DEFAULT + 2);
    kube_got_release(got, MANY);
    assert_int_equal(kube_get_many(x.client, refs + 9, 1, false, got, &err), 0);
    assert_non_null(json_dig(got[0].object, "data", "release", NULL));
    kube_got_release(got, 1);
    assert_int_equal(kube_get_many(x.client, NULL, 0, false, got, &err), 0);
    strlist_release(&names);
}

static void an_ended_batch_has_errors(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct kube_ref ref = {"v1", "Secret", "default", "a"};
    struct kube_got got;
    bool has;
    assert_int_equal(kube_has_api(x.client, "v1/Secret", &has, &err), 0);
    cancel_set(&x.cancel);
    assert_int_equal(kube_get_many(x.client, &ref, 1, false, &got, &err), -1);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    assert_non_null(got.error);
    kube_got_release(&got, 1);
    error_free(err);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_list_without_what_is_in_it),
        CASE(pages_of_metadata),
        CASE(many_at_once),
        CASE(an_ended_batch_has_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
