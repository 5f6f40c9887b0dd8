/* What a cluster is, read from a fake API server. */
#include "meshctl/probe/facts.h"

#include "fakeapi_fixture.h"
#include "meshctl/base/clock.h"
#include "scratch.h"

static struct fakeapi_fixture x;
static struct mesh *mesh;

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(&x, NULL);
    mesh = mesh_new();
    mesh_add_member(mesh, "west", "west.kubeconfig", NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mesh_free(mesh);
    fakeapi_fixture_stop(&x);
    return 0;
}

#define AUTO_FACTS MC_CLEANUP(facts_cleanup) struct facts

static struct facts *observe(bool may_miss)
{
    struct facts_options options = {.mesh = mesh, .may_miss = may_miss};
    struct facts *f = NULL;
    struct error *err = NULL;
    must(facts_observe(x.client, &options, &f, &err), &err);
    return f;
}

/* Single quotes stand for double ones. */
static void put(const char *text)
{
    AUTO_FREE char *copy = mem_strdup(text);
    for (char *p = copy; *p; p++)
        if (*p == '\'')
            *p = '"';
    fakeapi_put(x.api, copy);
}

static void have_namespace(const char *labels)
{
    AUTO_FREE char *text =
        mem_printf("{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': "
                   "'istio-system', 'labels': {%s}}}",
                   labels);
    put(text);
}

/* `more`: of the metadata's labels; `env`: rows. */
static void have_istiod(const char *name, const char *image, const char *more, const char *env)
{
    AUTO_FREE char *text = mem_printf(
        "{'apiVersion': 'apps/v1', 'kind': 'Deployment', 'metadata': {'name': '%s', 'namespace': "
        "'istio-system', 'labels': {'app': 'istiod'%s}}, 'spec': {'replicas': 2, 'template': "
        "{'spec': {'containers': [{'name': 'discovery', 'image': '%s', 'env': [%s]}]}}}}",
        name, more, image, env);
    put(text);
}

static void have_map(const char *name, const char *key, const char *value)
{
    json_auto_t *map =
        json_pack("{s:s,s:s,s:{s:s,s:s},s:{s:s}}", "apiVersion", "v1", "kind", "ConfigMap",
                  "metadata", "name", name, "namespace", "istio-system", "data", key, value);
    AUTO_FREE char *text = json_dumps(map, 0);
    fakeapi_put(x.api, text);
}

/* ---- a bare cluster -------------------------------------------------------------------------- */

static void a_bare_cluster(void **state)
{
    (void)state;
    AUTO_FACTS *f = observe(false);
    assert_string_equal(f->version.git_version, "v1.33.4-fake");
    json_auto_t *system = fakeapi_object(x.api, "/api/v1/namespaces/kube-system");
    assert_string_equal(f->uid, json_dig_str(system, "metadata", "uid", NULL));
    assert_int_equal(json_array_size(f->namespaces), 2);
    assert_int_equal(f->istiods_count, 0);
    assert_null(f->mesh_id);
    assert_null(f->network);
    assert_null(f->trust_domain);
    assert_null(f->ca_address);
    assert_null(f->namespace_network);
    assert_int_equal(f->ca.form, CA_FORM_NONE);
    assert_null(f->ca_problem);
    assert_null(f->reader_token);
    assert_false(f->has_reader);
    assert_int_equal(json_array_size(f->links), 0);
    assert_int_equal(json_array_size(f->network_services), 0);
    /* Istio's kinds are not served. */
    assert_int_equal(json_array_size(f->gateways), 0);
    assert_string_equal(f->records, "");
    for (int c = 0; c < MESH_COMPONENTS; c++)
        assert_null(release_history_newest(f->releases[c]));
}

/* It is the reads of one pass: none of them writes. */
static void looking_writes_nothing(void **state)
{
    (void)state;
    AUTO_FACTS *f = observe(false);
    assert_int_equal(fakeapi_count(x.api, "GET", "/*"), fakeapi_count(x.api, NULL, "/*"));
    assert_true(kube_client_requests(x.client) <= 24);
    assert_non_null(f);
}

/* A kind that is not served may be about to be, for which a client that needs it waits a second. Here
 * nothing is needed. One of five on a busy machine is quick. */
