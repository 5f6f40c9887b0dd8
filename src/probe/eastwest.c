/* Whether the network's gateway is there, with an address, the port and a pod behind it. */
#include "eastwest.h"

#include <stdlib.h>
#include <string.h>

#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/gateway.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/proxy.h"

/* What makes a Service a gateway to istiod (pilot/pkg/serviceregistry/kube/controller/network.go,
 * getGatewayDetails). */
#define PORT_HBONE 15008 /* of ambient meshes; enough by itself */

/* No Service has the network's label: one that lacks it is told apart from none. */
static int explain_no_service(struct probe *p, struct error **err)
{
    /* What Istio's own samples select (samples/multicluster/expose-services.yaml). */
    json_auto_t *usual = json_pack("{s:s}", "istio", "eastwestgateway");
    const json_t *exposed = gateways_passthrough(probe_facts(p));
    const json_t *selector = json_dig(exposed, "spec", "selector", NULL);
    json_auto_t *services = NULL;
    AUTO_STRLIST names = STRLIST_INIT;
    json_t *service;
    size_t i;
    bool is_other = false;
    AUTO_FREE char *wanted =
        mem_printf("a Service labelled %s=%s", MESH_NETWORK_LABEL, probe_member(p)->network);
    if (gateways_services(p, selector ? selector : usual, &services, err) < 0)
        return -1;
    json_array_foreach(services, i, service) {
        struct kube_ref ref = kube_ref_of(service);
        const char *label = json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL);
        is_other = is_other || label;
        if (label)
            strlist_addf(&names, "%s/%s labelled %s", ref.namespace_, ref.name, label);
        else
            strlist_addf(&names, "%s/%s without the label", ref.namespace_, ref.name);
    }
    AUTO_FREE char *found = strlist_join_dup(&names, ", ");
    if (names.count)
        finding_bad(p, "MC303", wanted, "Service %s", found);
    else
        finding_bad(p, "MC504", wanted, "none in %s", probe_name(p));
    /* Somebody set that value, and it is a field of his by now. */
    if (is_other)
        finding_fix(p, "meshctl gateway --force-conflicts with the same flags");
    return 0;
}

json_int_t eastwest_told_port(const json_t *service)
{
    const char *label = json_dig_str(service, "metadata", "labels", MESH_PORT_LABEL, NULL);
    char *end = NULL;
    long port = label && label[0] ? strtol(label, &end, 10) : 0;
    return end && !*end ? port : MESH_GATEWAY_PORT;
}

bool eastwest_is_at_nodes(const json_t *service)
{
    return text_equal(json_dig_str(service, "spec", "type", NULL), "NodePort") &&
           json_dig_str(service, "metadata", "annotations", MESH_NODES_ANNOTATION, NULL);
}

static const json_t *row_of(const json_t *service, json_int_t port)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(service, "spec", "ports", NULL), i, row)
        if (json_dig_int(row, 0, "port", NULL) == port)
            return row;
    return NULL;
}

json_int_t eastwest_reached_port(const json_t *service)
{
    json_int_t told = eastwest_told_port(service);
    return eastwest_is_at_nodes(service)
               ? json_dig_int(row_of(service, told), told, "nodePort", NULL)
               : told;
}

bool eastwest_has_port(const json_t *service)
{
    return !json_array_size(json_dig(service, "spec", "ports", NULL)) ||
           row_of(service, eastwest_told_port(service));
}

bool eastwest_is_of_network(const json_t *service, const char *network)
{
    return text_equal(json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL),
                      network);
}

json_int_t eastwest_pod_port(const json_t *service)
{
    json_int_t told = eastwest_told_port(service);
    const json_t *row = row_of(service, told);
    return !row || json_is_string(json_object_get(row, "targetPort"))
               ? 0
               : json_dig_int(row, told, "targetPort", NULL);
}

/* The place of the port that leads to the gateway's own, whatever its number is: -1 when none does. */
static int misnumbered(const json_t *service)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(service, "spec", "ports", NULL), i, row)
        if (json_dig_int(row, 0, "targetPort", NULL) == MESH_GATEWAY_PORT)
            return (int)i;
    return -1;
}

static void fix_port(struct probe *p, const json_t *service, json_int_t told)
{
    struct kube_ref ref = kube_ref_of(service);
    int at = misnumbered(service);
    if (at >= 0)
        finding_fix(p,
                    "kubectl patch service %s -n %s --type=json -p '[{\"op\":\"test\",\"path\":"
                    "\"/spec/ports/%d/targetPort\",\"value\":%d},{\"op\":\"replace\",\"path\":"
                    "\"/spec/ports/%d/port\",\"value\":%lld}]'",
                    ref.name, ref.namespace_, at, MESH_GATEWAY_PORT, at, (long long)told);
    else
        finding_fix(
            p,
            "kubectl patch service %s -n %s --type=json -p '[{\"op\":\"add\",\"path\":"
            "\"/spec/ports/-\",\"value\":{\"name\":\"tls\",\"port\":%lld,\"targetPort\":%d}}]'",
            ref.name, ref.namespace_, (long long)told, MESH_GATEWAY_PORT);
}

