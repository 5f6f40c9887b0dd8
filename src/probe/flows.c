/* Asks proxies for their counters, twice, and istiod for what it knows; all of a cluster at once. */
#include "flows_internal.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/kube/forward.h"
#include "meshctl/probe/proxy.h"
#include "wires.h"

/* One that hangs shall not hold up the others' answers for long. */
#define TIMEOUT_MS 5000
#define MAX_WIRES 64 /* of Envoy's clusters that one proxy is asked about */
/* An Envoy that knows no such filter answers with everything. */
#define CLUSTERS_PATH "/clusters?format=json&filter=%5Eoutbound"

/* ---- questions ------------------------------------------------------------------------------- */

struct question {
    struct flows_proxy *proxy;
    struct flows_istiod *istiod;
    enum flows_reading reading;
    json_t *answer; /* where it is kept for the owner's thread */
    char *path;     /* a path of its own, or NULL */
};

struct questions {
    struct kube_forward_ask *forwards;
    struct question *items; /* one each */
    size_t count, max;
};

static void questions_release(struct questions *q)
{
    kube_forward_release(q->forwards, q->count);
    for (size_t i = 0; i < q->count; i++) {
        json_decref(q->items[i].answer);
        free(q->items[i].path);
    }
    free(q->forwards);
    free(q->items);
}
#define AUTO_QUESTIONS MC_CLEANUP(questions_release) struct questions

static void questions_init(struct questions *q, size_t max)
{
    *q = (struct questions){.forwards = mem_array(max, sizeof(*q->forwards)),
                            .items = mem_array(max, sizeof(*q->items)),
                            .max = max};
}

typedef int (*take_fn)(void *ctx, const struct buf *answer, struct error **err);

static void add(struct questions *q, const struct question *question, const char *path,
                take_fn take)
{
    const struct flows_proxy *proxy = question->proxy;
    const struct flows_istiod *istiod = question->istiod;
    q->items[q->count] = *question;
    q->forwards[q->count] =
        (struct kube_forward_ask){.namespace_ = proxy ? proxy->namespace_ : istiod->namespace_,
                                  .pod = proxy ? proxy->name : istiod->name,
                                  .port = proxy ? PROXY_ENVOY_PORT : PROXY_ISTIOD_PORT,
                                  .path = path,
                                  .timeout_ms = TIMEOUT_MS,
                                  .take = take,
                                  .ctx = &q->items[q->count]};
    q->count++;
}

/* ---- answers, in any thread ------------------------------------------------------------------ */

static int read_json(const struct buf *answer, json_t **ret_value, struct error **err)
{
    if (json_read(answer->data, answer->len, "answer", ret_value, err) == 0)
        return 0;
    (*err)->kind = ERROR_REMOTE;
    return -1;
}

static int take_counters(void *ctx, const struct buf *answer, struct error **err)
{
    struct question *q = ctx;
    struct counters *counters = &q->proxy->counters[q->reading];
    json_auto_t *value = NULL;
    if (read_json(answer, &value, err) < 0)
        return -1;
    counters_read(value, counters);
    counters->read_at_ms = clock_now_ms();
    q->proxy->answered[q->reading] = true;
    return 0;
}

static int take_metrics(void *ctx, const struct buf *answer, struct error **err)
{
    struct question *q = ctx;
    (void)err;
    metrics_read(answer->data, answer->len, &q->proxy->metrics[q->reading]);
    const struct metrics *m = &q->proxy->metrics[q->reading];
    q->proxy->has_metrics = m->is_istios || m->has_bytes || m->has_active;
    return 0;
}

static int take_json(void *ctx, const struct buf *answer, struct error **err)
{
    struct question *q = ctx;
    return read_json(answer, &q->answer, err);
}

/* ---- istiod ---------------------------------------------------------------------------------- */

enum istiod_path { CLUSTERZ, NETWORKZ, REGISTRYZ, SYNCZ, ISTIOD_PATHS };
static const char *const istiod_paths[ISTIOD_PATHS] = {
    [CLUSTERZ] = "/debug/clusterz",
    [NETWORKZ] = "/debug/networkz",
    [REGISTRYZ] = "/debug/registryz",
    [SYNCZ] = "/debug/syncz",
};

/* Every replica says what it holds and which proxies it has; what the mesh looks like, one of them. */
static void add_istiod(struct questions *q, struct flows_istiod *istiod, bool is_first)
{
    struct question question = {.istiod = istiod};
    add(q, &question, istiod_paths[SYNCZ], take_json);
    if (istiod->is_meshs)
        add(q, &question, istiod_paths[CLUSTERZ], take_json);
    if (istiod->is_meshs && is_first) {
        add(q, &question, istiod_paths[NETWORKZ], take_json);
        add(q, &question, istiod_paths[REGISTRYZ], take_json);
    }
}

