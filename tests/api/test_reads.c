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
    struct kube_read reads[MANY + 2] = {0};
    struct strlist names = STRLIST_INIT;
    for (int i = 0; i < MANY; i++)
        strlist_addf(&names, "s%02d", i);
    for (int i = 0; i < MANY; i++) {
        reads[i].ref = (struct kube_ref){"v1", "Secret", "default", names.items[i]};
        reads[i].metadata_only = true;
        if (i % 2)
            have_secret(names.items[i], "Opaque", 1000);
    }
    reads[3].ref.api_version = "example.com/v1";
    reads[5].ref.name = NULL;
    reads[MANY] = (struct kube_read){.ref = {"v1", "Secret", "default", NULL}, .is_list = true};
    reads[MANY + 1] = (struct kube_read){.ref = {"a.b/v1", "Kind", NULL, NULL}, .is_list = true};
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = SECRETS "/s07", .status = 403});
    assert_int_equal(kube_read_many(x.client, reads, MANY + 2, &err), 0);
    for (int i = 0; i < MANY; i++) {
        bool bad = i == 5 || i == 7, there = i % 2 && !bad && i != 3;
        const json_t *found = reads[i].found;
        assert_int_equal(reads[i].error != NULL, bad);
        assert_int_equal(found != NULL, there);
        if (!there)
            continue;
        assert_string_equal(json_dig_str(found, "metadata", "name", NULL), names.items[i]);
        assert_string_equal(json_dig_str(found, "kind", NULL), "Secret");
        assert_null(json_object_get(found, "data"));
    }
    assert_int_equal(reads[7].error->kind, ERROR_DENIED);
    assert_int_equal(json_array_size(reads[MANY].found), MANY / 2);
    assert_string_equal(json_dig_str(reads[MANY].found, "0", "kind", NULL), "Secret");
    assert_non_null(json_dig(reads[MANY].found, "0", "data", "release", NULL));
    assert_int_equal(json_array_size(reads[MANY + 1].found), 0);
    /* Not one connection after another. */
    assert_true(fakeapi_connections(x.api) <= KUBE_PARALLEL_DEFAULT + 2);
    kube_reads_release(reads, MANY + 2);
    assert_int_equal(kube_read_many(x.client, NULL, 0, &err), 0);
    strlist_release(&names);
}

/* A collection of more than a page is whole. */
static void a_long_list_among_many(void **state)
{
    (void)state;
    struct error *err = NULL;
    for (int i = 0; i < 251; i++) {
        AUTO_FREE char *name = mem_printf("s%03d", i);
        have_secret(name, "Opaque", 10);
    }
    struct kube_read read = {.ref = {"v1", "Secret", NULL, NULL}, .is_list = true};
    assert_int_equal(kube_read_many(x.client, &read, 1, &err), 0);
    assert_int_equal(json_array_size(read.found), 251);
    kube_reads_release(&read, 1);
}

static void an_ended_batch_has_errors(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct kube_read read = {.ref = {"v1", "Secret", "default", "a"}};
    bool has;
    assert_int_equal(kube_has_api(x.client, "v1/Secret", &has, &err), 0);
    cancel_set(&x.cancel);
    assert_int_equal(kube_read_many(x.client, &read, 1, &err), -1);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    assert_non_null(read.error);
    kube_reads_release(&read, 1);
    error_free(err);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_list_without_what_is_in_it), CASE(pages_of_metadata),         CASE(many_at_once),
        CASE(a_long_list_among_many),       CASE(an_ended_batch_has_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