static void missing_kinds_are_not_waited_for(void **state)
{
    (void)state;
    bool quick = false;
    for (int i = 0; i < 5 && !quick; i++) {
        struct facts_options options = {.mesh = mesh};
        MC_CLEANUP(kube_client_cleanup)
        struct kube_client *client =
            fakeapi_fixture_client(&x, &(struct fakeapi_fixture_options){0});
        struct error *err = NULL;
        AUTO_FACTS *f = NULL;
        int64_t start = clock_now_ms();
        must(facts_observe(client, &options, &f, &err), &err);
        quick = clock_now_ms() - start < 900;
    }
    assert_true(quick);
}

static void a_cluster_without_kube_system_is_none(void **state)
{
    (void)state;
    struct facts_options options = {.mesh = mesh};
    struct facts *f = NULL;
    struct error *err = NULL;
    fakeapi_remove(x.api, "/api/v1/namespaces/kube-system");
    refused(facts_observe(x.client, &options, &f, &err), &err, ERROR_REMOTE,
            "west: there is no namespace kube-system", NULL);
}

/* ---- a mesh ---------------------------------------------------------------------------------- */

static void have_mesh(void)
{
    have_namespace("'topology.istio.io/network': 'west-network'");
    have_istiod("istiod", "r.example/istio/pilot:1.31.0", "",
                "{'name': 'OTHER'}, {'name': 'CLUSTER_ID', 'value': 'west-cluster'}");
    have_map("istio", "mesh", "trustDomain: td.example\ndefaultConfig:\n  meshId: mesh\n");
    have_map("istio-sidecar-injector", "values",
             "{\"global\":{\"network\":\"west-network\",\"caAddress\":\"\"}}");
    put("{'apiVersion': 'v1', 'kind': 'ServiceAccount', 'metadata': {'name': "
        "'istio-reader-service-account', 'namespace': 'istio-system'}}");
    put("{'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': "
        "'istio-reader-service-account-istio-remote-secret-token', 'namespace': 'istio-system'}, "
        "'type': 'kubernetes.io/service-account-token'}");
    put("{'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': 'x', 'namespace': "
        "'istio-system', 'labels': {'istio/multiCluster': 'true'}}, 'data': {'east-cluster': "
        "'eA=='}}");
    put("{'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': 'eastwest', 'namespace': "
        "'anywhere', 'labels': {'topology.istio.io/network': 'west-network'}}}");
}

static void a_made_mesh(void **state)
{
    (void)state;
    have_mesh();
    AUTO_FACTS *f = observe(false);
    assert_int_equal(f->istiods_count, 1);
    const struct facts_istiod *istiod = facts_istiod_of(f, "istio-system");
    assert_string_equal(istiod->name, "istiod");
    assert_string_equal(istiod->revision, "default");
    assert_string_equal(istiod->version, "1.31.0");
    assert_string_equal(istiod->cluster, "west-cluster");
    assert_true(istiod->signs);
    assert_null(istiod->release);
    assert_int_equal(istiod->ready, 2);
    assert_int_equal(istiod->wanted, 2);
    assert_string_equal(f->mesh_id, "mesh");
    assert_string_equal(f->trust_domain, "td.example");
    assert_string_equal(f->network, "west-network");
    assert_null(f->ca_address); /* said to be nothing */
    assert_string_equal(f->namespace_network, "west-network");
    assert_true(f->has_reader);
    assert_non_null(json_dig(f->reader_token, "data", "token", NULL));
    assert_non_null(facts_link(f, "east-cluster"));
    assert_int_equal(json_array_size(f->network_services), 1);
}

/* The mesh configuration of a revision has its name. */
static void an_istiod_of_a_revision(void **state)
{
    (void)state;
    have_namespace("");
    have_istiod("istiod-canary", "pilot:1.32.0", ", 'istio.io/rev': 'canary'",
                "{'name': 'ENABLE_CA_SERVER', 'value': 'false'}");
    have_map("istio", "mesh", "defaultConfig: {meshId: wrong}");
    have_map("istio-canary", "mesh", "defaultConfig: {meshId: right}");
    have_map("istio-sidecar-injector-canary", "values",
             "{\"global\":{\"network\":\"n\",\"caAddress\":\"ca.example:443\"}}");
    AUTO_FACTS *f = observe(false);
    assert_string_equal(f->istiods[0].revision, "canary");
    assert_null(f->istiods[0].cluster);
    assert_false(f->istiods[0].signs);
    assert_string_equal(f->mesh_id, "right");
    assert_string_equal(f->network, "n");
    assert_string_equal(f->ca_address, "ca.example:443");
}

