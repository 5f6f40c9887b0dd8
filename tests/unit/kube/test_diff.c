/* What differs between two states of an object, and what of it may be shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "meshctl/kube/diff.h"

static json_t *parse(const char *text)
{
    struct error *err = NULL;
    json_t *value = NULL;
    if (text && json_read(text, strlen(text), "test", &value, &err) < 0)
        fail_msg("%s in %s", err->message, text);
    return value;
}

/* "PATH: BEFORE -> AFTER" a line, with " (masked)" where it says so. */
static char *shown_dup(const struct kube_changes *changes)
{
    AUTO_BUF out = BUF_INIT;
    for (size_t i = 0; i < changes->count; i++) {
        const struct kube_field_change *c = &changes->items[i];
        AUTO_FREE char *before = c->before ? json_write_dup(c->before, 0) : mem_strdup("nothing");
        AUTO_FREE char *after = c->after ? json_write_dup(c->after, 0) : mem_strdup("nothing");
        buf_appendf(&out, "%s%s: %s -> %s%s", i ? "\n" : "", c->path, before, after,
                    c->masked ? " (masked)" : "");
    }
    return buf_detach(&out, NULL);
}

static void expect(const char *before_text, const char *after_text, const char *text)
{
    AUTO_KUBE_CHANGES changes = {0};
    json_auto_t *before = parse(before_text);
    json_auto_t *after = parse(after_text);
    kube_diff(before, after, &changes);
    AUTO_FREE char *got = shown_dup(&changes);
    assert_string_equal(got, text);
    assert_int_equal(changes.more, 0);
}

#define SPEC(s) "{\"kind\":\"X\",\"spec\":{" s "}}"

static void test_fields(void **state)
{
    (void)state;
    expect(SPEC("\"a\":1,\"b\":{\"c\":\"x\"}"), SPEC("\"a\":1.0,\"b\":{\"c\":\"x\"}"), "");
    expect(SPEC("\"a\":1,\"b\":{\"c\":\"x\",\"d\":true}"),
           SPEC("\"a\":2,\"b\":{\"c\":\"y\",\"d\":true}"),
           "spec.a: 1 -> 2\nspec.b.c: \"x\" -> \"y\"");
    expect(SPEC("\"a\":{\"b\":1,\"c\":2}"), SPEC("\"d\":{\"e\":[1]}"),
           "spec.a: {\"b\":1,\"c\":2} -> nothing\nspec.d: nothing -> {\"e\":[1]}");
    expect(SPEC("\"a\":{}"), SPEC("\"a\":[]"), "spec.a: {} -> []");
    expect(SPEC("\"a\":null"), SPEC(""), "spec.a: null -> nothing");
    expect(SPEC("\"l\":{\"istio.io/rev\":\"a\"}"), SPEC("\"l\":{\"istio.io/rev\":\"b\"}"),
           "spec.l[\"istio.io/rev\"]: \"a\" -> \"b\"");
    expect(SPEC("\"\\u001b[2J\":1"), SPEC("\"\\u001b[2J\":2"), "spec[\"\\u001b[2J\"]: 1 -> 2");
    expect(NULL, "{\"kind\":\"X\"}", ": nothing -> {\"kind\":\"X\"}");
    expect(NULL, NULL, "");
}

static void test_servers_own(void **state)
{
    (void)state;
    expect(
        "{\"metadata\":{\"name\":\"a\",\"uid\":\"u\",\"resourceVersion\":\"1\",\"generation\":1,"
        "\"creationTimestamp\":\"t\",\"selfLink\":\"s\",\"managedFields\":[{}]},\"status\":{"
        "\"a\":1}}",
        "{\"metadata\":{\"name\":\"a\",\"uid\":\"v\",\"resourceVersion\":\"2\",\"generation\":2},"
        "\"status\":{\"a\":2}}",
        "");
    /* Such names mean something else elsewhere. */
    expect(SPEC("\"status\":1,\"template\":{\"metadata\":{\"uid\":\"u\"}}"),
           SPEC("\"status\":2,\"template\":{\"metadata\":{\"uid\":\"v\"}}"),
           "spec.status: 1 -> 2\nspec.template.metadata.uid: \"u\" -> \"v\"");
}

#define PORT(name, port) "{\"name\":\"" name "\",\"port\":" port "}"

