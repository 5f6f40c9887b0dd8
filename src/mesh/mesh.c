/* A mesh and its members: made, defaulted, checked. */
#include "meshctl/mesh/mesh.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/text.h"

static const struct mesh_component_info components[MESH_COMPONENTS] = {
    [MESH_BASE] = {"base", "base", "istio-base", false},
    [MESH_ISTIOD] = {"istiod", "istiod", "istiod", false},
    [MESH_INGRESS] = {"ingress", "gateway", "istio-ingress", true},
    [MESH_EASTWEST] = {"eastwest", "gateway", "istio-eastwest", true},
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
    }
    free(m->members);
    free(m->id);
    free(m->istio_version);
    free(m->hub);
    free(m->cloud);
    free(m->istio_namespace);
    free(m->ingress_namespace);
    free(m->bookinfo_namespace);
    for (int c = 0; c < MESH_COMPONENTS; c++) {
        free(m->releases[c]);
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

static void check_member(const struct mesh *m, size_t i, struct strlist *problems)
{
    const struct mesh_member *a = &m->members[i];
    if (!text_is_dns_label(a->name))
        strlist_addf(
            problems,
            "cluster name \"%s\" must be lower-case letters, digits and dashes (at most 63)",
            a->name);
    if (!text_is_dns_label(a->cluster))
        strlist_addf(
            problems,
            "cluster id \"%s\" of %s must be lower-case letters, digits and dashes (at most 63)",
            a->cluster, a->name);
    if (!is_label_value(a->network))
        strlist_addf(problems, "network \"%s\" of %s is no Kubernetes label value", a->network,
                     a->name);
    if (a->server_tls_name && !is_tls_name(a->server_tls_name))
        strlist_addf(problems,
                     "TLS server name \"%s\" of %s is no host name: it has neither scheme nor port",
                     a->server_tls_name, a->name);
    for (size_t j = 0; j < i; j++) {
        const struct mesh_member *b = &m->members[j];
        if (strcmp(a->name, b->name) == 0)
            strlist_addf(problems, "cluster %s is named twice", a->name);
        else if (strcmp(a->cluster, b->cluster) == 0)
            strlist_addf(problems, "%s and %s have the same cluster id \"%s\"", b->name, a->name,
                         a->cluster);
        if (strcmp(a->name, b->name) != 0 && strcmp(a->network, b->network) == 0)
            strlist_addf(problems, "%s and %s have the same network \"%s\"", b->name, a->name,
                         a->network);
    }
}

static void check_name(const char *what, const char *value, struct strlist *problems)
{
    if (!text_is_dns_label(value))
        strlist_addf(problems,
                     "%s \"%s\" must be lower-case letters, digits and dashes (at most 63)", what,
                     value);
}

int mesh_check(const struct mesh *m, struct error **err)
{
    AUTO_STRLIST problems = STRLIST_INIT;
    if (m->members_count == 0) {
        error_set(err, ERROR_USAGE, "no cluster is given");
        return error_hint(
            err, "name them with --west FILE --east FILE, or --cluster NAME=FILE for each");
    }
    if (m->members_count > MESH_MAX_MEMBERS)
        strlist_addf(&problems, "%zu clusters are more than the limit of %d", m->members_count,
                     MESH_MAX_MEMBERS);
    for (size_t i = 0; i < m->members_count && i < MESH_MAX_MEMBERS; i++)
        check_member(m, i, &problems);
    if (!is_label_value(m->id))
        strlist_addf(&problems,
                     "mesh id \"%s\" must be letters, digits, dots and dashes (at most 63)", m->id);
    if (!is_version(m->istio_version))
        strlist_addf(&problems, "Istio version \"%s\" is not of the form 1.31.0", m->istio_version);
    if (!m->hub[0] || strpbrk(m->hub, " \t\n\"'"))
        strlist_addf(&problems, "hub \"%s\" is no image repository", m->hub);
    if (m->gateway_ports != 3 && m->gateway_ports != 4)
        strlist_addf(&problems, "the east-west gateway has 3 or 4 ports, not %d", m->gateway_ports);
    check_name("namespace", m->istio_namespace, &problems);
    check_name("namespace", m->ingress_namespace, &problems);
    check_name("namespace", m->bookinfo_namespace, &problems);
    for (int c = 0; c < MESH_COMPONENTS; c++) {
        if (!text_is_dns_subdomain(m->releases[c]) || strlen(m->releases[c]) > 53)
            strlist_addf(&problems,
                         "release name \"%s\" is not one that Helm takes (DNS-1123, at most 53)",
                         m->releases[c]);
        for (int d = 0; d < c; d++)
            if (strcmp(m->releases[c], m->releases[d]) == 0 &&
                components[c].in_ingress_namespace == components[d].in_ingress_namespace)
                strlist_addf(&problems, "%s and %s have the same release name \"%s\"",
                             components[d].name, components[c].name, m->releases[c]);
    }
    if (problems.count == 0)
        return 0;
    AUTO_FREE char *text = strlist_join_dup(&problems, "\n");
    return error_set(err, ERROR_INPUT, "%s", text);
}
