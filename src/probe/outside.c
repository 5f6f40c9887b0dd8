/* Tries to connect to the east-west gateway as a peer would, as far as that can be seen from here. */
#include "outside.h"

#include <stdlib.h>

#include "eastwest.h"
#include "gateways.h"
#include "meshctl/base/strlist.h"
#include "meshctl/kube/wait.h"
#include "meshctl/net/http.h"
#include "meshctl/probe/finding.h"
#include "sample_judge.h"

#define HEALTH_PORT 15021
#define CONNECT_MS 1000
#define ANSWER_MS 2000
#define MAX_ADDRESSES 8
#define MAX_ANSWER ((size_t)64 * 1024)

/* Both ports of each address. */
struct outside {
    struct strlist names,
        urls; /* of an address "HOST:PORT"; first for health, then for the peers */
    struct http_request requests[2 * MAX_ADDRESSES];
    struct http_result results[2 * MAX_ADDRESSES];
};

static void outside_release(struct outside *o)
{
    http_results_free(o->results, o->urls.count);
    strlist_release(&o->names);
    strlist_release(&o->urls);
}

static void add_way(struct outside *o, const char *address, unsigned port, const char *path)
{
    AUTO_FREE char *authority = sample_authority_dup(address, port);
    strlist_add(&o->names, authority);
    strlist_addf(&o->urls, "http://%s%s", authority, path);
}

static void add_ways(const struct probe *p, struct outside *o)
{
    size_t i;
    json_t *service;
    json_array_foreach(probe_facts(p)->network_services, i, service) {
        AUTO_STRLIST addresses = STRLIST_INIT;
        if (!gateways_is_of_network(p, service))
            continue;
        kube_service_addresses(service, &addresses);
        for (size_t k = 0; k < addresses.count && o->urls.count < 2 * MAX_ADDRESSES; k++) {
            add_way(o, addresses.items[k], HEALTH_PORT, "/healthz/ready");
            add_way(o, addresses.items[k], (unsigned)eastwest_reached_port(service), "/");
        }
    }
    for (i = 0; i < o->urls.count; i++)
        o->requests[i] = (struct http_request){.url = o->urls.items[i],
                                               .max_response = MAX_ANSWER,
                                               .timeout_ms = ANSWER_MS,
                                               .once = true};
}

/* What is not TLS is turned away by the port for the peers, over a connection that there was. */
static bool is_connected(const struct http_result *result)
{
    return !result->error || !http_is_unconnected(result->error);
}

static void judge(struct probe *p, const struct outside *o)
{
    AUTO_STRLIST good = STRLIST_INIT;
    for (size_t i = 0; i < o->urls.count; i += 2) {
        const struct error *why = o->results[i + 1].error;
        if (is_connected(&o->results[i + 1]))
            strlist_add(&good, o->names.items[i + 1]);
        else if (is_connected(&o->results[i]))
            finding_warn(p, "MC523", "both ports of the gateway", "%s answers here; %s",
                         o->names.items[i], why->message);
    }
    AUTO_FREE char *text = strlist_join_dup(&good, ", ");
    if (good.count)
        finding_ok(p, "MC523", "%s answers", text);
}

int outside_check(struct probe *p, struct error **err)
{
    const struct net_tls direct = {.proxy_url = (char *)(uintptr_t) ""};
    const struct http_options options = {.tls = &direct,
                                         .cancel = p->cancel,
                                         .connect_timeout_ms = CONNECT_MS,
                                         .user_agent = "meshctl/" MESHCTL_VERSION};
    MC_CLEANUP(http_client_cleanup) struct http_client *client = NULL;
    MC_CLEANUP(outside_release) struct outside o = {0};
    add_ways(p, &o);
    if (!o.urls.count)
        return 0;
    if (http_client_new(&options, &client, err) < 0 ||
        http_send_many(client, o.requests, o.urls.count, o.urls.count, o.results, err) < 0)
        return -1;
    judge(p, &o);
    return 0;
}
