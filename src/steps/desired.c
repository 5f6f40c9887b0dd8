/* What shall be in a cluster: one row a unit, and how its objects are made. Nothing is sent; what
 * was found (facts) and what the person asked for (mesh, options) is all that is looked at. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "ca.h"
#include "cloud.h"
#include "gateway_address.h"
#include "kept.h"
#include "links.h"
#include "meshctl/mesh/objects.h"

static int one_new(json_t *object, json_t **ret_objects)
{
    *ret_objects = json_array();
    json_array_append_new(*ret_objects, object);
    return 0;
}

/* The label that tells istiod which network this cluster's endpoints are in. */
static int istio_namespace(struct lane *lane, json_t **ret_objects, struct error **err)
{
    (void)err;
    const struct mesh *m = lane->steps->mesh;
    return one_new(
        mesh_namespace(m->istio_namespace, MESH_NETWORK_LABEL, lane->member->network, NULL),
        ret_objects);
}

/* The label that `helm install --create-namespace` gives. */
static int ingress_namespace(struct lane *lane, json_t **ret_objects, struct error **err)
{
    (void)err;
    const char *name = lane->steps->mesh->ingress_namespace;
    return one_new(mesh_namespace(name, "name", name, NULL), ret_objects);
}

static int bookinfo_namespace(struct lane *lane, json_t **ret_objects, struct error **err)
{
    (void)err;
    return one_new(
        mesh_namespace(lane->steps->mesh->bookinfo_namespace, "istio-injection", "enabled", NULL),
        ret_objects);
}

static int base(struct lane *lane, json_t **ret_objects, struct error **err)
{
    return lane_release_prepare(lane, MESH_BASE, ret_objects, err);
}

static int istiod(struct lane *lane, json_t **ret_objects, struct error **err)
{
    return lane_release_prepare(lane, MESH_ISTIOD, ret_objects, err);
}

static int ingress(struct lane *lane, json_t **ret_objects, struct error **err)
{
    return lane_release_prepare(lane, MESH_INGRESS, ret_objects, err);
}

static int eastwest(struct lane *lane, json_t **ret_objects, struct error **err)
{
    return lane_release_prepare(lane, MESH_EASTWEST, ret_objects, err);
}

static int reader_token(struct lane *lane, json_t **ret_objects, struct error **err)
{
    (void)err;
    return one_new(mesh_reader_token(lane->steps->mesh), ret_objects);
}

static int expose(struct lane *lane, json_t **ret_objects, struct error **err)
{
    const struct mesh_var more[] = {
        {"gateway_namespace", lane_expose_namespace(lane)},
        {"gateway_label", lane_gateway_label(lane, MESH_EASTWEST)},
        {NULL, NULL},
    };
    return manifest_fill(lane, "manifests/expose.yaml", more, ret_objects, err);
}

/* All of it with reviews-v2 in the first cluster; of the others the second of them has reviews-v1, the rest
 * reviews-v3, whose stars come from the first cluster: an answer with them has crossed twice. */
static int bookinfo(struct lane *lane, json_t **ret_objects, struct error **err)
{
    const struct mesh_var other[] = {{"reviews", lane->index == 2 ? "v1" : "v3"}, {0}};
    const struct mesh_var more[] = {
        {"ingress_label", lane_gateway_label(lane, MESH_INGRESS)},
        {NULL, NULL},
    };
    json_auto_t *gateway = NULL;
    if (lane->index > 0)
        return manifest_fill(lane, "manifests/bookinfo/other.yaml", other, ret_objects, err);
    if (manifest_fill(lane, "manifests/bookinfo/first.yaml", NULL, ret_objects, err) < 0 ||
        manifest_fill(lane, "manifests/bookinfo/gateway.yaml", more, &gateway, err) < 0)
        return -1;
    json_array_extend(*ret_objects, gateway);
    return 0;
}

static const struct unit_info infos[UNITS_COUNT] = {
    [UNIT_ISTIO_NAMESPACE] = {"istio-namespace", STEP_INSTALL, UNIT_KIND_NAMESPACE, 0,
                              istio_namespace},
    [UNIT_BASE] = {"base", STEP_INSTALL, UNIT_KIND_RELEASE, MESH_BASE, base},
    [UNIT_CACERTS] = {"cacerts", STEP_CA, UNIT_KIND_CREATED, 0, lane_desire_cacerts},
    [UNIT_ISTIOD] = {"istiod", STEP_INSTALL, UNIT_KIND_RELEASE, MESH_ISTIOD, istiod},
    [UNIT_INGRESS_NAMESPACE] = {"ingress-namespace", STEP_GATEWAY, UNIT_KIND_NAMESPACE, 0,
                                ingress_namespace},
    [UNIT_INGRESS] = {"ingress", STEP_GATEWAY, UNIT_KIND_RELEASE, MESH_INGRESS, ingress},
    [UNIT_EASTWEST] = {"eastwest", STEP_GATEWAY, UNIT_KIND_RELEASE, MESH_EASTWEST, eastwest},
    [UNIT_ADDRESS] = {"gateway-address", STEP_GATEWAY, UNIT_KIND_OBJECTS, 0, lane_desire_addresses},
    [UNIT_READER_TOKEN] = {"reader-token", STEP_REMOTE_SECRET, UNIT_KIND_CREATED, 0, reader_token},
    [UNIT_LINKS] = {"links", STEP_REMOTE_SECRET, UNIT_KIND_OBJECTS, 0, lane_desire_links},
    [UNIT_EXPOSE] = {"expose", STEP_EXPOSE, UNIT_KIND_OBJECTS, 0, expose},
    [UNIT_BOOKINFO_NAMESPACE] = {"bookinfo-namespace", STEP_VERIFY, UNIT_KIND_NAMESPACE, 0,
                                 bookinfo_namespace},
    [UNIT_BOOKINFO] = {"bookinfo", STEP_VERIFY, UNIT_KIND_SAMPLE, 0, bookinfo},
};

