/* The user section: tokens, certificates, plug-ins. */
#include "config_user.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/fs.h"
#include "meshctl/pki/cert.h"

#include "auth.h"

/* What ends up in a header must be one line: Go's net/http refuses such values too. */
static int check_header_text(const struct config_entry *e, const char *field, const char *text,
                             struct error **err)
{
    for (const char *p = text; p && *p; p++)
        if (((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7f)
            return config_fail(e, field, NULL, err, "%s holds a control character", field);
    return 0;
}

static int header_string_dup(const struct config_entry *e, const char *field, char **ret_text,
                             struct error **err)
{
    if (config_string_dup(e, field, ret_text, err) < 0)
        return -1;
    return check_header_text(e, field, *ret_text, err);
}

static int check_pair(const struct config_entry *e, const char *cert_pem, const char *cert_name,
                      const char *key_pem, const char *key_name, struct error **err)
{
    struct pki_cert **certs = NULL;
    size_t count = 0;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    if (pki_certs_read(cert_pem, strlen(cert_pem), cert_name, &certs, &count, err) < 0)
        return config_place(e, "client-certificate-data", NULL, err);
    int rc = pki_key_read(key_pem, strlen(key_pem), key_name, &key, err);
    if (rc < 0)
        config_place(e, "client-key-data", NULL, err);
    else if (!pki_cert_matches(certs[0], key))
        rc = config_fail(e, NULL, NULL, err, "the client key does not belong to the certificate");
    pki_certs_free(certs, count);
    return rc;
}

static int read_client_cert(const struct config_entry *e, struct net_tls *tls, struct error **err)
{
    AUTO_FREE char *cert_name = NULL, *key_name = NULL;
    if (config_pem_dup(e, "client-certificate", "client-certificate-data", &tls->cert_pem,
                       &cert_name, err) < 0)
        return -1;
    if (!tls->cert_pem) /* a key alone is not looked at */
        return 0;
    if (config_pem_dup(e, "client-key", "client-key-data", &tls->key_pem, &key_name, err) < 0)
        return -1;
    if (!tls->key_pem)
        return config_fail(e, NULL, NULL, err,
                           "a client certificate without client-key or client-key-data");
    return check_pair(e, tls->cert_pem, cert_name, tls->key_pem, key_name, err);
}

static int read_token(const struct config_entry *e, struct kube_config *config, struct error **err)
{
    if (header_string_dup(e, "token", &config->token, err) < 0 ||
        config_path_dup(e, "tokenFile", &config->token_file, err) < 0)
        return -1;
    if (!config->token_file || config->token)
        return 0;
    AUTO_SECRET_BUF text = BUF_INIT;
    if (fs_read(config->token_file, KUBE_AUTH_MAX_TOKEN, &text, err) == 0)
        return 0;
    return config_file_fail(e, "tokenFile", err);
}

static int read_basic(const struct config_entry *e, struct kube_config *config, struct error **err)
{
    if (config_string_dup(e, "username", &config->username, err) < 0 ||
        config_string_dup(e, "password", &config->password, err) < 0)
        return -1;
    if (!config->username && !config->password)
        return 0;
    if (config->token || config->token_file)
        return config_fail(e, NULL, NULL, err,
                           "both a token and username or password: only one is allowed");
    if (!config->username)
        config->username = mem_strdup("");
    if (strchr(config->username, ':')) /* RFC 7617 section 2 */
        return config_fail(e, "username", NULL, err, "username holds a colon");
    if (!config->password)
        config->password = mem_strdup("");
    return 0;
}

static int read_extra(const struct config_entry *e, struct strlist *out, struct error **err)
{
    static const char field[] = "as-user-extra";
    const json_t *extra = json_object_get(e->value, field);
    if (extra && !json_is_null(extra) && !json_is_object(extra))
        return config_fail(e, field, NULL, err, "%s is no mapping", field);
    const char *key;
    json_t *values;
    json_object_foreach((json_t *)extra, key, values) {
        if (!json_is_null(values) && !json_is_array(values))
            return config_fail(e, field, key, err, "%s is no list of strings", field);
        size_t i;
        const json_t *value;
        json_array_foreach(values, i, value) {
            const char *text = NULL;
            if (config_check_string(e, field, key, value, &text, err) < 0 ||
                check_header_text(e, field, text, err) < 0)
                return -1;
            strlist_add(out, key);
            strlist_add(out, text ? text : "");
        }
    }
    return 0;
}

static int read_impersonation(const struct config_entry *e, struct kube_config *config,
                              struct error **err)
{
    if (header_string_dup(e, "as", &config->impersonate_user, err) < 0 ||
        header_string_dup(e, "as-uid", &config->impersonate_uid, err) < 0 ||
        config_strings(e, "as-groups", &config->impersonate_groups, err) < 0 ||
        read_extra(e, &config->impersonate_extra, err) < 0)
        return -1;
    for (size_t i = 0; i < config->impersonate_groups.count; i++)
        if (check_header_text(e, "as-groups", config->impersonate_groups.items[i], err) < 0)
            return -1;
    if (!config->impersonate_user && (config->impersonate_uid || config->impersonate_groups.count ||
                                      config->impersonate_extra.count))
        return config_fail(e, NULL, NULL, err,
                           "as-uid, as-groups or as-user-extra without as (the user)");
    return 0;
}

static int refuse_auth_provider(const struct config_entry *e, struct error **err)
{
    const json_t *provider = json_object_get(e->value, "auth-provider");
    if (!provider || json_is_null(provider))
        return 0;
    const char *name = json_string_value(json_object_get(provider, "name"));
    config_fail(e, "auth-provider", NULL, err,
                "auth-provider \"%s\" is a way to identify that Kubernetes has given up",
                name ? name : "");
    return error_hint(err,
                      "let your provider's tool write the kubeconfig anew: it then has an exec "
                      "plug-in (users[].user.exec)");
}

int config_user_read(const struct config_entry *user, const struct config_entry *cluster,
                     struct kube_config *config, struct error **err)
{
    if (refuse_auth_provider(user, err) < 0 || read_client_cert(user, &config->tls, err) < 0 ||
        read_token(user, config, err) < 0 || read_basic(user, config, err) < 0 ||
        read_impersonation(user, config, err) < 0 ||
        config_exec_read(user, cluster, &config->exec, err) < 0)
        return -1;
    /* Beside other credentials a plug-in is not asked (exec.go UpdateTransportConfig). */
    if (config->tls.cert_pem || config->token || config->token_file || config->username) {
        config_exec_free(config->exec);
        config->exec = NULL;
    }
    return 0;
}
