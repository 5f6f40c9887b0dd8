/* What an exec plug-in printed: client-go's ExecCredential with a status. */
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "meshctl/golang/time.h"
#include "meshctl/pki/cert.h"

#include "auth_exec.h"

void auth_exec_answer_release(struct auth_exec_answer *a)
{
    mem_free_secret(a->token);
    free(a->cert_pem);
    mem_free_secret(a->key_pem);
    *a = (struct auth_exec_answer){0};
}

static int refuse(const struct kube_exec_plugin *exec, struct error **err, const char *fmt, ...)
    MC_PRINTF(3, 4);
static int refuse(const struct kube_exec_plugin *exec, struct error **err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *what = mem_vprintf(fmt, ap);
    va_end(ap);
    return error_set(err, ERROR_DENIED, "%s %s", exec->command, what);
}

/* A text with a NUL could only be used in part: it counts as not given. */
static char *secret_dup(const json_t *status, const char *key)
{
    const json_t *value = json_object_get(status, key);
    const char *text = json_string_value(value);
    return text && text[0] && strlen(text) == json_string_length(value) ? mem_strdup(text) : NULL;
}

/* tls.X509KeyPair: both parse and belong together. */
static int check_pair(const struct kube_exec_plugin *exec, const struct auth_exec_answer *a,
                      struct error **err)
{
    if (!a->cert_pem && !a->key_pem)
        return 0;
    if (!a->cert_pem || !a->key_pem)
        return refuse(exec, err, "returned only certificate or key, not both");
    struct pki_cert **certs = NULL;
    size_t count = 0;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    if (pki_certs_read(a->cert_pem, strlen(a->cert_pem), "its certificate", &certs, &count, err) <
            0 ||
        pki_key_read(a->key_pem, strlen(a->key_pem), "its key", &key, err) < 0) {
        pki_certs_free(certs, count);
        error_clear(err);
        return refuse(exec, err, "returned a client certificate or key that does not parse");
    }
    bool matches = pki_cert_matches(certs[0], key);
    pki_certs_free(certs, count);
    return matches ? 0 : refuse(exec, err, "returned a client key of another certificate");
}

static int check_token(const struct kube_exec_plugin *exec, const char *token, struct error **err)
{
    for (const char *p = token; p && *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            return refuse(exec, err, "returned a token with a control character");
    return 0;
}

/* metav1.Time; fractions are cut off. */
static bool read_time(const char *text, time_t *ret_time)
{
    AUTO_ERROR struct error *ignored = NULL;
    AUTO_ARENA *a = arena_new();
    struct gotime t;
    if (gotime_parse(a, GOTIME_RFC3339, strlen(GOTIME_RFC3339), text, strlen(text), NULL, &t,
                     &ignored) < 0)
        return false;
    *ret_time = gotime_unix_sec(&t);
    return true;
}

static int read_status(const struct kube_exec_plugin *exec, const json_t *status,
                       struct auth_exec_answer *a, struct error **err)
{
    if (!json_is_object(status))
        return refuse(exec, err, "returned no status");
    a->token = secret_dup(status, "token");
    a->cert_pem = secret_dup(status, "clientCertificateData");
    a->key_pem = secret_dup(status, "clientKeyData");
    if (!a->token && !a->cert_pem && !a->key_pem)
        return refuse(exec, err, "returned neither a token nor a client certificate with its key");
    const json_t *expires = json_object_get(status, "expirationTimestamp");
    if (expires && !json_is_null(expires) &&
        (!json_is_string(expires) || !read_time(json_string_value(expires), &a->expires)))
        return refuse(exec, err, "returned an expirationTimestamp that is no RFC 3339 time");
    if (check_token(exec, a->token, err) < 0)
        return -1;
    return check_pair(exec, a, err);
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

int auth_exec_answer_read(const struct kube_exec_plugin *exec, const struct buf *out,
                          struct auth_exec_answer *ret_answer, struct error **err)
{
    AUTO_EXEC_ANSWER answer = {0};
    json_auto_t *value = NULL;
    /* The parser's own message may quote a piece of the text. JSON is YAML, and both are accepted.
     */
    if (yaml_read(buf_str(out), out->len, "output", 0, &value, err) < 0) {
        error_clear(err);
        return refuse(exec, err, "printed what is neither JSON nor YAML");
    }
    const char *kind = json_dig_str(value, "kind", NULL);
    if (!kind || strcmp(kind, "ExecCredential") != 0)
        return refuse(exec, err, "printed no ExecCredential");
    json_t *status = json_object_get(value, "status");
    int rc = 0;
    if (!text_equal(json_dig_str(value, "apiVersion", NULL), exec->api_version))
        rc = refuse(exec, err, "answered in another apiVersion than %s", exec->api_version);
    else
        rc = read_status(exec, status, &answer, err);
    wipe_status(status);
    if (rc < 0)
        return -1;
    *ret_answer = answer;
    answer = (struct auth_exec_answer){0};
    return 0;
}
