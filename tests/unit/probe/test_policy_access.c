/* AuthorizationPolicies that let nobody in, and those that are somebody's intent. */
#include "policy.h"

#include "shared.h"

#define POLICY(where, name, spec)                                                                  \
    "{'metadata':{'namespace':'" where "','name':'" name "'},'spec':" spec "}"
#define SOME "{'rules':[{'from':[{'source':{'namespaces':['shop']}}]}]}"

static void policies_are_judged_by_whom_they_keep_out(void **state)
{
    (void)state;
    static const struct {
        const char *policies[2], *bad;
    } cases[] = {
        {{POLICY("shop", "a", "{}")}, "error MC712"},
        {{POLICY("istio-system", "a", "{}")}, "error MC712"},
        {{POLICY("istio-system", "a", "{'action':'DENY','rules':[{}]}")}, "error MC712"},
        {{POLICY("shop", "a", "{'action':'DENY','rules':[{'to':[{}]},{}]}")}, "error MC712"},
        /* For one workload it is most likely meant. */
        {{POLICY("shop", "a", "{'selector':{'matchLabels':{'app':'cart'}}}")}, "warning MC712"},
        /* Nothing is allowed but what another one allows: the way to begin with. */
        {{POLICY("istio-system", "a", "{}"), POLICY("shop", "b", SOME)}, ""},
        {{POLICY("shop", "a", "{}"), POLICY("istio-system", "b", SOME)}, ""},
        /* Which no DENY lets past. */
        {{POLICY("shop", "a", "{'action':'DENY','rules':[{}]}"), POLICY("shop", "b", SOME)},
         "error MC712"},
        {{POLICY("shop", "a", SOME)}, ""},
        {{POLICY("shop", "a",
                 "{'action':'DENY','rules':[{'to':[{'operation':{'paths':['/x']}}]}]}")},
         ""},
        {{POLICY("shop", "a", "{'action':'DENY'}")}, ""}, /* nothing fits */
        {{POLICY("shop", "a", "{'action':'CUSTOM','rules':[{}]}")}, ""},
        {{POLICY("shop", "a", "{'action':'AUDIT','rules':[{}]}")}, ""},
        {{POLICY("shop", "a", "{'targetRefs':[{'kind':'Service','name':'cart'}]}")}, ""},
        /* What no other cluster asks for. */
        {{POLICY("shop", "a", "{'selector':{'matchLabels':{'app':'front'}}}")}, ""},
        {{POLICY("plain", "a", "{}")}, ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        for (size_t k = 0; k < 2 && cases[i].policies[k]; k++)
            json_array_append_new(s.west[AUTHORIZATIONS], quoted(cases[i].policies[k]));
        struct probe *p = shared_look(&s, 0);
        policy_check_access(p);
        shared_is(p, cases[i].bad, cases[i].policies[0]);
        shared_release(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_are_judged_by_whom_they_keep_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
