/* The values that each component's chart gets. */
#include "meshctl/mesh/values.h"

#include <ctype.h>
#include <string.h>

#include "meshctl/mesh/fill.h"

const char *mesh_values_manifest(const struct mesh *m, const struct mesh_member *member,
                                 enum mesh_component c)
{
    static const char *const names[MESH_COMPONENTS] = {
        [MESH_BASE] = "manifests/values/base.yaml",
        [MESH_ISTIOD] = "manifests/values/istiod.yaml",
        [MESH_INGRESS] = "manifests/values/ingress.yaml",
        [MESH_EASTWEST] = "manifests/values/eastwest-3.yaml",
    };
    if (c == MESH_EASTWEST && mesh_gateway_ports_of(m, member) == 4)
        return "manifests/values/eastwest-4.yaml";
    return names[c];
}

const char *mesh_values_tuning(enum mesh_component c)
{
    return c == MESH_ISTIOD ? "manifests/values/istiod-tuning.yaml" : NULL;
}

/* The cloud's annotation with the name that it has for this component's load balancer. */
static void add_cloud(json_t *values, enum mesh_component c, const json_t *cloud)
{
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

int mesh_values(const struct mesh *m, const struct mesh_member *member, enum mesh_component c,
                const json_t *profile, const json_t *cloud, json_t **ret_values, struct error **err)
{
    struct mesh_var vars[MESH_VARS];
    mesh_member_vars(m, member, vars);
    json_auto_t *values = json_deep_copy(profile);
    if (cloud)
        add_cloud(values, c, cloud);
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