/* Somebody's own text, which istiod could not read either, stops nobody. */
static void a_mesh_configuration_that_is_no_yaml_says_nothing(void **state)
{
    (void)state;
    have_mesh();
    have_map("istio", "mesh", "a: [");
    have_map("istio-sidecar-injector", "values", "- not: a map");
    AUTO_FACTS *f = observe(false);
    assert_null(f->mesh_id);
    assert_null(f->network);
}

static void versions_are_tags_of_images(void **state)
{
    (void)state;
    static const struct {
        const char *image, *version;
    } rows[] = {
        {"docker.io/istio/pilot:1.31.0", "1.31.0"},
        {"pilot:1.31.0-distroless", "1.31.0-distroless"},
        {"registry.example:5000/istio/pilot:1.31.0", "1.31.0"},
        {"registry.example:5000/istio/pilot", NULL},
        {"istio/pilot", NULL},
        {"istio/pilot:1.31.0@sha256:0123456789abcdef", "1.31.0"},
        {"registry.example:5000/istio/pilot@sha256:0123456789abcdef", NULL},
        {"pilot@sha256:0123456789abcdef", NULL},
        {"pilot:", NULL},
        {"", NULL},
    };
    have_namespace("");
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        have_istiod("istiod", rows[i].image, "", "");
        AUTO_FACTS *f = observe(false);
        const char *found = f->istiods[0].version;
        if ((found != NULL) != (rows[i].version != NULL) ||
            (found && strcmp(found, rows[i].version) != 0))
            fail_msg("%s: %s", rows[i].image, found ? found : "no version");
    }
}

static void a_deployment_of_odd_form_is_survived(void **state)
{
    (void)state;
    put("{'apiVersion': 'apps/v1', 'kind': 'Deployment', 'metadata': {'name': 'istiod', "
        "'namespace': "
        "'istio-system', 'labels': {'app': 'istiod'}}, 'spec': {'template': {'spec': "
        "{'containers': "
        "'none'}}}}");
    AUTO_FACTS *f = observe(false);
    assert_int_equal(f->istiods_count, 1);
    assert_null(f->istiods[0].version);
    assert_null(f->istiods[0].cluster);
    assert_true(f->istiods[0].signs);
}

static void too_many_istiods_are_an_error(void **state)
{
    (void)state;
    struct facts_options options = {.mesh = mesh};
    struct facts *f = NULL;
    struct error *err = NULL;
    for (int i = 0; i <= FACTS_MAX_ISTIODS; i++) {
        AUTO_FREE char *name = mem_printf("istiod-%d", i);
        have_istiod(name, "pilot:1", "", "");
    }
    refused(facts_observe(x.client, &options, &f, &err), &err, ERROR_REMOTE, "65 Deployments",
            NULL);
}

/* ---- rights ---------------------------------------------------------------------------------- */

static void secrets_may_be_missed_by_a_reader(void **state)
{
    (void)state;
    struct facts_options options = {.mesh = mesh};
    struct facts *unread = NULL;
    struct error *err = NULL;
    have_mesh();
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = "/api/v1/namespaces/istio-system/secrets*",
                                              .status = 403});
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = "/api/v1/namespaces/istio-ingress/secrets*",
                                              .status = 403});
    refused(facts_observe(x.client, &options, &unread, &err), &err, ERROR_DENIED, "cacerts", NULL);
    AUTO_FACTS *f = observe(true);
    assert_string_equal(f->mesh_id, "mesh");
    assert_null(f->reader_token);
    assert_null(f->links);
    assert_null(facts_link(f, "east-cluster"));
    assert_null(release_history_newest(f->releases[MESH_ISTIOD]));
}

/* ---- still so? ------------------------------------------------------------------------------- */

static bool is_stale(const struct facts *f)
{
    struct facts_options options = {.mesh = mesh};
    struct error *err = NULL;
    bool stale = false;
    must(facts_are_stale(x.client, &options, f, &stale, &err), &err);
    return stale;
}

