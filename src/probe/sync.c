/* Asks istiod and the gateways' proxies, at ports that answer their own pod, until what they say is
 * right or has not changed for long. */
#include "sync.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "flat.h"
#include "gateways.h"
#include "known_gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/probe/checks.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/link.h"
#include "meshctl/probe/proxy.h"
#include "names.h"
#include "problems.h"
#include "questions.h"
#include "reading.h"
#include "settle.h"
#include "wire.h"
#include "words.h"

#define POLL_MS 300
#define MAX_NAMED 4 /* pods in one line */

/* ---- peers ----------------------------------------------------------------------------------- */

static bool knows_gateway(const json_t *networkz, const char *network)
{
    size_t i;
    json_t *row;
    json_array_foreach(networkz, i, row)
        if (text_equal(json_dig_str(row, "Network", NULL), network))
            return true;
    return false;
}

/* " (Secret NAME, server URL)": where istiod was told to look; "" when that cannot be read. */
static char *link_text_dup(const json_t *link, const char *cluster)
{
    AUTO_LINK given = {0};
    link_read(link, cluster, &given);
    return given.server ? mem_printf(" (Secret %s, server %s)",
                                     json_dig_str(link, "metadata", "name", NULL), given.server)
                        : mem_strdup("");
}

/* Whether the peer has what istiod shall know as its gateway; without, the peer's own findings say
 * so. */
static bool has_gateway(const struct probe *p, size_t at)
{
    const json_t *service = gateways_network_service(p, at);
    return !p->facts[at] || (service && kube_service_address(service));
}

/* istiod goes on reading after the time that it waits for a cluster; one that is closed, or whose Secret it
 * did not take, it does not read. */
static bool is_reading(const char *status)
{
    return text_equal(status, "syncing") || text_equal(status, "timeout");
}

static void add_unknown(const struct probe *p, const char *istiod, const json_t *networkz,
                        size_t member, json_t *problems)
{
    const struct mesh_member *peer = &p->mesh->members[member];
    AUTO_FREE char *missing = known_gateways_missing_dup(p, networkz, member);
    json_t *row = NULL;
    if (!knows_gateway(networkz, peer->network))
        row =
            problems_add_take(problems, "MC602", peer->name, "the network's gateway",
                              mem_printf("%s: no gateway of %s%s%s", istiod, peer->network,
                                         missing ? ", which is at " : "", missing ? missing : ""));
    else if (missing)
        row = problems_add_take(problems, "MC602", peer->name,
                                "every address of the network's gateway",
                                mem_printf("%s: nothing of %s", istiod, missing));
    if (row && missing && known_gateways_lacks_name(missing))
        json_object_set_new(row, "fix",
                            json_string("give the name a record where pods of this "
                                        "cluster look names up; istiod asks again "
                                        "within 30 s"));
}

void sync_judge_peers(const struct probe *p, const char *istiod, const json_t *clusterz,
                      const json_t *networkz, json_t *problems)
{
    const struct facts *f = probe_facts(p);
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        const struct mesh_member *peer = &p->mesh->members[i];
        const char *status = proxy_sync_status(clusterz, peer->cluster);
        const json_t *link = facts_link(f, peer->cluster);
        /* A link that is not there is a finding of its own. */
        if (!probe_has_peer(p, i) || (f->links && !link))
            continue;
        if (!text_equal(status, "synced")) {
            AUTO_FREE char *where = link_text_dup(link, peer->cluster);
            json_t *row = problems_add_take(problems, "MC601", peer->name, "synced",
                                            mem_printf("%s: %s is %s%s", istiod, peer->cluster,
                                                       status ? status : "not known", where));
            json_object_set_new(row, "reading", json_boolean(is_reading(status)));
        } else if (!flat_goes_direct(p, i) && has_gateway(p, i)) {
            add_unknown(p, istiod, networkz, i, problems);
        }
    }
}

/* ---- connected proxies ----------------------------------------------------------------------- */

void sync_add_connected(const json_t *syncz, const char *namespace_, const char *cluster,
                        json_t *connected, json_t *gateways)
{
    size_t i;
    json_t *row;
    json_array_foreach(syncz, i, row) {
        const char *proxy = json_dig_str(row, "proxy", NULL);
        if (!proxy)
            continue;
        json_object_set_new(connected, proxy, json_string(namespace_));
        if (text_equal(json_dig_str(row, "proxy_type", NULL), "router") &&
            text_equal(json_dig_str(row, "cluster_id", NULL), cluster))
            json_object_set_new(gateways, proxy, json_null());
    }
}

/* The log of the first one, and what mends the usual reason. */
static void add_connected_fix(json_t *problem, const json_t *pod, const struct strlist *commands)
{
    AUTO_FREE char *restart = strlist_join_dup(commands, "; then ");
    AUTO_FREE char *fix =
        mem_printf("see its log: kubectl logs %s -n %s; where it was started with other names or "
                   "another root: %s",
                   json_dig_str(pod, "metadata", "name", NULL),
                   json_dig_str(pod, "metadata", "namespace", NULL), restart);
    if (commands->count)
        json_object_set_new(problem, "fix", json_string(fix));
}

