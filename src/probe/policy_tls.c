/* Whether every client of a Service that clusters share uses the mesh's mutual TLS, and every server takes
 * it: the east-west gateway knows where to send a connection by nothing else. */
#include "policy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"
#include "spans.h"

/* ---- DestinationRules ------------------------------------------------------------------------ */

static bool is_other_mode(const json_t *policy)
{
    const char *mode = json_dig_str(policy, "tls", "mode", NULL);
    if (!json_object_get(policy, "tls"))
        return false;
    /* The first of the enumeration is DISABLE, and so what is not said. */
    return !mode || strcmp(mode, "ISTIO_MUTUAL") != 0;
}

/* "/spec/trafficPolicy/tls": the first setting of a rule that turns the mesh's TLS off for one of the
 * Service's ports; NULL when none does. Yours to free. */
static char *other_tls_dup(const json_t *rule, const struct facts_service *s)
{
    const json_t *policy = json_dig(rule, "spec", "trafficPolicy", NULL);
    size_t i, j;
    json_t *row, *port;
    if (is_other_mode(policy))
        return mem_strdup("/spec/trafficPolicy/tls");
    json_array_foreach(json_object_get(policy, "portLevelSettings"), i, row)
        json_array_foreach(json_dig(s->object, "spec", "ports", NULL), j, port)
            if (is_other_mode(row) && json_dig_int(row, 0, "port", "number", NULL) ==
                                          json_dig_int(port, -1, "port", NULL))
                return mem_printf("/spec/trafficPolicy/portLevelSettings/%zu/tls", i);
    json_array_foreach(json_dig(rule, "spec", "subsets", NULL), i, row)
        if (is_other_mode(json_object_get(row, "trafficPolicy")))
            return mem_printf("/spec/subsets/%zu/trafficPolicy/tls", i);
    return NULL;
}

static bool is_exported_to(const json_t *rule, const char *namespace_)
{
    const json_t *to = json_dig(rule, "spec", "exportTo", NULL);
    size_t i;
    json_t *row;
    if (!json_array_size(to))
        return true;
    json_array_foreach(to, i, row) {
        const char *where = json_string_value(row);
        if (where && (strcmp(where, "*") == 0 || strcmp(where, namespace_) == 0 ||
                      (strcmp(where, ".") == 0 && text_equal(namespace_of(rule), namespace_))))
            return true;
    }
    return false;
}

/* Of the rules of one namespace the one with the nearest host, the oldest of several. */
static const json_t *nearest_rule(const struct facts_traffic *t, const char *owner,
                                  const char *client, const char *host)
{
    const json_t *nearest = NULL;
    size_t i, longest = 0;
    json_t *rule;
    json_array_foreach(t->destination_rules, i, rule) {
        const char *said = json_dig_str(rule, "spec", "host", NULL);
        if (!said || !text_equal(namespace_of(rule), owner))
            continue;
        AUTO_FREE char *full = host_full_dup(said, owner, t->domain);
        /* A name is nearer than any pattern, a longer pattern than a shorter one. */
        size_t weight = full[0] == '*' ? strlen(full) : SIZE_MAX;
        if (weight <= longest || !host_covers(full, host) || !is_exported_to(rule, client))
            continue;
        nearest = rule;
        longest = weight;
    }
    return nearest;
}

/* The rule for a client's namespace, as istiod chooses it (pilot/pkg/model/push_context.go,
 * destinationRule): the client's own namespace, the Service's, the mesh's. */
static const json_t *rule_for(const struct facts_traffic *t, const char *client,
                              const struct facts_service *s)
{
    const json_t *rule =
        strcmp(client, t->root) == 0 ? NULL : nearest_rule(t, client, client, s->host);
    if (!rule)
        rule = nearest_rule(t, s->namespace_, client, s->host);
    return rule ? rule : nearest_rule(t, t->root, client, s->host);
}

/* The namespaces of pods that call others. */
static void add_clients(const struct facts_traffic *t, struct strlist *clients)
{
    size_t i;
    json_t *pod;
    json_array_foreach(t->pods, i, pod) {
        const char *namespace_ = namespace_of(pod);
        /* They come sorted by namespace. */
        if (facts_is_in_mesh(t, pod) && namespace_ &&
            (!clients->count || strcmp(clients->items[clients->count - 1], namespace_) != 0))
            strlist_add(clients, namespace_);
    }
}

/* Whether a client uses that rule for the Service. */
static bool is_used(const struct facts_traffic *t, const struct strlist *clients,
                    const json_t *rule, const struct facts_service *s)
{
    for (size_t i = 0; i < clients->count; i++)
        if (rule_for(t, clients->items[i], s) == rule)
            return true;
    return false;
}

