/* Finds gateways that others have installed, by what makes them gateways: the network's label, the label that
 * Gateways select. Istio's documentation has them as istio-eastwestgateway and istio-ingressgateway in
 * istio-system, from chart gateway or from istioctl. */
#include "kept.h"

#include "meshctl/base/text.h"
#include "meshctl/helm/release.h"
#include "meshctl/mesh/objects.h"

static bool is_of_release(const json_t *service, const struct lane_release *r)
{
    return release_owner_of(service, r->name, r->namespace_) == RELEASE_OWNER_SELF;
}

static bool is_of_network(const struct lane *lane, const json_t *service)
{
    return text_equal(json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL),
                      lane->member->network);
}

/* An ingress in another namespace may be a team's own, or another mesh's. */
static bool is_of_mesh(const struct lane *lane, const json_t *service)
{
    const struct mesh *m = lane->steps->mesh;
    const char *namespace_ = json_dig_str(service, "metadata", "namespace", NULL);
    return text_equal(namespace_, m->istio_namespace) ||
           text_equal(namespace_, m->ingress_namespace);
}

static bool is_candidate(const struct lane *lane, enum mesh_component c, const json_t *service,
                         bool of_release)
{
    return !mesh_owner(service) && !json_dig(service, "metadata", "deletionTimestamp", NULL) &&
           is_of_release(service, &lane->releases[c]) == of_release;
}

/* The release's Service, or another's: for the east-west gateway by the network's label first, which one whose
 * address is given by hand has not. */
static const json_t *find(const struct lane *lane, enum mesh_component c, bool of_release)
{
    size_t i;
    json_t *service;
    json_array_foreach(c == MESH_EASTWEST ? lane->facts->network_services : NULL, i, service)
        if (is_of_network(lane, service) && is_candidate(lane, c, service, of_release))
            return service;
    json_array_foreach(lane->facts->labelled_services, i, service) {
        bool is_eastwest = text_equal(json_dig_str(service, "metadata", "labels", "istio", NULL),
                                      mesh_component_info(MESH_EASTWEST)->label);
        if (is_eastwest == (c == MESH_EASTWEST) && is_of_mesh(lane, service) &&
            is_candidate(lane, c, service, of_release))
            return service;
    }
    return NULL;
}

const json_t *lane_kept_gateway(const struct lane *lane, enum mesh_component c)
{
    /* Who names a release of their own means that one. */
    bool is_named = !text_equal(lane->releases[c].name, mesh_component_info(c)->release);
    if (!mesh_component_info(c)->label || is_named ||
        release_history_newest(lane->facts->releases[c]) || find(lane, c, true))
        return NULL;
    return find(lane, c, false);
}

const char *lane_gateway_label(const struct lane *lane, enum mesh_component c)
{
    const json_t *service = find(lane, c, true);
    if (!service)
        service = lane_kept_gateway(lane, c);
    const char *live = json_dig_str(service, "spec", "selector", "istio", NULL);
    const char *wanted = json_dig_str(lane->releases[c].own, "labels", "istio", NULL);
    return live ? live : wanted ? wanted : mesh_component_info(c)->label;
}

const char *lane_expose_namespace(const struct lane *lane)
{
    const char *kept =
        json_dig_str(lane_kept_gateway(lane, MESH_EASTWEST), "metadata", "namespace", NULL);
    return kept ? kept : lane->releases[MESH_EASTWEST].namespace_;
}

static bool selects(const json_t *gateway, const char *label)
{
    const json_t *selector = json_dig(gateway, "spec", "selector", NULL);
    return json_object_size(selector) == 1 &&
           text_equal(json_dig_str(selector, "istio", NULL), label);
}

static bool passes_through(const json_t *gateway)
{
    size_t i;
    json_t *server;
    json_array_foreach(json_dig(gateway, "spec", "servers", NULL), i, server)
        if (text_equal(json_dig_str(server, "tls", "mode", NULL), "AUTO_PASSTHROUGH"))
            return true;
    return false;
}

const json_t *lane_kept_exposure(const struct lane *lane)
{
    const char *label = lane_gateway_label(lane, MESH_EASTWEST);
    const json_t *kept = NULL;
    size_t i;
    json_t *gateway;
    json_array_foreach(lane->facts->gateways, i, gateway) {
        struct kube_ref ref = kube_ref_of(gateway);
        if (text_equal(ref.name, MESH_CROSS_NETWORK_GATEWAY) &&
            text_equal(ref.namespace_, lane->releases[MESH_EASTWEST].namespace_) &&
            !lane_kept_gateway(lane, MESH_EASTWEST))
            return NULL;
        if (!kept && !mesh_owner(gateway) && passes_through(gateway) && selects(gateway, label))
            kept = gateway;
    }
    return kept;
}
