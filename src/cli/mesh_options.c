/* The mesh that the options describe. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"
#include "meshctl/helm/values.h"
#include "meshctl/pki/cert.h"
#include "options_charts.h"
#include "options_gateway.h"
#include "options_images.h"
#include "options_mesh.h"

/* A Secret, in which it ends up, holds 1 MiB. */
#define MAX_SERVER_CA ((size_t)256 * 1024)

/* FILE, FILE@CONTEXT or @CONTEXT. A file whose own name has an @ is meant when it exists. One of the
 * first `known`, which the mesh file has, is only looked for elsewhere. */
static void add_member(struct mesh *m, size_t known, const char *name, const char *text,
                       const char *kubeconfig)
{
    const char *at = fs_exists(text) ? NULL : strrchr(text, '@');
    AUTO_FREE char *file = at ? mem_strndup(text, (size_t)(at - text)) : mem_strdup(text);
    struct mesh_member *member = mesh_find_member(m, name);
    if (!member || (size_t)(member - m->members) >= known) {
        size_t index = mesh_add_member(m, name, NULL, NULL);
        member = &m->members[index];
    }
    mesh_set(&member->kubeconfig, file[0] ? file : kubeconfig);
    mesh_set(&member->context, at ? at + 1 : NULL);
}

static int add_pair(const struct options_mesh *o, struct mesh *m, size_t known, const char *what,
                    const char *pair, struct error **err)
{
    AUTO_FREE char *name = NULL, *text = NULL;
    if (cli_split_pair(what, pair, &name, &text, err) < 0)
        return -1;
    add_member(m, known, name, text, o->kubeconfig);
    return 0;
}

static int add_members(const struct cli *cli, struct mesh *m, struct error **err)
{
    const struct options_mesh *o = options_mesh_of(&cli->options);
    size_t known = m->members_count;
    if (o->west)
        add_member(m, known, "west", o->west, o->kubeconfig);
    if (o->east)
        add_member(m, known, "east", o->east, o->kubeconfig);
    for (size_t i = 0; i < o->clusters.count; i++)
        if (add_pair(o, m, known, "--cluster", o->clusters.items[i], err) < 0)
            return -1;
    if (cli->joins && add_pair(o, m, known, "add", cli->joins, err) < 0)
        return -1;
    for (size_t i = 0; i < m->members_count && o->kubeconfig; i++)
        if (!m->members[i].kubeconfig)
            mesh_set(&m->members[i].kubeconfig, o->kubeconfig);
    return 0;
}

struct mesh_member *cli_known_member(const struct mesh *m, const char *what, const char *name,
                                     struct error **err)
{
    struct mesh_member *member = mesh_find_member(m, name);
    const char *names[MESH_MAX_MEMBERS];
    size_t count = m->members_count < MESH_MAX_MEMBERS ? m->members_count : MESH_MAX_MEMBERS;
    if (member)
        return member;
    for (size_t i = 0; i < count; i++)
        names[i] = m->members[i].name;
    const char *near = text_suggest(name, names, count);
    error_set(err, ERROR_USAGE, "%s: there is no cluster \"%s\"", what, name);
    if (near)
        error_hint(err, "did you mean %s?", near);
    return NULL;
}

/* NAME=VALUE options that set one field of a member. */
static int set_fields(const struct mesh *m, const char *what, const struct strlist *pairs,
                      size_t offset, struct error **err)
{
    for (size_t i = 0; i < pairs->count; i++) {
        AUTO_FREE char *name = NULL, *value = NULL;
        if (cli_split_pair(what, pairs->items[i], &name, &value, err) < 0)
            return -1;
        struct mesh_member *member = cli_known_member(m, what, name, err);
        if (!member)
            return -1;
        mesh_set((char **)(void *)((char *)member + offset), value);
    }
    return 0;
}

/* The first that names a member ends what the mesh file says of it. */
static int set_addresses(const struct mesh *m, const struct strlist *pairs, struct error **err)
{
    static const char what[] = "--gateway-address";
    bool seen[MESH_MAX_MEMBERS] = {false};
    for (size_t i = 0; i < pairs->count; i++) {
        AUTO_FREE char *name = NULL, *value = NULL;
        if (cli_split_pair(what, pairs->items[i], &name, &value, err) < 0)
            return -1;
        struct mesh_member *member = cli_known_member(m, what, name, err);
        if (!member)
            return -1;
        size_t at = (size_t)(member - m->members);
        if (at < MESH_MAX_MEMBERS && !seen[at])
            strlist_release(&member->gateway_addresses);
        if (at < MESH_MAX_MEMBERS)
            seen[at] = true;
        strlist_add(&member->gateway_addresses, value);
    }
    return 0;
}

