/* A mesh of 32 clusters, each an API server of its own in this program: the list of changes, all steps up to
 * expose, and the empty list after them. The charts are small ones of the same names; the clusters hold
 * certificates already, so that no time goes into keys. */
#include "fakeapi.h"
#include "scratch.h"

#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/pki/cert.h"
#include "meshctl/plan/plan.h"
#include "meshctl/steps/steps.h"

#define CLUSTERS 32
#define RUN_TIMEOUT_MS 60000
#define REQUESTS_MAX 400 /* of one cluster in a first run: it has 31 peers */

#define DEPLOYMENT(NAME, ENV)                                                                      \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " NAME ", labels: {app: " NAME "}}\n" \
    "spec:\n  selector: {matchLabels: {app: x}}\n  template:\n    metadata: {labels: {app: x}}\n"  \
    "    spec: {containers: [{name: discovery, image: x, env: [" ENV "]}]}\n---\n"

static const char base_chart[] = "apiVersion: v2\nname: base\nversion: 1.31.0\n";
static const char base_templates[] =
    "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: istio-reader-service-account}\n---\n"
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    "metadata: {name: gateways.networking.istio.io}\n"
    "spec:\n  group: networking.istio.io\n  scope: Namespaced\n"
    "  names: {plural: gateways, singular: gateway, kind: Gateway}\n"
    "  versions: [{name: v1beta1, served: true, storage: true}]\n";
static const char istiod_chart[] = "apiVersion: v2\nname: istiod\nversion: 1.31.0\n";
static const char istiod_templates[] = DEPLOYMENT(
    "istiod", "{name: CLUSTER_ID, value: \"{{ .Values.global.multiCluster.clusterName }}\"}");
static const char gateway_chart[] = "apiVersion: v2\nname: gateway\nversion: 1.31.0\n";
static const char gateway_service[] =
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n"
    "  labels: {{- toYaml .Values.labels | nindent 4 }}\n"
    "spec: {type: LoadBalancer, ports: [{name: tls, port: 15443}]}\n";
static const char gateway_deployment[] = DEPLOYMENT("{{ .Release.Name }}", "");
static const char values[] = "labels: {}\n";

static struct fakeapi *apis[CLUSTERS];

/* ---- what is there before --------------------------------------------------------------------- */

static char *pem_dup(const struct pki_cert *cert, const struct pki_key *key)
{
    struct buf text = BUF_INIT;
    struct error *err = NULL;
    must(cert ? pki_cert_write(&text, cert, &err) : pki_key_write(&text, key, &err), &err);
    return buf_detach(&text, NULL);
}

/* One root with one intermediate, which all clusters have. */
static char *cacerts_dup(const struct mesh *m)
{
    MC_CLEANUP(pki_key_cleanup) struct pki_key *root_key = NULL;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *root = NULL;
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *cert = NULL;
    struct pki_profile profile = {.key_bits = 2048, .days = 1, .is_ca = true, .path_length = -1};
    struct error *err = NULL;
    strlist_add(&profile.subject, "O=Istio");
    strlist_add(&profile.key_usage, "keyCertSign");
    profile.key_usage_critical = true;
    must(pki_key_new(2048, &root_key, &err), &err);
    must(pki_key_new(2048, &key, &err), &err);
    must(pki_cert_issue(&profile, root_key, NULL, NULL, &root, &err), &err);
    strlist_add(&profile.subject, "CN=Intermediate CA");
    must(pki_cert_issue(&profile, key, root, root_key, &cert, &err), &err);
    pki_profile_release(&profile);
    AUTO_FREE char *root_pem = pem_dup(root, NULL);
    AUTO_FREE char *cert_pem = pem_dup(cert, NULL);
    AUTO_FREE char *key_pem = pem_dup(NULL, key);
    AUTO_FREE char *chain = mem_printf("%s%s", cert_pem, root_pem);
    json_auto_t *secret = mesh_cacerts(m, cert_pem, key_pem, root_pem, chain);
    return json_dumps(secret, 0);
}

static void put(struct fakeapi *api, const char *kind, const char *namespace_, const char *name)
{
    json_auto_t *o = json_pack("{s:s, s:s, s:{s:s, s:s*}}", "apiVersion", "v1", "kind", kind,
                               "metadata", "name", name, "namespace", namespace_);
    AUTO_FREE char *text = json_dumps(o, 0);
    fakeapi_put(api, text);
}

/* Each cluster is known by the UID of kube-system, which the server makes of how often it was
 * written to. */
static void make_distinct(struct fakeapi *api, int index)
{
    for (int i = 0; i < index; i++)
        put(api, "ConfigMap", "default", "written");
    fakeapi_remove(api, "/api/v1/namespaces/kube-system");
    put(api, "Namespace", NULL, "kube-system");
}

static void save_kubeconfig(const char *path, int index)
{
    AUTO_FREE char *text = fakeapi_kubeconfig_dup(apis[index], NULL);
    save(path, text);
}

