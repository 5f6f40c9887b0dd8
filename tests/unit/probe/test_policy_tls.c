/* TLS settings that keep requests from crossing, and those that do not. */
#include "policy.h"

#include "shared.h"

#define RULE(where, host, policy)                                                                  \
    "{'metadata':{'namespace':'" where "','name':'r'},'spec':{'host':'" host                       \
    "','trafficPolicy':" policy "}}"
#define OFF "{'tls':{'mode':'DISABLE'}}"

static void put(json_t *array, const char *text)
{
    json_array_append_new(array, quoted(text));
}

static void rules_are_judged_by_whom_they_hit(void **state)
{
    (void)state;
    static const struct {
        const char *rules[2], *bad;
    } cases[] = {
        {{RULE("shop", "cart", OFF)}, "error MC711"},
        {{RULE("shop", "cart.shop.svc.cluster.local", OFF)}, "error MC711"},
        {{RULE("shop", "cart", "{'tls':{'mode':'SIMPLE'}}")}, "error MC711"},
        {{RULE("shop", "cart", "{'tls':{}}")}, "error MC711"}, /* DISABLE is the default */
        {{RULE("istio-system", "*.local", OFF)}, "error MC711"},
        {{RULE("shop", "cart",
               "{'portLevelSettings':[{'port':{'number':80},'tls':{'mode':"
               "'DISABLE'}}]}")},
         "error MC711"},
        {{"{'metadata':{'namespace':'shop','name':'r'},'spec':{'host':'cart','subsets':[{'name':"
          "'v1','trafficPolicy':{'tls':{'mode':'DISABLE'}}}]}}"},
         "error MC711"},
        /* Pods of stock are in the other cluster alone. */
        {{RULE("shop", "stock", OFF)}, "error MC711"},
        /* The mesh's own mode, another port, no TLS at all. */
        {{RULE("shop", "cart", "{'tls':{'mode':'ISTIO_MUTUAL'}}")}, ""},
        {{RULE("shop", "cart",
               "{'portLevelSettings':[{'port':{'number':81},'tls':{'mode':"
               "'DISABLE'}}]}")},
         ""},
        {{RULE("shop", "cart", "{'loadBalancer':{'simple':'RANDOM'}}")}, ""},
        /* What stays in its cluster, is not in the mesh, or no cluster's own. */
        {{RULE("shop", "front", OFF)}, ""},
        {{RULE("plain", "db", OFF)}, ""},
        {{RULE("kube-system", "dns", OFF)}, ""},
        {{RULE("shop", "api.example.com", OFF)}, ""},
        /* A short name is of the rule's own namespace. */
        {{RULE("plain", "cart", OFF)}, ""},
        /* No client is in namespace plain, and no other looks there. */
        {{RULE("plain", "*.local", OFF)}, ""},
        {{RULE("plain", "cart.shop.svc.cluster.local", OFF)}, ""},
        /* A nearer one decides. */
        {{RULE("istio-system", "*.local", OFF),
          RULE("shop", "*.shop.svc.cluster.local", "{'tls':{'mode':'ISTIO_MUTUAL'}}")},
         ""},
        {{RULE("shop", "*.local", OFF), RULE("shop", "*.shop.svc.cluster.local", "{'x':1}")}, ""},
        /* Not exported to anybody who calls. */
        {{"{'metadata':{'namespace':'istio-system','name':'r'},'spec':{'host':'*.local','exportTo':"
          "['.'],'trafficPolicy':" OFF "}}"},
         ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        for (size_t k = 0; k < 2 && cases[i].rules[k]; k++)
            put(s.west[RULES], cases[i].rules[k]);
        struct probe *p = shared_look(&s, 0);
        policy_check_tls(p);
        shared_is(p, cases[i].bad, cases[i].rules[0]);
        shared_release(&s);
    }
}

/* What a pattern stands for need not be in the mesh: there istiod is left the choice. */
static void rules_fix_names_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *fix;
    } cases[] = {
        {RULE("shop", "cart", OFF),
         "kubectl patch destinationrules.networking.istio.io r -n shop --type=json -p "
         "'[{\"op\":\"replace\",\"path\":\"/spec/trafficPolicy/tls\",\"value\":{\"mode\":"
         "\"ISTIO_MUTUAL\"}}]'"},
        {RULE("istio-system", "*.local", OFF),
         "kubectl delete destinationrules.networking.istio.io r -n istio-system"},
        {RULE("istio-system", "*.local",
              "{'tls':{'mode':'DISABLE'},'outlierDetection':{'interval':'1s'}}"),
         "kubectl patch destinationrules.networking.istio.io r -n istio-system --type=json -p "
         "'[{\"op\":\"remove\",\"path\":\"/spec/trafficPolicy/tls\"}]'"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        put(s.west[RULES], cases[i].rule);
        struct probe *p = shared_look(&s, 0);
        policy_check_tls(p);
        assert_string_equal(shared_said(p, "fix"), cases[i].fix);
        shared_release(&s);
    }
}

#define AUTHENTICATION(where, name, spec)                                                          \
    "{'metadata':{'namespace':'" where "','name':'" name "'},'spec':" spec "}"
#define DISABLE "{'mtls':{'mode':'DISABLE'}}"

