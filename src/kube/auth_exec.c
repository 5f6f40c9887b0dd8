/* Runs an exec plug-in and reads its answer. */
#include "auth_exec.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/log.h"
#include "meshctl/base/proc.h"
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "meshctl/pki/cert.h"

#include "auth.h"
#include "auth_time.h"

void auth_exec_answer_release(struct auth_exec_answer *a)
{
    mem_free_secret(a->token);
    free(a->cert_pem);
    mem_free_secret(a->key_pem);
    *a = (struct auth_exec_answer){0};
}

/* clientauthentication.Cluster; `config` is null without the extension. */
static json_t *cluster_info(const struct kube_config *config, struct error **err)
{
    const struct net_tls *tls = &config->tls;
    json_t *cluster = json_object();
    json_object_set_new(cluster, "server", json_string(config->server));
    if (tls->server_name)
        json_object_set_new(cluster, "tls-server-name", json_string(tls->server_name));
    if (tls->insecure)
        json_object_set_new(cluster, "insecure-skip-tls-verify", json_true());
    if (tls->ca_pem) {
        AUTO_FREE char *data = base64_encode_dup(tls->ca_pem, strlen(tls->ca_pem));
        json_object_set_new(cluster, "certificate-authority-data", json_string(data));
    }
    if (tls->proxy_url)
        json_object_set_new(cluster, "proxy-url", json_string(tls->proxy_url));
    json_t *extension = NULL;
    const char *text = config->exec->cluster_config;
    if (text && json_read(text, strlen(text), "extension", &extension, err) < 0) {
        json_decref(cluster);
        return NULL;
    }
    json_object_set_new(cluster, "config", extension ? extension : json_null());
    return cluster;
}

/* The value of KUBERNETES_EXEC_INFO: an ExecCredential that says what is wanted. */
static int exec_info(const struct kube_config *config, bool interactive, char **ret_text,
                     struct error **err)
{
    json_auto_t *info = json_object();
    json_object_set_new(info, "kind", json_string("ExecCredential"));
    json_object_set_new(info, "apiVersion", json_string(config->exec->api_version));
    json_put(info, json_boolean(interactive), "spec", "interactive", NULL);
    if (config->exec->provide_cluster_info) {
        json_t *cluster = cluster_info(config, err);
        if (!cluster)
            return -1;
        json_put(info, cluster, "spec", "cluster", NULL);
    }
    *ret_text = json_write_dup(info, 0);
    return 0;
}

/* Go keeps the last of entries with one name, and KUBERNETES_EXEC_INFO comes last there. */
static const char **environment_new(const struct kube_exec_plugin *exec, const char *info)
{
    const char **env = mem_array(exec->env.count + 2, sizeof(*env));
    size_t count = 0;
    env[count++] = info;
    for (size_t i = exec->env.count; i-- > 0;) {
        const char *entry = exec->env.items[i];
        size_t name_len = strcspn(entry, "=") + 1;
        bool known = false;
        for (size_t j = 0; j < count && !known; j++)
            known = strncmp(env[j], entry, name_len) == 0;
        if (!known)
            env[count++] = entry;
    }
    return env;
}

static int explain_failure(const struct kube_config *config, struct error **err)
{
    const struct kube_exec_plugin *exec = config->exec;
    bool missing = (*err)->kind == ERROR_NOT_FOUND;
    error_wrap(err, "credentials of user %s in %s: exec plug-in", config->user_name,
               config->source);
    if (missing && exec->install_hint)
        return error_hint(err, "%s", exec->install_hint);
    if (missing)
        return error_hint(err, "install %s, or put it on PATH: the kubeconfig asks for it",
                          exec->command);
    return error_hint(err, "run it by hand to see why: %s", exec->command);
}

static int run(const struct kube_config *config, struct cancel *cancel, struct buf *out,
               struct error **err)
{
    const struct kube_exec_plugin *exec = config->exec;
    bool interactive = exec->interactive == KUBE_INTERACTIVE_ALWAYS;
    if (interactive && !isatty(STDIN_FILENO)) {
        error_set(err, ERROR_DENIED,
                  "exec plug-in %s of user %s must ask a person, and standard input is no terminal",
                  exec->command, config->user_name);
        error_where(err, "%s", config->source);
        return error_hint(err, "run this on a terminal, or use a kubeconfig with another user");
    }
    AUTO_FREE char *info = NULL;
    if (exec_info(config, interactive, &info, err) < 0)
        return -1;
    AUTO_FREE char *info_entry = mem_printf("KUBERNETES_EXEC_INFO=%s", info);
    AUTO_FREE const char **env = environment_new(exec, info_entry);
    AUTO_FREE const char **argv = mem_array(exec->args.count + 2, sizeof(*argv));
    argv[0] = exec->command;
    for (size_t i = 0; i < exec->args.count; i++)
        argv[i + 1] = exec->args.items[i];
    struct proc_spec spec = {.argv = argv,
                             .env = env,
                             .dir = exec->dir,
                             .timeout_ms = KUBE_AUTH_EXEC_TIMEOUT_MS,
                             .max_output = KUBE_AUTH_MAX_EXEC,
                             .cancel = cancel};
    log_at(1, "exec plug-in %s for user %s", exec->command, config->user_name);
    if (proc_run(&spec, out, err) == 0)
        return 0;
    if ((*err)->kind == ERROR_CANCELLED)
        return -1;
    return explain_failure(config, err);
}