static void test_lists(void **state)
{
    (void)state;
    expect(SPEC("\"ports\":[" PORT("http", "80") "," PORT("tls", "443") "]"),
           SPEC("\"ports\":[" PORT("status", "15021") "," PORT("http", "80") "," PORT("tls",
                                                                                      "8443") "]"),
           "spec.ports[name=tls].port: 443 -> 8443\n"
           "spec.ports[name=status]: nothing -> {\"name\":\"status\",\"port\":15021}");
    expect(SPEC("\"ports\":[" PORT("http", "80") "," PORT("tls", "443") "]"),
           SPEC("\"ports\":[" PORT("tls", "443") "]"),
           "spec.ports[name=http]: {\"name\":\"http\",\"port\":80} -> nothing");
    /* The order matters to some, so it is told. */
    expect(SPEC("\"ports\":[" PORT("a", "1") "," PORT("b", "2") "]"),
           SPEC("\"ports\":[" PORT("b", "2") "," PORT("a", "1") "]"),
           "spec.ports: [\"name=a\",\"name=b\"] -> [\"name=b\",\"name=a\"]");
    expect(SPEC("\"ports\":[{\"port\":53,\"protocol\":\"TCP\"},{\"port\":53,\"protocol\":\"UDP\","
                "\"x\":1}]"),
           SPEC("\"ports\":[{\"port\":53,\"protocol\":\"TCP\"},{\"port\":53,\"protocol\":\"UDP\","
                "\"x\":2}]"),
           "spec.ports[port=53,protocol=UDP].x: 1 -> 2");
    expect(SPEC("\"m\":[{\"mountPath\":\"/a\",\"n\":1}]"),
           SPEC("\"m\":[{\"mountPath\":\"/a\",\"n\":2}]"), "spec.m[mountPath=/a].n: 1 -> 2");
    /* Two of one name: only their place tells them apart. */
    expect(SPEC("\"env\":[{\"name\":\"A\",\"v\":1},{\"name\":\"A\",\"v\":2}]"),
           SPEC("\"env\":[{\"name\":\"A\",\"v\":1},{\"name\":\"A\",\"v\":3}]"),
           "spec.env[1].v: 2 -> 3");
    expect(SPEC("\"servers\":[{\"port\":{\"number\":15443}}]"),
           SPEC("\"servers\":[{\"port\":{\"number\":15444}},{\"hosts\":[\"*\"]}]"),
           "spec.servers[0].port.number: 15443 -> 15444\n"
           "spec.servers[1]: nothing -> {\"hosts\":[\"*\"]}");
    expect(SPEC("\"args\":[\"a\",\"b\"]"), SPEC("\"args\":[\"x\",\"a\",\"b\"]"),
           "spec.args: [\"a\",\"b\"] -> [\"x\",\"a\",\"b\"]");
    expect(SPEC("\"a\":[]"), SPEC("\"a\":[1]"), "spec.a: [] -> [1]");
}

/* "eyJhbGciOiJSUzI1NiJ9" and "eyJzdWIiOiJzeXN0ZW0ifQ": a header, and claims. */
#define JWT "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2ln"
#define DATA(kind, s) "{\"kind\":\"" kind "\",\"data\":{" s "}}"

static void test_secrets(void **state)
{
    (void)state;
    expect(DATA("Secret", "\"a\":\"YQ==\",\"same\":\"Yw==\""),
           DATA("Secret", "\"a\":\"Yg==\",\"same\":\"Yw==\""),
           "data.a: \"***\" -> \"***\" (masked)");
    /* That there is a key is no secret. */
    expect("{\"kind\":\"Secret\",\"stringData\":{\"a\":\"x\"}}",
           "{\"kind\":\"Secret\",\"data\":{\"token\":\"eA==\"},\"type\":\"Opaque\"}",
           "stringData: {\"a\":\"***\"} -> nothing (masked)\n"
           "data: nothing -> {\"token\":\"***\"} (masked)\n"
           "type: nothing -> \"Opaque\"");
    expect(NULL, DATA("Secret", "\"a\":\"YQ==\""),
           ": nothing -> {\"data\":{\"a\":\"***\"},\"kind\":\"Secret\"} (masked)");
    expect("{\"kind\":\"Secret\",\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/"
           "last-applied-configuration\":\"{\\\"data\\\":1}\"}}}",
           "{\"kind\":\"Secret\",\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/"
           "last-applied-configuration\":\"{\\\"data\\\":2}\"}}}",
           "metadata.annotations[\"kubectl.kubernetes.io/last-applied-configuration\"]: \"***\" -> "
           "\"***\" (masked)");
    /* Of another kind, data is data. */
    expect(DATA("ConfigMap", "\"a\":\"x\""), DATA("ConfigMap", "\"a\":\"y\""),
           "data.a: \"x\" -> \"y\"");
}

