/* Asks istiod's counters, and the peers, whether what istiod reads of them fails or takes its time. */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/link.h"
#include "meshctl/probe/proxy.h"
#include "meshctl/probe/reach.h"

#define ASK_EVERY_MS 5000
#define COUNTER "controller_sync_errors_total{"

double reading_failures(const char *metrics, const char *cluster)
{
    AUTO_FREE char *label = mem_printf("cluster=\"%s\"", cluster);
    double sum = 0;
    for (const char *line = metrics; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (!text_has_prefix(line, COUNTER))
            continue;
        const char *end = strchr(line, '}');
        const char *found = strstr(line, label);
        if (end && found && found < end)
            sum += strtod(end + 1, NULL);
    }
    return sum;
}

static bool all_are_read(const json_t *problems)
{
    size_t i;
    json_t *row;
    json_array_foreach(problems, i, row)
        if (!json_is_true(json_object_get(row, "reading")))
            return false;
    return true;
}

/* Of the peers that the problems are about. */
static double failures_of(const struct probe *p, const char *metrics, const json_t *problems)
{
    double sum = 0;
    size_t i;
    json_t *row;
    for (size_t m = 0; m < p->mesh->members_count; m++)
        json_array_foreach(problems, i, row)
            if (text_equal(json_dig_str(row, "peer", NULL), p->mesh->members[m].name)) {
                sum += reading_failures(metrics, p->mesh->members[m].cluster);
                break;
            }
    return sum;
}

static int count(const struct probe *p, const json_t *istiods, const json_t *problems,
                 double *ret_sum, struct error **err)
{
    size_t i;
    json_t *pod;
    *ret_sum = 0;
    json_array_foreach(istiods, i, pod) {
        const char *namespace_ = json_dig_str(pod, "metadata", "namespace", NULL);
        const char *name = json_dig_str(pod, "metadata", "name", NULL);
        AUTO_BUF metrics = BUF_INIT;
        if (!text_equal(namespace_, p->mesh->istio_namespace))
            continue;
        if (proxy_istiod_metrics(p->client, namespace_, name, &metrics, err) < 0)
            return -1;
        *ret_sum += failures_of(p, buf_str(&metrics), problems);
    }
    return 0;
}

/* Whether the peer's server answers as the remote secret says. */
static int answers(const struct probe *p, const struct mesh_member *peer, bool *ret_answers,
                   struct error **err)
{
    AUTO_LINK link = {0};
    AUTO_ERROR struct error *why = NULL;
    enum reach reach = REACH_UNKNOWN;
    link_read(facts_link(probe_facts(p), peer->cluster), peer->cluster, &link);
    const struct mesh_server server = {link.server, link.tls_name, link.ca_pem};
    *ret_answers = false;
    if (!link.server || !link.ca_pem || !link.token || link.has_proxy)
        return 0;
    if (reach_try(p->mesh, peer, &server, link.token, p->cancel, &reach, &why, err) < 0)
        return -1;
    *ret_answers = reach == REACH_GOOD;
    return 0;
}

static int all_answer(const struct probe *p, const json_t *problems, bool *ret_all,
                      struct error **err)
{
    size_t i;
    json_t *row;
    *ret_all = true;
    json_array_foreach(problems, i, row) {
        const char *name = json_dig_str(row, "peer", NULL);
        const struct mesh_member *peer = name ? mesh_find_member(p->mesh, name) : NULL;
        bool one = false;
        if (*ret_all && peer && answers(p, peer, &one, err) < 0)
            return -1;
        *ret_all = *ret_all && one;
    }
    return 0;
}

static int ask(struct reading *r, const struct probe *p, const json_t *istiods,
               const json_t *problems, struct error **err)
{
    AUTO_ERROR struct error *why = NULL;
    bool again = r->known, all = false;
    r->asked_ms = clock_now_ms();
    r->known = count(p, istiods, problems, &r->newest, &why) == 0 &&
               all_answer(p, problems, &all, &why) == 0 && all;
    if (why && why->kind == ERROR_CANCELLED) {
        *err = TAKE(why);
        return -1;
    }
    /* A new istiod counts from 0. */
    if (!again || r->newest < r->first)
        r->first = r->newest;
    return 0;
}

int reading_goes_on(struct reading *r, const struct probe *p, const json_t *istiods,
                    const json_t *problems, bool *ret_on, struct error **err)
{
    bool all = all_are_read(problems);
    if (all && (!r->asked_ms || clock_now_ms() - r->asked_ms >= ASK_EVERY_MS) &&
        ask(r, p, istiods, problems, err) < 0)
        return -1;
    *ret_on = all && r->known && r->newest <= r->first;
    return 0;
}
