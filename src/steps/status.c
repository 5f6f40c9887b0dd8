/* `status` and `graph`: the mesh as it is now, put together from what each lane has found. */
#include "internal.h"

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/flows.h"
#include "meshctl/probe/link.h"

#define WINDOW_MS 1000
#define DAY_S (24 * 60 * 60)

/* ---- reading --------------------------------------------------------------------------------- */

static void probe_begin(struct lane *lane, struct facts **facts, struct probe *ret_probe)
{
    const struct steps *s = lane->steps;
    for (size_t i = 0; i < s->lanes_count; i++)
        facts[i] = NULL;
    facts[lane->index] = lane->facts;
    *ret_probe = (struct probe){.client = lane->client,
                                .mesh = s->mesh,
                                .at = lane->index,
                                .facts = facts,
                                .cancel = s->options.cancel};
}

/* What the proxies do not tell is no fault of its own: what it comes from has a finding. */
static int forgive(struct error **err)
{
    if ((*err)->kind == ERROR_CANCELLED)
        return -1;
    error_clear(err);
    return 0;
}

int task_flows_begin(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    static const struct strlist none = STRLIST_INIT;
    const struct strlist *namespaces = lane->steps->options.namespaces;
    struct facts *facts[PLAN_MAX_LANES];
    struct probe probe;
    if (lane->mode == LANE_ABSENT)
        return 0;
    probe_begin(lane, facts, &probe);
    if (flows_begin(&probe, namespaces ? namespaces : &none, &lane->flows, err) < 0)
        return forgive(err);
    return 0;
}

int task_flows_end(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    int64_t window_ms = lane->steps->options.window_ms;
    struct facts *facts[PLAN_MAX_LANES];
    struct probe probe;
    if (!lane->flows)
        return 0;
    probe_begin(lane, facts, &probe);
    if (flows_end(&probe, lane->flows, window_ms > 0 ? window_ms : WINDOW_MS, err) < 0)
        return forgive(err);
    return 0;
}

/* ---- health ---------------------------------------------------------------------------------- */

enum health { HEALTH_OK, HEALTH_WARNING, HEALTH_ERROR };
static const char *const health_names[] = {
    [HEALTH_OK] = "ok",
    [HEALTH_WARNING] = "warning",
    [HEALTH_ERROR] = "error",
};

static enum health health_of(const json_t *row, const char *key)
{
    const char *text = json_dig_str(row, key, NULL);
    for (int h = HEALTH_ERROR; text && h > HEALTH_OK; h--)
        if (strcmp(health_names[h], text) == 0)
            return (enum health)h;
    return HEALTH_OK;
}

static enum health worse(enum health a, enum health b)
{
    return a > b ? a : b;
}

