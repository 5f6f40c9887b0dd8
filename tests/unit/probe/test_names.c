/* Networks, cluster ids and trust domains wherever they stand. */
#include "names.h"

#include "shared.h"

static struct facts_istiod istiod;

/* A good west and east. */
static void init(struct shared *s)
{
    shared_init(s);
    struct facts *both[] = {&s->two.west, &s->two.east};
    istiod = (struct facts_istiod){.namespace_ = (char *)"istio-system",
                                   .name = (char *)"istiod",
                                   .revision = (char *)"default",
                                   .cluster = (char *)"west-cluster"};
    for (size_t i = 0; i < 2; i++) {
        both[i]->namespaces = quoted("[{'metadata':{'name':'istio-system'}}]");
        both[i]->istiods = &istiod;
        both[i]->istiods_count = 1;
    }
    s->two.west.namespace_network = s->two.west.network = (char *)"west-network";
    s->two.west.proxy_cluster = (char *)"west-cluster";
}

static void finish(struct shared *s)
{
    json_decref(s->two.west.namespaces);
    json_decref(s->two.east.namespaces);
    shared_release(s);
}

static struct probe *look(struct shared *s)
{
    struct probe *p = shared_look(s, 0);
    names_check(p);
    return p;
}

static void good_names_are_good(void **state)
{
    (void)state;
    struct shared s;
    init(&s);
    shared_is(look(&s), "", "good");
    finish(&s);
}

static void label_of_namespace_is_looked_at(void **state)
{
    (void)state;
    static const struct {
        const char *label, *bad;
    } cases[] = {{NULL, "warning MC309"}, {"east-network", "error MC301"}};
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        init(&s);
        s.two.west.namespace_network = (char *)(uintptr_t)cases[i].label;
        struct probe *p = look(&s);
        shared_is(p, cases[i].bad, "label");
        assert_string_equal(shared_said(p, "fix"),
                            "kubectl label namespace istio-system "
                            "topology.istio.io/network=west-network --overwrite");
        finish(&s);
    }
}

static void trust_domains_differ_unless_they_are_known(void **state)
{
    (void)state;
    struct shared s;
    init(&s);
    s.two.east.trust_domain = (char *)"east.example";
    struct probe *p = look(&s);
    shared_is(p, "error MC310", "other");
    assert_string_equal(shared_said(p, "fix"),
                        "meshctl install --force-conflicts --set "
                        "'istiod.meshConfig.trustDomainAliases={east.example}' with the same "
                        "flags");
    json_put(s.config, quoted("['x','east.example']"), "trustDomainAliases", NULL);
    shared_is(look(&s), "", "alias");
    /* What is not said is istiod's default. */
    s.two.east.trust_domain = (char *)"cluster.local";
    shared_is(look(&s), "", "default");
    finish(&s);
}

static void istiod_and_new_proxies_agree(void **state)
{
    (void)state;
    static const struct {
        const char *own, *given, *bad;
    } cases[] = {
        {"west-cluster", "west-cluster", ""},
        {"other", "west-cluster", "error MC312"},
        {NULL, "west-cluster", "error MC312"},
        {"west-cluster", "other", "error MC312"},
        {"west-cluster", NULL, ""}, /* nobody says */
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        init(&s);
        istiod.cluster = (char *)(uintptr_t)cases[i].own;
        s.two.west.proxy_cluster = (char *)(uintptr_t)cases[i].given;
        shared_is(look(&s), cases[i].bad, cases[i].bad);
        finish(&s);
    }
}

static void pods_get_the_names_of_what_runs(void **state)
{
    (void)state;
    static const struct {
        const char *network, *mesh, *found;
    } cases[] = {
        {"other", "mesh", "pods that start now are given network other, not west-network"},
        {NULL, "mesh", "pods that start now are given network (none), not west-network"},
        {"west-network", "prod", "pods that start now are given mesh id prod, not mesh"},
    };
    json_auto_t *services =
        quoted("[{'metadata':{'namespace':'g','name':'ew','labels':{'topology.istio.io/network':"
               "'west-network'}}}]");
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        init(&s);
        s.two.west.network_services = json_incref(services);
        s.two.west.network = (char *)(uintptr_t)cases[i].network;
        s.two.west.mesh_id = (char *)(uintptr_t)cases[i].mesh;
        s.two.west.proxy_mesh = (char *)"mesh";
        struct probe *p = look(&s);
        shared_is(p, "error MC312", cases[i].found);
        assert_string_equal(shared_said(p, "found"), cases[i].found);
        finish(&s);
    }
}

