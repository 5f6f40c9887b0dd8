/* Finding gateways by what makes them gateways: a network's label, a Gateway's selector. */
#include "gateways.h"

#include <string.h>
#include <time.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/proxy.h"
#include "object.h"

#define MAX_SELECTORS 64 /* different ones of a cluster's Gateways that are looked at */
#define MAX_NAMED 64     /* gateways of istiod's word that are looked up */
#define FRESH_S 600      /* by then every cloud's DNS knows a new load balancer */

const json_t *gateways_network_service(const struct probe *p, size_t at)
{
    return p->facts[at] ? facts_network_service(p->facts[at], p->mesh->members[at].network) : NULL;
}

bool gateways_is_of_network(const struct probe *p, const json_t *service)
{
    return text_equal(json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL),
                      probe_member(p)->network);
}

bool gateways_is_ip(const char *address)
{
    return strspn(address, "0123456789.") == strlen(address) || strchr(address, ':');
}

bool gateways_is_fresh_name(const json_t *service, time_t now)
{
    AUTO_STRLIST addresses = STRLIST_INIT;
    time_t created;
    kube_service_addresses(service, &addresses);
    return addresses.count && !gateways_is_ip(addresses.items[0]) &&
           clock_read_rfc3339(json_dig_str(service, "metadata", "creationTimestamp", NULL),
                              &created) &&
           now - created < FRESH_S;
}

char *gateways_selector_dup(const json_t *selector)
{
    struct buf out = BUF_INIT;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)selector, key, value)
        if (json_is_string(value))
            buf_appendf(&out, "%s%s=%s", out.len ? "," : "", key, json_string_value(value));
    return buf_detach(&out, NULL);
}

bool gateways_selects(const json_t *selector, const json_t *pod)
{
    const json_t *labels = json_dig(pod, "metadata", "labels", NULL);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)selector, key, value)
        if (!json_equal(json_object_get(labels, key), value))
            return false;
    return json_object_size(selector) > 0;
}

/* ---- Services -------------------------------------------------------------------------------- */

/* Adds those of one namespace that lead to one of its pods in `pods`. */
static int add_services(const struct probe *p, const char *namespace_, const json_t *pods,
                        json_t *out, struct error **err)
{
    struct kube_ref ref = {"v1", "Service", namespace_, NULL};
    json_auto_t *services = NULL;
    json_t *service, *pod;
    size_t i, j;
    if (kube_list(p->client, &ref, NULL, NULL, &services, err) < 0)
        return -1;
    json_array_foreach(services, i, service) {
        const json_t *selector = json_dig(service, "spec", "selector", NULL);
        json_array_foreach(pods, j, pod) {
            if (!text_equal(json_dig_str(pod, "metadata", "namespace", NULL), namespace_) ||
                !gateways_selects(selector, pod))
                continue;
            json_array_append(out, service);
            break;
        }
    }
    return 0;
}

int gateways_services(const struct probe *p, const json_t *selector, json_t **ret_services,
                      struct error **err)
{
    AUTO_FREE char *text = gateways_selector_dup(selector);
    struct kube_ref ref = {"v1", "Pod", NULL, NULL};
    AUTO_STRLIST namespaces = STRLIST_INIT;
    json_auto_t *pods = NULL, *services = json_array();
    json_t *pod;
    size_t i;
    /* An empty selector is every pod to the API server; to a Gateway it is every gateway. */
    if (*text && kube_list(p->client, &ref, text, NULL, &pods, err) < 0)
        return -1;
    json_array_foreach(pods, i, pod) {
        const char *namespace_ = json_dig_str(pod, "metadata", "namespace", NULL);
        if (!namespace_ || strlist_has(&namespaces, namespace_))
            continue;
        strlist_add(&namespaces, namespace_);
        if (add_services(p, namespace_, pods, services, err) < 0)
            return -1;
    }
    *ret_services = TAKE(services);
    return 0;
}

/* ---- pods ------------------------------------------------------------------------------------ */

static bool has_pod(const json_t *pods, const json_t *pod)
{
    size_t i;
    json_t *other;
    json_array_foreach(pods, i, other)
        if (json_equal(json_dig(other, "metadata", "name", NULL),
                       json_dig(pod, "metadata", "name", NULL)) &&
            json_equal(json_dig(other, "metadata", "namespace", NULL),
                       json_dig(pod, "metadata", "namespace", NULL)))
            return true;
    return false;
}

/* Of which pods a list is asked for: each different selector once. */
struct wanted {
    struct kube_read reads[1 + MAX_SELECTORS];
    struct strlist selectors;
    size_t count;
};

static void wanted_release(struct wanted *w)
{
    kube_reads_release(w->reads, w->count);
    strlist_release(&w->selectors);
}

static void want(struct wanted *w, const char *namespace_, const json_t *selector)
{
    AUTO_FREE char *text = gateways_selector_dup(selector);
    if (!*text || w->count == MC_ARRAY_LEN(w->reads))
        return;
    for (size_t i = 0; i < w->count; i++)
        if (text_equal(w->reads[i].ref.namespace_, namespace_) &&
            strcmp(w->selectors.items[i], text) == 0)
            return;
    strlist_add(&w->selectors, text);
    w->reads[w->count] = (struct kube_read){.ref = {"v1", "Pod", namespace_, NULL},
                                            .is_list = true,
                                            .label_selector = w->selectors.items[w->count]};
    w->count++;
}

