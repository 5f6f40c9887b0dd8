/* Puts parts of the mesh's state into words. */
#include "status_words.h"

#include <string.h>

#include "meshctl/base/text.h"

#define SHOWN_DIGITS 8 /* of a fingerprint */
#define SOON_DAYS 30

static const struct {
    const char *name;
    enum term_symbol symbol;
    enum term_style style;
} levels[] = {
    [STATUS_PLAIN] = {"", TERM_IDLE, TERM_PLAIN},
    [STATUS_OK] = {"ok", TERM_OK, TERM_GREEN},
    [STATUS_WARNING] = {"warning", TERM_WARN, TERM_YELLOW},
    [STATUS_ERROR] = {"error", TERM_FAIL, TERM_RED},
};

enum status_level status_level_of(const json_t *row, const char *key)
{
    const char *name = json_dig_str(row, key, NULL);
    for (int i = STATUS_OK; name && i <= STATUS_ERROR; i++)
        if (strcmp(levels[i].name, name) == 0)
            return (enum status_level)i;
    return STATUS_PLAIN;
}

void status_append_symbol(const struct term *term, enum status_level level, struct buf *out)
{
    if (level != STATUS_PLAIN)
        term_append(term, out, levels[level].style, term_symbol(term, levels[level].symbol));
}

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_dig_str(row, key, NULL);
    return text ? text : "";
}

static long long count_of(const json_t *row, const char *key)
{
    return (long long)json_dig_int(row, 0, key, NULL);
}

/* ---- numbers --------------------------------------------------------------------------------- */

void status_append_rate(const json_t *value, struct buf *out)
{
    if (!json_is_number(value)) {
        buf_appendc(out, '-');
        return;
    }
    double rate = json_number_value(value);
    buf_appendf(out, rate < 99.95 ? "%.1f/s" : "%.0f/s", rate);
}

void status_append_age(const json_t *seconds, struct buf *out)
{
    static const struct {
        long long seconds;
        char unit;
    } units[] = {{24 * 60 * 60, 'd'}, {60 * 60, 'h'}, {60, 'm'}, {1, 's'}};
    long long age = (long long)json_integer_value(seconds);
    size_t i = 0;
    if (!json_is_integer(seconds)) {
        buf_appendc(out, '-');
        return;
    }
    while (i + 1 < MC_ARRAY_LEN(units) && age < units[i].seconds)
        i++;
    buf_appendf(out, "%lld%c", age / units[i].seconds, units[i].unit);
}

void status_append_seen(const json_t *link, struct buf *out)
{
    const json_t *seen = json_object_get(link, "servicesSeen");
    if (json_is_integer(seen))
        buf_appendf(out, "%lld of %lld", count_of(link, "servicesSeen"),
                    count_of(link, "services"));
    else
        buf_appendc(out, '-');
}

void status_append_latency(const json_t *latency, struct buf *out)
{
    if (json_is_object(latency))
        buf_appendf(out, "%.1f ms, 99%% %.1f ms",
                    json_number_value(json_object_get(latency, "p50")),
                    json_number_value(json_object_get(latency, "p99")));
    else
        buf_appendc(out, '-');
}

/* ---- a cluster ------------------------------------------------------------------------------- */

void status_append_versions(const json_t *cluster, struct buf *out)
{
    size_t i, before = out->len;
    json_t *istiod;
    json_array_foreach(json_object_get(cluster, "istiods"), i, istiod) {
        const char *version = text_of(istiod, "version"), *revision = text_of(istiod, "revision");
        buf_appendf(out, "%s%s", i ? ", " : "", version[0] ? version : "?");
        if (strcmp(revision, "default") != 0)
            buf_appendf(out, " (%s)", revision);
    }
    if (out->len == before)
        buf_appendc(out, '-');
}