/* istio pilot/pkg/model/service.go: a Service's addresses by the clusters that have it. */
static json_t *registry_of(const json_t *registryz)
{
    json_t *registry = json_object(), *row, *addresses;
    size_t i;
    json_array_foreach(registryz, i, row) {
        const char *namespace_ = json_dig_str(row, "Attributes", "Namespace", NULL);
        const char *name = json_dig_str(row, "Attributes", "Name", NULL);
        json_t *clusters = json_array();
        const char *cluster;
        json_object_foreach(json_dig(row, "clusterVIPs", "Addresses", NULL), cluster, addresses)
            json_array_append_new(clusters, json_string(cluster));
        AUTO_FREE char *key = mem_printf("%s/%s", namespace_ ? namespace_ : "", name ? name : "");
        json_object_set_new(registry, key, clusters);
    }
    return registry;
}

static void take_istiod_answer(struct flows *f, struct question *q, const char *path)
{
    if (strcmp(path, istiod_paths[SYNCZ]) == 0)
        q->istiod->proxies = (json_int_t)json_array_size(q->answer);
    else if (strcmp(path, istiod_paths[CLUSTERZ]) == 0)
        q->istiod->clusterz = TAKE(q->answer);
    else if (strcmp(path, istiod_paths[NETWORKZ]) == 0)
        f->networkz = TAKE(q->answer);
    else
        f->registry = registry_of(q->answer);
}

/* ---- readings -------------------------------------------------------------------------------- */

static void add_proxies(struct questions *q, struct flows *f, enum flows_reading reading)
{
    for (size_t i = 0; i < f->proxies_count; i++) {
        struct flows_proxy *proxy = &f->proxies[i];
        struct question question = {.proxy = proxy, .reading = reading};
        if (reading != FLOWS_FIRST && !proxy->answered[FLOWS_FIRST])
            continue;
        add(q, &question, CLUSTERS_PATH, take_counters);
        if (reading == FLOWS_FIRST ? proxy->is_gateway : proxy->has_metrics)
            add(q, &question, METRICS_PATH, take_metrics);
    }
}

static int ask(struct probe *p, struct questions *q, struct error **err)
{
    return q->count ? kube_forward_many(p->client, q->forwards, q->count, err) : 0;
}

static int read_first(struct probe *p, struct flows *f, struct error **err)
{
    AUTO_QUESTIONS q = {0};
    bool has_first = false;
    questions_init(&q, 2 * f->proxies_count + ISTIOD_PATHS * f->istiods_count);
    for (size_t i = 0; i < f->istiods_count; i++) {
        add_istiod(&q, &f->istiods[i], !has_first);
        has_first = has_first || f->istiods[i].is_meshs;
    }
    add_proxies(&q, f, FLOWS_FIRST);
    if (ask(p, &q, err) < 0)
        return -1;
    for (size_t i = 0; i < q.count; i++)
        if (q.items[i].answer)
            take_istiod_answer(f, &q.items[i], q.forwards[i].path);
    return 0;
}

/* ---- how it is called ------------------------------------------------------------------------ */

/* Of what it has called, the names of Envoy's clusters. */
static json_t *called_by(const struct flows_proxy *proxy)
{
    const struct counters *c = &proxy->counters[FLOWS_FIRST];
    json_t *names = json_object();
    for (size_t i = 0; i < c->count && json_object_size(names) < MAX_WIRES; i++) {
        struct counters_name name;
        if (counters_parse_name(c->rows[i].cluster, &name) && !name.is_passed_on)
            json_object_set_new(names, c->rows[i].cluster, json_null());
    }
    return names;
}

static void add_wires(struct questions *q, struct flows_proxy *proxy)
{
    static const char *const what[] = {WIRES_ENDPOINTS, WIRES_CLUSTERS};
    json_auto_t *names = called_by(proxy);
    for (size_t i = 0; json_object_size(names) && i < MC_ARRAY_LEN(what); i++) {
        AUTO_BUF path = BUF_INIT;
        wires_append_path(&path, what[i], names);
        struct question question = {.proxy = proxy, .path = buf_detach(&path, NULL)};
        add(q, &question, question.path, take_json);
    }
}

/* The gateways were asked whether their proxies are Istio's own; others have nothing to tell. */
static void add_metrics(struct questions *q, struct flows *f)
{
    bool are_istios = false;
    for (size_t i = 0; i < f->proxies_count; i++)
        are_istios = are_istios || f->proxies[i].metrics[FLOWS_FIRST].is_istios;
    for (size_t i = 0; are_istios && i < f->proxies_count; i++) {
        struct question question = {.proxy = &f->proxies[i], .reading = FLOWS_FIRST};
        if (!f->proxies[i].is_gateway && f->proxies[i].answered[FLOWS_FIRST])
            add(q, &question, METRICS_PATH, take_metrics);
    }
}