void sync_judge_connected(const json_t *pods, const json_t *connected, json_t *problems)
{
    AUTO_STRLIST lost = STRLIST_INIT, commands = STRLIST_INIT;
    const json_t *first = NULL;
    json_t *pod;
    size_t i, count = 0;
    json_array_foreach(pods, i, pod) {
        if (wire_istiod_of(connected, pod))
            continue;
        first = first ? first : pod;
        gateways_add_restart(&commands, pod);
        if (++count <= MAX_NAMED)
            strlist_addf(&lost, "%s/%s", json_dig_str(pod, "metadata", "namespace", NULL),
                         json_dig_str(pod, "metadata", "name", NULL));
    }
    if (!count)
        return;
    AUTO_FREE char *names = strlist_join_dup(&lost, ", ");
    json_t *row = problems_add_take(
        problems, "MC603", NULL, "every ready gateway connected",
        mem_printf("%zu of %zu ready gateway pods without an istiod: %s%s", count,
                   json_array_size(pods), names, count > MAX_NAMED ? ", ..." : ""));
    add_connected_fix(row, first, &commands);
}

/* ---- looking --------------------------------------------------------------------------------- */

/* One look at everything. */
struct look {
    json_t *istiods;   /* ready pods, of any namespace */
    json_t *pods;      /* of gateways */
    json_t *connected; /* "POD.NAMESPACE" to the namespace of its istiod */
    json_t *syncz;     /* what the mesh's istiods say of their proxies */
    json_t *gateways;  /* the keys of those that are gateways by istiod's word */
    json_t *networks;  /* what the mesh's first istiod knows of other networks' gateways */
    json_t *problems;
    char *denied; /* the right that is missing, or NULL */
};

static void look_release(struct look *l)
{
    json_decref(l->istiods);
    json_decref(l->pods);
    json_decref(l->connected);
    json_decref(l->syncz);
    json_decref(l->gateways);
    json_decref(l->networks);
    json_decref(l->problems);
    free(l->denied);
}

/* A pod that does not answer is a finding: it may be ending. One that may not be asked is left out. */
static int forgive(struct look *l, const json_t *pod, const char *id, struct error **err)
{
    const char *namespace_ = json_dig_str(pod, "metadata", "namespace", NULL);
    if ((*err)->kind == ERROR_DENIED) {
        free(l->denied);
        l->denied = mem_printf("get and create pods/portforward in %s", namespace_);
    } else if ((*err)->kind == ERROR_REMOTE || (*err)->kind == ERROR_NOT_FOUND) {
        problems_add_take(l->problems, id, NULL, "an answer", mem_strdup((*err)->message));
    } else {
        return -1;
    }
    error_clear(err);
    return 0;
}

/* What each istiod is asked; another mesh's for its proxies only. */
static const char *const pages[] = {"/debug/syncz", "/debug/clusterz", "/debug/networkz"};
enum page { PAGE_PROXIES, PAGE_CLUSTERS, PAGE_NETWORKS, PAGES };

static bool is_of_mesh(const struct probe *p, const json_t *istiod)
{
    return text_equal(json_dig_str(istiod, "metadata", "namespace", NULL),
                      p->mesh->istio_namespace);
}

static size_t pages_of(const struct probe *p, const json_t *istiod)
{
    return is_of_mesh(p, istiod) && p->mesh->members_count > 1 ? PAGES : 1;
}

static void add_pages(const struct probe *p, const struct look *l, struct questions *q)
{
    json_t *pod;
    size_t i;
    json_array_foreach(l->istiods, i, pod)
        for (size_t page = 0; page < pages_of(p, pod); page++)
            questions_add(q, pod, PROXY_ISTIOD_PORT, pages[page], NULL);
}

/* The answers of one istiod, whose first is asks[0]. */
static int judge_istiod(struct probe *p, const json_t *pod, struct kube_forward_ask *asks,
                        struct look *l, struct error **err)
{
    const char *name = json_dig_str(pod, "metadata", "name", NULL);
    size_t count = pages_of(p, pod);
    json_t *answers[PAGES] = {0};
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = proxy_take_answer(p->client, &asks[i], &answers[i], err);
    if (rc == 0)
        sync_add_connected(answers[PAGE_PROXIES], json_dig_str(pod, "metadata", "namespace", NULL),
                           probe_member(p)->cluster, l->connected, l->gateways);
    if (rc == 0 && is_of_mesh(p, pod))
        json_array_extend(l->syncz, answers[PAGE_PROXIES]);
    if (rc == 0 && count == PAGES && !l->networks)
        l->networks = json_incref(answers[PAGE_NETWORKS]);
    if (rc == 0 && count == PAGES)
        sync_judge_peers(p, name, answers[PAGE_CLUSTERS], answers[PAGE_NETWORKS], l->problems);
    for (size_t i = 0; i < PAGES; i++)
        json_decref(answers[i]);
    return rc;
}