static void check_port(struct probe *p, const json_t *service)
{
    struct kube_ref ref = kube_ref_of(service);
    json_int_t told = eastwest_told_port(service);
    AUTO_STRLIST ports = STRLIST_INIT;
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(service, "spec", "ports", NULL), i, row) {
        json_int_t port = json_dig_int(row, 0, "port", NULL);
        if (port == told || port == PORT_HBONE) {
            finding_ok(p, "MC505", "%lld", (long long)port);
            return;
        }
        strlist_addf(&ports, "%lld", (long long)port);
    }
    /* What has no ports of its own stands for another name, whose owner knows. */
    if (!ports.count)
        return;
    AUTO_FREE char *wanted = mem_printf("port %lld", (long long)told);
    AUTO_FREE char *text = strlist_join_dup(&ports, ", ");
    finding_bad(p, "MC505", wanted, "Service %s/%s with port %s", ref.namespace_, ref.name, text);
    fix_port(p, service, told);
}

/* ---- pods ------------------------------------------------------------------------------------ */

/* A Deployment of the Service's namespace whose pods have these labels; NULL when there is none. New
 * reference. */
static int deployment_of(const struct probe *p, const json_t *service, const json_t *labels,
                         json_t **ret_deployment, struct error **err)
{
    struct kube_ref ref = {"apps/v1", "Deployment", kube_ref_of(service).namespace_, NULL};
    json_auto_t *deployments = NULL;
    json_t *deployment;
    size_t i;
    *ret_deployment = NULL;
    if (kube_list(p->client, &ref, NULL, NULL, &deployments, err) < 0)
        return -1;
    json_array_foreach(deployments, i, deployment)
        if (!*ret_deployment &&
            gateways_selects(labels, json_dig(deployment, "spec", "template", NULL)))
            *ret_deployment = json_incref(deployment);
    return 0;
}

/* A Service that selects nobody: beside another that works it is one too many, alone it shall select what
 * the Gateway for other clusters does, or get its pods from the chart again. */
static int explain_no_workload(struct probe *p, const json_t *service, bool is_needed,
                               struct error **err)
{
    struct kube_ref ref = kube_ref_of(service);
    AUTO_FREE char *selector = gateways_selector_dup(json_dig(service, "spec", "selector", NULL));
    const json_t *exposed = gateways_passthrough(probe_facts(p));
    json_auto_t *deployment = NULL;
    finding_bad(p, "MC503", "a ready pod behind each gateway of the network",
                "Service %s/%s selects %s, which nothing has", ref.namespace_, ref.name, selector);
    if (!is_needed) {
        finding_fix(p, "kubectl label service %s -n %s " MESH_NETWORK_LABEL "-", ref.name,
                    ref.namespace_);
        return 0;
    }
    if (deployment_of(p, service, json_dig(exposed, "spec", "selector", NULL), &deployment, err) <
        0)
        return -1;
    const json_t *labels = json_dig(deployment, "spec", "selector", "matchLabels", NULL);
    AUTO_FREE char *value = json_write_dup(labels ? labels : json_null(), 0);
    if (labels)
        finding_fix(p,
                    "kubectl patch service %s -n %s --type=json -p '[{\"op\":\"replace\","
                    "\"path\":\"/spec/selector\",\"value\":%s}]'",
                    ref.name, ref.namespace_, value);
    else
        finding_fix(p, "meshctl gateway with the same flags");
    return 0;
}

/* Why a Service's pods are not there: nobody makes them, nobody wants them, or they do not start. */
static int explain_no_pod(struct probe *p, const json_t *service, bool is_needed,
                          struct error **err)
{
    struct kube_ref ref = kube_ref_of(service);
    const json_t *labels = json_dig(service, "spec", "selector", NULL);
    json_auto_t *deployment = NULL;
    if (deployment_of(p, service, labels, &deployment, err) < 0)
        return -1;
    if (!deployment)
        return explain_no_workload(p, service, is_needed, err);
    const char *name = json_dig_str(deployment, "metadata", "name", NULL);
    json_int_t wanted = json_dig_int(deployment, 1, "spec", "replicas", NULL);
    json_int_t ready = json_dig_int(deployment, 0, "status", "readyReplicas", NULL);
    AUTO_FREE char *selector = gateways_selector_dup(labels);
    if (wanted == 0) {
        finding_bad(p, "MC503", "a ready pod", "Deployment %s/%s is scaled to 0", ref.namespace_,
                    name);
        finding_fix(p, "kubectl scale deployment %s -n %s --replicas=1", name, ref.namespace_);
    } else {
        finding_bad(p, "MC503", "a ready pod", "%lld of %lld pods of Deployment %s/%s ready",
                    (long long)ready, (long long)wanted, ref.namespace_, name);
        finding_fix(p, "see the reason of its pods: kubectl get pods -n %s -l %s", ref.namespace_,
                    selector);
    }
    return 0;
}

