/* Judges istiod's and the proxies' own words. */
#include <stdlib.h>
#include <string.h>

#include "eastwest.h"
#include "gateways.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"
#include "problems.h"
#include "proxies.h"
#include "spans.h"

#define YOUNG_S 60    /* what is younger may be on its way */
#define MAX_OLDER 2   /* minor versions that a proxy may be behind its istiod */
#define MAX_WORDS 200 /* of what a proxy says */

static bool is_young(const json_t *object, time_t now)
{
    time_t created;
    return clock_read_rfc3339(json_dig_str(object, "metadata", "creationTimestamp", NULL),
                              &created) &&
           now - created < YOUNG_S;
}

/* ---- Services -------------------------------------------------------------------------------- */

/* The hosts that istiod has from one cluster, as a set. */
static json_t *hosts_of(const json_t *registryz, const char *cluster)
{
    json_t *hosts = json_object(), *row;
    size_t i;
    json_array_foreach(registryz, i, row) {
        const char *host = json_dig_str(row, "hostname", NULL);
        if (host && json_dig(row, "clusterVIPs", "Addresses", cluster, NULL))
            json_object_set_new(hosts, host, json_true());
    }
    return hosts;
}

static void judge_peer(const struct probe *p, size_t at, const char *istiod,
                       const json_t *registryz, time_t now, json_t *problems)
{
    const struct facts_traffic *theirs = p->facts[at]->traffic;
    const struct mesh_member *peer = &p->mesh->members[at];
    const char *domain = probe_facts(p)->traffic->domain;
    json_auto_t *known = hosts_of(registryz, peer->cluster);
    AUTO_NAMED missing = {0};
    size_t count = 0;
    for (size_t i = 0; i < theirs->by_name_count; i++) {
        const struct facts_service *s = &theirs->by_name[i];
        /* istiod has its own domain for all of them. */
        AUTO_FREE char *host = mem_printf("%s.%s.svc.%s", s->name, s->namespace_, domain);
        const char *type = json_dig_str(s->object, "spec", "type", NULL);
        if (text_equal(type, "ExternalName") || is_young(s->object, now))
            continue;
        count++;
        if (!json_object_get(known, host))
            named_add(&missing, "%s/%s", s->namespace_, s->name);
    }
    if (!missing.count)
        return;
    AUTO_FREE char *names = named_text_dup(&missing);
    AUTO_FREE char *wanted = mem_printf("all Services of %s", peer->cluster);
    json_t *row = problems_add_take(
        problems, "MC605", peer->name, wanted,
        mem_printf("%s knows %zu of %zu; not %s", istiod, count - missing.count, count, names));
    AUTO_FREE char *fix = mem_printf("kubectl rollout restart deployment -n %s -l app=istiod",
                                     p->mesh->istio_namespace);
    json_object_set_new(row, "fix", json_string(fix));
}

bool proxies_judge_services(const struct probe *p, const char *istiod, const json_t *registryz,
                            time_t now, json_t *problems)
{
    const struct facts_traffic *mine = probe_facts(p)->traffic;
    json_auto_t *own = hosts_of(registryz, probe_member(p)->cluster);
    /* Where its own are not told by cluster either, the form is another one. */
    if (!mine || !json_object_size(own) ||
        json_array_size(json_object_get(mine->config, "discoverySelectors")))
        return false;
    for (size_t i = 0; i < p->mesh->members_count; i++)
        if (i != p->at && p->facts[i] && p->facts[i]->traffic)
            judge_peer(p, i, istiod, registryz, now, problems);
    return true;
}

/* ---- configuration --------------------------------------------------------------------------- */

/* "Listener" of "type.googleapis.com/envoy.config.listener.v3.Listener". */
static const char *short_type(const char *type)
{
    const char *dot = strrchr(type, '.');
    return dot ? dot + 1 : type;
}

void proxies_judge_refused(const json_t *syncz, json_t *problems)
{
    AUTO_NAMED refused = {0};
    AUTO_FREE char *words = NULL;
    size_t i;
    json_t *row, *resource;
    const char *type;
    json_array_foreach(syncz, i, row)
        json_object_foreach(json_object_get(row, "resources"), type, resource) {
            const char *why = json_dig_str(resource, "lastError", NULL);
            const char *proxy = json_dig_str(row, "proxy", NULL);
            if (!why || !why[0] || !proxy)
                continue;
            named_add(&refused, "%s of %s", short_type(type), proxy);
            if (!words)
                words = mem_strndup(why, strnlen(why, MAX_WORDS));
        }
    if (!refused.count)
        return;
    AUTO_FREE char *names = named_text_dup(&refused);
    problems_add_take(problems, "MC606", NULL, "taken by every proxy",
                      mem_printf("%s: %s", names, words));
}

json_t *proxies_unanswered(const json_t *syncz)
{
    /* As versions before 1.31 tell it, and later ones still do. */
    static const char *const types[] = {"cluster", "listener", "route", "endpoint"};
    json_t *out = json_object(), *row;
    size_t i;
    json_array_foreach(syncz, i, row)
        for (size_t t = 0; t < MC_ARRAY_LEN(types); t++) {
            AUTO_FREE char *sent_key = mem_printf("%s_sent", types[t]);
            AUTO_FREE char *acked_key = mem_printf("%s_acked", types[t]);
            const char *sent = json_dig_str(row, sent_key, NULL);
            const char *proxy = json_dig_str(row, "proxy", NULL);
            if (!sent || !sent[0] || !proxy || text_equal(sent, json_dig_str(row, acked_key, NULL)))
                continue;
            AUTO_FREE char *key = mem_printf("%s of %s", types[t], proxy);
            json_object_set_new(out, key, json_string(sent));
        }
    return out;
}

