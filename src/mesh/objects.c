/* The objects that make a mesh of clusters. */
#include "meshctl/mesh/objects.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/data/yaml.h"
#include "meshctl/golang/server_url.h"

static json_t *object_new(const char *api_version, const char *kind, const char *namespace_,
                          const char *name)
{
    json_t *o = json_pack("{s:s, s:s, s:{s:s}}", "apiVersion", api_version, "kind", kind,
                          "metadata", "name", name);
    if (namespace_)
        json_put(o, json_string(namespace_), "metadata", "namespace", NULL);
    return o;
}

void mesh_mark(json_t *object, const struct mesh *m, const char *unit)
{
    json_put(object, json_string(m->id), "metadata", "labels", MESH_MARK, NULL);
    json_put(object, json_string(unit), "metadata", "labels", MESH_MARK_UNIT, NULL);
}

void mesh_unmark(json_t *object)
{
    json_t *labels = json_dig(object, "metadata", "labels", NULL);
    json_object_del(labels, MESH_MARK);
    json_object_del(labels, MESH_MARK_UNIT);
}

const char *mesh_owner(const json_t *live)
{
    return json_dig_str(live, "metadata", "labels", MESH_MARK, NULL);
}

void mesh_inject(json_t *namespace_, const char *revision)
{
    bool is_default = strcmp(revision, MESH_REVISION_DEFAULT) == 0;
    json_put(namespace_, json_string(is_default ? "enabled" : revision), "metadata", "labels",
             is_default ? "istio-injection" : "istio.io/rev", NULL);
}

void mesh_place_like(json_t *deployment, const json_t *pod)
{
    static const char *const keys[] = {"imagePullSecrets", "nodeSelector", "tolerations"};
    for (size_t i = 0; i < MC_ARRAY_LEN(keys); i++) {
        json_t *value = json_dig(pod, "spec", keys[i], NULL);
        if (value)
            json_put(deployment, json_deep_copy(value), "spec", "template", "spec", keys[i], NULL);
    }
}

json_t *mesh_secret_unmade(const struct mesh *m, const char *name)
{
    return object_new("v1", "Secret", m->istio_namespace, name);
}

json_t *mesh_namespace(const char *name, ...)
{
    json_t *o = object_new("v1", "Namespace", NULL, name);
    va_list ap;
    va_start(ap, name);
    for (const char *key; (key = va_arg(ap, const char *));)
        json_put(o, json_string(va_arg(ap, const char *)), "metadata", "labels", key, NULL);
    va_end(ap);
    return o;
}

static json_t *base64_string(const char *data, size_t len)
{
    AUTO_SECRET char *text = base64_encode_dup(data, len);
    return json_string(text);
}

json_t *mesh_cacerts(const struct mesh *m, const char *ca_cert, const char *ca_key,
                     const char *root_cert, const char *cert_chain)
{
    json_t *o = object_new("v1", "Secret", m->istio_namespace, MESH_CACERTS);
    json_object_set_new(o, "type", json_string("Opaque"));
    json_put(o, base64_string(ca_cert, strlen(ca_cert)), "data", "ca-cert.pem", NULL);
    json_put(o, base64_string(ca_key, strlen(ca_key)), "data", "ca-key.pem", NULL);
    json_put(o, base64_string(root_cert, strlen(root_cert)), "data", "root-cert.pem", NULL);
    json_put(o, base64_string(cert_chain, strlen(cert_chain)), "data", "cert-chain.pem", NULL);
    return o;
}

json_t *mesh_reader_token(const struct mesh *m)
{
    json_t *o = object_new("v1", "Secret", m->istio_namespace, MESH_READER_TOKEN);
    json_object_set_new(o, "type", json_string("kubernetes.io/service-account-token"));
    json_put(o, json_string(MESH_READER_ACCOUNT), "metadata", "annotations",
             "kubernetes.io/service-account.name", NULL);
    return o;
}

char *mesh_remote_secret_name_dup(const struct mesh_member *member)
{
    return mem_printf("istio-remote-secret-%s", member->cluster);
}

