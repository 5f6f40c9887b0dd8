/* What istiods and proxies say of what they have, in the shapes of istio pilot/pkg/xds/debug.go and of
 * Envoy. */
#include "proxies.h"

#include "shared.h"

#define NOW 1800000000 /* 2027-01-15T08:00:00Z */

static const char *found_of(const json_t *problems)
{
    const char *found = json_dig_str(problems, "0", "found", NULL);
    return found ? found : "";
}

#define KNOWN(host, clusters)                                                                      \
    "{'hostname':'" host ".svc.cluster.local','clusterVIPs':{'Addresses':{" clusters "}}}"
#define BOTH "'west-cluster':['10.0.0.1'],'east-cluster':['10.0.0.2']"
#define WEST "'west-cluster':['10.0.0.1']"

static void services_of_peers_are_counted(void **state)
{
    (void)state;
    static const struct {
        const char *registryz, *found;
    } cases[] = {
        {"[" KNOWN("cart.shop", BOTH) "," KNOWN("stock.shop", BOTH) "," KNOWN(
             "db.plain", BOTH) "," KNOWN("dns.kube-system", BOTH) "]",
         ""},
        {"[" KNOWN("cart.shop", BOTH) "," KNOWN("stock.shop", WEST) "," KNOWN(
             "db.plain", BOTH) "," KNOWN("dns.kube-system", BOTH) "]",
         "istiod-1 knows 3 of 4; not shop/stock"},
        {"[" KNOWN("cart.shop", WEST) "]",
         "istiod-1 knows 0 of 4; not kube-system/dns, plain/db, shop/cart, shop/stock"},
        /* A form that says nothing of clusters. */
        {"[{'hostname':'cart.shop.svc.cluster.local'}]", ""},
        {"{}", ""},
        {"[]", ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        json_auto_t *registryz = quoted(cases[i].registryz), *problems = json_array();
        struct probe *p = shared_look(&s, 0);
        proxies_judge_services(p, "istiod-1", registryz, NOW, problems);
        assert_string_equal(found_of(problems), cases[i].found);
        shared_release(&s);
    }
}

/* It is on its way, has no address of its own, or is left out on purpose. */
static void some_services_are_not_missed(void **state)
{
    (void)state;
    static const struct {
        const char *service, *config;
        size_t problems;
    } cases[] = {
        {"{'metadata':{'namespace':'a','name':'b','creationTimestamp':'2027-01-15T07:00:00Z'}}",
         NULL, 1},
        {"{'metadata':{'namespace':'a','name':'b','creationTimestamp':'2027-01-15T07:59:30Z'}}",
         NULL, 0},
        {"{'metadata':{'namespace':'a','name':'b'},'spec':{'type':'ExternalName'}}", NULL, 0},
        {"{'metadata':{'namespace':'a','name':'b'}}", "[{'matchLabels':{'x':'y'}}]", 0},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        json_array_append_new(s.east[SERVICES], quoted(cases[i].service));
        if (cases[i].config)
            json_object_set_new(s.config, "discoverySelectors", quoted(cases[i].config));
        json_auto_t *problems = json_array();
        json_auto_t *registryz = quoted("[" KNOWN("cart.shop", BOTH) "," KNOWN(
            "stock.shop", BOTH) "," KNOWN("db.plain", BOTH) "," KNOWN("dns.kube-system", BOTH) "]");
        struct probe *p = shared_look(&s, 0);
        proxies_judge_services(p, "istiod-1", registryz, NOW, problems);
        assert_int_equal(json_array_size(problems), cases[i].problems);
        shared_release(&s);
    }
}

static void listeners_are_where_the_service_leads(void **state)
{
    (void)state;
    static const struct {
        const char *ports, *listeners;
        bool listens;
        size_t problems;
    } cases[] = {
        {"[{'port':15443,'targetPort':15443}]", "[15021,15443]", true, 0},
        {"[{'port':15443}]", "[15443]", true, 0},
        {"[{'port':15443,'targetPort':8443}]", "[8443]", true, 0},
        {"[{'port':15443,'targetPort':8443}]", "[15443]", false, 1},
        {"[{'port':15443,'targetPort':15443}]", "[]", false, 1},
        {"[{'port':15443,'targetPort':'tls'}]", "[]", false, 0}, /* which only the pod knows */
        {"[{'port':443}]", "[]", false, 0},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        json_t *service = quoted("{'metadata':{'namespace':'g','name':'ew','labels':{"
                                 "'topology.istio.io/network':'west-network'}}}");
        json_put(service, quoted(cases[i].ports), "spec", "ports", NULL);
        s.two.west.network_services = json_pack("[o]", service);
        json_auto_t *pod = quoted("{'metadata':{'namespace':'g','name':'ew-1'}}");
        json_auto_t *ports = quoted(cases[i].listeners), *rows = json_array();
        json_auto_t *problems = json_array();
        size_t k;
        json_t *port;
        json_array_foreach(ports, k, port)
            json_array_append_new(rows, json_pack("{s:{s:{s:O}}}", "local_address",
                                                  "socket_address", "port_value", port));
        json_auto_t *listeners = json_pack("{s:O}", "listener_statuses", rows);
        struct probe *p = shared_look(&s, 0);
        assert_int_equal(proxies_judge_listeners(p, pod, listeners, problems), cases[i].listens);
        assert_int_equal(json_array_size(problems), cases[i].problems);
        shared_release(&s);
    }
}

static void what_is_under_way_is_known_by_its_nonce(void **state)
{
    (void)state;
    json_auto_t *first = quoted("[{'proxy':'a.n','listener_sent':'2','listener_acked':'1',"
                                "'cluster_sent':'3','cluster_acked':'3','route_sent':''},"
                                "{'proxy':'b.n','endpoint_sent':'5'},null]");
    json_auto_t *second = quoted("[{'proxy':'a.n','listener_sent':'2','listener_acked':'1'},"
                                 "{'proxy':'b.n','endpoint_sent':'6','endpoint_acked':'5'}]");
    json_auto_t *before = proxies_unanswered(first), *now = proxies_unanswered(second);
    json_auto_t *problems = json_array();
    assert_int_equal(json_object_size(before), 2);
    proxies_judge_stuck(before, now, problems);
    assert_string_equal(found_of(problems), "listener of a.n: neither taken nor refused");
}

static void refusals_are_told_in_the_proxys_words(void **state)
{
    (void)state;
    json_auto_t *syncz =
        quoted("[{'proxy':'a.n','resources':{'t.googleapis.com/envoy.config.listener.v3.Listener':"
               "{'lastError':'bad\\u0007 filter'},'x.Cluster':{'sent':'1'}}},{'resources':1}]");
    json_auto_t *problems = json_array();
    proxies_judge_refused(syncz, problems);
    assert_string_equal(found_of(problems), "Listener of a.n: bad\\u0007 filter");
}

static void sidecars_have_to_be_connected(void **state)
{
    (void)state;
    static const struct {
        const char *connected, *bad;
    } cases[] = {
        {"{'cart-1.shop':'istio-system','front-1.shop':'istio-system','dns-1.kube-system':'x'}",
         ""},
        {"{'front-1.shop':'istio-system','dns-1.kube-system':'x'}", "warning MC607"},
        {"{}", "error MC607"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        json_auto_t *connected = quoted(cases[i].connected);
        struct probe *p = shared_look(&s, 0);
        proxies_check_connected(p, connected, NOW);
        shared_is(p, cases[i].bad, cases[i].connected);
        shared_release(&s);
    }
}

static void young_pods_are_given_time(void **state)
{
    (void)state;
    struct shared s;
    shared_init(&s);
    size_t i;
    json_t *pod;
    json_array_foreach(s.west[PODS], i, pod)
        json_put(pod, json_string("2027-01-15T07:59:30Z"), "metadata", "creationTimestamp", NULL);
    struct probe *p = shared_look(&s, 0);
    proxies_check_connected(p, NULL, NOW);
    shared_is(p, "", "young");
    shared_release(&s);
}

static void sidecars_come_back_to_a_new_istiod(void **state)
{
    (void)state;
    static const struct {
        const char *namespace_, *created, *bad;
    } cases[] = {
        {"istio-system", "2027-01-15T07:59:30Z", ""},
        {"istio-system", "2027-01-15T07:50:00Z", "error MC607"},
        {"other-system", "2027-01-15T07:59:30Z", "error MC607"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        json_array_append_new(s.west[PODS], json_pack("{s:{s:s, s:s, s:s, s:{s:s}}}", "metadata",
                                                      "name", "istiod-1", "namespace",
                                                      cases[i].namespace_, "creationTimestamp",
                                                      cases[i].created, "labels", "app", "istiod"));
        struct probe *p = shared_look(&s, 0);
        proxies_check_connected(p, NULL, NOW);
        shared_is(p, cases[i].bad, cases[i].created);
        shared_release(&s);
    }
}

static void versions_are_held_against_istiods(void **state)
{
    (void)state;
    static const struct {
        const char *istiod, *proxy, *bad;
    } cases[] = {
        {"1.31.0", "1.31.0", ""},
        {"1.31.0", "1.29.2", ""},
        {"1.31.0", "1.28.0", "warning MC805"},
        {"1.31.0", "1.32.0", "warning MC805"},
        {"1.31.0", "unknown", ""},
        {NULL, "1.28.0", ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        struct facts_istiod istiod = {.namespace_ = (char *)"istio-system",
                                      .revision = (char *)"default",
                                      .version = (char *)(uintptr_t)cases[i].istiod};
        shared_init(&s);
        s.two.west.istiods = &istiod;
        s.two.west.istiods_count = 1;
        json_auto_t *syncz =
            json_pack("[{s:s, s:s}]", "proxy", "cart-1.shop", "istio_version", cases[i].proxy);
        struct probe *p = shared_look(&s, 0);
        proxies_check_versions(p, syncz);
        shared_is(p, cases[i].bad, cases[i].proxy);
        if (cases[i].bad[0])
            assert_string_equal(shared_said(p, "fix"),
                                "kubectl rollout restart deployment/cart -n shop");
        shared_release(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(services_of_peers_are_counted),
        cmocka_unit_test(some_services_are_not_missed),
        cmocka_unit_test(listeners_are_where_the_service_leads),
        cmocka_unit_test(what_is_under_way_is_known_by_its_nonce),
        cmocka_unit_test(refusals_are_told_in_the_proxys_words),
        cmocka_unit_test(sidecars_have_to_be_connected),
        cmocka_unit_test(young_pods_are_given_time),
        cmocka_unit_test(sidecars_come_back_to_a_new_istiod),
        cmocka_unit_test(versions_are_held_against_istiods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
