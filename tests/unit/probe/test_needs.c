/* The roles that are printed. */
#include "meshctl/probe/needs.h"

#include "meshctl/data/yaml.h"
#include "support.h"

/* Whether a rule of a role allows it. */
static bool allows(const json_t *role, const char *group, const char *resource, const char *verb)
{
    size_t i, k;
    json_t *rule, *word;
    const struct {
        const char *key, *wanted;
    } parts[] = {{"apiGroups", group}, {"resources", resource}, {"verbs", verb}};
    json_array_foreach(json_object_get(role, "rules"), i, rule) {
        size_t fits = 0;
        for (size_t part = 0; part < MC_ARRAY_LEN(parts); part++)
            json_array_foreach(json_object_get(rule, parts[part].key), k, word)
                if (strcmp(json_string_value(word), parts[part].wanted) == 0) {
                    fits++;
                    break;
                }
        if (fits == MC_ARRAY_LEN(parts))
            return true;
    }
    return false;
}

static json_t *role_of(enum need_use use)
{
    AUTO_BUF text = BUF_INIT;
    struct error *err = NULL;
    json_t *role = NULL;
    needs_append_role(&text, "x", use);
    must(yaml_read(buf_str(&text), text.len, "role", 0, &role, &err), &err);
    return role;
}

static void roles_are_what_kubectl_takes(void **state)
{
    (void)state;
    json_auto_t *role = role_of(NEED_CHECK);
    assert_string_equal(json_dig_str(role, "apiVersion", NULL), "rbac.authorization.k8s.io/v1");
    assert_string_equal(json_dig_str(role, "kind", NULL), "ClusterRole");
    assert_string_equal(json_dig_str(role, "metadata", "name", NULL), "meshctl-x");
    assert_true(json_array_size(json_object_get(role, "rules")) > 5);
}

/* Each use may what those below it may; who only looks changes nothing. */
static void each_use_has_its_own(void **state)
{
    (void)state;
    static const struct {
        const char *group, *resource, *verb;
        bool check, verify, up;
    } rows[] = {
        {"", "secrets", "list", true, true, true},
        {"", "pods/portforward", "get", true, true, true},
        {"", "pods/log", "get", true, true, true},
        {"", "namespaces", "create", false, true, true},
        {"", "pods/proxy", "get", false, true, true},
        {"", "namespaces", "patch", false, false, true},
        {"", "secrets", "create", false, false, true},
        {"rbac.authorization.k8s.io", "clusterroles", "escalate", false, false, true},
        {"", "nodes", "delete", false, false, false},
    };
    json_auto_t *check = role_of(NEED_CHECK), *verify = role_of(NEED_VERIFY),
                *up = role_of(NEED_UP);
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        const char *group = rows[i].group, *resource = rows[i].resource, *verb = rows[i].verb;
        assert_int_equal(allows(check, group, resource, verb), rows[i].check);
        assert_int_equal(allows(verify, group, resource, verb), rows[i].verify);
        assert_int_equal(allows(up, group, resource, verb), rows[i].up);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_are_what_kubectl_takes),
        cmocka_unit_test(each_use_has_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
