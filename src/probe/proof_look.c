/* What the proxies on a path's way say of it: the caller's sidecar, and the gateway that lets it in. */
#include "meshctl/probe/proof.h"

#include <string.h>

#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/proxy.h"

int proof_look(struct probe *p, struct proof *f, struct error **err)
{
    MC_CLEANUP(proxy_secrets_release) struct proxy_secrets secrets = {0};
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        AUTO_FREE char *cluster = mem_printf("outbound|%d||echo-%s.%s.svc.", PATH_ECHO_PORT,
                                             p->mesh->members[i].name, f->namespace_);
        if (f->to[i] &&
            proxy_hosts(p->client, f->namespace_, f->caller, cluster, &f->hosts[i], err) < 0)
            return -1;
    }
    if (proxy_secrets_ask(p->client, f->namespace_, f->caller, &secrets, err) < 0)
        return -1;
    f->roots = secrets.roots;
    secrets.roots = (struct ca_roots){0};
    return 0;
}

int proof_gateway_pods(struct probe *p, size_t *ret_count, struct error **err)
{
    json_t *service;
    size_t i;
    *ret_count = 0;
    json_array_foreach(probe_facts(p)->network_services, i, service) {
        AUTO_FREE char *selector =
            gateways_selector_dup(json_dig(service, "spec", "selector", NULL));
        const struct kube_ref ref = {"v1", "Pod",
                                     json_dig_str(service, "metadata", "namespace", NULL), NULL};
        json_auto_t *pods = NULL;
        if (!*selector || !gateways_is_of_network(p, service))
            continue;
        if (kube_list(p->client, &ref, selector, NULL, &pods, err) < 0)
            return -1;
        *ret_count += json_array_size(pods);
    }
    return 0;
}

/* What one gateway pod passed on. HTTP is not its business: where it counts no requests, a
 * connection may have carried any number of them. */
static int count_pod(struct probe *p, const struct proof *f, const json_t *pod, json_int_t *passed,
                     struct error **err)
{
    /* The cluster that istiod makes for the SNI of AUTO_PASSTHROUGH (pilot/pkg/model/push_context.go,
     * BuildDNSSrvSubsetKey). */
    AUTO_FREE char *cluster =
        mem_printf("outbound_.%d_._.echo-%s.%s.svc.", PATH_ECHO_PORT, probe_name(p), f->namespace_);
    json_auto_t *hosts = NULL;
    json_t *host;
    size_t i;
    if (proxy_hosts(p->client, json_dig_str(pod, "metadata", "namespace", NULL),
                    json_dig_str(pod, "metadata", "name", NULL), cluster, &hosts, err) < 0)
        return -1;
    json_array_foreach(hosts, i, host)
        *passed += json_dig_int(host, 0, "connections", NULL);
    return 0;
}

static int add_deployment(struct probe *p, const json_t *pod, json_t *out, struct error **err)
{
    static const char prefix[] = "deployment/";
    AUTO_FREE char *workload = gateways_workload_dup(pod);
    json_t *live = NULL, *other;
    size_t i;
    if (!workload || !text_has_prefix(workload, prefix))
        return 0;
    const struct kube_ref ref = {"apps/v1", "Deployment",
                                 json_dig_str(pod, "metadata", "namespace", NULL),
                                 workload + strlen(prefix)};
    json_array_foreach(out, i, other)
        if (text_equal(json_dig_str(other, "metadata", "name", NULL), ref.name) &&
            text_equal(json_dig_str(other, "metadata", "namespace", NULL), ref.namespace_))
            return 0;
    if (kube_get_opt(p->client, &ref, &live, err) < 0)
        return -1;
    if (live)
        json_array_append_new(out, live);
    return 0;
}

int proof_gateways(struct probe *p, json_t **ret_deployments, struct error **err)
{
    json_auto_t *out = json_array(), *pods = NULL;
    json_t *service, *pod;
    size_t i, j;
    if (gateways_pods(p, &pods, err) < 0)
        return -1;
    json_array_foreach(probe_facts(p)->network_services, i, service) {
        const json_t *selector = json_dig(service, "spec", "selector", NULL);
        json_array_foreach(pods, j, pod)
            if (gateways_is_of_network(p, service) && gateways_selects(selector, pod) &&
                add_deployment(p, pod, out, err) < 0)
                return -1;
    }
    *ret_deployments = TAKE(out);
    return 0;
}

int proof_count(struct probe *p, struct proof *f, struct error **err)
{
    const json_t *service = gateways_network_service(p, p->at);
    const json_t *selector = json_dig(service, "spec", "selector", NULL);
    json_auto_t *pods = NULL;
    json_t *pod;
    size_t i;
    if (gateways_pods(p, &pods, err) < 0)
        return -1;
    f->passed = 0;
    json_array_foreach(pods, i, pod)
        if (gateways_selects(selector, pod) && count_pod(p, f, pod, &f->passed, err) < 0)
            return -1;
    return 0;
}