static int refuse(const struct kube_config *config, struct error **err, const char *fmt, ...)
    MC_PRINTF(3, 4);
static int refuse(const struct kube_config *config, struct error **err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *what = mem_vprintf(fmt, ap);
    va_end(ap);
    error_set(err, ERROR_DENIED, "exec plug-in %s of user %s %s", config->exec->command,
              config->user_name, what);
    return error_where(err, "%s", config->source);
}

/* A text with a NUL could only be used in part: it counts as not given. */
static char *secret_dup(const json_t *status, const char *key)
{
    const json_t *value = json_object_get(status, key);
    const char *text = json_string_value(value);
    return text && text[0] && strlen(text) == json_string_length(value) ? mem_strdup(text) : NULL;
}

/* tls.X509KeyPair: both parse and belong together. */
static int check_pair(const struct kube_config *config, const struct auth_exec_answer *a,
                      struct error **err)
{
    if (!a->cert_pem && !a->key_pem)
        return 0;
    if (!a->cert_pem || !a->key_pem)
        return refuse(config, err, "returned only certificate or key, not both");
    struct pki_cert **certs = NULL;
    size_t count = 0;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    if (pki_certs_read(a->cert_pem, strlen(a->cert_pem), "its certificate", &certs, &count, err) <
            0 ||
        pki_key_read(a->key_pem, strlen(a->key_pem), "its key", &key, err) < 0) {
        pki_certs_free(certs, count);
        error_clear(err);
        return refuse(config, err, "returned a client certificate or key that does not parse");
    }
    bool matches = pki_cert_matches(certs[0], key);
    pki_certs_free(certs, count);
    return matches ? 0 : refuse(config, err, "returned a client key of another certificate");
}

static int check_token(const struct kube_config *config, const char *token, struct error **err)
{
    for (const char *p = token; p && *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            return refuse(config, err, "returned a token with a control character");
    return 0;
}

static int read_status(const struct kube_config *config, const json_t *status,
                       struct auth_exec_answer *a, struct error **err)
{
    if (!json_is_object(status))
        return refuse(config, err, "returned no status");
    a->token = secret_dup(status, "token");
    a->cert_pem = secret_dup(status, "clientCertificateData");
    a->key_pem = secret_dup(status, "clientKeyData");
    if (!a->token && !a->cert_pem && !a->key_pem)
        return refuse(config, err,
                      "returned neither a token nor a client certificate with its key");
    const json_t *expires = json_object_get(status, "expirationTimestamp");
    if (expires && !json_is_null(expires) &&
        (!json_is_string(expires) || !auth_time_parse(json_string_value(expires), &a->expires)))
        return refuse(config, err, "returned an expirationTimestamp that is no RFC 3339 time");
    if (check_token(config, a->token, err) < 0)
        return -1;
    return check_pair(config, a, err);
}

static void wipe_status(json_t *status)
{
    static const char *const secrets[] = {"token", "clientKeyData"};
    for (size_t i = 0; i < MC_ARRAY_LEN(secrets); i++) {
        json_t *value = json_object_get(status, secrets[i]);
        if (json_is_string(value))
            mem_wipe((char *)json_string_value(value), json_string_length(value));
    }
}

static int read_answer(const struct kube_config *config, const struct buf *out,
                       struct auth_exec_answer *a, struct error **err)
{
    json_auto_t *value = NULL;
    /* The parser's own message may quote a piece of the text. JSON is YAML, and
     * both are accepted. */
    if (yaml_read(buf_str(out), out->len, "output", 0, &value, err) < 0) {
        error_clear(err);
        return refuse(config, err, "printed what is neither JSON nor YAML");
    }
    const char *kind = json_dig_str(value, "kind", NULL);
    if (!kind || strcmp(kind, "ExecCredential") != 0)
        return refuse(config, err, "printed no ExecCredential");
    json_t *status = json_object_get(value, "status");
    int rc = 0;
    if (!text_equal(json_dig_str(value, "apiVersion", NULL), config->exec->api_version))
        rc = refuse(config, err, "answered in another apiVersion than %s",
                    config->exec->api_version);
    else
        rc = read_status(config, status, a, err);
    wipe_status(status);
    return rc;
}

int auth_exec_run(const struct kube_config *config, struct cancel *cancel,
                  struct auth_exec_answer *ret_answer, struct error **err)
{
    AUTO_SECRET_BUF out = BUF_INIT_MAX(KUBE_AUTH_MAX_EXEC);
    if (run(config, cancel, &out, err) < 0)
        return -1;
    AUTO_EXEC_ANSWER answer = {0};
    if (read_answer(config, &out, &answer, err) < 0)
        return -1;
    *ret_answer = answer;
    answer = (struct auth_exec_answer){0};
    return 0;
}
