/* Gateways that are reached at the nodes: istiod takes the nodes' addresses for theirs. */
#include <string.h>

#include "eastwest.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/gateway.h"
#include "observe.h"

/* As istiod does, the first address of type ExternalIP alone (istio
 * pilot/pkg/serviceregistry/kube/controller/controller.go, onNodeEvent). */
static const char *address_of(const json_t *node)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(node, "status", "addresses", NULL), i, row) {
        const char *address = json_dig_str(row, "address", NULL);
        if (text_equal(json_dig_str(row, "type", NULL), "ExternalIP") && address && *address)
            return address;
    }
    return NULL;
}

/* Of a selector that istiod cannot read it takes nothing: every node fits. */
static bool fits(const json_t *node, const json_t *selector)
{
    const json_t *labels = json_dig(node, "metadata", "labels", NULL);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)selector, key, value)
        if (!json_equal(json_object_get(labels, key), value))
            return false;
    return true;
}

static void add_addresses(json_t *service, const json_t *nodes)
{
    const char *text =
        json_dig_str(service, "metadata", "annotations", MESH_NODES_ANNOTATION, NULL);
    AUTO_ERROR struct error *unread = NULL;
    json_auto_t *selector = NULL;
    json_t *ingress = json_array(), *node;
    size_t i;
    (void)!json_read(text, strlen(text), MESH_NODES_ANNOTATION, &selector, &unread);
    json_array_foreach(nodes, i, node) {
        const char *address = fits(node, selector) ? address_of(node) : NULL;
        if (address)
            json_array_append_new(ingress, json_pack("{s:s}", "ip", address));
    }
    json_put(service, ingress, "status", "loadBalancer", "ingress", NULL);
}

int facts_add_nodes(struct kube_client *c, struct facts *f, struct error **err)
{
    struct kube_ref ref = {"v1", "Node", NULL, NULL};
    json_auto_t *nodes = NULL;
    size_t i, count = 0;
    json_t *service;
    json_array_foreach(f->network_services, i, service)
        count += eastwest_is_at_nodes(service);
    if (!count)
        return 0;
    if (kube_list(c, &ref, NULL, NULL, &nodes, err) < 0) {
        if ((*err)->kind != ERROR_DENIED)
            return -1;
        error_clear(err);
        f->nodes_unread = true;
        return 0;
    }
    json_array_foreach(f->network_services, i, service)
        if (eastwest_is_at_nodes(service))
            add_addresses(service, nodes);
    return 0;
}
