/* Reads what is around the mesh in one go, and judges nodes, DNS and load balancers. */
#include "surroundings.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/gateway.h"
#include "meshctl/probe/finding.h"

#define DNS_NAMESPACE "kube-system"
#define DNS_SELECTOR "k8s-app=kube-dns" /* of kube-dns, and of CoreDNS in its place */

/* ---- reading --------------------------------------------------------------------------------- */

enum read_id {
    DNS_SERVICES,
    DNS_PODS,
    DNS_DEPLOYMENTS,
    MUTATING,
    RUNNING_READS,
    NODES = RUNNING_READS,
    SERVICES,
    CRDS,
    VALIDATING,
    QUOTAS,
    LIMITS,
    READS
};

static const struct {
    const char *api_version, *kind, *namespace_, *selector;
    bool metadata_only;
    const char *right;
} rows[READS] = {
    [DNS_SERVICES] = {"v1", "Service", DNS_NAMESPACE, DNS_SELECTOR, false,
                      "list services in " DNS_NAMESPACE},
    [DNS_PODS] = {"v1", "Pod", DNS_NAMESPACE, DNS_SELECTOR, false, "list pods in " DNS_NAMESPACE},
    [DNS_DEPLOYMENTS] = {"apps/v1", "Deployment", DNS_NAMESPACE, DNS_SELECTOR, false,
                         "list deployments in " DNS_NAMESPACE},
    [MUTATING] = {"admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", NULL, NULL,
                  false, "list mutatingwebhookconfigurations.admissionregistration.k8s.io"},
    [NODES] = {"v1", "Node", NULL, NULL, false, "list nodes"},
    [SERVICES] = {"v1", "Service", NULL, NULL, false, "list services"},
    [CRDS] = {"apiextensions.k8s.io/v1", "CustomResourceDefinition", NULL, NULL, true,
              "list customresourcedefinitions.apiextensions.k8s.io"},
    [VALIDATING] = {"admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", NULL, NULL,
                    false, "list validatingwebhookconfigurations.admissionregistration.k8s.io"},
    [QUOTAS] = {"v1", "ResourceQuota", NULL, NULL, false, "list resourcequotas"},
    [LIMITS] = {"v1", "LimitRange", NULL, NULL, false, "list limitranges"},
};

static json_t **slot_of(struct surroundings *s, enum read_id id)
{
    json_t **slots[READS] = {
        [DNS_SERVICES] = &s->dns_services,
        [DNS_PODS] = &s->dns_pods,
        [DNS_DEPLOYMENTS] = &s->dns_deployments,
        [MUTATING] = &s->mutating,
        [NODES] = &s->nodes,
        [SERVICES] = &s->services,
        [CRDS] = &s->crds,
        [VALIDATING] = &s->validating,
        [QUOTAS] = &s->quotas,
        [LIMITS] = &s->limits,
    };
    return slots[id];
}

void surroundings_release(struct surroundings *s)
{
    for (int i = 0; i < READS; i++)
        json_decref(*slot_of(s, (enum read_id)i));
}

/* The first `count` of the rows; `lacking` gets what may not be read. */
static int read_some(struct probe *p, size_t count, struct surroundings *s, struct strlist *lacking,
                     struct error **err)
{
    struct kube_read reads[READS] = {0};
    for (size_t i = 0; i < count; i++)
        reads[i] =
            (struct kube_read){.ref = {rows[i].api_version, rows[i].kind, rows[i].namespace_, NULL},
                               .is_list = true,
                               .label_selector = rows[i].selector,
                               .metadata_only = rows[i].metadata_only};
    int rc = kube_read_many(p->client, reads, count, err);
    for (size_t i = 0; i < count && rc == 0; i++) {
        if (!reads[i].error)
            *slot_of(s, (enum read_id)i) = TAKE(reads[i].found);
        else if (reads[i].error->kind == ERROR_DENIED)
            strlist_add(lacking, rows[i].right);
        else
            rc = (*err = TAKE(reads[i].error), -1);
    }
    kube_reads_release(reads, count);
    return rc;
}

/* ---- DNS ------------------------------------------------------------------------------------- */

static bool is_ready(const json_t *object)
{
    size_t i;
    json_t *condition;
    json_array_foreach(json_dig(object, "status", "conditions", NULL), i, condition)
        if (text_equal(json_dig_str(condition, "type", NULL), "Ready"))
            return text_equal(json_dig_str(condition, "status", NULL), "True");
    return false;
}

static size_t count_ready(const json_t *objects)
{
    size_t i, count = 0;
    json_t *object;
    json_array_foreach(objects, i, object)
        count += is_ready(object);
    return count;
}

/* One of its Deployments that was scaled down; NULL when there is none. Borrowed. */
static const char *idle_dns(const json_t *deployments)
{
    size_t i;
    json_t *deployment;
    json_array_foreach(deployments, i, deployment)
        if (json_dig_int(deployment, 1, "spec", "replicas", NULL) == 0)
            return json_dig_str(deployment, "metadata", "name", NULL);
    return NULL;
}

/* Other distributions keep their DNS elsewhere: nothing is said then. */
static void judge_dns(struct probe *p, const struct surroundings *s)
{
    size_t ready = count_ready(s->dns_pods);
    const char *idle = idle_dns(s->dns_deployments);
    if (!json_array_size(s->dns_services) || !s->dns_pods)
        return;
    if (ready) {
        finding_ok(p, "MC117", "%zu pods ready", ready);
        return;
    }
    finding_bad(p, "MC117", "a ready pod",
                "none of %zu of " DNS_SELECTOR " in namespace " DNS_NAMESPACE,
                json_array_size(s->dns_pods));
    if (idle)
        finding_fix(p, "kubectl scale deployment %s -n " DNS_NAMESPACE " --replicas=2", idle);
}

