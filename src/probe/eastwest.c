/* Whether the network's gateway is there, with an address, the port and a pod behind it. */
#include "eastwest.h"

#include <stdlib.h>

#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/proxy.h"

/* What makes a Service a gateway to istiod (pilot/pkg/serviceregistry/kube/controller/network.go,
 * getGatewayDetails). */
#define PORT_LABEL "networking.istio.io/gatewayPort"
#define PORT_USUAL 15443
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
    AUTO_FREE char *wanted =
        mem_printf("a Service labelled %s=%s", MESH_NETWORK_LABEL, probe_member(p)->network);
    if (gateways_services(p, selector ? selector : usual, &services, err) < 0)
        return -1;
    json_array_foreach(services, i, service) {
        struct kube_ref ref = kube_ref_of(service);
        const char *label = json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL);
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
    return 0;
}

/* The port that istiod tells the other clusters. */
static json_int_t told_port(const json_t *service)
{
    const char *label = json_dig_str(service, "metadata", "labels", PORT_LABEL, NULL);
    char *end = NULL;
    long port = label && label[0] ? strtol(label, &end, 10) : 0;
    return end && !*end ? port : PORT_USUAL;
}

static void check_port(struct probe *p, const json_t *service)
{
    struct kube_ref ref = kube_ref_of(service);
    json_int_t told = told_port(service);
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
}

static int check_pods(struct probe *p, const json_t *service, struct error **err)
{
    struct kube_ref ref = kube_ref_of(service);
    AUTO_FREE char *selector = gateways_selector_dup(json_dig(service, "spec", "selector", NULL));
    json_auto_t *pods = NULL;
    /* Without a selector its endpoints are somebody's own list, which no label leads to. */
    if (!*selector)
        return 0;
    if (proxy_pods(p->client, ref.namespace_, selector, &pods, err) < 0)
        return -1;
    if (json_array_size(pods)) {
        finding_ok(p, "MC503", "%zu ready", json_array_size(pods));
        return 0;
    }
    finding_bad(p, "MC503", "a ready pod", "none of %s in namespace %s", selector, ref.namespace_);
    finding_fix(p, "see the reason of its pods: kubectl get pods -n %s -l %s", ref.namespace_,
                selector);
    return 0;
}

static void check_address(struct probe *p, const json_t *first, const struct strlist *addresses)
{
    struct kube_ref ref = kube_ref_of(first);
    const char *type = json_dig_str(first, "spec", "type", NULL);
    AUTO_FREE char *text = strlist_join_dup(addresses, ", ");
    if (addresses->count)
        finding_ok(p, "MC502", "east-west gateway %s", text);
    else
        finding_bad(p, "MC502", "an ip or hostname", "Service %s/%s of type %s without address",
                    ref.namespace_, ref.name, type ? type : "ClusterIP");
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
    json_array_foreach(probe_facts(p)->network_services, i, service) {
        /* One without an address is told to nobody, beside another that has one. */
        bool is_told = addresses.count ? kube_service_address(service) != NULL : service == first;
        if (!gateways_is_of_network(p, service) || !is_told)
            continue;
        check_port(p, service);
        if (check_pods(p, service, err) < 0)
            return -1;
    }
    return 0;
}
