/* Looks at a cluster: most is read at once, what follows from it after, and all made into facts. */
#include "meshctl/probe/facts.h"

#include <stdlib.h>
#include <string.h>

#include "facts_traffic.h"
#include "flat.h"
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/checks.h"
#include "observe.h"

#define MAX_CONFIG ((size_t)4 * 1024 * 1024) /* of one ConfigMap's text */

/* ---- what is read at once -------------------------------------------------------------------- */

enum read_id {
    NAMESPACES,
    DEPLOYMENTS,
    CACERTS,
    OWN_CA,
    ROOT_CERT,
    READER,
    TOKEN,
    LINKS,
    SERVICES,
    LABELLED,
    GATEWAYS,
    RECORDS,
    INGRESS_RECORDS,
    TRAFFIC, /* from here on facts_traffic.h's */
    READS = TRAFFIC + FACTS_TRAFFIC_READS,
};

static const struct read_row {
    const char *api_version, *kind;
    bool everywhere;      /* else in istiod's namespace */
    const char *name;     /* NULL: the collection */
    const char *selector; /* of labels */
    bool metadata_only;
    const char *resource; /* of what the ClusterRole `view` does not have */
} read_rows[RECORDS] = {
    [NAMESPACES] = {"v1", "Namespace", true, NULL, NULL, true, NULL},
    [DEPLOYMENTS] = {"apps/v1", "Deployment", true, NULL, "app=istiod", false, NULL},
    [CACERTS] = {"v1", "Secret", false, MESH_CACERTS, NULL, false, "secrets"},
    [OWN_CA] = {"v1", "Secret", false, "istio-ca-secret", NULL, false, "secrets"},
    [ROOT_CERT] = {"v1", "ConfigMap", false, MESH_ROOT_MAP, NULL, false, NULL},
    [READER] = {"v1", "ServiceAccount", false, MESH_READER_ACCOUNT, NULL, false, NULL},
    [TOKEN] = {"v1", "Secret", false, MESH_READER_TOKEN, NULL, false, "secrets"},
    [LINKS] = {"v1", "Secret", false, NULL, MESH_MULTICLUSTER_LABEL "=true", false, "secrets"},
    [SERVICES] = {"v1", "Service", true, NULL, MESH_NETWORK_LABEL, false, NULL},
    /* As istioctl and the samples label them, and as chart gateway does of its own name istio-ingress. */
    [LABELLED] = {"v1", "Service", true, NULL, "istio in (ingressgateway,ingress,eastwestgateway)",
                  false, NULL},
    [GATEWAYS] = {"networking.istio.io/v1beta1", "Gateway", true, NULL, NULL, false,
                  "gateways.networking.istio.io"},
};

/* Whether a read that failed may be left out: then the error is gone, and the right noted. */
static bool may_miss(struct facts *f, struct kube_read *read, const char *resource)
{
    const char *where = read->ref.namespace_;
    if (!resource || read->error->kind != ERROR_DENIED)
        return false;
    AUTO_FREE char *right = mem_printf("%s %s%s%s", read->is_list ? "list" : "get", resource,
                                       where ? " in " : "", where ? where : "");
    if (!strlist_has(&f->lacking, right))
        strlist_add(&f->lacking, right);
    f->lacks |= strcmp(resource, "secrets") == 0 ? CHECK_NEEDS_SECRETS : CHECK_NEEDS_ISTIO;
    error_free(TAKE(read->error));
    return true;
}

static int take_errors(const struct facts_options *o, struct facts *f, struct kube_read *reads,
                       struct error **err)
{
    for (int i = 0; i < READS; i++) {
        const char *resource = i >= TRAFFIC  ? facts_traffic_resource((size_t)(i - TRAFFIC))
                               : i < RECORDS ? read_rows[i].resource
                                             : "secrets";
        if (!reads[i].error)
            continue;
        if (!may_miss(f, &reads[i], i >= TRAFFIC || o->may_miss ? resource : NULL)) {
            *err = TAKE(reads[i].error);
            return -1;
        }
        f->ca_unread = f->ca_unread || i == CACERTS || i == OWN_CA;
    }
    return 0;
}

static int read_all(struct kube_client *c, const struct facts_options *o, struct facts *f,
                    struct kube_read *reads, struct error **err)
{
    AUTO_STRLIST selectors = STRLIST_INIT;
    for (size_t i = 0; i < RECORDS; i++) {
        const struct read_row *row = &read_rows[i];
        reads[i] = (struct kube_read){.ref = {row->api_version, row->kind,
                                              row->everywhere ? NULL : o->mesh->istio_namespace,
                                              row->name},
                                      .is_list = !row->name,
                                      .label_selector = row->selector,
                                      .metadata_only = row->metadata_only};
    }
    facts_record_reads(o->mesh, &selectors, &reads[RECORDS]);
    facts_traffic_reads(&reads[TRAFFIC]);
    return kube_read_many(c, reads, o->with_traffic ? READS : TRAFFIC, err) < 0
               ? -1
               : take_errors(o, f, reads, err);
}

