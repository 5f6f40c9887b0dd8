/* Services that tell istiods the addresses which the person gives for a gateway. */
#include "gateway_address.h"

#include "kept.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/gateway.h"
#include "meshctl/mesh/objects.h"

static json_t *wanted(const struct lane *lane)
{
    const struct mesh_gateway_place place = {
        .namespace_ = lane_expose_namespace(lane),
        .release = lane->releases[MESH_EASTWEST].name,
        .label = lane_gateway_label(lane, MESH_EASTWEST),
    };
    return mesh_address_services(lane->member, &place);
}

int lane_desire_addresses(struct lane *lane, json_t **ret_objects, struct error **err)
{
    size_t i;
    json_t *service;
    (void)err;
    *ret_objects = wanted(lane);
    json_array_foreach(*ret_objects, i, service)
        json_object_del(service, "status");
    return 0;
}

static const json_t *find(const json_t *services, const struct kube_ref *ref)
{
    size_t i;
    json_t *service;
    json_array_foreach(services, i, service) {
        struct kube_ref other = kube_ref_of(service);
        if (text_equal(other.name, ref->name) && text_equal(other.namespace_, ref->namespace_))
            return service;
    }
    return NULL;
}

static json_t *ingress_of(const json_t *service)
{
    return json_dig(service, "status", "loadBalancer", "ingress", NULL);
}

/* The server adds ipMode to each. */
static bool is_told(const json_t *live, const json_t *service)
{
    json_auto_t *have = json_deep_copy(ingress_of(live));
    size_t i;
    json_t *row;
    json_array_foreach(have, i, row)
        json_object_del(row, "ipMode");
    return have && json_equal(have, ingress_of(service));
}

static void tell(const struct lane *lane, struct unit *unit, const json_t *service)
{
    struct kube_ref ref = kube_ref_of(service);
    const json_t *live = find(lane->facts->network_services, &ref);
    json_t *before = ingress_of(live);
    if (is_told(live, service))
        return;
    struct change *change = unit_add(unit, CHANGE_UPDATE, &ref);
    change->of_status = true;
    change->patch = json_pack("{s:O}", "status", json_object_get(service, "status"));
    change->fields =
        json_pack("[{s:s, s:o, s:O}]", "path", "status.loadBalancer.ingress", "before",
                  before ? json_incref(before) : json_null(), "after", ingress_of(service));
}

void lane_compare_addresses(struct lane *lane, struct unit *unit)
{
    json_auto_t *services = wanted(lane);
    size_t i;
    json_t *service;
    json_array_foreach(services, i, service)
        tell(lane, unit, service);
    json_array_foreach(lane->facts->network_services, i, service) {
        struct kube_ref ref = kube_ref_of(service);
        if (!text_equal(mesh_owner(service), lane->steps->mesh->id) ||
            !text_equal(json_dig_str(service, "metadata", "labels", MESH_MARK_UNIT, NULL),
                        unit->info->name) ||
            find(services, &ref))
            continue;
        struct change *change = unit_add(unit, CHANGE_DELETE, &ref);
        change->uid = mem_strdup_opt(json_dig_str(service, "metadata", "uid", NULL));
        change->why = mem_strdup("its addresses are given no more");
    }
}

char *lane_addresses_dup(const struct lane *lane)
{
    const struct strlist *given = &lane->member->gateway_addresses;
    return given->count ? strlist_join_dup(given, ", ") : NULL;
}