void status_append_ready(const json_t *cluster, struct buf *out)
{
    const json_t *istiods = json_object_get(cluster, "istiods");
    long long ready = 0, wanted = 0;
    size_t i;
    json_t *istiod;
    json_array_foreach(istiods, i, istiod) {
        ready += count_of(istiod, "ready");
        wanted += count_of(istiod, "wanted");
    }
    if (json_array_size(istiods))
        buf_appendf(out, "%lld/%lld", ready, wanted);
    else
        buf_appendc(out, '-');
}

static enum status_level say_names(const json_t *cluster, struct buf *out)
{
    if (json_is_true(json_object_get(cluster, "reached")))
        buf_appends(out, text_of(cluster, "cluster"));
    else
        buf_appendf(out, "not reached: %s", text_of(cluster, "server"));
    return status_level_of(cluster, "health");
}

static enum status_level say_network(const json_t *cluster, struct buf *out)
{
    if (json_is_true(json_object_get(cluster, "reached")))
        buf_appends(out, text_of(cluster, "network"));
    return STATUS_PLAIN;
}

static enum status_level say_kubernetes(const json_t *cluster, struct buf *out)
{
    buf_appends(out, text_of(cluster, "kubernetes"));
    return STATUS_PLAIN;
}

static enum status_level say_istiod(const json_t *cluster, struct buf *out)
{
    enum status_level level = STATUS_PLAIN;
    size_t i;
    json_t *istiod;
    json_array_foreach(json_object_get(cluster, "istiods"), i, istiod) {
        long long ready = count_of(istiod, "ready"), wanted = count_of(istiod, "wanted");
        const char *version = text_of(istiod, "version"), *revision = text_of(istiod, "revision");
        enum status_level one = !ready ? STATUS_ERROR : ready < wanted ? STATUS_WARNING : STATUS_OK;
        level = one > level ? one : level;
        buf_appendf(out, "%s%s", i ? "; " : "", version[0] ? version : "?");
        if (strcmp(revision, "default") != 0)
            buf_appendf(out, " %s", revision);
        buf_appendf(out, " %lld/%lld", ready, wanted);
        if (json_is_integer(json_object_get(istiod, "proxies")))
            buf_appendf(out, ", %lld proxies", count_of(istiod, "proxies"));
    }
    return level;
}

static enum status_level say_ca(const json_t *cluster, struct buf *out)
{
    const char *root = json_dig_str(cluster, "root", "fingerprint", NULL);
    const json_t *days = json_object_get(cluster, "daysLeft");
    if (!root)
        return STATUS_PLAIN;
    if (json_is_integer(days))
        buf_appendf(out, "%lld days left, ", count_of(cluster, "daysLeft"));
    buf_appendf(out, "root %.*s", SHOWN_DIGITS, root);
    if (!json_is_integer(days))
        return STATUS_PLAIN;
    return json_integer_value(days) <= 0          ? STATUS_ERROR
           : json_integer_value(days) < SOON_DAYS ? STATUS_WARNING
                                                  : STATUS_OK;
}

static const json_t *first_gateway(const json_t *cluster, const char *role, size_t *ret_count)
{
    const json_t *first = NULL;
    size_t i;
    json_t *gateway;
    *ret_count = 0;
    json_array_foreach(json_object_get(cluster, "gateways"), i, gateway) {
        if (strcmp(text_of(gateway, "role"), role) != 0)
            continue;
        first = first ? first : gateway;
        *ret_count += 1;
    }
    return first;
}

void status_append_address(const json_t *cluster, const char *role, struct buf *out)
{
    size_t count;
    const char *address =
        json_dig_str(first_gateway(cluster, role, &count), "addresses", "0", NULL);
    buf_appends(out, address ? address : "-");
}