/* How many ready pods a Service has; -1 where its endpoints are somebody's own list, to which no label
 * leads. */
static int count_pods(struct probe *p, const json_t *service, json_int_t *ret_count,
                      struct error **err)
{
    AUTO_FREE char *selector = gateways_selector_dup(json_dig(service, "spec", "selector", NULL));
    json_auto_t *pods = NULL;
    *ret_count = -1;
    if (!*selector)
        return 0;
    if (proxy_pods(p->client, kube_ref_of(service).namespace_, selector, &pods, err) < 0)
        return -1;
    *ret_count = (json_int_t)json_array_size(pods);
    return 0;
}

/* ---- addresses ------------------------------------------------------------------------------- */

/* Of a gateway at the nodes the nodes decide; of another type that has none, the person. */
static void tell_no_address(struct probe *p, const json_t *first)
{
    struct kube_ref ref = kube_ref_of(first);
    const char *said = json_dig_str(first, "spec", "type", NULL), *type = said ? said : "ClusterIP";
    if (eastwest_is_at_nodes(first)) {
        finding_bad(p, "MC502", "an ExternalIP of a node that " MESH_NODES_ANNOTATION " selects",
                    "Service %s/%s of type NodePort, and no such node has one", ref.namespace_,
                    ref.name);
        finding_fix(p,
                    "give the address at which the others reach the nodes: meshctl gateway "
                    "--gateway-type NodePort --gateway-address %s=HOST:PORT with the same flags",
                    probe_name(p));
        return;
    }
    finding_bad(p, "MC502", "an ip or hostname", "Service %s/%s of type %s without address",
                ref.namespace_, ref.name, type);
    if (strcmp(type, "LoadBalancer") != 0)
        finding_fix(p, "kubectl patch service %s -n %s -p '{\"spec\":{\"type\":\"LoadBalancer\"}}'",
                    ref.name, ref.namespace_);
    else
        finding_fix(p,
                    "see its events: kubectl describe service %s -n %s; a cluster without a load "
                    "balancer controller needs one",
                    ref.name, ref.namespace_);
}

static void check_address(struct probe *p, const json_t *first, const struct strlist *addresses)
{
    AUTO_FREE char *text = strlist_join_dup(addresses, ", ");
    if (addresses->count)
        finding_ok(p, "MC502", "east-west gateway %s", text);
    else if (probe_facts(p)->nodes_unread && eastwest_is_at_nodes(first))
        finding_warn(p, "MC502", "the right to list nodes",
                     "the gateway is reached at the nodes, whose addresses cannot be read");
    else
        tell_no_address(p, first);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* The Services of the network that istiod tells the others: one without an address is told to nobody,
 * beside another that has one. Borrowed members. */
static json_t *told_services(const struct probe *p, bool any_address)
{
    json_t *told = json_array(), *service;
    size_t i;
    json_array_foreach(probe_facts(p)->network_services, i, service)
        if (gateways_is_of_network(p, service) &&
            (any_address ? kube_service_address(service) != NULL
                         : service == gateways_network_service(p, p->at)))
            json_array_append(told, service);
    return told;
}

static int check_pods(struct probe *p, const json_t *services, struct error **err)
{
    size_t count = json_array_size(services), i, with_pods = 0;
    AUTO_FREE json_int_t *pods = mem_array(count + 1, sizeof(*pods));
    for (i = 0; i < count; i++) {
        if (count_pods(p, json_array_get(services, i), &pods[i], err) < 0)
            return -1;
        with_pods += pods[i] != 0;
    }
    for (i = 0; i < count; i++) {
        if (pods[i] > 0)
            finding_ok(p, "MC503", "%lld ready", (long long)pods[i]);
        else if (pods[i] == 0 &&
                 explain_no_pod(p, json_array_get(services, i), with_pods == 0, err) < 0)
            return -1;
    }
    return 0;
}

int eastwest_check(struct probe *p, struct error **err)
{
    const json_t *first = gateways_network_service(p, p->at);
    AUTO_STRLIST addresses = STRLIST_INIT;
    size_t i;
    json_t *service;
    if (!first)
        return explain_no_service(p, err);
    json_array_foreach(probe_facts(p)->network_services, i, service)
        if (gateways_is_of_network(p, service))
            kube_service_addresses(service, &addresses);
    check_address(p, first, &addresses);
    json_auto_t *told = told_services(p, addresses.count > 0);
    json_array_foreach(told, i, service)
        check_port(p, service);
    return check_pods(p, told, err);
}