struct mesh_server mesh_server_of(const struct mesh_member *member, const char *url,
                                  const char *tls_name)
{
    bool other = member->server || member->server_tls_name;
    return (struct mesh_server){.url = member->server ? member->server : url,
                                .tls_name = other ? member->server_tls_name : tls_name,
                                .ca_pem = member->server_ca};
}

/* The kubeconfig that istiod gets, every name in it the cluster's. */
static json_t *remote_kubeconfig(const struct mesh_member *member, const struct mesh_server *server,
                                 const char *token)
{
    const char *name = member->cluster;
    AUTO_FREE char *ca = base64_encode_dup(server->ca_pem, strlen(server->ca_pem));
    return json_pack("{s:s, s:s, s:s, s:[{s:s, s:{s:s, s:s, s:s*}}], s:[{s:s, s:{s:s, s:s}}], "
                     "s:[{s:s, s:{s:s}}]}",
                     "apiVersion", "v1", "kind", "Config", "current-context", name, "clusters",
                     "name", name, "cluster", "certificate-authority-data", ca, "server",
                     server->url, "tls-server-name", server->tls_name, "contexts", "name", name,
                     "context", "cluster", name, "user", name, "users", "name", name, "user",
                     "token", token);
}

json_t *mesh_remote_secret(const struct mesh *m, const struct mesh_member *member,
                           const struct mesh_server *server, const char *token)
{
    json_auto_t *kubeconfig = remote_kubeconfig(member, server, token);
    if (!kubeconfig)
        return NULL;
    AUTO_SECRET_BUF text = BUF_INIT;
    yaml_write(&text, kubeconfig);
    AUTO_FREE char *name = mesh_remote_secret_name_dup(member);
    json_t *o = object_new("v1", "Secret", m->istio_namespace, name);
    json_object_set_new(o, "type", json_string("Opaque"));
    json_put(o, json_string("true"), "metadata", "labels", MESH_MULTICLUSTER_LABEL, NULL);
    json_put(o, json_string(member->cluster), "metadata", "annotations", MESH_CLUSTER_ANNOTATION,
             NULL);
    json_put(o, base64_string(buf_str(&text), text.len), "data", member->cluster, NULL);
    return o;
}

char *mesh_server_host_dup(const char *server, unsigned *ret_port)
{
    AUTO_SERVER_URL url = {0};
    if (server_url_parse(server, &url) || !url.is_https || url.has_user)
        return NULL;
    *ret_port = url.port;
    return TAKE(url.host);
}

bool mesh_is_own_server(const char *server)
{
    unsigned port;
    AUTO_FREE char *host = mesh_server_host_dup(server, &port);
    return host && host_is_own(host);
}

/* Why it is not https://HOST[:PORT]. */
static const char *wrong_server(const char *server)
{
    AUTO_SERVER_URL url = {0};
    const char *wrong = server_url_parse(server, &url);
    return wrong ? wrong : url.has_user ? "it holds a user or a password" : "it is not https://";
}

int mesh_check_server(const struct mesh_member *member, const char *server, struct error **err)
{
    unsigned port;
    AUTO_FREE char *host = mesh_server_host_dup(server, &port);
    if (!host) {
        /* What stands before an @ may be a password. */
        const char *at = strrchr(server, '@');
        AUTO_FREE char *shown = url_public_dup(at ? at + 1 : server);
        error_set(err, ERROR_INPUT,
                  "API server address \"%s\" of %s is not https://HOST[:PORT]: %s", shown,
                  member->name, wrong_server(server));
        return error_hint(err, "give it as --server %s=https://HOST:PORT", member->name);
    }
    if (mesh_is_own_server(server)) {
        error_set(err, ERROR_INPUT,
                  "API server address %s of %s is of the machine itself: istiod in another cluster "
                  "cannot reach it",
                  server, member->name);
        return error_hint(
            err,
            "give the address that the other clusters can reach: --server %s=https://HOST:PORT",
            member->name);
    }
    return 0;
}