/* Whether a rule says nothing but one TLS setting for all ports. */
static bool is_tls_alone(const json_t *rule)
{
    return json_object_size(json_dig(rule, "spec", "trafficPolicy", NULL)) == 1 &&
           json_object_size(json_object_get(rule, "spec")) == 2 &&
           json_dig(rule, "spec", "trafficPolicy", "tls", NULL);
}

/* A pattern's hosts need not all be in the mesh: istiod knows which are, so it is left the choice. */
static void fix_rule(struct probe *p, const json_t *rule, const char *where)
{
    bool is_pattern = json_dig_str(rule, "spec", "host", NULL)[0] == '*';
    if (is_pattern && is_tls_alone(rule))
        finding_fix(p, "kubectl delete destinationrules.networking.istio.io %s -n %s",
                    name_of(rule), namespace_of(rule));
    else
        finding_fix(p,
                    "kubectl patch destinationrules.networking.istio.io %s -n %s --type=json -p "
                    "'[{\"op\":\"%s\",\"path\":\"%s\"%s}]'",
                    name_of(rule), namespace_of(rule), is_pattern ? "remove" : "replace", where,
                    is_pattern ? "" : ",\"value\":{\"mode\":\"ISTIO_MUTUAL\"}");
}

static void judge_rule(struct probe *p, const struct strlist *clients, const json_t *rule)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    const char *said = json_dig_str(rule, "spec", "host", NULL);
    AUTO_NAMED hit = {0};
    AUTO_FREE char *where = NULL;
    size_t peer;
    if (!said || !namespace_of(rule))
        return;
    AUTO_FREE char *host = host_full_dup(said, namespace_of(rule), t->domain);
    for (size_t i = 0; i < t->by_name_count; i++) {
        const struct facts_service *s = &t->by_name[i];
        AUTO_FREE char *tls = host_covers(host, s->host) ? other_tls_dup(rule, s) : NULL;
        if (!tls || !spans_out(p, s, &peer) || !is_used(t, clients, rule, s))
            continue;
        named_add(&hit, "%s/%s", s->namespace_, s->name);
        if (!where)
            where = TAKE(tls);
    }
    if (!hit.count)
        return;
    AUTO_FREE char *names = named_text_dup(&hit);
    finding_bad(p, "MC711", "the mesh's own mutual TLS",
                "DestinationRule %s/%s sets another at %s for %s", namespace_of(rule),
                name_of(rule), where, names);
    fix_rule(p, rule, where);
}

static void check_rules(struct probe *p)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    AUTO_STRLIST clients = STRLIST_INIT;
    size_t i, before = finding_count_bad(p);
    json_t *rule;
    if (!t->destination_rules)
        return;
    add_clients(t, &clients);
    json_array_foreach(t->destination_rules, i, rule)
        judge_rule(p, &clients, rule);
    if (finding_count_bad(p) == before)
        finding_ok(p, "MC711", "%zu DestinationRules", json_array_size(t->destination_rules));
}

/* ---- PeerAuthentications --------------------------------------------------------------------- */

static const char *said_mode(const json_t *policy)
{
    const char *mode = json_dig_str(policy, "spec", "mtls", "mode", NULL);
    return mode && strcmp(mode, "UNSET") != 0 ? mode : NULL;
}

/* The oldest policy of a namespace that is for a pod: with a selector, or (`pod` NULL) for all. */
static const json_t *oldest_policy(const struct facts_traffic *t, const char *namespace_,
                                   const json_t *pod)
{
    size_t i;
    json_t *policy;
    json_array_foreach(t->peer_authentications, i, policy) {
        const json_t *labels = json_dig(policy, "spec", "selector", "matchLabels", NULL);
        if (text_equal(namespace_of(policy), namespace_) &&
            (pod ? gateways_selects(labels, pod) : json_object_size(labels) == 0))
            return policy;
    }
    return NULL;
}

/* A policy that turns TLS off, and where in it. */
struct off {
    const json_t *policy;
    char *port; /* of portLevelMtls, NULL: all of them */
};

/* The pod's own policy, its namespace's, the mesh's: each says what the nearer one leaves open (istio
 * pilot/pkg/security/authn/policy_applier.go, composePeerAuthentication). Ports only the pod's own. */
static struct off off_of_pod(const struct facts_traffic *t, const json_t *pod)
{
    const char *namespace_ = namespace_of(pod);
    const json_t *own = namespace_ ? oldest_policy(t, namespace_, pod) : NULL;
    const json_t *nearer[] = {own, oldest_policy(t, namespace_ ? namespace_ : "", NULL),
                              oldest_policy(t, t->root, NULL)};
    const char *port;
    json_t *row;
    json_object_foreach(json_dig(own, "spec", "portLevelMtls", NULL), port, row)
        if (text_equal(json_dig_str(row, "mode", NULL), "DISABLE"))
            return (struct off){own, mem_strdup(port)};
    for (size_t i = 0; i < MC_ARRAY_LEN(nearer); i++)
        if (said_mode(nearer[i]))
            return (struct off){strcmp(said_mode(nearer[i]), "DISABLE") == 0 ? nearer[i] : NULL,
                                NULL};
    return (struct off){0};
}