/* What the other clusters will be told to trust: certificates, and nothing that is a secret. */
static int load_authorities(const char *file, char **ret_pem, struct error **err)
{
    AUTO_SECRET_BUF text = BUF_INIT;
    struct pki_cert **certs = NULL;
    size_t count = 0;
    if (fs_read(file, MAX_SERVER_CA, &text, err) < 0)
        return -1;
    if (strstr(buf_str(&text), "PRIVATE KEY-----")) {
        error_set(err, ERROR_INPUT, "%s holds a private key, which the other clusters must not get",
                  file);
        error_hint(err, "name a file with the certificates alone");
        return error_where(err, "%s", file);
    }
    if (pki_certs_read(buf_str(&text), text.len, file, &certs, &count, err) < 0)
        return error_where(err, "%s", file);
    pki_certs_free(certs, count);
    *ret_pem = buf_detach(&text, NULL);
    return 0;
}

static int set_authorities(const struct mesh *m, const struct strlist *pairs, struct error **err)
{
    static const char what[] = "--server-ca";
    if (set_fields(m, what, pairs, offsetof(struct mesh_member, server_ca_file), err) < 0)
        return -1;
    for (size_t i = 0; i < m->members_count; i++) {
        struct mesh_member *member = &m->members[i];
        AUTO_FREE char *pem = NULL;
        if (!member->server_ca_file)
            continue;
        if (load_authorities(member->server_ca_file, &pem, err) < 0)
            return cli_bad_file(what, err);
        mesh_set(&member->server_ca, pem);
    }
    return 0;
}

/* "gateway" stands for both gateways. */
static bool component_matches(enum mesh_component c, const char *name)
{
    const struct mesh_component_info *info = mesh_component_info(c);
    return strcmp(info->name, name) == 0 ||
           (strcmp(name, "gateway") == 0 && strcmp(info->chart, "gateway") == 0);
}

static int unknown_component(const char *what, const char *name, struct error **err)
{
    static const char *const names[] = {"base", "istiod", "ingress", "eastwest", "gateway"};
    const char *near = text_suggest(name, names, MC_ARRAY_LEN(names));
    error_set(err, ERROR_USAGE, "%s: there is no component \"%s\"", what, name);
    return error_hint(err,
                      near ? "did you mean %s?"
                           : "components: base, istiod, ingress, eastwest, gateway (both gateways)",
                      near);
}

static int set_values_files(struct cli *cli, struct mesh *m, struct error **err)
{
    const struct strlist *files = &options_charts_of(&cli->options)->values;
    const struct values_urls urls = cli_values_urls(cli);
    for (size_t i = 0; i < files->count; i++) {
        AUTO_FREE char *name = NULL, *file = NULL;
        bool found = false;
        if (cli_split_pair("--values", files->items[i], &name, &file, err) < 0)
            return -1;
        for (int c = 0; c < MESH_COMPONENTS; c++) {
            if (!component_matches((enum mesh_component)c, name))
                continue;
            found = true;
            if (values_merge_file(m->overrides[c], file, STEPS_HELM_MAJOR, &urls, err) < 0) {
                AUTO_FREE char *what = mem_printf("--values %s", name);
                return cli_bad_file(what, err);
            }
        }
        if (!found)
            return unknown_component("--values", name, err);
    }
    return 0;
}

static int set_values(struct mesh *m, const char *what, enum values_set_kind kind,
                      const struct strlist *texts, struct error **err)
{
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = texts->items[i];
        size_t len = strcspn(text, ".=");
        AUTO_FREE char *name = mem_strndup(text, len);
        bool found = false;
        if (text[len] != '.') {
            error_set(err, ERROR_USAGE, "%s \"%s\" does not name a component", what, name);
            return error_hint(
                err,
                "write it as %s COMPONENT.KEY=VALUE, for example %s istiod.pilot.autoscaleMin=2",
                what, what);
        }
        for (int c = 0; c < MESH_COMPONENTS; c++) {
            if (!component_matches((enum mesh_component)c, name))
                continue;
            found = true;
            if (values_set(m->overrides[c], kind, text + len + 1, STEPS_HELM_MAJOR, NULL, err) < 0)
                return -1;
        }
        if (!found)
            return unknown_component(what, name, err);
    }
    return 0;
}