static enum status_level say_gateway(const json_t *cluster, const char *role, struct buf *out)
{
    size_t count;
    const json_t *gateway = first_gateway(cluster, role, &count);
    const char *address = json_dig_str(gateway, "addresses", "0", NULL);
    if (!gateway)
        return STATUS_PLAIN;
    buf_appendf(out, "%lld/%lld %s", count_of(gateway, "ready"), count_of(gateway, "wanted"),
                address ? address : "no address");
    if (json_is_integer(json_object_get(gateway, "connections")))
        buf_appendf(out, ", %lld open", count_of(gateway, "connections"));
    if (count > 1)
        buf_appendf(out, " (%zu more)", count - 1);
    return status_level_of(gateway, "health");
}

static enum status_level say_eastwest(const json_t *cluster, struct buf *out)
{
    return say_gateway(cluster, "eastwest", out);
}

static enum status_level say_ingress(const json_t *cluster, struct buf *out)
{
    return say_gateway(cluster, "ingress", out);
}

static enum status_level say_egress(const json_t *cluster, struct buf *out)
{
    return say_gateway(cluster, "egress", out);
}

const struct status_row status_cluster_rows[] = {
    {"cluster", say_names},
    {"network", say_network},
    {"Kubernetes", say_kubernetes},
    {"istiod", say_istiod},
    {"CA", say_ca},
    {"east-west gateway", say_eastwest},
    {"ingress gateway", say_ingress},
    {"egress gateway", say_egress},
};
const size_t status_cluster_rows_count = MC_ARRAY_LEN(status_cluster_rows);

/* ---- a peer ---------------------------------------------------------------------------------- */

static enum status_level say_peer(const json_t *link, struct buf *out)
{
    buf_appends(out, text_of(link, "to"));
    return status_level_of(link, "health");
}

static enum status_level say_api(const json_t *link, struct buf *out)
{
    buf_appends(out, text_of(link, "api"));
    return status_level_of(link, "api");
}

static enum status_level say_sync(const json_t *link, struct buf *out)
{
    const char *sync = json_dig_str(link, "sync", NULL);
    if (!sync)
        return STATUS_PLAIN;
    buf_appendf(out, "%s istiod", sync);
    return json_is_true(json_object_get(link, "synced")) ? STATUS_OK : STATUS_ERROR;
}

static enum status_level say_services(const json_t *link, struct buf *out)
{
    const json_t *seen = json_object_get(link, "servicesSeen");
    if (!json_is_integer(seen))
        return STATUS_PLAIN;
    status_append_seen(link, out);
    return count_of(link, "servicesSeen") < count_of(link, "services") ? STATUS_WARNING : STATUS_OK;
}

static enum status_level say_token(const json_t *link, struct buf *out)
{
    const json_t *age = json_object_get(link, "tokenAgeSeconds");
    if (json_is_integer(age))
        status_append_age(age, out);
    return STATUS_PLAIN;
}

static enum status_level say_requests(const json_t *link, struct buf *out)
{
    const json_t *rate = json_object_get(link, "requestsPerSecond");
    if (json_is_number(rate))
        status_append_rate(rate, out);
    return STATUS_PLAIN;
}

static enum status_level say_errors(const json_t *link, struct buf *out)
{
    const json_t *rate = json_object_get(link, "errorsPerSecond");
    long long failures = count_of(link, "connectFailures");
    if (!json_is_number(rate))
        return STATUS_PLAIN;
    status_append_rate(rate, out);
    if (failures)
        buf_appendf(out, ", %lld not connected", failures);
    return json_number_value(rate) > 0 || failures ? STATUS_WARNING : STATUS_PLAIN;
}

static enum status_level say_latency(const json_t *link, struct buf *out)
{
    const json_t *latency = json_object_get(link, "latencyMs");
    if (json_is_object(latency))
        status_append_latency(latency, out);
    return STATUS_PLAIN;
}

const struct status_row status_link_rows[] = {
    {"peer", say_peer},         {"  API", say_api},
    {"  sync", say_sync},       {"  services seen", say_services},
    {"  token age", say_token}, {"  requests", say_requests},
    {"  errors", say_errors},   {"  latency", say_latency},
};
const size_t status_link_rows_count = MC_ARRAY_LEN(status_link_rows);