static int take_namespaces(struct kube_client *c, struct facts *f, struct error **err)
{
    const json_t *system = facts_namespace(f, "kube-system");
    const char *uid = json_dig_str(system, "metadata", "uid", NULL);
    if (!uid)
        return error_set(err, ERROR_REMOTE, "%s: there is no namespace kube-system",
                         kube_client_name(c));
    f->uid = mem_strdup(uid);
    return 0;
}

/* ---- istiod ---------------------------------------------------------------------------------- */

static const char *env_of(const json_t *deployment, const char *name)
{
    const json_t *containers = json_dig(deployment, "spec", "template", "spec", "containers", NULL);
    size_t i, j;
    json_t *container, *row;
    json_array_foreach(containers, i, container)
        json_array_foreach(json_object_get(container, "env"), j, row)
            if (text_equal(json_dig_str(row, "name", NULL), name))
                return json_dig_str(row, "value", NULL);
    return NULL;
}

char *facts_image_tag_dup(const char *image)
{
    AUTO_FREE char *name = image ? mem_strndup(image, strcspn(image, "@")) : NULL;
    const char *slash = name ? strrchr(name, '/') : NULL;
    const char *colon = name ? strchr(slash ? slash : name, ':') : NULL;
    return colon && colon[1] ? mem_strdup(colon + 1) : NULL;
}

static void add_istiod(struct facts *f, const json_t *deployment)
{
    const char *revision = json_dig_str(deployment, "metadata", "labels", "istio.io/rev", NULL);
    const char *signs = env_of(deployment, "ENABLE_CA_SERVER");
    const char *image =
        json_dig_str(deployment, "spec", "template", "spec", "containers", "0", "image", NULL);
    f->istiods[f->istiods_count++] = (struct facts_istiod){
        .namespace_ = mem_strdup_opt(json_dig_str(deployment, "metadata", "namespace", NULL)),
        .name = mem_strdup_opt(json_dig_str(deployment, "metadata", "name", NULL)),
        .revision = mem_strdup(revision ? revision : "default"),
        .version = facts_image_tag_dup(image),
        .cluster = mem_strdup_opt(env_of(deployment, "CLUSTER_ID")),
        .signs = !signs || strcmp(signs, "false") != 0,
        .release = mem_strdup_opt(
            json_dig_str(deployment, "metadata", "annotations", "meta.helm.sh/release-name", NULL)),
        .ready = json_dig_int(deployment, 0, "status", "readyReplicas", NULL),
        .wanted = json_dig_int(deployment, 1, "spec", "replicas", NULL),
    };
}

static int take_istiods(struct kube_client *c, struct facts *f, const json_t *deployments,
                        struct error **err)
{
    json_t *deployment;
    size_t i, count = json_array_size(deployments);
    if (count > FACTS_MAX_ISTIODS)
        return error_set(err, ERROR_REMOTE,
                         "%s: %zu Deployments are labelled app=istiod, at most %d are looked at",
                         kube_client_name(c), count, FACTS_MAX_ISTIODS);
    f->istiods = mem_array(count, sizeof(*f->istiods));
    json_array_foreach(deployments, i, deployment)
        add_istiod(f, deployment);
    return 0;
}

static char *string_at_dup(const json_t *value, const char *a, const char *b)
{
    const char *text = json_dig_str(value, a, b, NULL);
    return text && text[0] ? mem_strdup(text) : NULL;
}

/* One key of a ConfigMap as YAML or JSON; NULL when it is not there or says nothing. */
static json_t *config_of(const json_t *map, const char *key)
{
    const char *text = json_dig_str(map, "data", key, NULL);
    AUTO_ERROR struct error *unread = NULL;
    json_t *value = NULL;
    /* Somebody's own text: what istiod cannot read either says nothing. */
    if (!text || strlen(text) > MAX_CONFIG ||
        yaml_read(text, strlen(text), key, 0, &value, &unread) < 0)
        return NULL;
    return value;
}

static void take_config(struct facts *f, const json_t *config, const json_t *values)
{
    f->mesh_id = mem_strdup_opt(json_dig_str(config, "defaultConfig", "meshId", NULL));
    f->trust_domain = string_at_dup(config, "trustDomain", NULL);
    f->network = string_at_dup(values, "global", "network");
    f->ca_address = string_at_dup(values, "global", "caAddress");
    f->proxy_mesh = string_at_dup(values, "global", "meshID");
    f->proxy_cluster =
        mem_strdup_opt(json_dig_str(values, "global", "multiCluster", "clusterName", NULL));
}