static const struct {
    const char *key, *value;
    bool secret;
} members[] = {
    {"password", "hunter2", true},
    {"dbPassword", "hunter2", true},
    {"client-secret", "x", true},
    {"x.io/api-key", "x", true},
    {"a", JWT, true},
    {"a", "curl -H 'Authorization: " JWT "'", true},
    {"a", "Bearer abc", true},
    {"a", "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\n", true},
    /* The same in base64. */
    {"tls.key", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1IYwo=", true},
    {"url", "postgres://app:hunter2@db/app", true},
    {"env", "LEVEL=debug\nDB_PASSWORD=hunter2\n", true},
    {"config", "kind: Config\nusers:\n- user:\n    token: abcdef\n", true},
    {"config", "    client-key-data: LS0t\n", true},
    {"json", "{\n  \"token\": \"abcdef\"\n}", true},
    {"log", "error\tconnect: --password=hunter2 was refused", true},
    {"log", "retrying with dsn user=app password='hunter2'", true},
    {"log", "error\tfailed to parse token: unexpected end", false},
    {"log", "password= is empty", false},
    {"secretName", "cacerts", false},
    {"tokenPath", "/var/run/secrets/tokens/istio-token", false},
    {"a", "istio-token", false},
    {"a", "eyJ.b.c", false},
    {"url", "https://host:443/a@b", false},
    {"a", "automountServiceAccountToken: true\nserviceAccountToken:\n  path: t\n", false},
    {"ca.crt", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", false},
    /* "-----BEGIN CERTIFICATE-----" */
    {"caBundle", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==", false},
};

static void test_looks(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(members); i++) {
        AUTO_KUBE_CHANGES changes = {0};
        json_auto_t *before = json_pack("{s:{s:s}}", "spec", members[i].key, "old");
        json_auto_t *after = json_pack("{s:{s:s}}", "spec", members[i].key, members[i].value);
        kube_diff(before, after, &changes);
        assert_int_equal(changes.count, 1);
        if (changes.items[0].masked != members[i].secret)
            fail_msg("%s: %s", members[i].key, members[i].value);
        AUTO_FREE char *text = json_write_dup(changes.items[0].after, JSON_WRITE_NO_ESCAPE);
        assert_int_equal(strcmp(text, "\"***\"") == 0, members[i].secret);
    }
}

/* What a variable is called says it of its value. Numbers and switches are none. */
static void test_environment(void **state)
{
    (void)state;
    expect(SPEC("\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"a\"},{\"name\":\"LEVEL\",\"value\":"
                "\"a\"}]"),
           SPEC("\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"b\"},{\"name\":\"LEVEL\",\"value\":"
                "\"b\"}]"),
           "spec.env[name=DB_PASSWORD].value: \"***\" -> \"***\" (masked)\n"
           "spec.env[name=LEVEL].value: \"a\" -> \"b\"");
    expect(SPEC("\"automountServiceAccountToken\":true"),
           SPEC("\"automountServiceAccountToken\":false"),
           "spec.automountServiceAccountToken: true -> false");
    expect(SPEC("\"args\":[\"a\"]"), SPEC("\"args\":[\"a\",\"--token=abcdef\"]"),
           "spec.args: [\"a\"] -> [\"a\",\"***\"] (masked)");
}

static void test_masked(void **state)
{
    (void)state;
    json_auto_t *secret =
        parse("{\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":"
              "\"djE=\"},\"stringData\":{\"l\":\"v2\"}}");
    json_auto_t *masked = kube_masked(secret);
    AUTO_FREE char *text = json_write_dup(masked, 0);
    assert_string_equal(text,
                        "{\"data\":{\"k\":\"***\"},\"kind\":\"Secret\",\"metadata\":{\"name\":"
                        "\"a\"},\"stringData\":{\"l\":\"***\"}}");
    assert_string_equal(json_dig_str(secret, "data", "k", NULL), "djE=");
    assert_null(kube_masked(NULL));
}

static void test_limits(void **state)
{
    (void)state;
    AUTO_KUBE_CHANGES many = {0};
    AUTO_KUBE_CHANGES deep = {0};
    json_auto_t *before = json_object();
    json_auto_t *after = json_object();
    for (int i = 0; i < KUBE_DIFF_MAX_CHANGES + 7; i++) {
        AUTO_FREE char *key = mem_printf("k%d", i);
        json_object_set_new(before, key, json_integer(1));
        json_object_set_new(after, key, json_integer(2));
    }
    kube_diff(before, after, &many);
    assert_int_equal(many.count, KUBE_DIFF_MAX_CHANGES);
    assert_int_equal(many.more, 7);
    json_auto_t *x = json_integer(1);
    json_auto_t *y = json_integer(2);
    for (int i = 0; i < 200; i++) {
        x = json_pack("{s:o}", "a", x);
        y = json_pack("{s:o}", "a", y);
    }
    kube_diff(x, y, &deep);
    assert_int_equal(deep.count, 1);
    assert_int_equal(strlen(deep.items[0].path), 2 * KUBE_DIFF_MAX_DEPTH - 1);
    assert_true(json_is_object(deep.items[0].after));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields), cmocka_unit_test(test_servers_own),
        cmocka_unit_test(test_lists),  cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_looks),  cmocka_unit_test(test_environment),
        cmocka_unit_test(test_masked), cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
