/* Looks at certificates where they are shown: istiod's by a TLS handshake, gateways' by what their Envoy
 * holds; and holds them against the root of the mesh. */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/proxy.h"
#include "object.h"
#include "passage.h"
#include "proxies.h"
#include "questions.h"
#include "shown.h"

#define ISTIOD_TLS 15012
#define ROOT_CONFIG "istio-ca-root-cert"
#define CONFIG_SELECTOR "istio.io/config=true"
#define MAX_NAMED 4 /* namespaces in one line */

/* One round of questions. */
struct wire {
    struct probe *p;
    const struct wire_pods *pods;
    const struct ca_roots *roots; /* of the mesh */
    const char *anchors;          /* PEM; or NULL */
    json_t *configs;              /* ConfigMaps with the label */
    struct questions questions;
    size_t count; /* of them that are asked for this, the first ones */
};

static void wire_release(struct wire *w)
{
    questions_release(&w->questions);
    json_decref(w->configs);
}

/* ---- judging --------------------------------------------------------------------------------- */

/* `root_id`: the finding for a foreign root of such a holder. */
static const char *id_of(enum shown shown, const char *root_id)
{
    return shown == SHOWN_TIME ? "MC213" : shown == SHOWN_NAME ? "MC214" : root_id;
}

/* The finding of one holder that is not good. */
static void tell_shown(struct wire *w, enum shown shown, const char *root_id, const json_t *pod,
                       const struct strlist *names, const char *text)
{
    AUTO_FREE char *roots = ca_roots_text_dup(w->roots);
    AUTO_FREE char *root = mem_printf("root %s", roots);
    AUTO_STRLIST commands = STRLIST_INIT;
    const char *wanted = shown == SHOWN_TIME   ? "one that is valid now"
                         : shown == SHOWN_NAME ? names->items[0]
                                               : root;
    gateways_add_restart(&commands, pod);
    finding_bad(w->p, id_of(shown, root_id), wanted, "pod %s/%s: %s", namespace_of(pod),
                name_of(pod), text);
    if (commands.count)
        finding_fix(w->p, "%s", commands.items[0]);
}

static bool judge(struct wire *w, const json_t *pod, const char *root_id, struct strlist *names,
                  const struct buf *pem)
{
    struct shown_wanted wanted = {
        .roots = w->roots, .anchors = w->anchors, .names = *names, .now = time(NULL)};
    AUTO_FREE char *text = NULL;
    enum shown shown = shown_judge(&wanted, buf_str(pem), pem->len, &text);
    if (shown != SHOWN_GOOD)
        tell_shown(w, shown, root_id, pod, names, text);
    return shown == SHOWN_GOOD;
}

/* ---- istiod ---------------------------------------------------------------------------------- */

static bool is_of_mesh(const struct wire *w, const json_t *istiod)
{
    return text_equal(namespace_of(istiod), w->p->mesh->istio_namespace);
}

static bool judge_istiod(struct wire *w, const json_t *pod, const struct kube_forward_ask *ask)
{
    const char *namespace_ = namespace_of(pod);
    const char *revision = json_dig_str(pod, "metadata", "labels", "istio.io/rev", NULL);
    AUTO_STRLIST names = STRLIST_INIT;
    strlist_addf(&names, "DNS:istiod.%s.svc", namespace_);
    if (revision)
        strlist_addf(&names, "DNS:istiod-%s.%s.svc", revision, namespace_);
    return judge(w, pod, "MC211", &names, &ask->answer);
}

/* ---- gateways -------------------------------------------------------------------------------- */

/* What the gateways turned out to hold. */
struct held {
    struct strlist old, commands; /* roots of none of the mesh's, and what mends it */
    size_t good;                  /* with a certificate that the others take */
};

static void held_release(struct held *h)
{
    strlist_release(&h->old);
    strlist_release(&h->commands);
}

const char *wire_istiod_of(const json_t *connected, const json_t *pod)
{
    AUTO_FREE char *proxy = proxy_of_dup(pod);
    return json_string_value(json_object_get(connected, proxy));
}

/* Whether it is of another mesh in the same cluster, whose root it has then. */
static bool is_stranger(const struct wire *w, const json_t *pod)
{
    const char *istiod = wire_istiod_of(w->pods->connected, pod);
    return istiod && !text_equal(istiod, w->p->mesh->istio_namespace);
}

