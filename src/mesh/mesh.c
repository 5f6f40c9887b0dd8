/* A mesh and its members: made, defaulted, checked. */
#include "meshctl/mesh/mesh.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/gateway.h"

static const struct mesh_component_info components[MESH_COMPONENTS] = {
    [MESH_BASE] = {"base", "base", "istio-base", false, NULL},
    [MESH_ISTIOD] = {"istiod", "istiod", "istiod", false, NULL},
    [MESH_INGRESS] = {"ingress", "gateway", "istio-ingress", true, "ingressgateway"},
    [MESH_EASTWEST] = {"eastwest", "gateway", "istio-eastwest", true, "eastwestgateway"},
};

const struct mesh_component_info *mesh_component_info(enum mesh_component c)
{
    return &components[c];
}

bool mesh_component_find(const char *name, enum mesh_component *ret_component)
{
    for (int c = 0; c < MESH_COMPONENTS; c++) {
        if (strcmp(components[c].name, name) == 0) {
            *ret_component = (enum mesh_component)c;
            return true;
        }
    }
    return false;
}

struct mesh *mesh_new(void)
{
    struct mesh *m = mem_zalloc(sizeof(*m));
    m->id = mem_strdup("mesh");
    m->istio_version = mem_strdup(MESH_DEFAULT_ISTIO_VERSION);
    m->hub = mem_strdup("docker.io/istio");
    m->gateway_ports = 3;
    m->istio_namespace = mem_strdup("istio-system");
    m->ingress_namespace = mem_strdup("istio-ingress");
    m->bookinfo_namespace = mem_strdup("bookinfo");
    for (int c = 0; c < MESH_COMPONENTS; c++) {
        m->releases[c] = mem_strdup(components[c].release);
        m->overrides[c] = json_object();
    }
    return m;
}

void mesh_free(struct mesh *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->members_count; i++) {
        struct mesh_member *member = &m->members[i];
        free(member->name);
        free(member->kubeconfig);
        free(member->context);
        free(member->cluster);
        free(member->network);
        free(member->server);
        free(member->server_ca);
        free(member->server_tls_name);
        free(member->server_ca_file);
        free(member->cloud);
        strlist_release(&member->gateway_addresses);
        free(member->istio_version);
        free(member->gateway_type);
        json_decref(member->gateway_annotations);
        for (int c = 0; c < MESH_COMPONENTS; c++)
            json_decref(member->file_values[c]);
    }
    free(m->members);
    free(m->id);
    free(m->istio_version);
    free(m->hub);
    free(m->cloud);
    free(m->gateway_type);
    json_decref(m->gateway_annotations);
    free(m->istio_namespace);
    free(m->ingress_namespace);
    free(m->bookinfo_namespace);
    for (int c = 0; c < MESH_COMPONENTS; c++) {
        free(m->releases[c]);
        json_decref(m->file_values[c]);
        json_decref(m->overrides[c]);
    }
    free(m);
}

size_t mesh_add_member(struct mesh *m, const char *name, const char *kubeconfig,
                       const char *context)
{
    m->members = mem_grow(m->members, &m->members_cap, m->members_count + 1, sizeof(*m->members));
    m->members[m->members_count] = (struct mesh_member){
        .name = mem_strdup(name),
        .kubeconfig = mem_strdup_opt(kubeconfig),
        .context = mem_strdup_opt(context),
        .cluster = mem_printf("%s-cluster", name),
        .network = mem_printf("%s-network", name),
    };
    return m->members_count++;
}

struct mesh_member *mesh_find_member(const struct mesh *m, const char *name)
{
    for (size_t i = 0; i < m->members_count; i++)
        if (strcmp(m->members[i].name, name) == 0)
            return &m->members[i];
    return NULL;
}

void mesh_set(char **field, const char *value)
{
    char *copy = mem_strdup_opt(value);
    free(*field);
    *field = copy;
}

const char *mesh_version_of(const struct mesh *m, const struct mesh_member *member)
{
    return member->istio_version ? member->istio_version : m->istio_version;
}

void mesh_set_version(struct mesh *m, const char *version)
{
    mesh_set(&m->istio_version, version);
    for (size_t i = 0; i < m->members_count; i++)
        mesh_set(&m->members[i].istio_version, NULL);
}

const char *mesh_cloud_of(const struct mesh *m, const struct mesh_member *member)
{
    return member->cloud ? member->cloud : m->cloud;
}

int mesh_gateway_ports_of(const struct mesh *m, const struct mesh_member *member)
{
    return member->gateway_ports ? member->gateway_ports : m->gateway_ports;
}

/* ---- networks -------------------------------------------------------------------------------- */

bool mesh_shares_network(const struct mesh_member *a, const struct mesh_member *b)
{
    return strcmp(a->network, b->network) == 0;
}

bool mesh_has_shared_network(const struct mesh *m)
{
    for (size_t i = 0; i < m->members_count; i++)
        for (size_t j = 0; j < i; j++)
            if (mesh_shares_network(&m->members[i], &m->members[j]))
                return true;
    return false;
}

