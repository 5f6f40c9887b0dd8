/* Questions to istiod and to Envoys, through the API server. */
#include "meshctl/probe/proxy.h"

#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"

bool proxy_is_ready(const json_t *pod)
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

bool proxy_is_in(const json_t *pod)
{
    static const char *const lists[] = {"containers", "initContainers"};
    size_t i;
    json_t *container;
    for (size_t l = 0; l < MC_ARRAY_LEN(lists); l++)
        json_array_foreach(json_dig(pod, "spec", lists[l], NULL), i, container)
            if (text_equal(json_dig_str(container, "name", NULL), "istio-proxy"))
                return true;
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
        if (proxy_is_ready(pod))
            json_array_append(*ret_pods, pod);
    return 0;
}

int proxy_take_answer(struct kube_client *client, struct kube_forward_ask *ask, json_t **ret_answer,
                      struct error **err)
{
    if (ask->error) {
        *err = TAKE(ask->error);
        return -1;
    }
    AUTO_FREE char *name = mem_printf("%s: pod %s/%s: %s", kube_client_name(client),
                                      ask->namespace_, ask->pod, ask->path);
    if (json_read(buf_str(&ask->answer), ask->answer.len, name, ret_answer, err) < 0) {
        (*err)->kind = ERROR_REMOTE;
        return error_wrap(err, "%s", name);
    }
    return 0;
}

static int ask_envoy(struct kube_client *client, const char *namespace_, const char *pod,
                     const char *path, json_t **ret_answer, struct error **err)
{
    struct kube_forward_ask ask = {.namespace_ = namespace_,
                                   .pod = pod,
                                   .port = PROXY_ENVOY_PORT,
                                   .path = path,
                                   .timeout_ms = PROXY_TIMEOUT_MS};
    int rc = kube_forward_many(client, &ask, 1, err);
    if (rc == 0)
        rc = proxy_take_answer(client, &ask, ret_answer, err);
    kube_forward_release(&ask, 1);
    return rc;
}

int proxy_istiod_metrics(struct kube_client *client, const char *namespace_, const char *pod,
                         struct buf *out, struct error **err)
{
    return kube_forward_get(client, namespace_, pod, PROXY_ISTIOD_PORT, "/metrics",
                            PROXY_TIMEOUT_MS, out, err);
}

const char *proxy_sync_status(const json_t *clusterz, const char *cluster)
{
    size_t i;
    json_t *row;
    json_array_foreach(clusterz, i, row)
        if (text_equal(json_dig_str(row, "id", NULL), cluster))
            return json_dig_str(row, "syncStatus", NULL);
    return NULL;
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

static json_t *counted_host(const json_t *host)
{
    json_t *row = endpoint_of(host);
    json_object_set_new(row, "requests", json_integer(counters_stat(host, "rq_total")));
    json_object_set_new(row, "connections", json_integer(counters_stat(host, "cx_total")));
    json_object_set_new(row, "connectFailures",
                        json_integer(counters_stat(host, "cx_connect_fail")));
    return row;
}

/* A row of each host of the clusters with that name, or whose names begin with it. */
static int hosts_of(struct kube_client *client, const char *namespace_, const char *pod,
                    const char *cluster, bool is_prefix, json_t *(*row_of)(const json_t *host),
                    json_t **ret_rows, struct error **err)
{
    json_auto_t *answer = NULL;
    json_t *status, *host;
    size_t i, j;
    if (ask_envoy(client, namespace_, pod, PROXY_CLUSTERS, &answer, err) < 0)
        return -1;
    *ret_rows = json_array();
    json_array_foreach(json_dig(answer, "cluster_statuses", NULL), i, status) {
        const char *name = json_dig_str(status, "name", NULL);
        if (!name || !(is_prefix ? text_has_prefix(name, cluster) : strcmp(name, cluster) == 0))
            continue;
        json_array_foreach(json_dig(status, "host_statuses", NULL), j, host)
            json_array_append_new(*ret_rows, row_of(host));
    }
    return 0;
}

int proxy_endpoints(struct kube_client *client, const char *namespace_, const char *pod,
                    const char *cluster, json_t **ret_endpoints, struct error **err)
{
    return hosts_of(client, namespace_, pod, cluster, false, endpoint_of, ret_endpoints, err);
}

int proxy_hosts(struct kube_client *client, const char *namespace_, const char *pod,
                const char *prefix, json_t **ret_hosts, struct error **err)
{
    return hosts_of(client, namespace_, pod, prefix, true, counted_host, ret_hosts, err);
}

/* The bytes that stand in a secret there, added to `out`; false when they are not base64. */
static bool add_bytes(const json_t *data, struct buf *out)
{
    const char *text = json_dig_str(data, "inline_bytes", NULL);
    return !text || base64_decode(out, text, strlen(text)) >= 0;
}

static int bad_secret(const char *name, struct error **err)
{
    return error_set(err, ERROR_REMOTE, "%s: what its Envoy holds is not base64", name);
}

int proxy_read_secrets(const json_t *dump, const char *name, struct proxy_secrets *secrets,
                       struct error **err)
{
    json_t *config;
    size_t i;
    json_array_foreach(json_dig(dump, "configs", NULL), i, config) {
        const char *secret = json_dig_str(config, "name", NULL);
        AUTO_BUF roots = BUF_INIT;
        if (text_equal(secret, "default") &&
            !add_bytes(json_dig(config, "secret", "tls_certificate", "certificate_chain", NULL),
                       &secrets->chain))
            return bad_secret(name, err);
        if (!text_equal(secret, "ROOTCA"))
            continue;
        if (!add_bytes(json_dig(config, "secret", "validation_context", "trusted_ca", NULL),
                       &roots))
            return bad_secret(name, err);
        if (roots.len &&
            ca_roots_add_pem(&secrets->roots, buf_str(&roots), roots.len, "ROOTCA", err) < 0) {
            (*err)->kind = ERROR_REMOTE;
            return error_wrap(err, "%s", name);
        }
    }
    return 0;
}

void proxy_secrets_release(struct proxy_secrets *secrets)
{
    ca_roots_release(&secrets->roots);
    buf_release(&secrets->chain);
}

int proxy_secrets_ask(struct kube_client *client, const char *namespace_, const char *pod,
                      struct proxy_secrets *secrets, struct error **err)
{
    AUTO_FREE char *name = mem_printf("%s: pod %s/%s", kube_client_name(client), namespace_, pod);
    json_auto_t *dump = NULL;
    if (ask_envoy(client, namespace_, pod, PROXY_SECRETS, &dump, err) < 0)
        return -1;
    return proxy_read_secrets(dump, name, secrets, err);
}
