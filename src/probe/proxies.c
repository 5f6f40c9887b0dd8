/* Asks istiods and gateways what they have, until that is right or has not changed for long. */
#include "proxies.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateways.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/forward.h"
#include "meshctl/probe/checks.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/proxy.h"
#include "settle.h"
#include "spans.h"

#define POLL_MS 300
#define ANSWER_MS 1000 /* what is sent to a proxy is answered by then */

static const char syncz_path[] = "/debug/syncz", registryz_path[] = "/debug/registryz",
                  listeners_path[] = "/listeners?format=json";

/* One round of questions. */
struct round {
    struct kube_forward_ask asks[3 * WIRE_MAX_PODS];
    const json_t *asked[3 * WIRE_MAX_PODS]; /* the pods */
    size_t count;
    json_t *syncz; /* array: what all istiods say of their proxies */
    json_t *problems;
    size_t listening; /* gateways */
    size_t knowing;   /* istiods that tell whose their Services are */
};

static void round_free(struct round *r)
{
    if (!r)
        return;
    kube_forward_release(r->asks, r->count);
    json_decref(r->syncz);
    json_decref(r->problems);
    free(r);
}
MC_DEFINE_CLEANUP(round_cleanup, struct round, round_free);

static void add_ask(struct round *r, const json_t *pod, unsigned port, const char *path)
{
    if (r->count == MC_ARRAY_LEN(r->asks))
        return;
    r->asked[r->count] = pod;
    r->asks[r->count++] = (struct kube_forward_ask){.namespace_ = namespace_of(pod),
                                                    .pod = name_of(pod),
                                                    .port = port,
                                                    .path = path,
                                                    .timeout_ms = PROXY_TIMEOUT_MS};
}

static void add_asks(const struct probe *p, const struct wire_pods *pods, struct round *r)
{
    const json_t *service = gateways_network_service(p, p->at);
    size_t i;
    json_t *pod;
    json_array_foreach(pods->istiods, i, pod) {
        if (i == WIRE_MAX_PODS || !text_equal(namespace_of(pod), p->mesh->istio_namespace))
            continue;
        add_ask(r, pod, PROXY_ISTIOD_PORT, syncz_path);
        if (p->mesh->members_count > 1)
            add_ask(r, pod, PROXY_ISTIOD_PORT, registryz_path);
    }
    json_array_foreach(pods->gateways, i, pod)
        if (i < WIRE_MAX_PODS && text_equal(namespace_of(pod), namespace_of(service)) &&
            gateways_selects(json_dig(service, "spec", "selector", NULL), pod))
            add_ask(r, pod, PROXY_ENVOY_PORT, listeners_path);
}

/* What cannot be read says nothing. */
static void judge_answer(const struct probe *p, struct round *r, size_t at)
{
    const struct kube_forward_ask *ask = &r->asks[at];
    AUTO_ERROR struct error *unread = NULL;
    json_auto_t *answer = NULL;
    if (ask->error || json_read(ask->answer.data ? ask->answer.data : "", ask->answer.len, "answer",
                                &answer, &unread) < 0)
        return;
    if (ask->path == syncz_path)
        json_array_extend(r->syncz, answer);
    else if (ask->path == registryz_path)
        r->knowing += proxies_judge_services(p, ask->pod, answer, time(NULL), r->problems);
    else
        r->listening += proxies_judge_listeners(p, r->asked[at], answer, r->problems);
}

static int ask_round(struct probe *p, const struct wire_pods *pods, struct round **ret_round,
                     struct error **err)
{
    struct round *r = mem_zalloc(sizeof(*r));
    *ret_round = r;
    r->syncz = json_array();
    r->problems = json_array();
    add_asks(p, pods, r);
    if (kube_forward_many(p->client, r->asks, r->count, err) < 0)
        return -1;
    for (size_t i = 0; i < r->count; i++)
        judge_answer(p, r, i);
    proxies_judge_refused(r->syncz, r->problems);
    return 0;
}