bool mesh_needs_eastwest(const struct mesh *m, const struct mesh_member *member)
{
    for (size_t i = 0; i < m->members_count; i++)
        if (!mesh_shares_network(&m->members[i], member))
            return true;
    return m->members_count < 2;
}

/* ---- what is wrong --------------------------------------------------------------------------- */

void mesh_problems_release(struct mesh_problems *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->items[i].text);
    free(p->items);
    *p = (struct mesh_problems){0};
}

MC_PRINTF(4, 5)
static void add(struct mesh_problems *p, int member, const char *field, const char *format, ...)
{
    AUTO_BUF text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_vappendf(&text, format, args);
    va_end(args);
    p->items = mem_grow(p->items, &p->cap, p->count + 1, sizeof(*p->items));
    p->items[p->count++] = (struct mesh_problem){member, field, buf_detach(&text, NULL)};
}

/* A label value of Kubernetes: at most 63 of [A-Za-z0-9._-], alphanumeric at both ends. */
static bool is_label_value(const char *s)
{
    size_t len = strlen(s);
    if (len == 0 || len > 63)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)s[i]) && !strchr("._-", s[i]))
            return false;
    return isalnum((unsigned char)s[0]) && isalnum((unsigned char)s[len - 1]);
}

/* MAJOR.MINOR.PATCH with an optional -suffix; nothing that could be a path or a template. */
static bool is_version(const char *s)
{
    int dots = 0;
    const char *p = s;
    for (; isdigit((unsigned char)*p) || (*p == '.' && p > s && isdigit((unsigned char)p[-1])); p++)
        dots += *p == '.';
    if (dots != 2 || p == s || p[-1] == '.')
        return false;
    if (!*p)
        return true;
    return *p == '-' && p[1] &&
           strspn(p + 1, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-") ==
               strlen(p + 1);
}

/* A host as a certificate names it: an IPv6 address is the only one with colons, without brackets. */
static bool is_tls_name(const char *s)
{
    struct in6_addr v6;
    if (inet_pton(AF_INET6, s, &v6) == 1)
        return true;
    size_t len = strlen(s);
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)s[i]) && !strchr("._-", s[i]))
            return false;
    return len > 0 && len <= 253;
}

static void check_ports(int ports, int member, const char *field, struct mesh_problems *out)
{
    if (ports != 3 && ports != 4)
        add(out, member, field, "the east-west gateway has 3 or 4 ports, not %d", ports);
}

static void check_type(const char *name, int member, const char *field, struct mesh_problems *out)
{
    enum mesh_gateway_type type;
    if (name && !mesh_gateway_type_find(name, &type))
        add(out, member, field,
            "a gateway's Service is of type LoadBalancer, NodePort or ClusterIP, not \"%s\"", name);
}

/* A port of a node is opened by the number that others are told, so there is one. */
static void check_node_port(const struct mesh *m, size_t i, unsigned port, unsigned *first,
                            struct mesh_problems *out)
{
    const struct mesh_member *a = &m->members[i];
    if (mesh_gateway_type_of(m, a) != MESH_GATEWAY_NODE_PORT)
        return;
    if (!port)
        add(out, (int)i, "gateway.address",
            "the gateway of %s is a NodePort: its addresses need their port, HOST:PORT", a->name);
    else if (*first && port != *first)
        add(out, (int)i, "gateway.address",
            "the gateway of %s is a NodePort: its addresses have one port, not %u and %u", a->name,
            *first, port);
    *first = port;
}

static void check_addresses(const struct mesh *m, size_t i, struct mesh_problems *out)
{
    const struct mesh_member *a = &m->members[i];
    unsigned first = 0;
    for (size_t k = 0; k < a->gateway_addresses.count; k++) {
        AUTO_FREE char *host = NULL;
        unsigned port = 0;
        const char *text = a->gateway_addresses.items[k];
        const char *wrong = mesh_address_parse(text, &host, &port);
        if (wrong)
            add(out, (int)i, "gateway.address", "gateway address \"%s\" of %s: %s", text, a->name,
                wrong);
        else
            check_node_port(m, i, port ? port : (unsigned)a->gateway_port, &first, out);
    }
}

static void check_gateway(const struct mesh *m, size_t i, struct mesh_problems *out)
{
    const struct mesh_member *a = &m->members[i];
    if (a->gateway_ports)
        check_ports(a->gateway_ports, (int)i, "gateway.ports", out);
    if (a->gateway_port > 65535)
        add(out, (int)i, "gateway.port", "there is no port %d", a->gateway_port);
    check_type(a->gateway_type, (int)i, "gateway.type", out);
    check_addresses(m, i, out);
}