/* Whether a Service's connections end at that port of its pods; one with a name may. */
static bool leads_to(const struct facts_service *s, const char *port)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(s->object, "spec", "ports", NULL), i, row) {
        const json_t *target = json_object_get(row, "targetPort");
        json_int_t number =
            json_dig_int(row, json_dig_int(row, 0, "port", NULL), "targetPort", NULL);
        AUTO_FREE char *text = mem_printf("%lld", (long long)number);
        if (json_is_string(target) || strcmp(text, port) == 0)
            return true;
    }
    return false;
}

static void tell_off(struct probe *p, const struct off *off, const char *hit)
{
    const char *name = name_of(off->policy), *namespace_ = namespace_of(off->policy);
    AUTO_FREE char *port = off->port ? mem_printf(" of port %s", off->port) : mem_strdup("");
    finding_bad(p, "MC713", "mode STRICT or PERMISSIVE",
                "PeerAuthentication %s/%s: mode DISABLE%s for %s", namespace_, name, port, hit);
    /* The last port takes the map along: an empty one is refused. */
    bool is_last = json_object_size(json_dig(off->policy, "spec", "portLevelMtls", NULL)) == 1;
    if (off->port)
        finding_fix(p,
                    "kubectl patch peerauthentications.security.istio.io %s -n %s --type=json -p "
                    "'[{\"op\":\"remove\",\"path\":\"/spec/portLevelMtls%s%s\"}]'",
                    name, namespace_, is_last ? "" : "/", is_last ? "" : off->port);
    else
        finding_fix(p,
                    "kubectl patch peerauthentications.security.istio.io %s -n %s --type=merge -p "
                    "'{\"spec\":{\"mtls\":{\"mode\":\"PERMISSIVE\"}}}'",
                    name, namespace_);
}

/* The first of a Service's pods whose policy turns TLS off; `port` is yours to free. Of pods that are but
 * elsewhere, this cluster's istiod knows what is for their namespace. */
static struct off off_of_service(const struct facts_traffic *t, const struct facts_service *s)
{
    const json_t *selector = json_dig(s->object, "spec", "selector", NULL);
    json_auto_t *elsewhere = json_pack("{s:{s:s}}", "metadata", "namespace", s->namespace_);
    size_t i;
    json_t *pod;
    if (!s->in_mesh)
        return off_of_pod(t, elsewhere);
    json_array_foreach(t->pods, i, pod) {
        if (!text_equal(namespace_of(pod), s->namespace_) || !gateways_selects(selector, pod) ||
            !facts_is_in_mesh(t, pod))
            continue;
        struct off off = off_of_pod(t, pod);
        if (off.policy && (!off.port || leads_to(s, off.port)))
            return off;
        free(off.port);
    }
    return (struct off){0};
}

/* Whether any policy says DISABLE: most meshes need no look at their pods. */
static bool any_says_off(const struct facts_traffic *t)
{
    size_t i;
    json_t *policy, *row;
    const char *port;
    json_array_foreach(t->peer_authentications, i, policy) {
        if (text_equal(said_mode(policy), "DISABLE"))
            return true;
        json_object_foreach(json_dig(policy, "spec", "portLevelMtls", NULL), port, row)
            if (text_equal(json_dig_str(row, "mode", NULL), "DISABLE"))
                return true;
    }
    return false;
}

static void check_authentications(struct probe *p)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    size_t before = finding_count_bad(p);
    AUTO_STRLIST told = STRLIST_INIT;
    if (!t->peer_authentications)
        return;
    size_t count = any_says_off(t) ? t->by_name_count : 0;
    for (size_t i = 0; i < count; i++) {
        const struct facts_service *s = &t->by_name[i];
        struct off off = spans(p, s) ? off_of_service(t, s) : (struct off){0};
        if (off.policy) {
            AUTO_FREE char *key =
                mem_printf("%s/%s", namespace_of(off.policy), name_of(off.policy));
            AUTO_FREE char *hit = mem_printf("%s/%s", s->namespace_, s->name);
            if (!strlist_has(&told, key))
                tell_off(p, &off, hit);
            strlist_add(&told, key);
        }
        free(off.port);
    }
    if (finding_count_bad(p) == before)
        finding_ok(p, "MC713", "%zu PeerAuthentications", json_array_size(t->peer_authentications));
}

void policy_check_tls(struct probe *p)
{
    check_rules(p);
    check_authentications(p);
}
