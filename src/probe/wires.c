/* Reads Envoy's configuration of what it calls. */
#include "wires.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

/* Names that were not asked for match nothing: Envoy's filter is a regular expression for the whole
 * name. */
static void append_pattern(struct buf *out, const char *name)
{
    for (const char *p = name; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || *p == '-' || *p == '_' || *p == '.';
        buf_appendc(out, plain ? *p : '.');
    }
}

void wires_append_path(struct buf *out, const char *what, const json_t *names)
{
    const char *name;
    json_t *ignored;
    bool first = true;
    buf_appendf(out, "/config_dump?%s&name_regex=", what);
    json_object_foreach((json_t *)names, name, ignored) {
        buf_appends(out, first ? "" : "%7C");
        append_pattern(out, name);
        first = false;
    }
}

static char *key_dup(const char *cluster, const char *endpoint)
{
    return mem_printf("%s %s", cluster, endpoint);
}

/* "WORKLOAD;NAMESPACE;SERVICE;VERSION;CLUSTER" (istio pilot/pkg/networking/util: AppendLbEndpointMetadata);
 * of another network's gateway the last part alone. */
static json_t *owner_of(const json_t *metadata)
{
    const char *text = json_dig_str(metadata, "istio", "workload", NULL);
    const char *last = text ? strrchr(text, ';') : NULL;
    return last && last[1] ? json_string(last + 1) : json_null();
}

static void add_endpoint(const char *cluster, const json_t *endpoint, json_t *wires)
{
    const json_t *metadata = json_dig(endpoint, "metadata", "filter_metadata", NULL);
    const json_t *socket = json_dig(endpoint, "endpoint", "address", "socket_address", NULL);
    const char *address = json_dig_str(socket, "address", NULL);
    if (!address)
        return;
    AUTO_FREE char *at = mem_printf(strchr(address, ':') ? "[%s]:%lld" : "%s:%lld", address,
                                    (long long)json_dig_int(socket, 0, "port_value", NULL));
    AUTO_FREE char *key = key_dup(cluster, at);
    bool tls = text_equal(json_dig_str(metadata, "envoy.transport_socket_match", "tlsMode", NULL),
                          "istio");
    json_object_set_new(wires, key,
                        json_pack("{s:o, s:b}", "owner", owner_of(metadata), "tls", tls));
}

void wires_add_endpoints(const json_t *answer, json_t *wires)
{
    size_t i, j, k;
    json_t *config, *locality, *endpoint;
    json_array_foreach(json_object_get(answer, "configs"), i, config) {
        const char *name = json_dig_str(config, "endpoint_config", "cluster_name", NULL);
        if (!name)
            continue;
        json_array_foreach(json_dig(config, "endpoint_config", "endpoints", NULL), j, locality)
            json_array_foreach(json_object_get(locality, "lb_endpoints"), k, endpoint)
                add_endpoint(name, endpoint, wires);
    }
}

/* Certificates of the mesh come from its agent under this name (istio pkg/model: SDSDefaultResourceName). */
static bool has_mesh_certificate(const json_t *socket)
{
    size_t i;
    json_t *secret;
    json_array_foreach(json_dig(socket, "typed_config", "common_tls_context",
                                "tls_certificate_sds_secret_configs", NULL),
                       i, secret)
        if (text_equal(json_dig_str(secret, "name", NULL), "default"))
            return true;
    return false;
}

void wires_add_clusters(const json_t *answer, json_t *wires)
{
    size_t i;
    json_t *config;
    json_array_foreach(json_object_get(answer, "configs"), i, config) {
        const json_t *cluster = json_object_get(config, "cluster");
        const json_t *socket = json_object_get(cluster, "transport_socket");
        const char *name = json_dig_str(cluster, "name", NULL);
        const char *mode = json_array_size(json_object_get(cluster, "transport_socket_matches"))
                               ? "auto"
                           : !socket                      ? "plain"
                           : has_mesh_certificate(socket) ? "mesh"
                                                          : "own";
        if (name)
            json_object_set_new(wires, name, json_string(mode));
    }
}

json_t *wires_mtls(const json_t *wires, const char *cluster, const char *endpoint)
{
    AUTO_FREE char *key = key_dup(cluster, endpoint);
    const char *mode = json_string_value(json_object_get(wires, cluster));
    const json_t *wire = json_object_get(wires, key);
    if (!mode)
        return json_null();
    if (strcmp(mode, "auto") == 0)
        return wire ? json_boolean(json_is_true(json_object_get(wire, "tls"))) : json_null();
    return json_boolean(strcmp(mode, "mesh") == 0);
}

const char *wires_owner(const json_t *wires, const char *cluster, const char *endpoint)
{
    AUTO_FREE char *key = key_dup(cluster, endpoint);
    return json_dig_str(json_object_get(wires, key), "owner", NULL);
}