static void check_member(const struct mesh *m, size_t i, struct mesh_problems *out)
{
    const struct mesh_member *a = &m->members[i];
    int at = (int)i;
    if (!text_is_dns_label(a->name))
        add(out, at, "name",
            "cluster name \"%s\" must be lower-case letters, digits and dashes (at most 63)",
            a->name);
    /* The name's mistake is not one of the id that is made of it, too. */
    AUTO_FREE char *derived = mem_printf("%s-cluster", a->name);
    if (!text_is_dns_label(a->cluster) &&
        (text_is_dns_label(a->name) || strcmp(a->cluster, derived) != 0))
        add(out, at, "cluster",
            "cluster id \"%s\" of %s must be lower-case letters, digits and dashes (at most 63)",
            a->cluster, a->name);
    if (!is_label_value(a->network))
        add(out, at, "network", "network \"%s\" of %s is no Kubernetes label value", a->network,
            a->name);
    if (a->istio_version && !is_version(a->istio_version))
        add(out, at, "version", "Istio version \"%s\" of %s is not of the form 1.31.0",
            a->istio_version, a->name);
    if (a->server_tls_name && !is_tls_name(a->server_tls_name))
        add(out, at, "server.tlsName",
            "TLS server name \"%s\" of %s is no host name: it has neither scheme nor port",
            a->server_tls_name, a->name);
    check_gateway(m, i, out);
    for (size_t j = 0; j < i; j++) {
        const struct mesh_member *b = &m->members[j];
        if (strcmp(a->name, b->name) == 0)
            add(out, at, "name", "cluster %s is named twice", a->name);
        else if (strcmp(a->cluster, b->cluster) == 0)
            add(out, at, "cluster", "%s and %s have the same cluster id \"%s\"", b->name, a->name,
                a->cluster);
    }
}

static void check_namespace(const char *field, const char *value, struct mesh_problems *out)
{
    if (!text_is_dns_label(value))
        add(out, -1, field,
            "namespace \"%s\" must be lower-case letters, digits and dashes (at most 63)", value);
}

static void check_release(const struct mesh *m, int c, struct mesh_problems *out)
{
    static const char *const fields[MESH_COMPONENTS] = {
        "istio.releases.base", "istio.releases.istiod", "istio.releases.ingress",
        "istio.releases.eastwest"};
    if (!text_is_dns_subdomain(m->releases[c]) || strlen(m->releases[c]) > 53)
        add(out, -1, fields[c],
            "release name \"%s\" is not one that Helm takes (DNS-1123, at most 53)",
            m->releases[c]);
    for (int d = 0; d < c; d++)
        if (strcmp(m->releases[c], m->releases[d]) == 0 &&
            components[c].in_ingress_namespace == components[d].in_ingress_namespace)
            add(out, -1, "istio.releases", "%s and %s have the same release name \"%s\"",
                components[d].name, components[c].name, m->releases[c]);
}

void mesh_find_problems(const struct mesh *m, struct mesh_problems *out)
{
    if (m->members_count > MESH_MAX_MEMBERS)
        add(out, -1, "clusters", "%zu clusters are more than the limit of %d", m->members_count,
            MESH_MAX_MEMBERS);
    for (size_t i = 0; i < m->members_count && i < MESH_MAX_MEMBERS; i++)
        check_member(m, i, out);
    if (!is_label_value(m->id))
        add(out, -1, "name", "mesh id \"%s\" must be letters, digits, dots and dashes (at most 63)",
            m->id);
    if (!is_version(m->istio_version))
        add(out, -1, "istio.version", "Istio version \"%s\" is not of the form 1.31.0",
            m->istio_version);
    if (!m->hub[0] || strpbrk(m->hub, " \t\n\"'"))
        add(out, -1, "istio.hub", "hub \"%s\" is no image repository", m->hub);
    check_ports(m->gateway_ports, -1, "defaults.gateway.ports", out);
    check_type(m->gateway_type, -1, "defaults.gateway.type", out);
    check_namespace("istio.namespace", m->istio_namespace, out);
    check_namespace("istio.ingressNamespace", m->ingress_namespace, out);
    check_namespace("verify.bookinfoNamespace", m->bookinfo_namespace, out);
    for (int c = 0; c < MESH_COMPONENTS; c++)
        check_release(m, c, out);
}

int mesh_check(const struct mesh *m, struct error **err)
{
    MC_CLEANUP(mesh_problems_release) struct mesh_problems problems = {0};
    AUTO_BUF text = BUF_INIT;
    if (m->members_count == 0) {
        error_set(err, ERROR_USAGE, "no cluster is given");
        return error_hint(err,
                          "name them with --west FILE --east FILE, with --cluster NAME=FILE for "
                          "each, or in a mesh file (-f mesh.yaml)");
    }
    mesh_find_problems(m, &problems);
    if (problems.count == 0)
        return 0;
    for (size_t i = 0; i < problems.count; i++)
        buf_appendf(&text, "%s%s", i ? "\n" : "", problems.items[i].text);
    return error_set(err, ERROR_INPUT, "%s", buf_str(&text));
}