static int look(struct probe *p, struct look *l, struct error **err)
{
    AUTO_QUESTIONS questions = {0};
    json_t *pod;
    size_t i, at = 0;
    look_release(l);
    *l = (struct look){.connected = json_object(),
                       .syncz = json_array(),
                       .gateways = json_object(),
                       .problems = json_array()};
    if (proxy_pods(p->client, NULL, ISTIOD_SELECTOR, &l->istiods, err) < 0 ||
        gateways_pods(p, &l->pods, err) < 0)
        return -1;
    add_pages(p, l, &questions);
    if (kube_forward_many(p->client, questions.asks, questions.count, err) < 0)
        return -1;
    json_array_foreach(l->istiods, i, pod) {
        if (judge_istiod(p, pod, &questions.asks[at], l, err) < 0 &&
            forgive(l, pod, "MC604", err) < 0)
            return -1;
        at += pages_of(p, pod);
    }
    if (!l->denied)
        sync_judge_connected(l->pods, l->connected, l->problems);
    return 0;
}

/* A new load balancer's name takes its provider's DNS minutes; until then istiod has no gateway. */
static bool waits_for_dns(const struct probe *p, const json_t *problems)
{
    size_t i;
    json_t *row;
    json_array_foreach(problems, i, row)
        for (size_t m = 0; m < p->mesh->members_count; m++)
            if (m != p->at && !flat_goes_direct(p, m) &&
                text_equal(json_dig_str(row, "id", NULL), "MC602") &&
                gateways_is_fresh_name(gateways_network_service(p, m), time(NULL)))
                return true;
    return false;
}

static int look_until_good(struct probe *p, struct look *l, struct error **err)
{
    AUTO_SETTLE settle = {.probe = p, .poll_ms = POLL_MS};
    /* Where something is wrong already, what follows from it is not waited for. */
    bool hopeless = finding_count_bad(p) > 0;
    struct reading reading = {0};
    for (bool again = true; again;) {
        if (look(p, l, err) < 0)
            return -1;
        if (!json_array_size(l->problems))
            return 0;
        AUTO_FREE char *text = problems_text_dup(l->problems);
        bool goes_on = false;
        if (!hopeless && p->deadline_ms &&
            reading_goes_on(&reading, p, l->istiods, l->problems, &goes_on, err) < 0)
            return -1;
        goes_on = goes_on || waits_for_dns(p, l->problems);
        settle.quiet_ms = hopeless ? 0 : goes_on ? -1 : problems_quiet_ms(l->problems);
        if (settle_wait(&settle, text, &again, err) < 0)
            return -1;
    }
    return 0;
}

static void report(struct probe *p, const struct look *l)
{
    if (l->denied)
        finding_lacking(p, CHECK_NEEDS_FORWARD, l->denied);
    problems_report(p, l->problems);
    if (l->denied || json_array_size(l->problems))
        return;
    size_t peers = 0;
    for (size_t i = 0; i < p->mesh->members_count; i++)
        peers += probe_has_peer(p, i);
    if (peers)
        finding_ok(p, "MC601", "%zu istiod in sync with %zu peers", json_array_size(l->istiods),
                   peers);
    AUTO_FREE char *known = known_gateways_text_dup(p, l->networks);
    if (*known)
        finding_ok(p, "MC602", "%s", known);
    finding_ok(p, "MC603", "%zu gateway pods connected", json_array_size(l->pods));
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Whether a gateway is not known to be another mesh's. */
static bool is_ours(const struct probe *p, const struct look *l, const json_t *pod)
{
    const char *istiod = wire_istiod_of(l->connected, pod);
    return !istiod || text_equal(istiod, p->mesh->istio_namespace);
}

static void check_names(struct probe *p, const struct look *l)
{
    json_auto_t *ours = json_array();
    size_t i;
    json_t *pod;
    json_array_foreach(l->pods, i, pod)
        if (is_ours(p, l, pod))
            json_array_append(ours, pod);
    names_check_gateways(p, ours);
}

int probe_sync(struct probe *p, struct error **err)
{
    MC_CLEANUP(look_release) struct look l = {0};
    if (look_until_good(p, &l, err) < 0)
        return -1;
    /* A reason stands before what is seen of it. */
    if (words_check(p, l.istiods, err) < 0)
        return -1;
    report(p, &l);
    if (l.denied)
        return 0;
    check_names(p, &l);
    if (gateways_add_named(p, l.gateways, l.pods, err) < 0)
        return -1;
    struct wire_pods pods = {l.istiods, l.pods, l.connected, l.syncz};
    return wire_check(p, &pods, err);
}