static void authentications_are_judged_as_istiod_does(void **state)
{
    (void)state;
    static const struct {
        const char *policies[3], *bad;
    } cases[] = {
        {{AUTHENTICATION("shop", "a", DISABLE)}, "error MC713"},
        {{AUTHENTICATION("istio-system", "a", DISABLE)}, "error MC713"},
        {{AUTHENTICATION("shop", "a",
                         "{'selector':{'matchLabels':{'app':'cart'}},'mtls':{'mode':"
                         "'DISABLE'}}")},
         "error MC713"},
        {{AUTHENTICATION("shop", "a",
                         "{'selector':{'matchLabels':{'app':'cart'}},'portLevelMtls':"
                         "{'8080':{'mode':'DISABLE'}}}")},
         "error MC713"},
        /* STRICT and PERMISSIVE are right; UNSET leaves it to the mesh. */
        {{AUTHENTICATION("istio-system", "a", "{'mtls':{'mode':'STRICT'}}")}, ""},
        {{AUTHENTICATION("shop", "a", "{'mtls':{'mode':'PERMISSIVE'}}"),
          AUTHENTICATION("istio-system", "b", DISABLE)},
         ""},
        {{AUTHENTICATION("shop", "a", "{'mtls':{'mode':'UNSET'}}"),
          AUTHENTICATION("istio-system", "b", DISABLE)},
         "error MC713"},
        /* Of two the older one counts, which the list has first. */
        {{AUTHENTICATION("shop", "a", "{'mtls':{'mode':'STRICT'}}"),
          AUTHENTICATION("shop", "b", DISABLE)},
         ""},
        /* A port that no Service leads to, what is not shared, what is not in the mesh. */
        {{AUTHENTICATION("shop", "a",
                         "{'selector':{'matchLabels':{'app':'cart'}},'portLevelMtls':"
                         "{'9090':{'mode':'DISABLE'}}}")},
         ""},
        {{AUTHENTICATION("shop", "a",
                         "{'selector':{'matchLabels':{'app':'front'}},'mtls':{'mode':"
                         "'DISABLE'}}")},
         ""},
        {{AUTHENTICATION("plain", "a", DISABLE)}, ""},
        {{AUTHENTICATION("kube-system", "a", DISABLE)}, ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        for (size_t k = 0; k < 3 && cases[i].policies[k]; k++)
            put(s.west[AUTHENTICATIONS], cases[i].policies[k]);
        struct probe *p = shared_look(&s, 0);
        policy_check_tls(p);
        shared_is(p, cases[i].bad, cases[i].policies[0]);
        shared_release(&s);
    }
}

/* The last port takes the map along, which may not be empty. */
static void ports_fix_leaves_what_is_valid(void **state)
{
    (void)state;
    static const struct {
        const char *ports, *path;
    } cases[] = {
        {"{'8080':{'mode':'DISABLE'}}", "\"/spec/portLevelMtls\""},
        {"{'8080':{'mode':'DISABLE'},'9090':{'mode':'STRICT'}}", "\"/spec/portLevelMtls/8080\""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        AUTO_FREE char *text = mem_printf("{'metadata':{'namespace':'shop','name':'a'},'spec':{"
                                          "'selector':{'matchLabels':{'app':'cart'}},"
                                          "'portLevelMtls':%s}}",
                                          cases[i].ports);
        put(s.west[AUTHENTICATIONS], text);
        struct probe *p = shared_look(&s, 0);
        policy_check_tls(p);
        assert_non_null(strstr(shared_said(p, "fix"), cases[i].path));
        shared_release(&s);
    }
}

/* What nobody may list is not called good. */
static void what_cannot_be_read_is_left_out(void **state)
{
    (void)state;
    struct shared s;
    shared_init(&s);
    json_decref(TAKE(s.west[RULES]));
    json_decref(TAKE(s.west[AUTHENTICATIONS]));
    json_decref(TAKE(s.west[AUTHORIZATIONS]));
    json_decref(TAKE(s.west[SIDECARS]));
    struct probe *p = shared_look(&s, 0);
    policy_check_tls(p);
    policy_check_access(p);
    policy_check_scope(p);
    assert_int_equal(json_array_size(p->findings), 0);
    shared_release(&s);
}

/* Whatever somebody wrote into his objects. */
static void odd_objects_do_no_harm(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "{}",
        "{'metadata':{'namespace':'shop','name':'x'}}",
        "{'metadata':{'namespace':'shop','name':'x'},'spec':[]}",
        "{'metadata':{'namespace':'shop'},'spec':{'host':1,'mtls':1,'rules':{},'egress':[1]}}",
        ("{'metadata':{'namespace':'shop','name':'x'},'spec':{'host':'','trafficPolicy':{'tls':1,"
         "'portLevelSettings':{}},'portLevelMtls':[],'egress':[{'hosts':['','/','~','~/',1]}]}}"),
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(odd); i++) {
        struct shared s;
        shared_init(&s);
        for (size_t k = 0; k < FACTS_TRAFFIC_READS; k++)
            put(s.west[k], odd[i]);
        struct probe *p = shared_look(&s, 0);
        policy_check_tls(p);
        policy_check_access(p);
        policy_check_scope(p);
        policy_check_parity(p);
        shared_release(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_judged_by_whom_they_hit),
        cmocka_unit_test(rules_fix_names_the_place),
        cmocka_unit_test(authentications_are_judged_as_istiod_does),
        cmocka_unit_test(ports_fix_leaves_what_is_valid),
        cmocka_unit_test(what_cannot_be_read_is_left_out),
        cmocka_unit_test(odd_objects_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
