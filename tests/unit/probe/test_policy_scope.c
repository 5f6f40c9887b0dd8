/* What proxies do not see. */
#include "policy.h"

#include "shared.h"

static void sidecars_may_hide_what_is_others(void **state)
{
    (void)state;
    static const struct {
        const char *namespace_, *hosts, *bad;
    } cases[] = {
        {"shop", "['istio-system/*']", "error MC714"},
        {"istio-system", "['istio-system/*']", "error MC714"}, /* the mesh's default */
        {"shop", "['./front.shop.svc.cluster.local']", "error MC714"},
        {"shop", "['~/*']", "error MC714"},
        {"shop", "['']",
         "error MC714"}, /* what is empty stands for nothing, and has no second letter */
        {"shop", "['*/*','~shop/cart.shop.svc.cluster.local']", "error MC714"},
        {"shop", "['./*','istio-system/*']", ""},
        {"shop", "['shop/*']", ""},
        {"shop", "['*/*']", ""},
        {"shop", "['./*.shop.svc.cluster.local']", ""},
        {"istio-system", "['./*']", ""},
        {"plain", "['istio-system/*']", ""}, /* where nothing is in the mesh */
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        AUTO_FREE char *text = mem_printf("{'metadata':{'namespace':'%s','name':'x'},'spec':{"
                                          "'egress':[{'hosts':%s}]}}",
                                          cases[i].namespace_, cases[i].hosts);
        json_array_append_new(s.west[SIDECARS], quoted(text));
        struct probe *p = shared_look(&s, 0);
        policy_check_scope(p);
        shared_is(p, cases[i].bad, text);
        shared_release(&s);
    }
}

/* One without egress leaves it as it is; one for single workloads is no default. */
static void other_sidecars_hide_nothing(void **state)
{
    (void)state;
    static const char *const specs[] = {
        "{}", "{'workloadSelector':{'labels':{'app':'front'}},'egress':[{'hosts':['x/*']}]}"};
    for (size_t i = 0; i < MC_ARRAY_LEN(specs); i++) {
        struct shared s;
        shared_init(&s);
        AUTO_FREE char *text =
            mem_printf("{'metadata':{'namespace':'shop','name':'x'},'spec':%s}", specs[i]);
        json_array_append_new(s.west[SIDECARS], quoted(text));
        struct probe *p = shared_look(&s, 0);
        policy_check_scope(p);
        shared_is(p, "", text);
        shared_release(&s);
    }
}

static void exports_must_reach_the_gateway(void **state)
{
    (void)state;
    static const struct {
        const char *service, *to, *fix; /* NULL: nothing is wrong */
    } cases[] = {
        {"cart", ".",
         "kubectl annotate service cart -n shop --overwrite "
         "'networking.istio.io/exportTo=.,istio-ingress'"},
        {"cart", "~",
         "kubectl annotate service cart -n shop --overwrite "
         "'networking.istio.io/exportTo=.,istio-ingress'"},
        {"cart", "a,b",
         "kubectl annotate service cart -n shop --overwrite "
         "'networking.istio.io/exportTo=a,b,istio-ingress'"},
        {"cart", "*", NULL},
        {"cart", "., istio-ingress", NULL},
        {"front", ".", NULL}, /* which no other cluster asks for */
        {"db", ".", NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        size_t k;
        json_t *service;
        json_array_foreach(s.west[SERVICES], k, service)
            if (text_equal(json_dig_str(service, "metadata", "name", NULL), cases[i].service))
                json_put(service, json_string(cases[i].to), "metadata", "annotations",
                         "networking.istio.io/exportTo", NULL);
        s.two.west.network_services =
            quoted("[{'metadata':{'namespace':'istio-ingress','name':'ew','labels':{"
                   "'topology.istio.io/network':'west-network'}}}]");
        struct probe *p = shared_look(&s, 0);
        policy_check_scope(p);
        shared_is(p, cases[i].fix ? "error MC715" : "", cases[i].to);
        if (cases[i].fix)
            assert_string_equal(shared_said(p, "fix"), cases[i].fix);
        shared_release(&s);
    }
}

/* istiod's own default counts where a Service says nothing. */
static void exports_have_a_default(void **state)
{
    (void)state;
    struct shared s;
    shared_init(&s);
    json_put(s.config, quoted("['.']"), "defaultServiceExportTo", NULL);
    s.two.west.network_services =
        quoted("[{'metadata':{'namespace':'istio-ingress','name':'ew',"
               "'labels':{'topology.istio.io/network':'west-network'}}}]");
    struct probe *p = shared_look(&s, 0);
    policy_check_scope(p);
    shared_is(p, "error MC715", "default");
    shared_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sidecars_may_hide_what_is_others),
        cmocka_unit_test(other_sidecars_hide_nothing),
        cmocka_unit_test(exports_must_reach_the_gateway),
        cmocka_unit_test(exports_have_a_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