static void judge_gateway_chain(struct wire *w, const json_t *pod, const struct buf *chain,
                                struct held *held)
{
    const char *domain = probe_facts(w->p)->trust_domain;
    const char *account = json_dig_str(pod, "spec", "serviceAccountName", NULL);
    AUTO_STRLIST names = STRLIST_INIT;
    strlist_addf(&names, "spiffe://%s/ns/%s/sa/%s", domain ? domain : "cluster.local",
                 namespace_of(pod), account ? account : "default");
    held->good += judge(w, pod, "MC212", &names, chain);
}

static int judge_gateway(struct wire *w, const json_t *pod, const struct kube_forward_ask *ask,
                         struct held *held, struct error **err)
{
    MC_CLEANUP(proxy_secrets_release) struct proxy_secrets secrets = {0};
    AUTO_FREE char *name = mem_printf("pod %s/%s", namespace_of(pod), name_of(pod));
    json_auto_t *dump = NULL;
    if (json_read(buf_str(&ask->answer), ask->answer.len, name, &dump, err) < 0 ||
        proxy_read_secrets(dump, name, &secrets, err) < 0)
        return -1;
    if (secrets.roots.count && ca_roots_compare(w->roots, &secrets.roots) == CA_ROOTS_DISJOINT) {
        AUTO_FREE char *text = ca_roots_text_dup(&secrets.roots);
        strlist_addf(&held->old, "%s in pod %s/%s", text, namespace_of(pod), name_of(pod));
        gateways_add_restart(&held->commands, pod);
    } else if (secrets.chain.len) {
        judge_gateway_chain(w, pod, &secrets.chain, held);
    }
    return 0;
}

static void report_old_roots(struct wire *w, const struct held *held)
{
    AUTO_FREE char *wanted = ca_roots_text_dup(w->roots);
    AUTO_FREE char *found = strlist_join_dup(&held->old, ", ");
    AUTO_FREE char *fix = strlist_join_dup(&held->commands, "; then ");
    finding_bad(w->p, "MC208", wanted, "%s", found);
    if (held->commands.count)
        finding_fix(w->p, "%s", fix);
}

/* ---- namespaces ------------------------------------------------------------------------------ */

/* Whether every istiod of the cluster is the mesh's: another one hands out its own root where it is
 * asked to. */
static bool is_alone(const struct probe *p)
{
    const struct facts *f = probe_facts(p);
    for (size_t i = 0; i < f->istiods_count; i++)
        if (!text_equal(f->istiods[i].namespace_, p->mesh->istio_namespace))
            return false;
    return true;
}

static bool is_going(const struct probe *p, const char *namespace_)
{
    const json_t *namespace = facts_namespace(probe_facts(p), namespace_);
    return !namespace || json_dig(namespace, "metadata", "deletionTimestamp", NULL);
}

static bool is_old(const struct wire *w, const json_t *config)
{
    const char *pem = json_dig_str(config, "data", "root-cert.pem", NULL);
    MC_CLEANUP(ca_roots_release) struct ca_roots roots = {0};
    AUTO_ERROR struct error *unread = NULL;
    return !pem || ca_roots_add_pem(&roots, pem, strlen(pem), ROOT_CONFIG, &unread) < 0 ||
           ca_roots_compare(w->roots, &roots) == CA_ROOTS_DISJOINT;
}