const struct unit_info *unit_info(enum unit_id id)
{
    return &infos[id];
}

/* Whether the cluster is to have it at all, whatever this run is about. */
static bool has_use(const struct lane *lane, enum unit_id id)
{
    const struct steps *s = lane->steps;
    if (infos[id].kind == UNIT_KIND_RELEASE && lane_kept_gateway(lane, infos[id].component))
        return false;
    switch (id) {
    case UNIT_INGRESS_NAMESPACE:
        return !lane_kept_gateway(lane, MESH_INGRESS) || !lane_kept_gateway(lane, MESH_EASTWEST);
    case UNIT_EASTWEST:
        return mesh_needs_eastwest(s->mesh, lane->member);
    case UNIT_EXPOSE:
        return mesh_needs_eastwest(s->mesh, lane->member) && !lane_kept_exposure(lane);
    case UNIT_READER_TOKEN:
    case UNIT_LINKS:
        return s->lanes_count > 1;
    case UNIT_BOOKINFO_NAMESPACE:
    case UNIT_BOOKINFO:
        return s->options.bookinfo;
    default:
        return true;
    }
}

/* Whether this run has to do with that unit. istiod's namespace is the place of cacerts, too; to a cluster that
 * gets to know another one nothing else is done, and an upgrade is of charts. */
static bool is_wanted(const struct lane *lane, enum unit_id id)
{
    const struct steps *s = lane->steps;
    if (lane->mode == LANE_LINK)
        return id == UNIT_LINKS;
    if (s->options.verb == STEPS_UPGRADE)
        return infos[id].kind == UNIT_KIND_RELEASE && has_use(lane, id);
    if (!steps_include(s, infos[id].step) &&
        !(id == UNIT_ISTIO_NAMESPACE && steps_include(s, STEP_CA)))
        return false;
    return has_use(lane, id);
}

/* The mark by which our own objects are known; Helm's own stand on a release's. */
static void mark(const struct lane *lane, const struct unit *unit)
{
    size_t i;
    json_t *object;
    json_array_foreach(unit->objects, i, object)
        mesh_mark(object, lane->steps->mesh, unit->info->name);
}

static void tell_one(struct lane *lane, const json_t *live, const char *what)
{
    struct kube_ref ref = kube_ref_of(live);
    AUTO_FREE char *name = kube_ref_text_dup(&ref);
    plan_note(lane->task, "%s, somebody else's, is %s and stays as it is", name, what);
}

/* A given address stands beside those that somebody else's Service of the network has: nothing of theirs is
 * changed. */
static void warn_of_second_way(struct lane *lane)
{
    const json_t *service = lane_kept_gateway(lane, MESH_EASTWEST);
    struct kube_ref ref = kube_ref_of(service);
    const char *address = service ? kube_service_address(service) : NULL;
    if (address && lane->member->gateway_addresses.count &&
        json_dig(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL) &&
        steps_include(lane->steps, STEP_GATEWAY))
        plan_warn(lane->task,
                  "the other clusters are told of %s, too, the address of Service %s/%s: where "
                  "they do not reach it, kubectl label service %s -n %s " MESH_NETWORK_LABEL "-",
                  address, ref.namespace_, ref.name, ref.name, ref.namespace_);
}

/* What others have installed and this run goes by. */
static void tell_kept(struct lane *lane)
{
    static const enum mesh_component gateways[] = {MESH_INGRESS, MESH_EASTWEST};
    for (size_t i = 0; i < MC_ARRAY_LEN(gateways); i++) {
        const json_t *service = lane_kept_gateway(lane, gateways[i]);
        if (service && steps_include(lane->steps, STEP_GATEWAY))
            tell_one(lane, service,
                     gateways[i] == MESH_EASTWEST ? "the network's gateway" : "the way in");
    }
    warn_of_second_way(lane);
    const json_t *exposure = lane_kept_exposure(lane);
    if (exposure && steps_include(lane->steps, STEP_EXPOSE))
        tell_one(lane, exposure, "what lets other clusters in");
}

int lane_desire(struct lane *lane, struct error **err)
{
    if (steps_include(lane->steps, STEP_GATEWAY) && lane_settle_cloud(lane, err) < 0)
        return -1;
    tell_kept(lane);
    for (int id = 0; id < UNITS_COUNT; id++) {
        struct unit *unit = &lane->units[id];
        unit->info = &infos[id];
        unit->wanted = is_wanted(lane, (enum unit_id)id);
        if (!unit->wanted)
            continue;
        if (unit->info->build(lane, &unit->objects, err) < 0)
            return -1;
        if (unit->info->kind != UNIT_KIND_RELEASE)
            mark(lane, unit);
    }
    return 0;
}