void proxies_judge_stuck(const json_t *before, const json_t *now, json_t *problems)
{
    AUTO_NAMED stuck = {0};
    const char *key;
    json_t *nonce;
    json_object_foreach((json_t *)before, key, nonce)
        if (json_equal(nonce, json_object_get(now, key)))
            named_add(&stuck, "%s", key);
    if (!stuck.count)
        return;
    AUTO_FREE char *names = named_text_dup(&stuck);
    problems_add_take(problems, "MC606", NULL, "taken by every proxy",
                      mem_printf("%s: neither taken nor refused", names));
}

/* ---- listeners ------------------------------------------------------------------------------- */

bool proxies_judge_listeners(const struct probe *p, const json_t *pod, const json_t *listeners,
                             json_t *problems)
{
    json_int_t port = eastwest_pod_port(gateways_network_service(p, p->at));
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(listeners, "listener_statuses"), i, row)
        if (json_dig_int(row, 0, "local_address", "socket_address", "port_value", NULL) == port)
            return port > 0;
    if (!port || !json_object_get(listeners, "listener_statuses"))
        return false;
    AUTO_FREE char *wanted = mem_printf("a listener on %lld", (long long)port);
    problems_add_take(problems, "MC508", NULL, wanted,
                      mem_printf("none in pod %s/%s", namespace_of(pod), name_of(pod)));
    return false;
}

/* ---- pods ------------------------------------------------------------------------------------ */

/* Sidecars come back to a new istiod within a minute: each tries again by itself, ever less often. */
static bool has_young_istiod(const struct probe *p, time_t now)
{
    size_t i;
    json_t *pod;
    json_array_foreach(probe_facts(p)->traffic->pods, i, pod)
        if (text_equal(json_dig_str(pod, "metadata", "labels", "app", NULL), "istiod") &&
            text_equal(namespace_of(pod), p->mesh->istio_namespace) && is_young(pod, now))
            return true;
    return false;
}

void proxies_check_connected(struct probe *p, const json_t *connected, time_t now)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    AUTO_NAMED lost = {0};
    AUTO_STRLIST commands = STRLIST_INIT;
    size_t i, count = 0;
    json_t *pod;
    json_array_foreach(t->pods, i, pod) {
        /* A node's proxy is not the pod's own. */
        if (!facts_is_in_mesh(t, pod) || is_young(pod, now) || !namespace_of(pod) ||
            !json_dig(pod, "metadata", "annotations", "sidecar.istio.io/status", NULL))
            continue;
        count++;
        if (wire_istiod_of(connected, pod))
            continue;
        named_add(&lost, "%s/%s", namespace_of(pod), name_of(pod));
        if (commands.count < GATEWAYS_MAX_RESTARTS)
            gateways_add_restart(&commands, pod);
    }
    AUTO_FREE char *names = named_text_dup(&lost);
    if (lost.count && has_young_istiod(p, now))
        return;
    if (!lost.count) {
        finding_ok(p, "MC607", "%zu sidecars connected", count);
        return;
    }
    /* One of many may be ill by itself. */
    (lost.count * 2 > count ? finding_bad : finding_warn)(p, "MC607", "every sidecar connected",
                                                          "%zu of %zu without an istiod: %s",
                                                          lost.count, count, names);
    gateways_fix_by_restart(p, &commands);
}

/* ---- versions -------------------------------------------------------------------------------- */

/* Whether an istiod of the mesh supports proxies of that version; also where nothing can be said. */
static bool is_supported(const struct probe *p, const struct semver *proxy)
{
    const struct facts *f = probe_facts(p);
    bool any = false;
    for (size_t i = 0; i < f->istiods_count; i++) {
        AUTO_ERROR struct error *unread = NULL;
        struct semver own;
        if (!text_equal(f->istiods[i].namespace_, p->mesh->istio_namespace) ||
            !f->istiods[i].version || semver_parse_strict(f->istiods[i].version, &own, &unread) < 0)
            continue;
        if (own.major == proxy->major && own.minor >= proxy->minor &&
            own.minor - proxy->minor <= MAX_OLDER)
            return true;
        any = true;
    }
    return !any;
}

static const json_t *pod_of(const struct facts_traffic *t, const char *proxy)
{
    size_t i;
    json_t *pod;
    json_array_foreach(t->pods, i, pod) {
        AUTO_FREE char *name = proxy_of_dup(pod);
        if (strcmp(name, proxy) == 0)
            return pod;
    }
    return NULL;
}

void proxies_check_versions(struct probe *p, const json_t *syncz)
{
    AUTO_NAMED others = {0};
    AUTO_STRLIST commands = STRLIST_INIT;
    size_t i;
    json_t *row;
    json_array_foreach(syncz, i, row) {
        AUTO_ERROR struct error *unread = NULL;
        const char *version = json_dig_str(row, "istio_version", NULL);
        const char *proxy = json_dig_str(row, "proxy", NULL);
        struct semver parsed;
        if (!version || !proxy || semver_parse_strict(version, &parsed, &unread) < 0 ||
            is_supported(p, &parsed))
            continue;
        const json_t *pod = pod_of(probe_facts(p)->traffic, proxy);
        named_add(&others, "%s of %s", version, proxy);
        if (pod && commands.count < GATEWAYS_MAX_RESTARTS)
            gateways_add_restart(&commands, pod);
    }
    AUTO_FREE char *names = named_text_dup(&others);
    if (!others.count) {
        finding_ok(p, "MC805", "%zu proxies", json_array_size(syncz));
        return;
    }
    finding_bad(p, "MC805", "not newer than istiod, and at most two minor versions older", "%s",
                names);
    gateways_fix_by_restart(p, &commands);
}