static void check_namespaces(struct wire *w)
{
    const struct ca_found *ca = &probe_facts(w->p)->ca;
    AUTO_STRLIST old = STRLIST_INIT;
    const char *first = NULL;
    size_t i, count = 0, bad = 0;
    json_t *config;
    /* Where istiod itself hands out another one, that is the finding. */
    if (!is_alone(w->p) || ca_roots_compare(w->roots, &ca->handed_out) == CA_ROOTS_DISJOINT)
        return;
    json_array_foreach(w->configs, i, config) {
        if (!text_equal(name_of(config), ROOT_CONFIG) || is_going(w->p, namespace_of(config)))
            continue;
        count++;
        if (!is_old(w, config))
            continue;
        first = first ? first : namespace_of(config);
        if (++bad <= MAX_NAMED)
            strlist_add(&old, namespace_of(config));
    }
    AUTO_FREE char *names = strlist_join_dup(&old, ", ");
    AUTO_FREE char *roots = ca_roots_text_dup(w->roots);
    if (bad) {
        finding_warn(w->p, "MC215", roots,
                     "ConfigMap " ROOT_CONFIG " of %zu of %zu namespaces: %s%s", bad, count, names,
                     bad > MAX_NAMED ? ", ..." : "");
        finding_fix(w->p,
                    "kubectl delete configmap " ROOT_CONFIG " -n %s (istiod makes it again), then "
                    "restart what runs there",
                    first);
    } else if (count) {
        finding_ok(w->p, "MC215", "root %s in %zu namespaces", roots, count);
    }
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void add_questions(struct wire *w)
{
    json_t *pod;
    size_t i;
    json_array_foreach(w->pods->istiods, i, pod)
        if (i < WIRE_MAX_PODS && is_of_mesh(w, pod))
            questions_add(&w->questions, pod, ISTIOD_TLS, NULL, NULL);
    json_array_foreach(w->pods->gateways, i, pod)
        if (i < WIRE_MAX_PODS && !is_stranger(w, pod))
            questions_add(&w->questions, pod, PROXY_ENVOY_PORT, PROXY_SECRETS, NULL);
    w->count = w->questions.count;
}

/* What a pod did not answer: it may be ending, or may not be asked. */
static void tell_unasked(struct wire *w, const struct kube_forward_ask *ask,
                         const struct error *why)
{
    bool is_istiod = !ask->path;
    if (is_istiod && (why->kind == ERROR_REMOTE || why->kind == ERROR_TIMEOUT))
        finding_bad(w->p, "MC211", "a certificate", "%s, port %d", why->message, ISTIOD_TLS);
    else
        finding_warn(w->p, "MC105",
                     is_istiod ? "the certificate that istiod shows"
                               : "the certificates that a gateway holds",
                     "%s", why->message);
}

static void judge_all(struct wire *w)
{
    MC_CLEANUP(held_release) struct held held = {0};
    AUTO_FREE char *roots = ca_roots_text_dup(w->roots);
    size_t istiods = 0, gateways = 0, good = 0;
    for (size_t i = 0; i < w->count; i++) {
        struct kube_forward_ask *ask = &w->questions.asks[i];
        const json_t *pod = questions_pod(&w->questions, i);
        AUTO_ERROR struct error *why = TAKE(ask->error);
        if (ask->path)
            gateways++;
        else
            istiods++;
        if (!why && !ask->path)
            good += judge_istiod(w, pod, ask);
        if (!why && ask->path)
            (void)!judge_gateway(w, pod, ask, &held, &why);
        if (why)
            tell_unasked(w, ask, why);
    }
    if (istiods && good == istiods)
        finding_ok(w->p, "MC211", "root %s on %zu of %zu istiod", roots, good, istiods);
    if (held.old.count)
        report_old_roots(w, &held);
    if (gateways && held.good == gateways)
        finding_ok(w->p, "MC212", "root %s in %zu gateway pods", roots, held.good);
}

/* The roots as certificates, as istiod hands them out. */
static int read_configs(struct wire *w, struct error **err)
{
    struct kube_ref ref = {"v1", "ConfigMap", NULL, NULL};
    json_t *config;
    size_t i;
    if (kube_list(w->p->client, &ref, CONFIG_SELECTOR, NULL, &w->configs, err) < 0)
        return -1;
    json_array_foreach(w->configs, i, config)
        if (text_equal(name_of(config), ROOT_CONFIG) &&
            text_equal(namespace_of(config), w->p->mesh->istio_namespace))
            w->anchors = json_dig_str(config, "data", "root-cert.pem", NULL);
    return 0;
}

/* One look; `proxies` NULL where nothing is known of traffic. */
static int look(struct wire *w, struct passage *passage, struct proxies *proxies, bool *ret_again,
                struct error **err)
{
    bool trusts = w->roots->count && !access_clock_is_off(probe_facts(w->p));
    *ret_again = false;
    if (trusts) {
        if (read_configs(w, err) < 0)
            return -1;
        add_questions(w);
        passage_begin(passage, w->p, w->pods, &w->questions);
    }
    if (proxies)
        proxies_add(proxies, &w->questions);
    if (questions_ask(&w->questions, w->p->client, err) < 0 ||
        (proxies && proxies_judge(proxies, &w->questions, ret_again, err) < 0))
        return -1;
    if (*ret_again)
        return 0;
    if (proxies)
        proxies_end(proxies);
    if (!trusts)
        return 0;
    judge_all(w);
    check_namespaces(w);
    return passage_end(passage, &w->questions, w->roots, w->anchors, err);
}

int wire_check(struct probe *p, const struct wire_pods *pods, struct error **err)
{
    const struct facts *f = probe_facts(p);
    AUTO_PROXIES proxies = {0};
    struct passage passage;
    proxies_begin(&proxies, p, pods);
    for (bool again = true; again;) {
        MC_CLEANUP(wire_release)
        struct wire w = {
            .p = p, .pods = pods, .roots = f->ca.roots.count ? &f->ca.roots : &f->ca.handed_out};
        if (look(&w, &passage, f->traffic ? &proxies : NULL, &again, err) < 0)
            return -1;
    }
    return 0;
}