static int set_releases(const struct options_mesh *o, struct mesh *m, struct error **err)
{
    for (size_t i = 0; i < o->releases.count; i++) {
        AUTO_FREE char *name = NULL, *release = NULL;
        enum mesh_component c;
        if (cli_split_pair("--release", o->releases.items[i], &name, &release, err) < 0)
            return -1;
        if (!mesh_component_find(name, &c))
            return unknown_component("--release", name, err);
        mesh_set(&m->releases[c], release);
    }
    return 0;
}

static void set_names(const struct options *o, struct mesh *m)
{
    const struct options_mesh *names = options_mesh_of(o);
    const struct options_gateway *gateway = options_gateway_of(o);
    const struct {
        const char *value;
        char **field;
    } rows[] = {
        {names->mesh_id, &m->id},
        {names->istio_namespace, &m->istio_namespace},
        {names->ingress_namespace, &m->ingress_namespace},
        {options_images_of(o)->hub, &m->hub},
        {gateway->cloud, &m->cloud},
        {gateway->type, &m->gateway_type},
        {names->bookinfo_namespace, &m->bookinfo_namespace},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++)
        if (rows[i].value)
            mesh_set(rows[i].field, rows[i].value);
    if (options_charts_of(o)->istio_version)
        mesh_set_version(m, options_charts_of(o)->istio_version);
    if (gateway->ports)
        m->gateway_ports = gateway->ports[0] - '0';
    if (gateway->internal)
        m->gateway_internal = MESH_YES;
    /* An option is for all clusters, whatever the mesh file says of one. */
    for (size_t i = 0; i < m->members_count; i++) {
        if (gateway->cloud)
            mesh_set(&m->members[i].cloud, NULL);
        if (gateway->ports)
            m->members[i].gateway_ports = 0;
        if (gateway->type)
            mesh_set(&m->members[i].gateway_type, NULL);
        if (gateway->internal)
            m->members[i].gateway_internal = MESH_UNSAID;
    }
}

int cli_read_mesh_file(struct cli *cli, const char *path, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    if (fs_read(path, MESH_FILE_MAX_BYTES, &text, err) < 0)
        return cli_bad_file("--filename", err);
    return mesh_file_read(buf_str(&text), text.len, path, &cli->file, err);
}

int cli_mesh_new(struct cli *cli, struct mesh **ret_mesh, struct error **err)
{
    const struct options_mesh *o = options_mesh_of(&cli->options);
    const struct options_charts *charts = options_charts_of(&cli->options);
    MC_CLEANUP(mesh_cleanup) struct mesh *m = cli->file.mesh ? TAKE(cli->file.mesh) : mesh_new();
    set_names(&cli->options, m);
    if (add_members(cli, m, err) < 0)
        return -1;
    if (set_fields(m, "--cluster-name", &o->cluster_names, offsetof(struct mesh_member, cluster),
                   err) < 0 ||
        set_fields(m, "--network", &o->networks, offsetof(struct mesh_member, network), err) < 0 ||
        set_fields(m, "--server", &o->servers, offsetof(struct mesh_member, server), err) < 0 ||
        set_fields(m, "--server-tls-name", &o->server_tls_names,
                   offsetof(struct mesh_member, server_tls_name), err) < 0 ||
        set_authorities(m, &o->server_cas, err) < 0 ||
        set_addresses(m, &options_gateway_of(&cli->options)->addresses, err) < 0)
        return -1;
    if (set_releases(o, m, err) < 0 || set_values_files(cli, m, err) < 0)
        return -1;
    /* Helm's order of precedence: files, --set-json, --set, --set-string. */
    if (set_values(m, "--set-json", VALUES_SET_JSON, &charts->set_json, err) < 0 ||
        set_values(m, "--set", VALUES_SET, &charts->set, err) < 0 ||
        set_values(m, "--set-string", VALUES_SET_STRING, &charts->set_string, err) < 0)
        return -1;
    if (mesh_check(m, err) < 0)
        return -1;
    *ret_mesh = TAKE(m);
    return 0;
}