static char *text_dup(const json_t *problems)
{
    struct buf text = BUF_INIT;
    size_t i;
    json_t *row;
    json_array_foreach(problems, i, row)
        buf_appendf(&text, "%s%s", i ? "; " : "", json_dig_str(row, "found", NULL));
    return buf_detach(&text, NULL);
}

static int64_t quiet_ms(const json_t *problems)
{
    int longest = 0;
    size_t i;
    json_t *row;
    json_array_foreach(problems, i, row) {
        int settle_ms = check_find(json_dig_str(row, "id", NULL))->settle_ms;
        longest = settle_ms > longest ? settle_ms : longest;
    }
    return longest;
}

/* A second look at what is under way: busy proxies answer at any time, and one that is stuck never. */
static int look_again(struct probe *p, const struct wire_pods *pods, struct round **round,
                      struct error **err)
{
    json_auto_t *before = proxies_unanswered((*round)->syncz);
    if (!json_object_size(before))
        return 0;
    if (clock_sleep(ANSWER_MS, p->cancel) < 0)
        return error_set(err, ERROR_CANCELLED, "%s: interrupted", probe_name(p));
    round_free(TAKE(*round));
    if (ask_round(p, pods, round, err) < 0)
        return -1;
    json_auto_t *now = proxies_unanswered((*round)->syncz);
    if (!json_array_size((*round)->problems))
        proxies_judge_stuck(before, now, (*round)->problems);
    return 0;
}

static int ask_until_good(struct probe *p, const struct wire_pods *pods, struct round **ret_round,
                          struct error **err)
{
    AUTO_SETTLE settle = {.probe = p, .poll_ms = POLL_MS};
    bool hopeless = finding_count_bad(p) > 0;
    for (bool again = true; again;) {
        if (*ret_round)
            round_free(TAKE(*ret_round));
        if (ask_round(p, pods, ret_round, err) < 0)
            return -1;
        const json_t *problems = (*ret_round)->problems;
        if (!json_array_size(problems))
            return 0;
        AUTO_FREE char *text = text_dup(problems);
        settle.quiet_ms = hopeless ? 0 : quiet_ms(problems);
        if (settle_wait(&settle, text, &again, err) < 0)
            return -1;
    }
    return 0;
}

static bool has(const json_t *problems, const char *id)
{
    size_t i;
    json_t *row;
    json_array_foreach(problems, i, row)
        if (text_equal(json_dig_str(row, "id", NULL), id))
            return true;
    return false;
}

static void report(struct probe *p, const struct round *r)
{
    size_t i;
    json_t *row;
    json_array_foreach(r->problems, i, row) {
        const char *fix = json_dig_str(row, "fix", NULL), *peer = json_dig_str(row, "peer", NULL);
        finding_bad(p, json_dig_str(row, "id", NULL), json_dig_str(row, "wanted", NULL), "%s",
                    json_dig_str(row, "found", NULL));
        if (peer)
            finding_peer(p, peer);
        if (fix)
            finding_fix(p, "%s", fix);
    }
    if (r->listening && !has(r->problems, "MC508"))
        finding_ok(p, "MC508", "%zu pods", r->listening);
    if (r->knowing && !has(r->problems, "MC605"))
        finding_ok(p, "MC605", "all of each peer, in %zu istiod", r->knowing);
    if (!has(r->problems, "MC606"))
        finding_ok(p, "MC606", "%zu proxies", json_array_size(r->syncz));
}

int proxies_check(struct probe *p, const struct wire_pods *pods, struct error **err)
{
    MC_CLEANUP(round_cleanup) struct round *r = NULL;
    if (!probe_facts(p)->traffic)
        return 0;
    if (ask_until_good(p, pods, &r, err) < 0 || look_again(p, pods, &r, err) < 0)
        return -1;
    report(p, r);
    proxies_check_connected(p, pods->connected, time(NULL));
    proxies_check_versions(p, r->syncz);
    return 0;
}