int surroundings_check_running(struct probe *p, struct error **err)
{
    MC_CLEANUP(surroundings_release) struct surroundings s = {0};
    AUTO_STRLIST lacking = STRLIST_INIT;
    if (read_some(p, RUNNING_READS, &s, &lacking, err) < 0)
        return -1;
    judge_dns(p, &s);
    webhooks_judge_own(p, s.mutating);
    return 0;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

/* What Istio's images are made for. */
static bool is_supported(const char *architecture)
{
    return text_equal(architecture, "amd64") || text_equal(architecture, "arm64");
}

void surroundings_judge_nodes(struct probe *p, const json_t *nodes)
{
    AUTO_STRLIST architectures = STRLIST_INIT;
    size_t i, usable = 0, supported = 0;
    json_t *node;
    json_array_foreach(nodes, i, node) {
        const char *architecture = json_dig_str(node, "status", "nodeInfo", "architecture", NULL);
        if (!is_ready(node) || json_is_true(json_dig(node, "spec", "unschedulable", NULL)))
            continue;
        usable++;
        supported += !architecture || is_supported(architecture);
        if (architecture && !strlist_has(&architectures, architecture))
            strlist_add(&architectures, architecture);
    }
    AUTO_FREE char *text = strlist_join_dup(&architectures, ", ");
    if (!usable)
        finding_bad(p, "MC116", "a node that is ready and takes pods", "none of %zu",
                    json_array_size(nodes));
    else if (!supported)
        finding_bad(p, "MC116", "nodes of amd64 or arm64", "%zu of %s", usable, text);
    else if (supported < usable)
        finding_warn(p, "MC116", "nodes of amd64 or arm64",
                     "%zu of %zu ready nodes are of another "
                     "architecture (%s)",
                     usable - supported, usable, text);
    else
        finding_ok(p, "MC116", "%zu ready, %s", usable, text);
}

/* ---- load balancers -------------------------------------------------------------------------- */

/* "aws" of the first node that says whose it is; NULL when none does. Borrowed from a node, up to the
 * colon. */
static char *cloud_dup(const json_t *nodes)
{
    size_t i;
    json_t *node;
    json_array_foreach(nodes, i, node) {
        const char *id = json_dig_str(node, "spec", "providerID", NULL);
        const char *colon = id ? strstr(id, "://") : NULL;
        if (colon && colon > id)
            return mem_strndup(id, (size_t)(colon - id));
    }
    return NULL;
}

void surroundings_judge_balancer(struct probe *p, const json_t *services, const json_t *nodes)
{
    AUTO_FREE char *cloud = cloud_dup(nodes);
    size_t i, waiting = 0;
    json_t *service;
    json_array_foreach(services, i, service) {
        struct kube_ref ref = kube_ref_of(service);
        const char *class = json_dig_str(service, "spec", "loadBalancerClass", NULL);
        /* An address by hand says nothing of who gives others. */
        if (!text_equal(json_dig_str(service, "spec", "type", NULL), "LoadBalancer") ||
            text_equal(class, MESH_ADDRESS_CLASS))
            continue;
        if (json_array_size(json_dig(service, "status", "loadBalancer", "ingress", NULL))) {
            finding_ok(p, "MC118", "Service %s/%s has %s", ref.namespace_, ref.name,
                       kube_service_address(service));
            return;
        }
        waiting++;
    }
    if (waiting)
        finding_warn(p, "MC118", "addresses for Services of type LoadBalancer", "%zu have none",
                     waiting);
    else if (cloud)
        finding_ok(p, "MC118", "nodes of %s", cloud);
    else
        finding_warn(p, "MC118", "a sign of who gives Services of type LoadBalancer an address",
                     "no such Service has one, and no node says which cloud it is of");
}

/* ---- namespaces ------------------------------------------------------------------------------ */

static void judge_namespace(struct probe *p, const char *name)
{
    const json_t *namespace = facts_namespace(probe_facts(p), name);
    if (!json_dig(namespace, "metadata", "deletionTimestamp", NULL))
        return;
    finding_bad(p, "MC306", "one that stays, or none", "%s is being deleted", name);
    finding_fix(p, "wait until it is gone; kubectl get namespace %s -o yaml tells what holds it",
                name);
}

int surroundings_check(struct probe *p, struct error **err)
{
    MC_CLEANUP(surroundings_release) struct surroundings s = {0};
    AUTO_STRLIST lacking = STRLIST_INIT;
    if (read_some(p, READS, &s, &lacking, err) < 0)
        return -1;
    if (s.nodes)
        surroundings_judge_nodes(p, s.nodes);
    judge_dns(p, &s);
    if (s.services)
        surroundings_judge_balancer(p, s.services, s.nodes);
    judge_namespace(p, p->mesh->istio_namespace);
    judge_namespace(p, p->mesh->ingress_namespace);
    others_check(p, s.crds);
    webhooks_judge_injectors(p, s.mutating);
    if (webhooks_check_dead(p, s.mutating, s.validating, err) < 0)
        return -1;
    limits_judge_security(p);
    limits_judge_quotas(p, s.quotas, s.limits);
    AUTO_FREE char *text = strlist_join_dup(&lacking, ", ");
    if (lacking.count)
        finding_warn(p, "MC105", text, "what is around the mesh could not be looked at");
    return 0;
}