static void take_ready(const json_t *found, json_t *pods)
{
    size_t i;
    json_t *pod;
    json_array_foreach(found, i, pod)
        if (proxy_is_ready(pod) && !has_pod(pods, pod))
            json_array_append(pods, pod);
}

int gateways_pods(const struct probe *p, json_t **ret_pods, struct error **err)
{
    const json_t *service = gateways_network_service(p, p->at);
    MC_CLEANUP(wanted_release) struct wanted w = {0};
    json_auto_t *pods = json_array();
    json_t *gateway;
    size_t i;
    if (service)
        want(&w, json_dig_str(service, "metadata", "namespace", NULL),
             json_dig(service, "spec", "selector", NULL));
    json_array_foreach(probe_facts(p)->gateways, i, gateway)
        want(&w, NULL, json_dig(gateway, "spec", "selector", NULL));
    if (kube_read_many(p->client, w.reads, w.count, err) < 0)
        return -1;
    for (i = 0; i < w.count; i++) {
        if (w.reads[i].error) {
            *err = TAKE(w.reads[i].error);
            return -1;
        }
        take_ready(w.reads[i].found, pods);
    }
    *ret_pods = TAKE(pods);
    return 0;
}

const json_t *gateways_passthrough(const struct facts *f)
{
    size_t i, j;
    json_t *gateway, *server;
    json_array_foreach(f->gateways, i, gateway)
        json_array_foreach(json_dig(gateway, "spec", "servers", NULL), j, server)
            if (json_dig_int(server, 0, "port", "number", NULL) == 15443 &&
                text_equal(json_dig_str(server, "tls", "mode", NULL), "AUTO_PASSTHROUGH"))
                return gateway;
    return NULL;
}

char *gateways_workload_dup(const json_t *pod)
{
    static const char *const restartable[][2] = {{"DaemonSet", "daemonset"},
                                                 {"StatefulSet", "statefulset"}};
    const json_t *owner = json_dig(pod, "metadata", "ownerReferences", "0", NULL);
    const char *kind = json_dig_str(owner, "kind", NULL);
    const char *name = json_dig_str(owner, "name", NULL);
    const char *hash = json_dig_str(pod, "metadata", "labels", "pod-template-hash", NULL);
    if (!kind || !name)
        return NULL;
    for (size_t i = 0; i < MC_ARRAY_LEN(restartable); i++)
        if (strcmp(restartable[i][0], kind) == 0)
            return mem_printf("%s/%s", restartable[i][1], name);
    /* A Deployment's ReplicaSets are named after it and the hash. */
    if (strcmp(kind, "ReplicaSet") != 0 || !hash || !text_has_suffix(name, hash) ||
        strlen(name) < strlen(hash) + 2)
        return NULL;
    return mem_printf("deployment/%.*s", (int)(strlen(name) - strlen(hash) - 1), name);
}

void gateways_add_restart(struct strlist *commands, const json_t *pod)
{
    AUTO_FREE char *workload = gateways_workload_dup(pod);
    AUTO_FREE char *command = workload
                                  ? mem_printf("kubectl rollout restart %s -n %s", workload,
                                               json_dig_str(pod, "metadata", "namespace", NULL))
                                  : NULL;
    if (command && !strlist_has(commands, command))
        strlist_add(commands, command);
}

void gateways_fix_by_restart(struct probe *p, const struct strlist *commands)
{
    AUTO_FREE char *fix = strlist_join_dup(commands, " && ");
    if (commands->count)
        finding_fix(p, "%s", fix);
}

/* ---- by istiod's word ------------------------------------------------------------------------ */

/* Whether "NAME.NAMESPACE" is one of the pods. */
static bool has_named(const json_t *pods, const char *proxy)
{
    size_t i;
    json_t *pod;
    json_array_foreach(pods, i, pod) {
        AUTO_FREE char *name = proxy_of_dup(pod);
        if (strcmp(name, proxy) == 0)
            return true;
    }
    return false;
}

int gateways_add_named(const struct probe *p, const json_t *names, json_t *pods, struct error **err)
{
    struct kube_read reads[MAX_NAMED] = {0};
    AUTO_STRLIST copies = STRLIST_INIT;
    const char *proxy;
    json_t *none;
    size_t count = 0;
    json_object_foreach((json_t *)names, proxy, none) {
        const char *dot = strrchr(proxy, '.');
        if (!dot || count == MAX_NAMED || has_named(pods, proxy))
            continue;
        strlist_addf(&copies, "%.*s", (int)(dot - proxy), proxy);
        reads[count++].ref =
            (struct kube_ref){"v1", "Pod", dot + 1, copies.items[copies.count - 1]};
    }
    int rc = kube_read_many(p->client, reads, count, err);
    for (size_t i = 0; i < count && rc == 0; i++) {
        *err = TAKE(reads[i].error);
        rc = *err ? -1 : 0;
        if (reads[i].found && proxy_is_ready(reads[i].found))
            json_array_append(pods, reads[i].found);
    }
    kube_reads_release(reads, count);
    return rc;
}