#define RECORD(NAME)                                                                               \
    "{'apiVersion': 'v1', 'kind': 'Secret', 'type': 'helm.sh/release.v1', 'metadata': {'name': "   \
    "'sh.helm.release.v1." NAME ".v1', 'namespace': 'istio-system', 'labels': {'owner': 'helm', "  \
    "'name': '" NAME "', 'version': '1', 'status': 'superseded'}}}"

static void facts_age_with_the_records_of_their_releases(void **state)
{
    (void)state;
    have_namespace("");
    AUTO_FACTS *f = observe(false);
    assert_false(is_stale(f));
    put(RECORD("theirs")); /* of no release of the mesh */
    have_map("other", "a", "b");
    assert_false(is_stale(f));
    put(RECORD("istiod"));
    assert_true(is_stale(f));
}

/* Of a body it would know the damage. */
static void who_only_looks_reads_no_body(void **state)
{
    (void)state;
    struct facts_options options = {.mesh = mesh, .with_traffic = true};
    struct facts *f = NULL;
    struct error *err = NULL;
    have_namespace("");
    put(RECORD("istiod"));
    must(facts_observe(x.client, &options, &f, &err), &err);
    const struct release_revision *newest = release_history_newest(f->releases[MESH_ISTIOD]);
    assert_int_equal(newest->status, RELEASE_SUPERSEDED);
    assert_null(newest->damage);
    assert_int_equal(
        fakeapi_count(x.api, "GET",
                      "/api/v1/namespaces/istio-system/secrets/sh.helm.release.v1.istiod.v1"),
        0);
    facts_free(f);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* ---- pods' own addresses --------------------------------------------------------------------- */

#define SLICE(name, endpoints)                                                                     \
    "{'apiVersion': 'discovery.k8s.io/v1', 'kind': 'EndpointSlice', 'metadata': {'name': '" name   \
    "', 'namespace': 'a'}, 'ports': [{'name': 'http', 'port': 8080}], 'endpoints': [" endpoints    \
    "]}"

/* Asked only where clusters share a network. What is no pod (the API server's own address) is none. */
static void addresses_where_a_network_is_shared(void **state)
{
    (void)state;
    put(SLICE("x-1", "{'addresses': ['10.0.0.1', '2001:db8::1'], 'targetRef': {'kind': 'Pod', "
                     "'namespace': 'a', 'name': 'x'}}"));
    put(SLICE("kubernetes", "{'addresses': ['172.30.0.11']}"));
    put("{'apiVersion': 'v1', 'kind': 'Node', 'metadata': {'name': 'n'}, 'spec': {'podCIDRs': "
        "['10.0.0.0/24', '10.7.0.0/24', '2001:db8::/64']}}");
    mesh_add_member(mesh, "east", "east.kubeconfig", NULL);
    AUTO_FACTS *apart = observe(false);
    assert_null(apart->addresses);
    assert_int_equal(fakeapi_count(x.api, "GET", "/apis/discovery.k8s.io/*"), 0);
    mesh_set(&mesh->members[1].network, "west-network");
    AUTO_FACTS *shared = observe(false);
    json_auto_t *wanted = json_pack("{s:{s:s, s:i}, s:{s:s, s:i}}", "10.0.0.1", "pod", "a/x",
                                    "port", 8080, "2001:db8::1", "pod", "a/x", "port", 8080);
    assert_true(json_equal(shared->addresses, wanted));
    /* A range that none of them is in is another plug-in's business. */
    json_auto_t *used = json_pack("[s, s]", "10.0.0.0/24", "2001:db8::/64");
    assert_true(json_equal(shared->ranges, used));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_bare_cluster),
        CASE(looking_writes_nothing),
        CASE(missing_kinds_are_not_waited_for),
        CASE(a_cluster_without_kube_system_is_none),
        CASE(a_made_mesh),
        CASE(an_istiod_of_a_revision),
        CASE(a_mesh_configuration_that_is_no_yaml_says_nothing),
        CASE(versions_are_tags_of_images),
        CASE(a_deployment_of_odd_form_is_survived),
        CASE(who_only_looks_reads_no_body),
        CASE(too_many_istiods_are_an_error),
        CASE(secrets_may_be_missed_by_a_reader),
        CASE(facts_age_with_the_records_of_their_releases),
        CASE(addresses_where_a_network_is_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
