/* Questions to istiod and to Envoys, through the API server. */
#include "meshctl/probe/proxy.h"

#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/forward.h"

#define PROXY_TIMEOUT_MS 15000
/* Where they answer their own pod without a token (istio pilot/cmd/pilot-discovery/app/request.go,
 * pilot/cmd/pilot-agent/app/request.go). */
#define ISTIOD_PORT 15014
#define ENVOY_PORT 15000

static bool is_ready(const json_t *pod)
{
    size_t i;
    json_t *condition;
    if (json_dig(pod, "metadata", "deletionTimestamp", NULL))
        return false;
    json_array_foreach(json_dig(pod, "status", "conditions", NULL), i, condition) {
        const char *type = json_dig_str(condition, "type", NULL);
        const char *status = json_dig_str(condition, "status", NULL);
        if (type && status && strcmp(type, "Ready") == 0)
            return strcmp(status, "True") == 0;
    }
    return false;
}

int proxy_pods(struct kube_client *client, const char *namespace_, const char *selector,
               json_t **ret_pods, struct error **err)
{
    struct kube_ref ref = {"v1", "Pod", namespace_, NULL};
    json_auto_t *pods = NULL;
    json_t *pod;
    size_t i;
    if (kube_list(client, &ref, selector, NULL, &pods, err) < 0)
        return -1;
    *ret_pods = json_array();
    json_array_foreach(pods, i, pod)
        if (is_ready(pod))
            json_array_append(*ret_pods, pod);
    return 0;
}

static int ask(struct kube_client *client, const char *namespace_, const char *pod, unsigned port,
               const char *path, json_t **ret_answer, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    if (kube_forward_get(client, namespace_, pod, port, path, PROXY_TIMEOUT_MS, &out, err) < 0)
        return -1;
    AUTO_FREE char *name =
        mem_printf("%s: pod %s/%s: %s", kube_client_name(client), namespace_, pod, path);
    if (json_read(buf_str(&out), out.len, name, ret_answer, err) < 0) {
        (*err)->kind = ERROR_REMOTE;
        return error_wrap(err, "%s", name);
    }
    return 0;
}

int proxy_ask_istiod(struct kube_client *client, const char *namespace_, const char *pod,
                     const char *path, json_t **ret_answer, struct error **err)
{
    return ask(client, namespace_, pod, ISTIOD_PORT, path, ret_answer, err);
}

static json_t *endpoint_of(const json_t *host)
{
    const char *eds = json_dig_str(host, "health_status", "eds_health_status", NULL);
    const char *region = json_dig_str(host, "locality", "region", NULL);
    const char *zone = json_dig_str(host, "locality", "zone", NULL);
    bool failed = json_is_true(json_dig(host, "health_status", "failed_outlier_check", NULL));
    const char *address = json_dig_str(host, "address", "socket_address", "address", NULL);
    return json_pack("{s:s, s:I, s:s, s:s, s:b}", "address", address ? address : "", "port",
                     json_dig_int(host, 0, "address", "socket_address", "port_value", NULL),
                     "region", region ? region : "", "zone", zone ? zone : "", "healthy",
                     !failed && (!eds || strcmp(eds, "HEALTHY") == 0));
}

int proxy_endpoints(struct kube_client *client, const char *namespace_, const char *pod,
                    const char *cluster, json_t **ret_endpoints, struct error **err)
{
    json_auto_t *answer = NULL;
    json_t *status, *host;
    size_t i, j;
    if (ask(client, namespace_, pod, ENVOY_PORT, "/clusters?format=json", &answer, err) < 0)
        return -1;
    json_t *endpoints = json_array();
    json_array_foreach(json_dig(answer, "cluster_statuses", NULL), i, status) {
        const char *name = json_dig_str(status, "name", NULL);
        if (!name || strcmp(name, cluster) != 0)
            continue;
        json_array_foreach(json_dig(status, "host_statuses", NULL), j, host)
            json_array_append_new(endpoints, endpoint_of(host));
    }
    *ret_endpoints = endpoints;
    return 0;
}

/* Envoy's answer without secrets that it does not have yet (warming ones), and without any private
 * key, which it never shows. */
#define SECRETS "/config_dump?resource=dynamic_active_secrets"

int proxy_roots(struct kube_client *client, const char *namespace_, const char *pod,
                struct ca_roots *roots, struct error **err)
{
    json_auto_t *answer = NULL;
    json_t *config;
    size_t i;
    if (ask(client, namespace_, pod, ENVOY_PORT, SECRETS, &answer, err) < 0)
        return -1;
    json_array_foreach(json_dig(answer, "configs", NULL), i, config) {
        const char *text = json_dig_str(config, "secret", "validation_context", "trusted_ca",
                                        "inline_bytes", NULL);
        AUTO_BUF pem = BUF_INIT;
        if (!text || !text_equal(json_dig_str(config, "name", NULL), "ROOTCA"))
            continue;
        if (base64_decode(&pem, text, strlen(text)) < 0)
            return error_set(err, ERROR_REMOTE, "%s: pod %s/%s: its root is not base64",
                             kube_client_name(client), namespace_, pod);
        if (ca_roots_add_pem(roots, buf_str(&pem), pem.len, "ROOTCA", err) < 0) {
            (*err)->kind = ERROR_REMOTE;
            return error_wrap(err, "%s: pod %s/%s", kube_client_name(client), namespace_, pod);
        }
    }
    return 0;
}
