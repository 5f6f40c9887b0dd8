/* A client: made, connected again when its certificate changes, freed. */
#include "meshctl/kube/client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client_internal.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"

static uint64_t jitter_seed(const struct kube_client *c)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_nsec * 0x9E3779B97F4A7C15U ^ (uint64_t)(uintptr_t)c;
}

static void take_options(struct kube_client *c, const struct kube_client_options *options)
{
    static const struct kube_client_options none;
    c->options = options ? *options : none;
    const char *name = c->options.name ? c->options.name : c->config->cluster_name;
    c->name = mem_strdup(name ? name : c->config->server);
    c->field_manager = mem_strdup(c->options.field_manager ? c->options.field_manager : "meshctl");
    c->options.name = c->name;
    c->options.field_manager = c->field_manager;
    if (c->options.request_timeout_ms == 0)
        c->options.request_timeout_ms = KUBE_REQUEST_TIMEOUT_MS;
    if (c->options.retry_for_ms == 0)
        c->options.retry_for_ms = KUBE_RETRY_FOR_MS;
    if (c->options.parallel == 0)
        c->options.parallel = KUBE_PARALLEL_DEFAULT;
}

int kube_client_new(const struct kube_config *config, const struct kube_client_options *options,
                    struct kube_client **ret_client, struct error **err)
{
    MC_CLEANUP(kube_client_cleanup) struct kube_client *c = mem_zalloc(sizeof(*c));
    c->config = config;
    take_options(c, options);
    c->http_options = (struct http_options){
        .cancel = c->options.cancel, .who = c->name, .user_agent = "meshctl/" MESHCTL_VERSION};
    c->jitter = jitter_seed(c);
    if (kube_auth_new(config, &c->options, &c->auth, err) < 0)
        return error_wrap(err, "%s", c->name);
    *ret_client = TAKE(c);
    return 0;
}

static struct kube_kinds *leases_new(void)
{
    struct kube_kinds *kinds = kube_kinds_new();
    json_auto_t *list =
        json_pack("{s:s,s:[{s:s,s:s,s:b}]}", "groupVersion", "coordination.k8s.io/v1", "resources",
                  "name", "leases", "kind", "Lease", "namespaced", 1);
    kube_kinds_add_resources(kinds, list);
    kube_kinds_sort(kinds);
    return kinds;
}

int kube_client_like(const struct kube_client *c, int64_t timeout_ms,
                     struct kube_client **ret_client, struct error **err)
{
    struct kube_client_options options = {.name = c->name,
                                          .request_timeout_ms = timeout_ms,
                                          .retry_for_ms = -1,
                                          .field_manager = c->field_manager,
                                          .no_input = c->options.no_input};
    if (kube_client_new(c->config, &options, ret_client, err) < 0)
        return -1;
    (*ret_client)->kinds = leases_new();
    (*ret_client)->kinds_asked_ms = clock_now_ms();
    return 0;
}

void kube_client_free(struct kube_client *c)
{
    if (!c)
        return;
    http_client_free(c->http);
    kube_auth_free(c->auth);
    kube_kinds_free(c->kinds);
    strlist_release(&c->warnings);
    free(c->retry_reason);
    kube_memo_release(&c->memo);
    free(c->name);
    free(c->field_manager);
    free(c);
}

void kube_client_set_deadline(struct kube_client *c, int64_t deadline_ms)
{
    c->options.deadline_ms = deadline_ms;
}

const char *kube_client_name(const struct kube_client *c)
{
    return c->name;
}

const struct kube_config *kube_client_config(const struct kube_client *c)
{
    return c->config;
}

uint64_t kube_client_requests(const struct kube_client *c)
{
    return c->requests;
}

uint64_t kube_client_received(const struct kube_client *c)
{
    return c->received;
}

const struct http_options *kube_http_options(const struct kube_client *c)
{
    return &c->http_options;
}

static void warn_insecure(struct kube_client *c)
{
    if (c->warned || !c->config->tls.insecure || !text_has_prefix(c->config->server, "https://"))
        return;
    c->warned = true;
    if (c->options.on_warning)
        c->options.on_warning(
            c->options.ctx, c->name,
            "insecure-skip-tls-verify in the kubeconfig: the server's certificate is "
            "not checked, and whoever is in between can read and change all that is "
            "sent, keys and tokens too");
}

/* Connections keep the client certificate that they were made with. */
static int connect_as(struct kube_client *c, struct error **err)
{
    uint64_t generation;
    if (kube_auth_tls(c->auth, &c->http_options.tls, &generation, err) < 0)
        return -1;
    if (c->http && c->generation == generation)
        return 0;
    warn_insecure(c);
    http_client_free(TAKE(c->http));
    c->generation = generation;
    return http_client_new(&c->http_options, &c->http, err);
}

int kube_auth_headers(struct kube_client *c, struct strlist *out, struct error **err)
{
    if (kube_auth_refresh(c->auth, err) < 0 || connect_as(c, err) < 0)
        return -1;
    return kube_auth_headers_append(c->auth, out, err);
}
