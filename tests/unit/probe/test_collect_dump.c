/* What is kept of Envoy's configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>

#include "collect.h"
#include "must.h"

/* Single quotes stand for double ones. */
static json_t *parse(const char *text)
{
    AUTO_FREE char *copy = mem_strdup(text);
    struct error *err = NULL;
    json_t *value = NULL;
    for (char *p = copy; *p; p++)
        if (*p == '\'')
            *p = '"';
    must(json_read(copy, strlen(copy), "test", &value, &err), &err);
    return value;
}

static void becomes(const char *dump, const char *wanted)
{
    json_auto_t *value = parse(dump), *expected = parse(wanted);
    json_auto_t *got = collect_dump_summary(value);
    AUTO_FREE char *text = json_write_dup(got, 0);
    if (!json_equal(got, expected))
        fail_msg("%s is wanted, and this came: %s", wanted, text);
}

static void names_versions_and_refusals_are_kept(void **state)
{
    (void)state;
    becomes("{'configs': [{'@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump', "
            "'version_info': 'v1', 'dynamic_active_clusters': [{'version_info': 'v2', 'cluster': "
            "{'name': 'outbound|80||a', 'type': 'EDS'}, 'last_updated': 'T'}]}]}",
            "[{'type': 'ClustersConfigDump', 'version': 'v1', 'dynamic_active_clusters': [{'name': "
            "'outbound|80||a', 'version': 'v2', 'lastUpdated': 'T'}]}]");
    becomes("{'configs': [{'@type': 'x.ListenersConfigDump', 'dynamic_listeners': [{'name': 'l', "
            "'active_state': {'version_info': 'v3', 'listener': {'name': 'other'}, 'last_updated': "
            "'T'}, 'error_state': {'details': 'no such filter'}, 'warming_state': {}}]}]}",
            "[{'type': 'ListenersConfigDump', 'dynamic_listeners': [{'name': 'l', 'version': 'v3', "
            "'lastUpdated': 'T', 'isWarming': true, 'refused': 'no such filter'}]}]");
}

static void keys_and_certificates_are_not(void **state)
{
    (void)state;
    becomes("{'configs': [{'@type': 'x.SecretsConfigDump', 'dynamic_active_secrets': [{'name': "
            "'default', 'version_info': 'v', 'last_updated': 'T', 'secret': {'name': 'default', "
            "'tls_certificate': {'private_key': {'inline_bytes': 'a2V5'}}}}]}]}",
            "[{'type': 'SecretsConfigDump', 'dynamic_active_secrets': [{'name': 'default', "
            "'version': 'v', 'lastUpdated': 'T'}]}]");
    becomes("{'configs': [{'@type': 'x.BootstrapConfigDump', 'bootstrap': {'node': {'id': 'n'}}}]}",
            "[{'type': 'BootstrapConfigDump'}]");
}

static void other_shapes_are_empty(void **state)
{
    (void)state;
    becomes("{}", "[]");
    becomes("[]", "[]");
    becomes("{'configs': 3}", "[]");
    becomes("{'configs': [1, {}, {'list': [1, 'x', {}]}]}", "[{}, {}, {'list': [{}, {}, {}]}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_versions_and_refusals_are_kept),
        cmocka_unit_test(keys_and_certificates_are_not),
        cmocka_unit_test(other_shapes_are_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
