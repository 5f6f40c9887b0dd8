/* Looks at a cluster: one pass of reads, made into facts. */
#include "meshctl/probe/facts.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "meshctl/mesh/objects.h"
#include "observe.h"

#define ISTIOD_LABEL "app=istiod"
#define MAX_CONFIG ((size_t)4 * 1024 * 1024) /* of one ConfigMap's text */

static int read_namespaces(struct kube_client *c, struct facts *f, struct error **err)
{
    struct kube_ref ref = {"v1", "Namespace", NULL, NULL};
    if (kube_list_metadata(c, &ref, NULL, NULL, &f->namespaces, err) < 0)
        return -1;
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

/* "1.31.0-distroless" of "registry:5000/istio/pilot:1.31.0-distroless@sha256:...": what stands behind
 * the colon of the last part, without the digest. Yours to free. */
static char *tag_dup(const json_t *deployment)
{
    const char *image =
        json_dig_str(deployment, "spec", "template", "spec", "containers", "0", "image", NULL);
    AUTO_FREE char *name = image ? mem_strndup(image, strcspn(image, "@")) : NULL;
    const char *slash = name ? strrchr(name, '/') : NULL;
    const char *colon = name ? strchr(slash ? slash : name, ':') : NULL;
    return colon && colon[1] ? mem_strdup(colon + 1) : NULL;
}

static void add_istiod(struct facts *f, const json_t *deployment)
{
    const char *revision = json_dig_str(deployment, "metadata", "labels", "istio.io/rev", NULL);
    const char *signs = env_of(deployment, "ENABLE_CA_SERVER");
    f->istiods[f->istiods_count++] = (struct facts_istiod){
        .namespace_ = mem_strdup_opt(json_dig_str(deployment, "metadata", "namespace", NULL)),
        .name = mem_strdup_opt(json_dig_str(deployment, "metadata", "name", NULL)),
        .revision = mem_strdup(revision ? revision : "default"),
        .version = tag_dup(deployment),
        .cluster = mem_strdup_opt(env_of(deployment, "CLUSTER_ID")),
        .signs = !signs || strcmp(signs, "false") != 0,
        .release = mem_strdup_opt(
            json_dig_str(deployment, "metadata", "annotations", "meta.helm.sh/release-name", NULL)),
        .ready = json_dig_int(deployment, 0, "status", "readyReplicas", NULL),
        .wanted = json_dig_int(deployment, 1, "spec", "replicas", NULL),
    };
}

static int read_istiods(struct kube_client *c, struct facts *f, json_t **ret_deployments,
                        struct error **err)
{
    struct kube_ref ref = {"apps/v1", "Deployment", NULL, NULL};
    json_auto_t *deployments = NULL;
    json_t *deployment;
    size_t i;
    if (kube_list(c, &ref, ISTIOD_LABEL, NULL, &deployments, err) < 0)
        return -1;
    size_t count = json_array_size(deployments);
    if (count > FACTS_MAX_ISTIODS)
        return error_set(err, ERROR_REMOTE,
                         "%s: %zu Deployments are labelled %s, at most %d are "
                         "looked at",
                         kube_client_name(c), count, ISTIOD_LABEL, FACTS_MAX_ISTIODS);
    f->istiods = mem_array(count, sizeof(*f->istiods));
    json_array_foreach(deployments, i, deployment)
        add_istiod(f, deployment);
    *ret_deployments = json_incref(deployments);
    return 0;
}

static char *string_at_dup(const json_t *value, const char *a, const char *b)
{
    const char *text = json_dig_str(value, a, b, NULL);
    return text && text[0] ? mem_strdup(text) : NULL;
}

/* One key of a ConfigMap as YAML or JSON; NULL when it is not there or says nothing. */
static int read_config(struct kube_client *c, const char *namespace_, const char *name,
                       const char *key, json_t **ret_value, struct error **err)
{
    struct kube_ref ref = {"v1", "ConfigMap", namespace_, name};
    json_auto_t *map = NULL;
    AUTO_ERROR struct error *unread = NULL;
    *ret_value = NULL;
    if (kube_get_opt(c, &ref, &map, err) < 0)
        return -1;
    const char *text = json_dig_str(map, "data", key, NULL);
    if (!text || strlen(text) > MAX_CONFIG)
        return 0;
    /* Somebody's own text: what istiod cannot read either says nothing. */
    if (yaml_read(text, strlen(text), name, 0, ret_value, &unread) < 0)
        *ret_value = NULL;
    return 0;
}

/* istiod keeps its mesh configuration in ConfigMap istio, of a revision in istio-REVISION. */
static int read_mesh_config(struct kube_client *c, const char *namespace_,
                            const struct facts_istiod *istiod, struct facts *f, struct error **err)
{
    bool is_default = strcmp(istiod->revision, "default") == 0;
    AUTO_FREE char *suffix = is_default ? mem_strdup("") : mem_printf("-%s", istiod->revision);
    AUTO_FREE char *mesh = mem_printf("istio%s", suffix);
    AUTO_FREE char *injector = mem_printf("istio-sidecar-injector%s", suffix);
    json_auto_t *config = NULL, *values = NULL;
    if (read_config(c, namespace_, mesh, "mesh", &config, err) < 0 ||
        read_config(c, namespace_, injector, "values", &values, err) < 0)
        return -1;
    f->mesh_id = mem_strdup_opt(json_dig_str(config, "defaultConfig", "meshId", NULL));
    f->trust_domain = string_at_dup(config, "trustDomain", NULL);
    f->network = string_at_dup(values, "global", "network");
    f->ca_address = string_at_dup(values, "global", "caAddress");
    return 0;
}

/* ---- trust and links ------------------------------------------------------------------------- */

bool facts_may_miss(const struct facts_options *o, struct facts *f, const char *verb,
                    const char *resource, const char *where, struct error **err)
{
    AUTO_FREE char *right =
        mem_printf("%s %s%s%s", verb, resource, where ? " in " : "", where ? where : "");
    if (!o->may_miss || (*err)->kind != ERROR_DENIED)
        return false;
    error_clear(err);
    if (!strlist_has(&f->lacking, right))
        strlist_add(&f->lacking, right);
    return true;
}

/* A Secret of istiod's namespace, or nothing where the user may not read it and need not. */
static int read_secret(struct kube_client *c, const struct facts_options *o, const char *name,
                       struct facts *f, json_t **ret_secret, struct error **err)
{
    struct kube_ref ref = {"v1", "Secret", o->mesh->istio_namespace, name};
    if (kube_get_opt(c, &ref, ret_secret, err) == 0)
        return 0;
    return facts_may_miss(o, f, "get", "secrets", ref.namespace_, err) ? 0 : -1;
}

static int read_trust(struct kube_client *c, const struct facts_options *o,
                      const json_t *deployment, struct facts *f, struct error **err)
{
    const char *namespace_ = o->mesh->istio_namespace;
    struct kube_ref map = {"v1", "ConfigMap", namespace_, "istio-ca-root-cert"};
    json_auto_t *cacerts = NULL, *own = NULL, *handed_out = NULL;
    if (read_secret(c, o, MESH_CACERTS, f, &cacerts, err) < 0 ||
        read_secret(c, o, "istio-ca-secret", f, &own, err) < 0 ||
        kube_get_opt(c, &map, &handed_out, err) < 0)
        return -1;
    f->ca_unread = f->lacking.count > 0;
    struct ca_found_input input = {
        .cluster = kube_client_name(c),
        .istio_namespace = namespace_,
        .cacerts = cacerts,
        .own = own,
        .root_cert = handed_out,
        .deployment = deployment,
        .is_outside = f->ca_address != NULL,
        .trust_domain = f->trust_domain,
    };
    ca_found_read(&input, &f->ca);
    if (f->ca.form != CA_FORM_NONE)
        (void)!ca_found_check(&f->ca, &input, &f->ca_problem);
    return 0;
}

static int read_links(struct kube_client *c, const struct facts_options *o, struct facts *f,
                      struct error **err)
{
    const char *namespace_ = o->mesh->istio_namespace;
    struct kube_ref account = {"v1", "ServiceAccount", namespace_, MESH_READER_ACCOUNT};
    struct kube_ref links = {"v1", "Secret", namespace_, NULL};
    json_auto_t *reader = NULL;
    if (kube_get_opt(c, &account, &reader, err) < 0 ||
        read_secret(c, o, MESH_READER_TOKEN, f, &f->reader_token, err) < 0)
        return -1;
    f->has_reader = reader != NULL;
    if (kube_list(c, &links, MESH_MULTICLUSTER_LABEL "=true", NULL, &f->links, err) == 0)
        return 0;
    return facts_may_miss(o, f, "list", "secrets", namespace_, err) ? 0 : -1;
}

/* ---- gateways -------------------------------------------------------------------------------- */

static int read_gateways(struct kube_client *c, const struct facts_options *o, struct facts *f,
                         struct error **err)
{
    struct kube_ref services = {"v1", "Service", NULL, NULL};
    struct kube_ref gateways = {"networking.istio.io/v1beta1", "Gateway", NULL, NULL};
    if (kube_list(c, &services, MESH_NETWORK_LABEL, NULL, &f->network_services, err) < 0)
        return -1;
    enum kube_scope scope;
    if (kube_scope_of(c, gateways.api_version, gateways.kind, &scope, err) < 0)
        return -1;
    if (scope == KUBE_SCOPE_UNSERVED) { /* no Istio here yet */
        f->gateways = json_array();
        return 0;
    }
    if (kube_list(c, &gateways, NULL, NULL, &f->gateways, err) == 0 ||
        facts_may_miss(o, f, "list", "gateways.networking.istio.io", NULL, err))
        return 0;
    return -1;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static int observe_istio(struct kube_client *c, const struct facts_options *o, struct facts *f,
                         struct error **err)
{
    const struct mesh *m = o->mesh;
    json_auto_t *deployments = NULL;
    f->namespace_network = mem_strdup_opt(json_dig_str(
        facts_namespace(f, m->istio_namespace), "metadata", "labels", MESH_NETWORK_LABEL, NULL));
    if (read_istiods(c, f, &deployments, err) < 0)
        return -1;
    const struct facts_istiod *istiod = facts_istiod_of(f, m->istio_namespace);
    if (istiod && read_mesh_config(c, m->istio_namespace, istiod, f, err) < 0)
        return -1;
    const json_t *deployment =
        istiod ? json_array_get(deployments, (size_t)(istiod - f->istiods)) : NULL;
    return read_trust(c, o, deployment, f, err);
}

int facts_observe(struct kube_client *c, const struct facts_options *o, struct facts **ret_facts,
                  struct error **err)
{
    MC_CLEANUP(facts_cleanup) struct facts *f = mem_zalloc(sizeof(*f));
    if (kube_server_version(c, &f->version, err) < 0 || read_namespaces(c, f, err) < 0 ||
        observe_istio(c, o, f, err) < 0 || read_links(c, o, f, err) < 0 ||
        read_gateways(c, o, f, err) < 0 || facts_read_releases(c, o, f, err) < 0)
        return -1;
    *ret_facts = TAKE(f);
    return 0;
}