/* What can wait until the counters have been read, which are read again. */
static int read_rest(struct probe *p, struct flows *f, struct error **err)
{
    AUTO_QUESTIONS q = {0};
    questions_init(&q, 3 * f->proxies_count);
    add_metrics(&q, f);
    for (size_t i = 0; i < f->proxies_count && f->namespaces.count; i++)
        add_wires(&q, &f->proxies[i]);
    if (ask(p, &q, err) < 0)
        return -1;
    for (size_t i = 0; i < q.count; i++) {
        wires_add_endpoints(q.items[i].answer, q.items[i].proxy->wires);
        wires_add_clusters(q.items[i].answer, q.items[i].proxy->wires);
    }
    return 0;
}

/* ---- all of it ------------------------------------------------------------------------------- */

int flows_begin(struct probe *p, const struct strlist *namespaces, struct flows **ret_flows,
                struct error **err)
{
    MC_CLEANUP(flows_cleanup) struct flows *f = mem_zalloc(sizeof(*f));
    f->mesh = p->mesh;
    f->member = probe_member(p);
    f->truncated = json_array();
    for (size_t i = 0; i < namespaces->count; i++)
        if (i < FLOWS_MAX_NAMESPACES && !strlist_has(&f->namespaces, namespaces->items[i]))
            strlist_add(&f->namespaces, namespaces->items[i]);
    if (namespaces->count > FLOWS_MAX_NAMESPACES)
        flows_truncate(f, "namespaces that are told", FLOWS_MAX_NAMESPACES, namespaces->count);
    if (flows_find(p, f, err) < 0 || read_first(p, f, err) < 0 || read_rest(p, f, err) < 0)
        return -1;
    *ret_flows = TAKE(f);
    return 0;
}

static void note_window(struct flows *f)
{
    size_t silent = 0;
    for (size_t i = 0; i < f->proxies_count; i++) {
        const struct flows_proxy *proxy = &f->proxies[i];
        int64_t ms =
            proxy->counters[FLOWS_SECOND].read_at_ms - proxy->counters[FLOWS_FIRST].read_at_ms;
        if (!proxy->answered[FLOWS_SECOND])
            silent++;
        else if (ms > f->window_ms)
            f->window_ms = ms;
    }
    AUTO_FREE char *what = mem_printf("asked pods that answered in %s", f->member->name);
    flows_truncate(f, what, f->proxies_count - silent, f->proxies_count);
}

/* When the last proxy was read first. */
static int64_t first_read_ms(const struct flows *f)
{
    int64_t last = 0;
    for (size_t i = 0; i < f->proxies_count; i++)
        if (f->proxies[i].counters[FLOWS_FIRST].read_at_ms > last)
            last = f->proxies[i].counters[FLOWS_FIRST].read_at_ms;
    return last;
}

int flows_end(struct probe *p, struct flows *f, int64_t window_ms, struct error **err)
{
    AUTO_QUESTIONS q = {0};
    int64_t first_ms = first_read_ms(f);
    int64_t left_ms = first_ms ? clock_left_ms(first_ms + window_ms) : 0;
    questions_init(&q, 2 * f->proxies_count);
    if (clock_sleep(left_ms, p->cancel) < 0)
        return error_set(err, ERROR_CANCELLED, "%s: interrupted between two readings",
                         f->member->name);
    add_proxies(&q, f, FLOWS_SECOND);
    if (ask(p, &q, err) < 0)
        return -1;
    note_window(f);
    return 0;
}

static void release_proxy(struct flows_proxy *proxy)
{
    for (int r = 0; r < FLOWS_READINGS; r++) {
        counters_release(&proxy->counters[r]);
        metrics_release(&proxy->metrics[r]);
    }
    json_decref(proxy->wires);
    free(proxy->namespace_);
    free(proxy->name);
    free(proxy->workload);
}

void flows_free(struct flows *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->proxies_count; i++)
        release_proxy(&f->proxies[i]);
    for (size_t i = 0; i < f->istiods_count; i++) {
        json_decref(f->istiods[i].clusterz);
        free(f->istiods[i].namespace_);
        free(f->istiods[i].name);
        free(f->istiods[i].workload);
    }
    free(f->proxies);
    free(f->istiods);
    strlist_release(&f->namespaces);
    strlist_release(&f->injected);
    json_decref(f->services);
    json_decref(f->deployments);
    json_decref(f->gateway_pods);
    json_decref(f->pods);
    json_decref(f->istiod_pods);
    json_decref(f->networkz);
    json_decref(f->registry);
    json_decref(f->truncated);
    free(f);
}