/* Where all else has the other name too, the cluster is another one: whoever it is says MC301. */
static void names_of_another_cluster_are_not_held_against_it(void **state)
{
    (void)state;
    struct shared s;
    init(&s);
    s.two.west.network = (char *)"other";
    shared_is(look(&s), "", "other");
    finish(&s);
}

#define LABEL ",\"topology.istio.io/network\":\"before\""

static void workloads_of_before_are_restarted(void **state)
{
    (void)state;
    struct shared s;
    init(&s);
    shared_pod(s.west, "shop", "old", LABEL, MESHED);
    shared_pod(s.west, "shop", "plain", LABEL, ""); /* not in the mesh */
    struct probe *p = look(&s);
    shared_is(p, "error MC311", "old");
    assert_string_equal(shared_said(p, "found"), "network before of pod shop/old-1");
    assert_string_equal(shared_said(p, "fix"), "kubectl rollout restart deployment/old -n shop");
    /* New ones would get the same. */
    s.two.west.network = (char *)"before";
    shared_is(look(&s), "", "renamed");
    finish(&s);
}

static void gateways_say_where_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *env, *bad;
    } cases[] = {
        {"{'name':'ISTIO_META_NETWORK','value':'west-network'}", ""},
        {"{'name':'ISTIO_META_NETWORK','value':''}", ""},
        {"{'name':'ISTIO_META_NETWORK','valueFrom':{}}", ""},
        {"{'name':'ISTIO_META_NETWORK','value':'x'}", "error MC311"},
        {"{'name':'ISTIO_META_CLUSTER_ID','value':'x'}", "error MC311"},
        {"{'name':'ISTIO_META_REQUESTED_NETWORK_VIEW','value':'x'}", "error MC311"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        init(&s);
        s.two.west.network_services =
            quoted("[{'metadata':{'namespace':'g','name':'ew','labels':{"
                   "'topology.istio.io/network':'west-network'}},'spec':{'selector':{'a':'b'}}}]");
        AUTO_FREE char *text =
            mem_printf("[{'metadata':{'namespace':'g','name':'p','labels':{'a':'b'}},'spec':{"
                       "'containers':[{'env':[%s]}]}}]",
                       cases[i].env);
        json_auto_t *pods = quoted(text);
        struct probe *p = shared_look(&s, 0);
        names_check_gateways(p, pods);
        shared_is(p, cases[i].bad, cases[i].env);
        finish(&s);
    }
}

/* Its pods may have the name from a label of theirs: a restart alone would give it to the next ones. */
static void a_gateway_gets_its_chart_before_a_restart(void **state)
{
    (void)state;
    struct shared s;
    init(&s);
    json_auto_t *pods =
        quoted("[{'metadata':{'namespace':'g','name':'p-1','ownerReferences':[{'kind':'DaemonSet',"
               "'name':'p','controller':true}]},'spec':{'containers':[{'env':["
               "{'name':'ISTIO_META_NETWORK','value':'x'}]}]}}]");
    struct probe *p = shared_look(&s, 0);
    names_check_gateways(p, pods);
    assert_string_equal(shared_said(p, "fix"),
                        "meshctl gateway --force-conflicts with the same flags; then "
                        "kubectl rollout restart daemonset/p -n g");
    finish(&s);
}

/* An egress gateway is no way into the network. */
static void other_gateways_may_see_what_they_want(void **state)
{
    (void)state;
    struct shared s;
    init(&s);
    json_auto_t *pods =
        quoted("[{'metadata':{'namespace':'g','name':'p','labels':{'a':'b'}},'spec':{'containers':"
               "[{'env':[{'name':'ISTIO_META_REQUESTED_NETWORK_VIEW','value':'x'}]}]}}]");
    struct probe *p = shared_look(&s, 0);
    names_check_gateways(p, pods);
    shared_is(p, "", "egress");
    finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_names_are_good),
        cmocka_unit_test(label_of_namespace_is_looked_at),
        cmocka_unit_test(trust_domains_differ_unless_they_are_known),
        cmocka_unit_test(istiod_and_new_proxies_agree),
        cmocka_unit_test(pods_get_the_names_of_what_runs),
        cmocka_unit_test(names_of_another_cluster_are_not_held_against_it),
        cmocka_unit_test(workloads_of_before_are_restarted),
        cmocka_unit_test(gateways_say_where_they_are),
        cmocka_unit_test(a_gateway_gets_its_chart_before_a_restart),
        cmocka_unit_test(other_gateways_may_see_what_they_want),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
