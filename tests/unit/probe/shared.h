/* Two clusters that share Services: namespace shop has front (west), cart (both) and stock (east alone,
 * whose name west has, too); nothing else of the other namespaces is in the mesh. */
#ifndef PROBE_SHARED_H
#define PROBE_SHARED_H

#include "meshctl/base/text.h"
#include "support.h"

enum shared_read { PODS, SERVICES, RULES, AUTHENTICATIONS, AUTHORIZATIONS, SIDECARS };

struct shared {
    struct two two;
    json_t *west[FACTS_TRAFFIC_READS], *east[FACTS_TRAFFIC_READS];
    json_t *config; /* both istiods' */
};

/* `notes`: its annotations; "" is out of the mesh. */
static inline void shared_pod(json_t **cluster, const char *namespace_, const char *app,
                              const char *labels, const char *notes)
{
    AUTO_FREE char *text = mem_printf(
        "{\"metadata\":{\"namespace\":\"%s\",\"name\":\"%s-1\",\"labels\":{\"app\":\"%s\","
        "\"pod-template-hash\":\"7c9d\"%s},\"annotations\":{%s},\"ownerReferences\":[{\"kind\":"
        "\"ReplicaSet\",\"name\":\"%s-7c9d\"}]}}",
        namespace_, app, app, labels, notes, app);
    json_array_append_new(cluster[PODS], parse(text));
}

#define MESHED "\"sidecar.istio.io/status\":\"{}\""

static inline void shared_service(json_t **cluster, const char *namespace_, const char *name)
{
    AUTO_FREE char *text = mem_printf(
        "{\"metadata\":{\"namespace\":\"%s\",\"name\":\"%s\"},\"spec\":{\"selector\":{\"app\":"
        "\"%s\"},\"ports\":[{\"name\":\"http\",\"port\":80,\"targetPort\":8080}]}}",
        namespace_, name, name);
    json_array_append_new(cluster[SERVICES], parse(text));
}

static inline void shared_init(struct shared *s)
{
    two_init(&s->two);
    s->config = json_object();
    for (size_t i = 0; i < FACTS_TRAFFIC_READS; i++) {
        s->west[i] = json_array();
        s->east[i] = json_array();
    }
    json_t **both[] = {s->west, s->east};
    for (size_t i = 0; i < 2; i++) {
        shared_pod(both[i], "shop", "cart", "", MESHED);
        shared_service(both[i], "shop", "cart");
        shared_service(both[i], "shop", "stock");
        shared_pod(both[i], "plain", "db", "", "");
        shared_service(both[i], "plain", "db");
        shared_pod(both[i], "kube-system", "dns", "", MESHED);
        shared_service(both[i], "kube-system", "dns");
    }
    shared_pod(s->west, "shop", "front", "", MESHED);
    shared_service(s->west, "shop", "front");
    shared_pod(s->east, "shop", "stock", "", MESHED);
}

static inline struct facts_traffic *shared_traffic(json_t **cluster, json_t *config,
                                                   const struct facts *f)
{
    struct kube_read reads[FACTS_TRAFFIC_READS] = {0};
    for (size_t i = 0; i < FACTS_TRAFFIC_READS; i++)
        reads[i].found = cluster[i];
    return facts_traffic_new(reads, f, "istio-system", config, NULL);
}

/* From now on what was put in is what was found; may be called again. */
static inline struct probe *shared_look(struct shared *s, size_t at)
{
    facts_traffic_free(s->two.west.traffic);
    facts_traffic_free(s->two.east.traffic);
    s->two.west.traffic = shared_traffic(s->west, s->config, &s->two.west);
    s->two.east.traffic = shared_traffic(s->east, s->config, &s->two.east);
    s->two.probe.at = at;
    json_array_clear(s->two.probe.findings);
    return &s->two.probe;
}

static inline void shared_release(struct shared *s)
{
    for (size_t i = 0; i < FACTS_TRAFFIC_READS; i++) {
        json_decref(s->west[i]);
        json_decref(s->east[i]);
    }
    json_decref(s->config);
    two_release(&s->two);
}

/* Single quotes stand for double ones. */
static inline json_t *quoted(const char *text)
{
    AUTO_FREE char *copy = mem_strdup(text);
    for (char *p = copy; *p; p++)
        if (*p == '\'')
            *p = '"';
    return parse(copy);
}

/* "error MC711, warning MC717": what is not good, in order; yours to free. */
static inline char *shared_bad_dup(const struct probe *p)
{
    AUTO_STRLIST rows = STRLIST_INIT;
    size_t i;
    json_t *row;
    json_array_foreach(p->findings, i, row)
        if (!text_equal(json_dig_str(row, "level", NULL), "ok"))
            strlist_addf(&rows, "%s %s", json_dig_str(row, "level", NULL),
                         json_dig_str(row, "id", NULL));
    return strlist_join_dup(&rows, ", ");
}

static inline void shared_is(const struct probe *p, const char *wanted, const char *of)
{
    AUTO_FREE char *bad = shared_bad_dup(p);
    if (strcmp(bad, wanted) != 0) {
        AUTO_FREE char *all = json_write_dup(p->findings, 0);
        fail_msg("%s: \"%s\", wanted \"%s\" in %s", of, bad, wanted, all);
    }
}

/* Of the first row that is not good. */
static inline const char *shared_said(const struct probe *p, const char *key)
{
    size_t i;
    json_t *row;
    json_array_foreach(p->findings, i, row)
        if (!text_equal(json_dig_str(row, "level", NULL), "ok"))
            return json_dig_str(row, key, NULL);
    fail_msg("nothing is wrong");
    return NULL;
}

#endif