static void set_health(json_t *row, enum health health)
{
    json_object_set_new(row, "health", json_string(health_names[health]));
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *count_or_null(json_int_t count)
{
    return count < 0 ? json_null() : json_integer(count);
}

/* ---- a cluster ------------------------------------------------------------------------------- */

static json_t *certificate(const char *fingerprint, time_t not_after)
{
    AUTO_FREE char *end = clock_rfc3339_dup(not_after);
    return json_pack("{s:s, s:s}", "fingerprint", fingerprint, "notAfter", end);
}

static json_t *root_of(const struct facts *f)
{
    const struct ca_roots *roots = &f->ca.roots;
    return roots->count ? certificate(roots->items[0].fingerprint, roots->items[0].not_after)
                        : json_null();
}

/* Until the first of both ends; what has ended counts below 0. */
static json_t *days_left(const struct facts *f, time_t now)
{
    const struct ca_roots *roots = &f->ca.roots;
    time_t end = roots->count ? roots->items[0].not_after : 0;
    if (f->ca.signer_fingerprint && (!end || f->ca.signer_not_after < end))
        end = f->ca.signer_not_after;
    return end ? json_integer((json_int_t)((end - now) / DAY_S)) : json_null();
}

static json_t *istiods_of(const struct lane *lane)
{
    const struct facts *f = lane->facts;
    json_t *rows = json_array();
    for (size_t i = 0; i < f->istiods_count; i++) {
        const struct facts_istiod *istiod = &f->istiods[i];
        json_int_t proxies =
            lane->flows ? flows_proxies(lane->flows, istiod->namespace_, istiod->name) : -1;
        json_array_append_new(
            rows, json_pack("{s:o, s:o, s:s, s:o, s:I, s:I, s:o}", "namespace",
                            text_or_null(istiod->namespace_), "name", text_or_null(istiod->name),
                            "revision", istiod->revision, "version", text_or_null(istiod->version),
                            "ready", istiod->ready, "wanted", istiod->wanted, "proxies",
                            count_or_null(proxies)));
    }
    return rows;
}

static json_t *findings_of(const json_t *checks, const char *cluster)
{
    json_t *rows = json_array(), *row;
    size_t i;
    json_array_foreach(checks, i, row)
        if (text_equal(json_dig_str(row, "cluster", NULL), cluster) && health_of(row, "level"))
            json_array_append_new(rows, json_pack("{s:O, s:O, s:O, s:O, s:b}", "id",
                                                  json_object_get(row, "id"), "level",
                                                  json_object_get(row, "level"), "title",
                                                  json_object_get(row, "title"), "found",
                                                  json_object_get(row, "found"), "follows",
                                                  json_is_true(json_object_get(row, "follows"))));
    return rows;
}

static json_t *cluster_of(const struct lane *lane, const json_t *checks, time_t now)
{
    const struct facts *f = lane->absent ? NULL : lane->facts;
    json_t *findings = findings_of(checks, lane_name(lane)), *row;
    enum health health = HEALTH_OK;
    size_t i;
    json_array_foreach(findings, i, row)
        health = worse(health, health_of(row, "level"));
    json_t *cluster = json_pack("{s:s, s:s, s:s, s:s, s:b}", "name", lane_name(lane), "cluster",
                                lane->member->cluster, "network", lane->member->network, "server",
                                lane->config->server, "reached", f != NULL);
    set_health(cluster, f ? health : HEALTH_ERROR);
    json_object_set_new(cluster, "kubernetes", text_or_null(f ? f->version.git_version : NULL));
    json_object_set_new(cluster, "istiods", f ? istiods_of(lane) : json_array());
    json_object_set_new(cluster, "root", f ? root_of(f) : json_null());
    json_object_set_new(cluster, "signer",
                        f && f->ca.signer_fingerprint
                            ? certificate(f->ca.signer_fingerprint, f->ca.signer_not_after)
                            : json_null());
    json_object_set_new(cluster, "daysLeft", f ? days_left(f, now) : json_null());
    json_object_set_new(cluster, "gateways",
                        lane->flows ? flows_gateways(lane->flows) : json_array());
    json_object_set_new(cluster, "findings", findings);
    return cluster;
}

/* ---- links ----------------------------------------------------------------------------------- */

/* Of the Secret that holds the token. */
static json_t *token_age(const struct facts *peer, time_t now)
{
    const char *text =
        json_dig_str(peer ? peer->reader_token : NULL, "metadata", "creationTimestamp", NULL);
    time_t created;
    return clock_read_rfc3339(text, &created) ? json_integer((json_int_t)(now - created))
                                              : json_null();
}

static void add_sync(const struct lane *from, const struct lane *to, json_t *link)
{
    size_t asked = 0, synced = 0;
    if (from->flows)
        flows_sync(from->flows, to->member->cluster, &asked, &synced);
    AUTO_FREE char *text = asked ? mem_printf("%zu/%zu", synced, asked) : NULL;
    json_object_set_new(link, "api",
                        json_string(!asked            ? "unknown"
                                    : synced == asked ? "ok"
                                                      : "error"));
    json_object_set_new(link, "sync", text_or_null(text));
    json_object_set_new(link, "synced", asked ? json_boolean(synced == asked) : json_null());
}

static void add_services(const struct lane *from, const struct lane *to, json_t *link)
{
    json_int_t services = -1, seen = -1;
    flows_seen(from->flows, to->flows, to->member->cluster, &services, &seen);
    json_object_set_new(link, "servicesSeen", count_or_null(seen));
    json_object_set_new(link, "services", count_or_null(services));
}

/* Sums of the calls that went to the peer. */
static void add_traffic(const struct lane *from, const struct lane *to, const json_t *calls,
                        json_t *link)
{
    static const char *const counts[] = {"requests", "errors", "connectFailures"};
    static const char *const rates[] = {"requestsPerSecond", "errorsPerSecond"};
    const char *owner = to->member->cluster;
    size_t i;
    json_t *call;
    for (size_t k = 0; k < MC_ARRAY_LEN(counts); k++) {
        json_int_t sum = 0;
        json_array_foreach(calls, i, call)
            if (text_equal(json_dig_str(call, "to", "owner", NULL), owner))
                sum += json_dig_int(call, 0, counts[k], NULL);
        json_object_set_new(link, counts[k], calls ? json_integer(sum) : json_null());
    }
    for (size_t k = 0; k < MC_ARRAY_LEN(rates); k++) {
        double sum = 0;
        json_array_foreach(calls, i, call)
            if (text_equal(json_dig_str(call, "to", "owner", NULL), owner))
                sum += json_real_value(json_object_get(call, rates[k]));
        json_object_set_new(link, rates[k], calls ? json_real(sum) : json_null());
    }
    json_object_set_new(link, "latencyMs",
                        from->flows ? flows_latency(from->flows, owner) : json_null());
}

static enum health health_of_link(const struct lane *from, const json_t *link)
{
    const json_t *synced = json_object_get(link, "synced");
    json_int_t services = json_dig_int(link, 0, "services", NULL);
    if (from->absent || json_is_false(synced))
        return HEALTH_ERROR;
    bool fails = json_real_value(json_object_get(link, "errorsPerSecond")) > 0 ||
                 json_dig_int(link, 0, "connectFailures", NULL) > 0;
    bool misses = json_dig_int(link, services, "servicesSeen", NULL) < services;
    return !json_is_true(synced) || fails || misses ? HEALTH_WARNING : HEALTH_OK;
}

static json_t *link_of(const struct lane *from, const struct lane *to, const json_t *calls,
                       time_t now)
{
    const struct facts *peer = to->absent ? NULL : to->facts;
    json_t *link = json_pack("{s:s, s:s}", "from", lane_name(from), "to", lane_name(to));
    AUTO_LINK given = {0};
    if (from->facts && !from->absent)
        link_read(facts_link(from->facts, to->member->cluster), to->member->cluster, &given);
    json_object_set_new(link, "server", text_or_null(given.server));
    add_sync(from, to, link);
    json_object_set_new(link, "tokenAgeSeconds", token_age(peer, now));
    add_services(from, to, link);
    json_object_set_new(link, "gateway",
                        from->flows ? flows_network(from->flows, to->member) : json_array());
    add_traffic(from, to, calls, link);
    set_health(link, health_of_link(from, link));
    return link;
}

/* ---- services and calls ---------------------------------------------------------------------- */

/* "west" for its cluster's id; of a cluster that was not named the id. */
static json_t *member_name(const struct steps *s, const char *cluster)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        if (text_equal(s->mesh->members[i].cluster, cluster))
            return json_string(s->mesh->members[i].name);
    return text_or_null(cluster);
}

