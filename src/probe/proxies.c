/* Asks istiods and gateways what they have of what they were sent, beside what else they are asked. */
#include "proxies.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateways.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/checks.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/proxy.h"
#include "object.h"
#include "problems.h"

#define POLL_MS 300
#define ANSWER_MS 1000 /* what is sent to a proxy is answered by then */

static const char syncz_path[] = "/debug/syncz", registryz_path[] = "/debug/registryz",
                  listeners_path[] = "/listeners?format=json";

void proxies_begin(struct proxies *x, struct probe *p, const struct wire_pods *pods)
{
    *x = (struct proxies){.probe = p, .pods = pods, .settle = {.probe = p, .poll_ms = POLL_MS}};
    x->hopeless = finding_count_bad(p) > 0;
}

void proxies_release(struct proxies *x)
{
    json_decref(x->syncz);
    json_decref(x->before);
    json_decref(x->problems);
    settle_release(&x->settle);
}

void proxies_add(struct proxies *x, struct questions *q)
{
    const struct probe *p = x->probe;
    const json_t *service = gateways_network_service(p, p->at);
    size_t i;
    json_t *pod;
    x->first = q->count;
    json_array_foreach(x->pods->istiods, i, pod) {
        if (i == WIRE_MAX_PODS || !text_equal(namespace_of(pod), p->mesh->istio_namespace))
            continue;
        if (x->looks)
            questions_add(q, pod, PROXY_ISTIOD_PORT, syncz_path, NULL);
        if (p->mesh->members_count > 1)
            questions_add(q, pod, PROXY_ISTIOD_PORT, registryz_path, NULL);
    }
    json_array_foreach(x->pods->gateways, i, pod)
        if (i < WIRE_MAX_PODS && text_equal(namespace_of(pod), namespace_of(service)) &&
            gateways_selects(json_dig(service, "spec", "selector", NULL), pod))
            questions_add(q, pod, PROXY_ENVOY_PORT, listeners_path, NULL);
    x->count = q->count - x->first;
}

/* What cannot be read says nothing. */
static void judge_answer(struct proxies *x, const struct questions *q, size_t at)
{
    const struct kube_forward_ask *ask = &q->asks[at];
    AUTO_ERROR struct error *unread = NULL;
    json_auto_t *answer = NULL;
    if (ask->error ||
        json_read(buf_str(&ask->answer), ask->answer.len, "answer", &answer, &unread) < 0)
        return;
    if (ask->path == syncz_path)
        json_array_extend(x->syncz, answer);
    else if (ask->path == registryz_path)
        x->knowing += proxies_judge_services(x->probe, ask->pod, answer, time(NULL), x->problems);
    else
        x->listening +=
            proxies_judge_listeners(x->probe, questions_pod(q, at), answer, x->problems);
}

static void judge_answers(struct proxies *x, const struct questions *q)
{
    json_decref(TAKE(x->syncz));
    json_decref(TAKE(x->problems));
    x->syncz = x->looks ? json_array() : json_incref((json_t *)x->pods->syncz);
    x->problems = json_array();
    x->knowing = x->listening = 0;
    for (size_t i = 0; i < x->count; i++)
        judge_answer(x, q, x->first + i);
    proxies_judge_refused(x->syncz, x->problems);
    x->looks++;
}

/* A second look at what is under way: busy proxies answer at any time, and one that is stuck never. */
static int wait_for_answers(struct proxies *x, bool *ret_again, struct error **err)
{
    json_auto_t *now = proxies_unanswered(x->syncz);
    if (x->before) {
        proxies_judge_stuck(x->before, now, x->problems);
        return 0;
    }
    if (!json_object_size(now))
        return 0;
    x->before = TAKE(now);
    *ret_again = true;
    return clock_sleep(ANSWER_MS, x->probe->cancel) < 0
               ? error_set(err, ERROR_CANCELLED, "%s: interrupted", probe_name(x->probe))
               : 0;
}

int proxies_judge(struct proxies *x, const struct questions *q, bool *ret_again, struct error **err)
{
    *ret_again = false;
    judge_answers(x, q);
    if (!json_array_size(x->problems))
        return wait_for_answers(x, ret_again, err);
    AUTO_FREE char *text = problems_text_dup(x->problems);
    json_decref(TAKE(x->before));
    x->settle.quiet_ms = x->hopeless ? 0 : problems_quiet_ms(x->problems);
    return settle_wait(&x->settle, text, ret_again, err);
}

void proxies_end(struct proxies *x)
{
    struct probe *p = x->probe;
    problems_report(p, x->problems);
    if (x->listening && !problems_has(x->problems, "MC508"))
        finding_ok(p, "MC508", "%zu pods", x->listening);
    if (x->knowing && !problems_has(x->problems, "MC605"))
        finding_ok(p, "MC605", "all of each peer, in %zu istiod", x->knowing);
    if (!problems_has(x->problems, "MC606"))
        finding_ok(p, "MC606", "%zu proxies", json_array_size(x->syncz));
    proxies_check_connected(p, x->pods->connected, time(NULL));
    proxies_check_versions(p, x->syncz);
}
