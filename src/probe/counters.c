/* Reads Envoy's counters of endpoints, and takes one reading from another. */
#include "counters.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

/* ---- names ----------------------------------------------------------------------------------- */

/* istio pilot/pkg/model/service.go: BuildSubsetKey and BuildDNSSrvSubsetKey. */
bool counters_parse_name(const char *cluster, struct counters_name *ret_name)
{
    static const struct {
        const char *begin, *between;
    } forms[] = {{"outbound|", "|"}, {"outbound_.", "_."}};
    for (size_t i = 0; i < MC_ARRAY_LEN(forms); i++) {
        if (!text_has_prefix(cluster, forms[i].begin))
            continue;
        char *end = NULL;
        size_t len = strlen(forms[i].between);
        unsigned long port = strtoul(cluster + strlen(forms[i].begin), &end, 10);
        if (!text_has_prefix(end, forms[i].between) || port > 65535)
            return false;
        const char *host = strstr(end + len, forms[i].between);
        if (!host || !host[len])
            return false;
        *ret_name = (struct counters_name){host + len, (unsigned)port, i == 1};
        return true;
    }
    return false;
}

bool counters_split_host(const char *host, char **ret_name, char **ret_namespace)
{
    const char *dot = strchr(host, '.');
    const char *end = dot ? strchr(dot + 1, '.') : NULL;
    if (!end || dot == host || end == dot + 1 || !text_has_prefix(end, ".svc."))
        return false;
    *ret_name = mem_strndup(host, (size_t)(dot - host));
    *ret_namespace = mem_strndup(dot + 1, (size_t)(end - dot - 1));
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

static json_int_t bounded(json_int_t count)
{
    return count < 0 ? 0 : count > COUNTERS_MAX_COUNT ? COUNTERS_MAX_COUNT : count;
}

json_int_t counters_stat(const json_t *host, const char *name)
{
    size_t i;
    json_t *stat;
    json_array_foreach(json_object_get(host, "stats"), i, stat) {
        const json_t *value = json_object_get(stat, "value");
        const char *text = json_string_value(value);
        if (text_equal(json_dig_str(stat, "name", NULL), name))
            return bounded(text ? strtoll(text, NULL, 10) : json_integer_value(value));
    }
    return 0;
}

/* envoy.admin.v3.HostHealthStatus: each flag is a reason not to be called. */
static bool is_healthy(const json_t *host)
{
    const json_t *health = json_object_get(host, "health_status");
    const char *eds = json_dig_str(health, "eds_health_status", NULL);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)health, key, value)
        if (text_has_prefix(key, "failed_") && json_is_true(value))
            return false;
    return !eds || strcmp(eds, "HEALTHY") == 0;
}

static void add_row(struct counters *c, const char *cluster, const json_t *host)
{
    const char *address = json_dig_str(host, "address", "socket_address", "address", NULL);
    json_int_t port = json_dig_int(host, 0, "address", "socket_address", "port_value", NULL);
    struct counters_row row = {
        .healthy = is_healthy(host),
        .active = counters_stat(host, "cx_active"),
        .counts = {.requests = counters_stat(host, "rq_total"),
                   .errors = counters_stat(host, "rq_error"),
                   .connections = counters_stat(host, "cx_total"),
                   .connect_failures = counters_stat(host, "cx_connect_fail")},
    };
    if (!address || (!row.counts.requests && !row.counts.connections))
        return;
    if (c->count == COUNTERS_MAX_ROWS) {
        c->is_cut = true;
        return;
    }
    row.cluster = mem_strdup(cluster);
    row.endpoint =
        mem_printf(strchr(address, ':') ? "[%s]:%lld" : "%s:%lld", address, (long long)port);
    c->rows = mem_grow(c->rows, &c->cap, c->count + 1, sizeof(*c->rows));
    c->rows[c->count++] = row;
}

static int by_name(const void *a, const void *b)
{
    const struct counters_row *x = a, *y = b;
    int order = strcmp(x->cluster, y->cluster);
    return order ? order : strcmp(x->endpoint, y->endpoint);
}

void counters_read(const json_t *answer, struct counters *ret_counters)
{
    size_t i, j;
    json_t *status, *host;
    *ret_counters = (struct counters){0};
    json_array_foreach(json_object_get(answer, "cluster_statuses"), i, status) {
        const char *cluster = json_dig_str(status, "name", NULL);
        struct counters_name name;
        if (!cluster || !counters_parse_name(cluster, &name))
            continue;
        json_array_foreach(json_object_get(status, "host_statuses"), j, host)
            add_row(ret_counters, cluster, host);
    }
    if (ret_counters->count)
        qsort(ret_counters->rows, ret_counters->count, sizeof(*ret_counters->rows), by_name);
}

void counters_release(struct counters *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->rows[i].cluster);
        free(c->rows[i].endpoint);
    }
    free(c->rows);
    *c = (struct counters){0};
}

/* ---- between --------------------------------------------------------------------------------- */

static json_int_t between(json_int_t before, json_int_t now)
{
    return now >= before ? now - before : now;
}

struct counts counters_between(const struct counters *before, const struct counters_row *now)
{
    const struct counters_row *row =
        before && before->count
            ? bsearch(now, before->rows, before->count, sizeof(*before->rows), by_name)
            : NULL;
    if (!row)
        return now->counts;
    return (struct counts){
        .requests = between(row->counts.requests, now->counts.requests),
        .errors = between(row->counts.errors, now->counts.errors),
        .connections = between(row->counts.connections, now->counts.connections),
        .connect_failures = between(row->counts.connect_failures, now->counts.connect_failures),
    };
}
