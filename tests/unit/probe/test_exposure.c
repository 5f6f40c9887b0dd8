/* Gateways for other clusters: which one is enough, and what is wrong with the nearest. */
#include "exposure.h"

#include "shared.h"

#define SERVER(number, mode, hosts)                                                                \
    "{'port':{'number':" number "},'tls':{'mode':'" mode "'},'hosts':" hosts "}"
#define GATEWAY(selector, servers)                                                                 \
    "{'metadata':{'namespace':'istio-ingress','name':'cross'},'spec':{'selector':" selector        \
    ",'servers':[" servers "]}}"
#define GOOD SERVER("15443", "AUTO_PASSTHROUGH", "['*.local']")
#define EW "{'app':'ew'}"

static void have_gateway(struct shared *s, const char *text)
{
    shared_pod(s->west, "istio-ingress", "ew", "",
               MESHED ",\"inject.istio.io/templates\":\"gateway\"");
    s->two.west.network_services =
        quoted("[{'metadata':{'namespace':'istio-ingress','name':'ew','labels':{"
               "'topology.istio.io/network':'west-network'}},'spec':{'selector':{'app':'ew'},"
               "'ports':[{'port':15443,'targetPort':15443}]}}]");
    s->two.west.gateways = json_array();
    if (text)
        json_array_append_new(s->two.west.gateways, quoted(text));
}

static void gateways_are_judged_by_what_they_pass(void **state)
{
    (void)state;
    static const struct {
        const char *gateway, *bad, *found;
    } cases[] = {
        {GATEWAY(EW, GOOD), "", NULL},
        {GATEWAY("{}", GOOD), "", NULL}, /* of every gateway */
        {GATEWAY(EW, SERVER("80", "SIMPLE", "['x']") "," GOOD), "", NULL},
        {GATEWAY(EW, SERVER("15443", "AUTO_PASSTHROUGH", "['*']")), "", NULL},
        {GATEWAY(EW, SERVER("15443", "AUTO_PASSTHROUGH", "['*/*.cluster.local']")), "", NULL},
        {GATEWAY(EW, SERVER("15443", "AUTO_PASSTHROUGH", "['*.shop.svc.cluster.local']")), "",
         NULL},
        {NULL, "error MC501", "none in west"},
        {GATEWAY(EW, SERVER("443", "SIMPLE", "['x']")), "error MC501", "none in west"},
        {GATEWAY(EW, SERVER("15443", "PASSTHROUGH", "['*.local']")), "error MC501",
         "Gateway istio-ingress/cross with 15443 PASSTHROUGH"},
        {GATEWAY(EW, "{'port':{'number':15443},'hosts':['*']}"), "error MC501",
         "Gateway istio-ingress/cross with 15443 without tls.mode"},
        {GATEWAY(EW, SERVER("15444", "AUTO_PASSTHROUGH", "['*.local']")), "error MC501",
         "Gateway istio-ingress/cross with 15444 AUTO_PASSTHROUGH"},
        {GATEWAY("{'app':'nobody'}", GOOD), "error MC507",
         "Gateway istio-ingress/cross selects app=nobody"},
        {GATEWAY(EW, SERVER("15443", "AUTO_PASSTHROUGH", "['*.example.com']")), "error MC506",
         "Gateway istio-ingress/cross: [\"*.example.com\"]"},
        {GATEWAY(EW, SERVER("15443", "AUTO_PASSTHROUGH", "[]")), "error MC506", NULL},
        /* What a Gateway that does not pass them is told of. */
        {GATEWAY("{'app':'nobody'}", SERVER("15443", "AUTO_PASSTHROUGH", "['*.example.com']")),
         "error MC507", NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        have_gateway(&s, cases[i].gateway);
        struct probe *p = shared_look(&s, 0);
        exposure_check(p);
        shared_is(p, cases[i].bad, cases[i].gateway ? cases[i].gateway : "none");
        if (cases[i].found)
            assert_string_equal(shared_said(p, "found"), cases[i].found);
        shared_release(&s);
    }
}

/* A part of what is shared is cut off: told, while the rest works. */
static void narrow_hosts_are_a_warning(void **state)
{
    (void)state;
    struct shared s;
    shared_init(&s);
    have_gateway(&s, GATEWAY(EW, SERVER("15443", "AUTO_PASSTHROUGH",
                                        "['cart.shop.svc.cluster."
                                        "local']")));
    shared_pod(s.west, "shop", "stock", "", MESHED);
    struct probe *p = shared_look(&s, 0);
    exposure_check(p);
    shared_is(p, "warning MC506", "narrow");
    assert_string_equal(shared_said(p, "wanted"), "hosts that cover stock.shop.svc.cluster.local");
    shared_release(&s);
}

static void fixes_name_the_server(void **state)
{
    (void)state;
    static const struct {
        const char *gateway, *patch;
    } cases[] = {
        {GATEWAY(EW, SERVER("80", "SIMPLE", "['x']") "," SERVER("15443", "PASSTHROUGH", "['x']")),
         "[{\"op\":\"replace\",\"path\":\"/spec/servers/1/tls\",\"value\":{\"mode\":"
         "\"AUTO_PASSTHROUGH\"}}]"},
        {GATEWAY(EW, SERVER("15444", "AUTO_PASSTHROUGH", "['*.local']")),
         "[{\"op\":\"replace\",\"path\":\"/spec/servers/0/port/number\",\"value\":15443}]"},
        {GATEWAY("{'app':'nobody'}", GOOD),
         "[{\"op\":\"replace\",\"path\":\"/spec/selector\",\"value\":{\"app\":\"ew\"}}]"},
        {GATEWAY(EW, SERVER("15443", "AUTO_PASSTHROUGH", "['x']")),
         "[{\"op\":\"replace\",\"path\":\"/spec/servers/0/hosts\",\"value\":[\"*.local\"]}]"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        have_gateway(&s, cases[i].gateway);
        struct probe *p = shared_look(&s, 0);
        exposure_check(p);
        AUTO_FREE char *fix = mem_printf("kubectl patch gateways.networking.istio.io cross -n "
                                         "istio-ingress --type=json -p '%s'",
                                         cases[i].patch);
        assert_string_equal(shared_said(p, "fix"), fix);
        shared_release(&s);
    }
}

/* Another port by the Service's word, which leads to the usual one. */
static void told_port_may_lead_elsewhere(void **state)
{
    (void)state;
    struct shared s;
    shared_init(&s);
    have_gateway(&s, GATEWAY(EW, GOOD));
    json_decref(s.two.west.network_services);
    s.two.west.network_services =
        quoted("[{'metadata':{'namespace':'istio-ingress','name':'ew','labels':{"
               "'networking.istio.io/gatewayPort':'443',"
               "'topology.istio.io/network':'west-network'}},'spec':{'selector':{'app':'ew'},"
               "'ports':[{'port':443,'targetPort':15443}]}}]");
    struct probe *p = shared_look(&s, 0);
    exposure_check(p);
    shared_is(p, "", "443");
    shared_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gateways_are_judged_by_what_they_pass),
        cmocka_unit_test(narrow_hosts_are_a_warning),
        cmocka_unit_test(fixes_name_the_server),
        cmocka_unit_test(told_port_may_lead_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