static void add_shown_calls(const struct lane *lane, const json_t *calls, json_t *out)
{
    size_t i;
    json_t *row;
    json_array_foreach(calls, i, row) {
        if (!json_is_true(json_object_get(row, "shown")))
            continue;
        json_t *call = json_deep_copy(row), *from = json_object_get(call, "from"),
               *to = json_object_get(call, "to");
        json_object_set_new(from, "cluster", json_string(lane_name(lane)));
        json_object_set_new(to, "cluster",
                            member_name(lane->steps, json_dig_str(to, "owner", NULL)));
        json_object_del(to, "owner");
        json_object_del(call, "shown");
        json_array_append_new(out, call);
    }
}

static json_int_t endpoints_in_mesh(const json_t *services, const json_t *like)
{
    json_int_t sum = 0;
    size_t i;
    json_t *row;
    json_array_foreach(services, i, row)
        if (json_equal(json_object_get(row, "name"), json_object_get(like, "name")) &&
            json_equal(json_object_get(row, "namespace"), json_object_get(like, "namespace")))
            sum += json_dig_int(row, 0, "endpoints", NULL);
    return sum;
}

/* A Service without a pod here is one that another cluster answers for. */
static enum health health_of_service(const json_t *services, const json_t *service)
{
    enum health health = endpoints_in_mesh(services, service) ? HEALTH_OK : HEALTH_ERROR;
    size_t i;
    json_t *workload;
    json_array_foreach(json_object_get(service, "workloads"), i, workload)
        if (json_dig_int(workload, 0, "ready", NULL) < json_dig_int(workload, 0, "pods", NULL) ||
            !json_is_true(json_object_get(workload, "injected")))
            health = worse(health, HEALTH_WARNING);
    return health;
}

