/* Step check: what each cluster is and what is in it already. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/buf.h"
#include "meshctl/mesh/objects.h"

/* What the steps do, for a person whose rights are listed one by one. Cluster-admin
 * is asked first. */
static const struct right {
    const char *verb, *group, *resource;
} rights[] = {
    {"create", "", "namespaces"},
    {"patch", "", "namespaces"},
    {"patch", "", "secrets"},
    {"list", "", "secrets"},
    {"patch", "", "services"},
    {"patch", "", "configmaps"},
    {"patch", "", "serviceaccounts"},
    {"patch", "apps", "deployments"},
    {"patch", "apiextensions.k8s.io", "customresourcedefinitions"},
    {"patch", "rbac.authorization.k8s.io", "clusterroles"},
    {"patch", "rbac.authorization.k8s.io", "clusterrolebindings"},
    {"patch", "admissionregistration.k8s.io", "mutatingwebhookconfigurations"},
    {"patch", "admissionregistration.k8s.io", "validatingwebhookconfigurations"},
    {"patch", "networking.istio.io", "gateways"},
};

static int check_rights(struct lane *lane, struct error **err)
{
    bool allowed = false;
    if (kube_can(lane->client, "*", "*", "*", NULL, &allowed, err) < 0)
        return -1;
    if (allowed)
        return 0;
    AUTO_BUF missing = BUF_INIT;
    for (size_t i = 0; i < MC_ARRAY_LEN(rights); i++) {
        const struct right *r = &rights[i];
        if (kube_can(lane->client, r->verb, r->group, r->resource, NULL, &allowed, err) < 0)
            return -1;
        if (!allowed)
            buf_appendf(&missing, "%s%s %s%s%s", missing.len ? ", " : "", r->verb, r->resource,
                        r->group[0] ? "." : "", r->group);
    }
    if (!missing.len)
        return 0;
    error_set(err, ERROR_DENIED, "%s: user %s of context %s may not: %s", lane_name(lane),
              lane->config->user_name, lane->config->context, buf_str(&missing));
    return error_hint(err,
                      "a mesh is set up with the ClusterRole cluster-admin; ask for it, or use "
                      "another --%s FILE@CONTEXT",
                      lane_name(lane));
}

/* The namespace that istiod will live in may belong to another network already. */
static int check_network(struct lane *lane, struct error **err)
{
    struct kube_ref ref = {"v1", "Namespace", NULL, lane->steps->mesh->istio_namespace};
    json_auto_t *namespace = NULL;
    if (kube_get_opt(lane->client, &ref, &namespace, err) < 0)
        return -1;
    const char *network = json_dig_str(namespace, "metadata", "labels", MESH_NETWORK_LABEL, NULL);
    if (!network || strcmp(network, lane->member->network) == 0)
        return 0;
    error_set(err, ERROR_CHECK, "%s: namespace %s is labelled %s=%s, wanted %s", lane_name(lane),
              ref.name, MESH_NETWORK_LABEL, network, lane->member->network);
    error_id(err, "MC301");
    error_where(err, "%s/Namespace/%s", lane_name(lane), ref.name);
    return error_hint(err, "keep its name with --network %s=%s", lane_name(lane), network);
}

static int read_cacerts(struct lane *lane, struct error **err)
{
    const char *namespace_ = lane->steps->mesh->istio_namespace;
    struct kube_ref ref = {"v1", "Secret", namespace_, MESH_CACERTS};
    if (kube_get_opt(lane->client, &ref, &lane->found_cacerts, err) < 0)
        return -1;
    if (!lane->found_cacerts) {
        json_auto_t *own = NULL;
        ref.name = "istio-ca-secret";
        if (kube_get_opt(lane->client, &ref, &own, err) < 0)
            return -1;
        lane->found_self_signed = own != NULL;
        return 0;
    }
    const char *text = json_dig_str(lane->found_cacerts, "data", "root-cert.pem", NULL);
    AUTO_BUF pem = BUF_INIT;
    struct pki_cert **certs = NULL;
    size_t count = 0;
    AUTO_FREE char *where =
        mem_printf("%s/Secret/%s/%s", lane_name(lane), namespace_, MESH_CACERTS);
    if (!text || base64_decode(&pem, text, strlen(text)) < 0) {
        error_set(err, ERROR_CHECK, "%s: Secret %s/%s has no root-cert.pem", lane_name(lane),
                  namespace_, MESH_CACERTS);
        error_where(err, "%s", where);
        return error_hint(err, "delete the Secret if nothing uses it yet, then run this again");
    }
    if (pki_certs_read(buf_str(&pem), pem.len, where, &certs, &count, err) < 0)
        return -1;
    lane->found_root = pki_cert_fingerprint_dup(certs[0]);
    pki_certs_free(certs, count);
    return 0;
}

static int read_releases(struct lane *lane, struct error **err)
{
    const struct mesh *mesh = lane->steps->mesh;
    const char *const namespaces[] = {mesh->istio_namespace, mesh->ingress_namespace};
    for (size_t i = 0; i < MC_ARRAY_LEN(namespaces); i++) {
        struct kube_ref ref = {"v1", "Secret", namespaces[i], NULL};
        json_auto_t *secrets = NULL;
        if (kube_list(lane->client, &ref, "owner=helm", NULL, &secrets, err) < 0)
            return -1;
        for (int c = 0; c < MESH_COMPONENTS; c++) {
            struct lane_release *r = &lane->releases[c];
            if (strcmp(r->namespace_, namespaces[i]) != 0 || r->existing)
                continue;
            if (release_newest(secrets, r->name, &r->existing, err) < 0)
                return error_wrap(err, "%s: release %s", lane_name(lane), r->name);
        }
    }
    return 0;
}

/* An istiod that no Helm release of ours owns was put there by another tool: taking it over
 * silently would break whoever manages it. */
static int check_foreign_istiod(struct lane *lane, struct error **err)
{
    if (lane->releases[MESH_ISTIOD].existing)
        return 0;
    const char *namespace_ = lane->steps->mesh->istio_namespace;
    struct kube_ref ref = {"apps/v1", "Deployment", namespace_, "istiod"};
    json_auto_t *istiod = NULL;
    if (kube_get_opt(lane->client, &ref, &istiod, err) < 0)
        return -1;
    if (!istiod)
        return 0;
    if (release_check_owner(istiod, lane->releases[MESH_ISTIOD].name, namespace_, err) == 0)
        return 0;
    error_wrap(err, "%s", lane_name(lane));
    error_id(err, "MC302");
    error_where(err, "%s/Deployment/%s/istiod", lane_name(lane), namespace_);
    return error_hint(err, "an istiod of another installer is here; remove it first, or name its "
                           "release with --release istiod=NAME");
}

int step_check(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct kube_ref system = {"v1", "Namespace", NULL, "kube-system"};
    json_auto_t *namespace = NULL;
    if (kube_config_check(lane->config, err) < 0)
        return error_wrap(err, "%s", lane_name(lane));
    if (kube_server_version(lane->client, &lane->version, err) < 0)
        return -1;
    if (kube_get(lane->client, &system, &namespace, err) < 0)
        return -1;
    lane->cluster_uid = mem_strdup_opt(json_dig_str(namespace, "metadata", "uid", NULL));
    if (check_rights(lane, err) < 0 || check_network(lane, err) < 0)
        return -1;
    if (read_cacerts(lane, err) < 0 || read_releases(lane, err) < 0)
        return -1;
    if (check_foreign_istiod(lane, err) < 0)
        return -1;
    plan_result(task, "Kubernetes %s", lane->version.git_version);
    return 0;
}
