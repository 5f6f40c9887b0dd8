/* East-west gateways: types of their Services, and addresses that the person gives. */
#include "meshctl/mesh/gateway.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/server_url.h"
#include "meshctl/mesh/objects.h"

/* ---- types ----------------------------------------------------------------------------------- */

static const char *const types[MESH_GATEWAY_TYPES] = {
    [MESH_GATEWAY_LOAD_BALANCER] = "LoadBalancer",
    [MESH_GATEWAY_NODE_PORT] = "NodePort",
    [MESH_GATEWAY_CLUSTER_IP] = "ClusterIP",
};

const char *mesh_gateway_type_name(enum mesh_gateway_type type)
{
    return types[type];
}

bool mesh_gateway_type_find(const char *name, enum mesh_gateway_type *ret_type)
{
    for (int i = 0; i < MESH_GATEWAY_TYPES; i++)
        if (strcasecmp(types[i], name) == 0) {
            *ret_type = (enum mesh_gateway_type)i;
            return true;
        }
    return false;
}

enum mesh_gateway_type mesh_gateway_type_of(const struct mesh *m, const struct mesh_member *member)
{
    enum mesh_gateway_type type = MESH_GATEWAY_LOAD_BALANCER;
    const char *name = member->gateway_type ? member->gateway_type : m->gateway_type;
    if (name)
        (void)mesh_gateway_type_find(name, &type);
    return type;
}

bool mesh_gateway_is_internal(const struct mesh *m, const struct mesh_member *member)
{
    enum mesh_choice own = member->gateway_internal;
    return (own ? own : m->gateway_internal) == MESH_YES;
}

/* ---- addresses ------------------------------------------------------------------------------- */

static bool is_ipv6(const char *s)
{
    struct in6_addr v6;
    return inet_pton(AF_INET6, s, &v6) == 1;
}

static bool is_ip(const char *s)
{
    struct in_addr v4;
    return inet_pton(AF_INET, s, &v4) == 1 || is_ipv6(s);
}

const char *mesh_address_parse(const char *text, char **ret_host, unsigned *ret_port)
{
    bool bare = is_ipv6(text);
    const char *bracket = strchr(text, ']');
    const char *colon = bare ? NULL : strrchr(bracket ? bracket : text, ':');
    AUTO_FREE char *url = bare ? mem_printf("https://[%s]", text) : mem_printf("https://%s", text);
    AUTO_SERVER_URL parsed = {0};
    if (strpbrk(text, "/@"))
        return "it is HOST[:PORT]";
    const char *wrong = server_url_parse(url, &parsed);
    if (wrong)
        return wrong;
    if (!is_ip(parsed.host) && !text_is_dns_subdomain(parsed.host))
        return "its host is neither an IP address nor a DNS name in lower case";
    if (host_is_own(parsed.host))
        return "it is of the machine itself: nobody else reaches it there";
    *ret_host = TAKE(parsed.host);
    *ret_port = colon ? parsed.port : 0;
    return NULL;
}

static json_t *service_new(const struct mesh_member *member, const struct mesh_gateway_place *place,
                           unsigned port)
{
    AUTO_FREE char *name = mem_printf("%s-at-%u", place->release, port);
    AUTO_FREE char *number = mem_printf("%u", port);
    return json_pack("{s:s, s:s, s:{s:s, s:s, s:{s:s, s:s}}, s:{s:s, s:s, s:b, s:{s:s}, "
                     "s:[{s:s, s:s, s:i, s:i}]}, s:{s:{s:[]}}}",
                     "apiVersion", "v1", "kind", "Service", "metadata", "name", name, "namespace",
                     place->namespace_, "labels", MESH_NETWORK_LABEL, member->network,
                     MESH_PORT_LABEL, number, "spec", "type", "LoadBalancer", "loadBalancerClass",
                     MESH_ADDRESS_CLASS, "allocateLoadBalancerNodePorts", 0, "selector", "istio",
                     place->label, "ports", "name", "tls", "protocol", "TCP", "port", (int)port,
                     "targetPort", MESH_GATEWAY_PORT, "status", "loadBalancer", "ingress");
}

/* The one of that port, made where there is none yet. Borrowed. */
static json_t *service_at(json_t *services, const struct mesh_member *member,
                          const struct mesh_gateway_place *place, unsigned port)
{
    size_t i;
    json_t *service;
    json_array_foreach(services, i, service)
        if (json_dig_int(service, 0, "spec", "ports", "0", "port", NULL) == (json_int_t)port)
            return service;
    service = service_new(member, place, port);
    json_array_append_new(services, service);
    return service;
}

json_t *mesh_address_services(const struct mesh_member *member,
                              const struct mesh_gateway_place *place)
{
    json_t *services = json_array();
    for (size_t i = 0; i < member->gateway_addresses.count; i++) {
        AUTO_FREE char *host = NULL;
        unsigned port = 0;
        if (mesh_address_parse(member->gateway_addresses.items[i], &host, &port))
            continue;
        if (!port)
            port = member->gateway_port ? (unsigned)member->gateway_port : MESH_GATEWAY_PORT;
        json_t *service = service_at(services, member, place, port);
        json_array_append_new(json_dig(service, "status", "loadBalancer", "ingress", NULL),
                              json_pack("{s:s}", is_ip(host) ? "ip" : "hostname", host));
    }
    return services;
}