static json_t *services_of(const struct steps *s)
{
    json_t *services = json_array(), *row;
    size_t k;
    for (size_t i = 0; i < s->lanes_count; i++) {
        json_auto_t *rows = s->lanes[i].flows ? flows_services(s->lanes[i].flows) : json_array();
        json_array_foreach(rows, k, row)
            json_object_set_new(row, "cluster", json_string(lane_name(&s->lanes[i])));
        json_array_extend(services, rows);
    }
    json_array_foreach(services, k, row)
        set_health(row, health_of_service(services, row));
    return services;
}

/* ---- the mesh -------------------------------------------------------------------------------- */

/* The root that all clusters have; null when they differ. */
static json_t *common_root(const json_t *clusters)
{
    const json_t *first = NULL;
    size_t i;
    json_t *cluster;
    json_array_foreach(clusters, i, cluster) {
        const json_t *root = json_object_get(cluster, "root");
        if (!json_is_object(root))
            continue;
        if (first && !json_equal(json_object_get(first, "fingerprint"),
                                 json_object_get(root, "fingerprint")))
            return json_null();
        first = first ? first : root;
    }
    return first ? json_incref((json_t *)first) : json_null();
}

static enum health health_of_all(const json_t *rows)
{
    enum health health = HEALTH_OK;
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
        health = worse(health, health_of(row, "health"));
    return health;
}

json_t *steps_status(const struct steps *s, time_t now)
{
    json_auto_t *found = steps_checks(s);
    json_t *clusters = json_array(), *links = json_array(), *calls = json_array(),
           *truncated = json_array();
    AUTO_FREE char *read_at = clock_rfc3339_dup(now);
    int64_t window_ms = 0;
    uint64_t requests = 0;
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *lane = &s->lanes[i];
        json_auto_t *called = lane->flows ? flows_calls(lane->flows) : NULL;
        json_array_append_new(clusters, cluster_of(lane, json_object_get(found, "checks"), now));
        for (size_t k = 0; k < s->lanes_count; k++)
            if (k != i)
                json_array_append_new(links, link_of(lane, &s->lanes[k], called, now));
        if (s->options.namespaces && s->options.namespaces->count)
            add_shown_calls(lane, called, calls);
        if (lane->flows)
            json_array_extend(truncated, (json_t *)flows_truncated(lane->flows));
        requests += kube_client_requests(lane->client);
        if (lane->flows && flows_window_ms(lane->flows) > window_ms)
            window_ms = flows_window_ms(lane->flows);
    }
    json_t *document = json_pack("{s:s, s:I, s:I}", "readAt", read_at, "windowMs", window_ms,
                                 "apiRequests", (json_int_t)requests);
    set_health(document, worse(health_of_all(clusters), health_of_all(links)));
    json_object_set_new(document, "counts", json_incref(json_object_get(found, "counts")));
    json_object_set_new(document, "root", common_root(clusters));
    json_object_set_new(document, "clusters", clusters);
    json_object_set_new(document, "links", links);
    json_object_set_new(document, "services", services_of(s));
    json_object_set_new(document, "calls", calls);
    json_object_set_new(document, "truncated", truncated);
    return document;
}