static struct mesh *clusters_start(void)
{
    struct mesh *m = mesh_new();
    AUTO_FREE char *cacerts = cacerts_dup(m);
    for (int i = 0; i < CLUSTERS; i++) {
        AUTO_FREE char *name = mem_printf("c%d", i);
        AUTO_FREE char *path = mem_printf("%s/c%d.kubeconfig", folder, i);
        AUTO_FREE char *server = mem_printf("https://192.0.2.%d:6443", i + 1);
        apis[i] = fakeapi_start(NULL);
        make_distinct(apis[i], i);
        put(apis[i], "Namespace", NULL, m->istio_namespace);
        fakeapi_put(apis[i], cacerts);
        save_kubeconfig(path, i);
        size_t at = mesh_add_member(m, name, path, NULL);
        mesh_set(&m->members[at].server, server);
    }
    return m;
}

static void save_charts(void)
{
    save("charts/base/Chart.yaml", base_chart);
    save("charts/base/templates/all.yaml", base_templates);
    save("charts/istiod/Chart.yaml", istiod_chart);
    save("charts/istiod/templates/all.yaml", istiod_templates);
    save("charts/gateway/Chart.yaml", gateway_chart);
    save("charts/gateway/values.yaml", values);
    save("charts/gateway/templates/deployment.yaml", gateway_deployment);
    save("charts/gateway/templates/service.yaml", gateway_service);
}

/* ---- runs ------------------------------------------------------------------------------------- */

struct counts {
    int created, updated, deleted;
};

static struct counts counts_of(const json_t *changes)
{
    const json_t *counts = json_object_get(changes, "counts");
    return (struct counts){
        .created = (int)json_integer_value(json_object_get(counts, "create")),
        .updated = (int)json_integer_value(json_object_get(counts, "update")),
        .deleted = (int)json_integer_value(json_object_get(counts, "delete")),
    };
}

static void follow(struct event_queue *queue)
{
    for (bool ended = false; !ended;) {
        struct event *e = event_queue_next(queue, RUN_TIMEOUT_MS);
        if (!e)
            fail_msg("nothing happened for %d ms", RUN_TIMEOUT_MS);
        if (e->kind == EVENT_FAILED)
            fail_msg("%s %s: %s", e->cluster, e->step, e->error->message);
        ended = e->kind == EVENT_ENDED;
        event_free(e);
    }
}

/* A run of `up` to expose, or only its list; what it found to do. */
static struct counts run(const struct mesh *m, bool list_only, json_t **ret_report)
{
    MC_CLEANUP(steps_cleanup) struct steps *steps = NULL;
    struct error *err = NULL;
    struct cancel cancel;
    assert_int_equal(cancel_init(&cancel), 0);
    struct steps_options options = {.mesh = m,
                                    .from = STEP_CA,
                                    .to = STEP_EXPOSE,
                                    .list_only = list_only,
                                    .charts = "charts",
                                    .ca_dir = "ca",
                                    .timeout_ms = RUN_TIMEOUT_MS,
                                    .cancel = &cancel};
    must(steps_new(&options, &steps, &err), &err);
    struct event_queue *queue = event_queue_new();
    must(plan_run_start(steps_plan(steps), queue, &cancel, &err), &err);
    follow(queue);
    plan_run_join(steps_plan(steps));
    must(steps_end(steps, &err), &err);
    event_queue_free(queue);
    json_auto_t *changes = steps_changes(steps);
    if (ret_report)
        *ret_report = steps_report(steps);
    cancel_release(&cancel);
    return counts_of(changes);
}

/* What was sent to be stored; questions about rights are POSTs too. */
static int writes(void)
{
    int count = 0;
    for (int i = 0; i < CLUSTERS; i++)
        count += fakeapi_count(apis[i], "POST", "/*") + fakeapi_count(apis[i], "PUT", "/*") +
                 fakeapi_count(apis[i], "DELETE", "/*") -
                 fakeapi_count(apis[i], "POST", "/apis/authorization.k8s.io/*");
    return count;
}

/* ---- the tests -------------------------------------------------------------------------------- */

static void test_plan_up_plan(void **state)
{
    (void)state;
    MC_CLEANUP(mesh_cleanup) struct mesh *m = clusters_start();
    json_auto_t *report = NULL;
    struct error *err = NULL;
    size_t i;
    json_t *cluster;
    save_charts();
    must(mesh_check(m, &err), &err);

    size_t before = fakeapi_object_count(apis[0]);
    struct counts first = run(m, true, NULL);
    assert_int_equal(fakeapi_object_count(apis[0]), before);
    struct counts done = run(m, false, &report);
    assert_int_equal(done.created, first.created);
    json_array_foreach(json_object_get(report, "clusters"), i, cluster) {
        json_int_t requests = json_integer_value(json_object_get(cluster, "requests"));
        if (requests > REQUESTS_MAX)
            fail_msg("%s got %lld requests", json_string_value(json_object_get(cluster, "name")),
                     (long long)requests);
    }
    assert_int_equal(i, CLUSTERS);
    for (int from = 0; from < CLUSTERS; from++)
        for (int to = 0; to < CLUSTERS; to++) {
            AUTO_FREE char *path =
                mem_printf("/api/v1/namespaces/%s/secrets/istio-remote-secret-%s",
                           m->istio_namespace, m->members[to].cluster);
            json_auto_t *secret = fakeapi_object(apis[from], path);
            assert_int_equal(secret != NULL, from != to);
        }

    int written = writes();
    struct counts again = run(m, true, NULL);
    assert_int_equal(writes(), written);
    assert_int_equal(again.created + again.updated + again.deleted, 0);
    for (int k = 0; k < CLUSTERS; k++)
        fakeapi_stop(apis[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_plan_up_plan, enter_folder, leave_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