/* What its ConfigMaps say; new references, NULL where they say nothing.
 * istiod keeps its mesh configuration in ConfigMap istio, of a revision in istio-REVISION. */
static int read_config(struct kube_client *c, const char *namespace_,
                       const struct facts_istiod *istiod, json_t **ret_config, json_t **ret_values,
                       struct error **err)
{
    bool is_default = strcmp(istiod->revision, "default") == 0;
    AUTO_FREE char *suffix = is_default ? mem_strdup("") : mem_printf("-%s", istiod->revision);
    AUTO_FREE char *mesh = mem_printf("istio%s", suffix);
    AUTO_FREE char *injector = mem_printf("istio-sidecar-injector%s", suffix);
    struct kube_read reads[] = {{.ref = {"v1", "ConfigMap", namespace_, mesh}},
                                {.ref = {"v1", "ConfigMap", namespace_, injector}}};
    size_t count = MC_ARRAY_LEN(reads);
    int rc = kube_read_many(c, reads, count, err);
    for (size_t i = 0; i < count && rc == 0; i++) {
        *err = TAKE(reads[i].error);
        rc = *err ? -1 : 0;
    }
    if (rc == 0) {
        *ret_config = config_of(reads[0].found, "mesh");
        *ret_values = config_of(reads[1].found, "values");
    }
    kube_reads_release(reads, count);
    return rc;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void take_trust(struct kube_client *c, const struct facts_options *o,
                       const struct kube_read *reads, const json_t *deployment, struct facts *f)
{
    struct ca_found_input input = {
        .cluster = kube_client_name(c),
        .istio_namespace = o->mesh->istio_namespace,
        .cacerts = reads[CACERTS].found,
        .own = reads[OWN_CA].found,
        .root_cert = reads[ROOT_CERT].found,
        .deployment = deployment,
        .is_outside = f->ca_address != NULL,
        .trust_domain = f->trust_domain,
    };
    ca_found_read(&input, &f->ca);
    if (f->ca.form != CA_FORM_NONE)
        (void)!ca_found_check(&f->ca, &input, &f->ca_problem);
}

static int take_reads(struct kube_client *c, const struct facts_options *o, struct kube_read *reads,
                      struct facts *f, struct error **err)
{
    const char *namespace_ = o->mesh->istio_namespace;
    f->namespaces = TAKE(reads[NAMESPACES].found);
    f->reader_token = TAKE(reads[TOKEN].found);
    f->links = TAKE(reads[LINKS].found);
    f->network_services = TAKE(reads[SERVICES].found);
    f->labelled_services = TAKE(reads[LABELLED].found);
    f->gateways = TAKE(reads[GATEWAYS].found);
    f->has_reader = reads[READER].found != NULL;
    f->namespace_network = mem_strdup_opt(json_dig_str(facts_namespace(f, namespace_), "metadata",
                                                       "labels", MESH_NETWORK_LABEL, NULL));
    if (facts_add_nodes(c, f, err) < 0 || take_namespaces(c, f, err) < 0 ||
        take_istiods(c, f, reads[DEPLOYMENTS].found, err) < 0)
        return -1;
    const struct facts_istiod *istiod = facts_istiod_of(f, namespace_);
    json_auto_t *config = NULL, *values = NULL;
    if (istiod && read_config(c, namespace_, istiod, &config, &values, err) < 0)
        return -1;
    take_config(f, config, values);
    if (mesh_has_shared_network(o->mesh) && flat_read(c, &f->addresses, &f->ranges, err) < 0)
        return -1;
    if (o->with_traffic)
        f->traffic = facts_traffic_new(&reads[TRAFFIC], f, namespace_, config, values);
    const json_t *deployment =
        istiod ? json_array_get(reads[DEPLOYMENTS].found, (size_t)(istiod - f->istiods)) : NULL;
    take_trust(c, o, reads, deployment, f);
    return facts_read_releases(c, o, reads[RECORDS].found, reads[INGRESS_RECORDS].found, f, err);
}

int facts_observe(struct kube_client *c, const struct facts_options *o, struct facts **ret_facts,
                  struct error **err)
{
    MC_CLEANUP(facts_cleanup) struct facts *f = mem_zalloc(sizeof(*f));
    struct kube_read reads[READS] = {0};
    int rc = kube_server_version(c, &f->version, err);
    if (rc == 0)
        rc = read_all(c, o, f, reads, err);
    if (rc == 0)
        rc = take_reads(c, o, reads, f, err);
    kube_reads_release(reads, READS);
    if (rc == 0)
        *ret_facts = TAKE(f);
    return rc;
}
