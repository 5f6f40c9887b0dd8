/* What an exec plug-in is told: client-go's ExecCredential with a spec. */
#include <string.h>

#include "meshctl/base/base64.h"

#include "auth_exec.h"

/* clientauthentication.Cluster; `config` is null without the extension. */
static int cluster_info(const struct kube_config *config, bool brief, json_t **ret_cluster,
                        struct error **err)
{
    const struct net_tls *tls = &config->tls;
    const char *text = brief ? NULL : config->exec->cluster_config;
    json_t *extension = NULL;
    if (text && json_read(text, strlen(text), "extension", &extension, err) < 0)
        return -1;
    json_t *cluster = json_object();
    json_object_set_new(cluster, "server", json_string(config->server));
    json_object_set_new(cluster, "config", extension ? extension : json_null());
    if (tls->server_name)
        json_object_set_new(cluster, "tls-server-name", json_string(tls->server_name));
    if (tls->insecure)
        json_object_set_new(cluster, "insecure-skip-tls-verify", json_true());
    if (tls->ca_pem && !brief) {
        AUTO_FREE char *data = base64_encode_dup(tls->ca_pem, strlen(tls->ca_pem));
        json_object_set_new(cluster, "certificate-authority-data", json_string(data));
    }
    /* Its URL may hold a password. */
    if (tls->proxy_url && !brief)
        json_object_set_new(cluster, "proxy-url", json_string(tls->proxy_url));
    if (config->disable_compression)
        json_object_set_new(cluster, "disable-compression", json_true());
    *ret_cluster = cluster;
    return 0;
}

int auth_exec_info_dup(const struct kube_config *config, unsigned flags, char **ret_text,
                       struct error **err)
{
    json_auto_t *info = json_object();
    json_t *cluster = NULL;
    if (config->exec->provide_cluster_info &&
        cluster_info(config, flags & AUTH_EXEC_BRIEF, &cluster, err) < 0)
        return -1;
    json_object_set_new(info, "kind", json_string("ExecCredential"));
    json_object_set_new(info, "apiVersion", json_string(config->exec->api_version));
    json_put(info, json_boolean(flags & AUTH_EXEC_INTERACTIVE), "spec", "interactive", NULL);
    if (cluster)
        json_put(info, cluster, "spec", "cluster", NULL);
    *ret_text = json_write_dup(info, 0);
    return 0;
}
