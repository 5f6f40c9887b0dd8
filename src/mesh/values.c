/* The values that each component's chart gets. */
#include "meshctl/mesh/values.h"

#include <ctype.h>
#include <string.h>

#include "meshctl/mesh/fill.h"
#include "meshctl/mesh/gateway.h"

const char *mesh_values_manifest(const struct mesh *m, const struct mesh_member *member,
                                 enum mesh_component c)
{
    static const char *const names[MESH_COMPONENTS] = {
        [MESH_BASE] = "manifests/values/base.yaml",
        [MESH_ISTIOD] = "manifests/values/istiod.yaml",
        [MESH_INGRESS] = "manifests/values/ingress.yaml",
    };
    static const char *const eastwest[2][2] = {
        {"manifests/values/eastwest-3.yaml", "manifests/values/eastwest-4.yaml"},
        {"manifests/values/eastwest-given-3.yaml", "manifests/values/eastwest-given-4.yaml"},
    };
    bool is_given = member->gateway_addresses.count > 0;
    return c == MESH_EASTWEST ? eastwest[is_given][mesh_gateway_ports_of(m, member) == 4]
                              : names[c];
}

const char *mesh_values_tuning(enum mesh_component c)
{
    return c == MESH_ISTIOD ? "manifests/values/istiod-tuning.yaml" : NULL;
}

static void annotate(json_t *values, const json_t *annotations)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)annotations, key, value)
        json_put(values, json_deep_copy(value), "service", "annotations", key, NULL);
}

/* The cloud's annotations for this component's load balancer, and the one with its name. */
static void add_cloud(json_t *values, enum mesh_component c, const json_t *cloud, bool is_internal)
{
    annotate(values, json_object_get(cloud, "annotations"));
    annotate(values, json_object_get(cloud, is_internal ? "internal" : "external"));
    const char *annotation = json_dig_str(cloud, "annotation", NULL);
    const char *name = json_dig_str(cloud, "names", mesh_component_info(c)->name, NULL);
    if (annotation && name)
        json_put(values, json_string(name), "service", "annotations", annotation, NULL);
}

static int merge_filled(json_t *values, const json_t *more, const struct mesh_var *vars,
                        struct error **err)
{
    json_auto_t *filled = json_deep_copy(more);
    if (!more)
        return 0;
    if (mesh_fill(filled, vars, err) < 0)
        return -1;
    json_merge_over(values, filled);
    return 0;
}

/* Opens the port of that number on the nodes: Kubernetes' own range, unless the API server was told
 * another (--service-node-port-range), which then chooses. */
static void open_node_port(json_t *values, const struct mesh_member *member)
{
    AUTO_FREE char *host = NULL;
    unsigned port = 0;
    size_t i;
    json_t *row;
    if (!member->gateway_addresses.count ||
        mesh_address_parse(member->gateway_addresses.items[0], &host, &port))
        return;
    if (!port)
        port = (unsigned)member->gateway_port;
    json_array_foreach(json_dig(values, "service", "ports", NULL), i, row)
        if (port >= 30000 && port <= 32767 &&
            json_dig_int(row, 0, "targetPort", NULL) == MESH_GATEWAY_PORT)
            json_object_set_new(row, "nodePort", json_integer(port));
}

/* What the person says of the gateway's Service. */
static void add_gateway(json_t *values, const struct mesh *m, const struct mesh_member *member,
                        const json_t *cloud)
{
    enum mesh_gateway_type type = mesh_gateway_type_of(m, member);
    if (type == MESH_GATEWAY_LOAD_BALANCER)
        add_cloud(values, MESH_EASTWEST, cloud, mesh_gateway_is_internal(m, member));
    else
        json_put(values, json_string(mesh_gateway_type_name(type)), "service", "type", NULL);
    if (type == MESH_GATEWAY_NODE_PORT && member->gateway_addresses.count)
        open_node_port(values, member);
    else if (type == MESH_GATEWAY_NODE_PORT)
        json_put(values, json_string("{}"), "service", "annotations", MESH_NODES_ANNOTATION, NULL);
    annotate(values, m->gateway_annotations);
    annotate(values, member->gateway_annotations);
}

int mesh_values(const struct mesh *m, const struct mesh_member *member, enum mesh_component c,
                const json_t *profile, const json_t *cloud, json_t **ret_values, struct error **err)
{
    struct mesh_var vars[MESH_VARS];
    mesh_member_vars(m, member, vars);
    json_auto_t *values = json_deep_copy(profile);
    if (c == MESH_EASTWEST)
        add_gateway(values, m, member, cloud);
    else
        add_cloud(values, c, cloud, false);
    if (mesh_fill(values, vars, err) < 0)
        return error_wrap(err, "%s", mesh_values_manifest(m, member, c));
    if (merge_filled(values, m->file_values[c], vars, err) < 0 ||
        merge_filled(values, member->file_values[c], vars, err) < 0)
        return error_wrap(err, "values of %s for %s", mesh_component_info(c)->name, member->name);
    json_merge_over(values, m->overrides[c]);
    *ret_values = json_incref(values);
    return 0;
}

static bool is_alphanumeric(const char *s)
{
    for (; *s; s++)
        if (!isalnum((unsigned char)*s))
            return false;
    return true;
}

int mesh_check_cloud_service(const json_t *cloud, const json_t *service, struct error **err)
{
    const char *type = json_dig_str(service, "spec", "type", NULL);
    if (!type || strcmp(type, "LoadBalancer") != 0)
        return 0;
    const char *annotation = json_dig_str(cloud, "annotation", NULL);
    json_int_t max_length = json_dig_int(cloud, 0, "nameMaxLength", NULL);
    json_int_t max_ports = json_dig_int(cloud, 0, "maxPorts", NULL);
    const char *service_name = json_dig_str(service, "metadata", "name", NULL);
    const char *name =
        annotation ? json_dig_str(service, "metadata", "annotations", annotation, NULL) : NULL;
    /* This cloud takes the Service's own name where the annotation is missing. */
    if (!service_name)
        service_name = "";
    if (!name)
        name = service_name;
    if (max_length && (!name[0] || strlen(name) > (size_t)max_length || !is_alphanumeric(name))) {
        error_set(err, ERROR_INPUT,
                  "load balancer name \"%s\" of Service %s: this cloud takes 1 to %lld letters and "
                  "digits",
                  name, service_name, (long long)max_length);
        return error_hint(
            err, "name the cluster shorter, or set service.annotations of the gateway (--set)");
    }
    size_t ports = json_array_size(json_dig(service, "spec", "ports", NULL));
    if (max_ports && ports > (size_t)max_ports) {
        error_set(err, ERROR_INPUT,
                  "Service %s has %zu ports: this cloud takes at most %lld a load balancer",
                  service_name, ports, (long long)max_ports);
        return error_hint(err, "use --gateway-ports 3");
    }
    return 0;
}
