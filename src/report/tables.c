/* Parts of a report as tables. */
#include "meshctl/report/tables.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"
#include "meshctl/ui/table.h"

static const char *text_of(const json_t *row, const char *key)
{
    const char *s = json_dig_str(row, key, NULL);
    return s && s[0] ? s : "-";
}

void report_append_traffic(const struct term *term, const json_t *report, struct buf *out)
{
    const json_t *traffic = json_dig(report, "verify", "traffic", NULL);
    size_t i;
    json_t *row;
    if (!json_is_object(traffic))
        return;
    AUTO_TABLE table = table_with("ANSWER", "CLUSTER", "STARS", "COUNT", NULL);
    json_array_foreach(json_dig(traffic, "answers", NULL), i, row) {
        AUTO_FREE char *count = mem_printf("%lld", (long long)json_dig_int(row, 0, "count", NULL));
        table_row(&table, text_of(row, "version"), text_of(row, "cluster"), text_of(row, "stars"),
                  count, NULL);
    }
    table_print(&table, term, out);
    buf_appendf(out, "%lld requests, %lld failed\n",
                (long long)json_dig_int(traffic, 0, "requests", NULL),
                (long long)json_dig_int(traffic, 0, "failed", NULL));
}

void report_append_outdated(const struct term *term, const json_t *report, struct buf *out)
{
    const json_t *rows = json_object_get(report, "outdated");
    size_t i;
    json_t *row;
    if (!json_array_size(rows))
        return;
    AUTO_TABLE table =
        table_with("CLUSTER", "NAMESPACE", "PROXIES OF", "PODS", "VERSION", "RESTART", NULL);
    json_array_foreach(rows, i, row) {
        AUTO_FREE char *pods = mem_printf("%lld", (long long)json_dig_int(row, 0, "pods", NULL));
        table_row(&table, text_of(row, "cluster"), text_of(row, "namespace"),
                  text_of(row, "workload"), pods, text_of(row, "version"), text_of(row, "restart"),
                  NULL);
    }
    table_print(&table, term, out);
}

/* ---- verify's own requests -------------------------------------------------------------------- */

static char *ms_dup(const json_t *path, const char *key)
{
    json_int_t ms = json_dig_int(path, -1, key, NULL);
    return ms < 0 ? mem_strdup("-") : mem_printf("%lld ms", (long long)ms);
}

/* "172.30.2.11:15443", or "direct" within a cluster. */
static char *way_dup(const json_t *path)
{
    AUTO_STRLIST ways = STRLIST_INIT;
    size_t i;
    json_t *host;
    if (text_equal(json_dig_str(path, "from", NULL), json_dig_str(path, "to", NULL)))
        return mem_strdup("direct");
    json_array_foreach(json_object_get(path, "endpoints"), i, host)
        strlist_addf(&ways, "%s:%lld", text_of(host, "address"),
                     (long long)json_dig_int(host, 0, "port", NULL));
    return ways.count ? strlist_join_dup(&ways, " ") : mem_strdup("-");
}

static void append_path(struct table *table, const json_t *path)
{
    json_int_t requests = json_dig_int(path, 0, "requests", NULL);
    AUTO_FREE char *all = mem_printf("%lld", (long long)requests);
    AUTO_FREE char *good =
        mem_printf("%lld", (long long)(requests - json_dig_int(path, 0, "errors", NULL)));
    AUTO_FREE char *p50 = ms_dup(path, "p50Ms");
    AUTO_FREE char *p99 = ms_dup(path, "p99Ms");
    AUTO_FREE char *way = way_dup(path);
    const char *root = json_string_value(json_array_get(json_object_get(path, "roots"), 0));
    AUTO_FREE char *digits = root ? mem_strndup(root, 8) : mem_strdup("-");
    table_row(table, text_of(path, "from"), text_of(path, "to"), all, good, p50, p99,
              text_of(path, "serverIdentity"), digits, way, NULL);
}

static void append_load(const json_t *row, struct buf *out)
{
    const char *to;
    json_t *count;
    bool first = true;
    buf_appendf(out, "the common service from %s: ", text_of(row, "from"));
    json_object_foreach(json_object_get(row, "to"), to, count) {
        buf_appendf(out, "%s%s %lld", first ? "" : ", ", to, (long long)json_integer_value(count));
        first = false;
    }
    buf_appendc(out, '\n');
}

void report_append_matrix(const struct term *term, const json_t *report, struct buf *out)
{
    const json_t *matrix = json_dig(report, "verify", "matrix", NULL);
    size_t i;
    json_t *row;
    if (!json_is_object(matrix))
        return;
    AUTO_TABLE table = table_with("FROM", "TO", "REQUESTS", "OK", "P50", "P99", "PEER IDENTITY",
                                  "ROOT", "BY", NULL);
    json_array_foreach(json_object_get(matrix, "paths"), i, row)
        append_path(&table, row);
    table_print(&table, term, out);
    json_array_foreach(json_object_get(matrix, "load"), i, row)
        append_load(row, out);
}

static double seconds_of(const json_t *row, const char *key)
{
    return (double)json_dig_int(row, 0, key, NULL) / 1000;
}

static long long number_of(const json_t *row, const char *key)
{
    return (long long)json_dig_int(row, 0, key, NULL);
}

/* Nothing is known of these. */
static void append_unasked(long long count, struct buf *out)
{
    if (count)
        buf_appendf(out, "            %lld requests did not get through the API server\n", count);
}

static void append_failover(const json_t *row, struct buf *out)
{
    buf_appendf(out, "locality    %s stays in %s: %lld of %lld, at %lld requests a second\n",
                text_of(row, "cluster"), text_of(row, "cluster"), number_of(row, "calmOwn"),
                number_of(row, "calmRequests"), number_of(row, "rate"));
    buf_appendf(
        out,
        "failover    echo of %s away: first answer from elsewhere after %.2f s, %lld of %lld "
        "lost; back after %.2f s, %lld of %lld lost\n",
        text_of(row, "cluster"), seconds_of(row, "firstElsewhereMs"), number_of(row, "awayLost"),
        number_of(row, "awayRequests"), seconds_of(row, "firstBackMs"), number_of(row, "backLost"),
        number_of(row, "backRequests"));
    append_unasked(number_of(row, "unasked"), out);
}

static void append_partition(const json_t *row, struct buf *out)
{
    size_t i;
    json_t *local;
    buf_appendf(out, "partition   gateway of %s away for %.1f s: ", text_of(row, "cluster"),
                seconds_of(row, "awayMs"));
    json_array_foreach(json_object_get(row, "local"), i, local)
        buf_appendf(out, "%s lost %lld of %lld, ", text_of(local, "from"), number_of(local, "lost"),
                    number_of(local, "requests"));
    buf_appendf(out, "reached again %.1f s after it was given back\n",
                seconds_of(row, "reachedAgainMs"));
}

static void append_bench(struct table *table, const json_t *row)
{
    AUTO_FREE char *rate =
        mem_printf("%.0f", json_real_value(json_object_get(row, "requestsPerSecond")));
    AUTO_FREE char *p50 = ms_dup(row, "p50Ms");
    AUTO_FREE char *p90 = ms_dup(row, "p90Ms");
    AUTO_FREE char *p99 = ms_dup(row, "p99Ms");
    AUTO_FREE char *errors = mem_printf("%lld", number_of(row, "errors"));
    table_row(table, text_of(row, "from"), text_of(row, "to"), rate, errors, p50, p90, p99, NULL);
}

void report_append_trials(const struct term *term, const json_t *report, struct buf *out)
{
    const json_t *policy = json_dig(report, "verify", "policy", NULL);
    AUTO_TABLE bench = table_with("FROM", "TO", "REQUESTS/S", "FAILED", "P50", "P90", "P99", NULL);
    bool has_bench = false;
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(report, "verify", "trials", NULL), i, row) {
        const char *trial = text_of(row, "trial");
        if (json_object_get(row, "problem"))
            continue; /* a finding */
        if (strcmp(trial, "failover") == 0)
            append_failover(row, out);
        else if (strcmp(trial, "partition") == 0)
            append_partition(row, out);
        else
            append_bench(&bench, row);
        has_bench = has_bench || strcmp(trial, "bench") == 0;
    }
    if (json_is_object(policy)) {
        AUTO_FREE char *text = json_write_dup(policy, 0);
        buf_appendf(out, "policy      %s\n", text);
    }
    if (!has_bench)
        return;
    buf_appendc(out, '\n');
    table_print(&bench, term, out);
    buf_appends(out, "requests come in through the API server, which bounds their rate; times are "
                     "the calling Envoy's\n");
}

/* ---- other tables ---------------------------------------------------------------------------- */

void report_append_endpoints(const struct term *term, const json_t *report, struct buf *out)
{
    const json_t *endpoints = json_dig(report, "verify", "endpoints", NULL);
    size_t i;
    json_t *row;
    if (json_array_size(endpoints) == 0)
        return;
    AUTO_TABLE table =
        table_with("CLUSTER", "PROXY", "ENDPOINT OF REVIEWS", "REGION", "ZONE", "HEALTHY", NULL);
    json_array_foreach(endpoints, i, row) {
        AUTO_FREE char *endpoint = mem_printf("%s:%lld", text_of(row, "address"),
                                              (long long)json_dig_int(row, 0, "port", NULL));
        table_row(&table, text_of(row, "cluster"), text_of(row, "proxy"), endpoint,
                  text_of(row, "region"), text_of(row, "zone"),
                  json_is_true(json_dig(row, "healthy", NULL)) ? "yes" : "no", NULL);
    }
    buf_appendc(out, '\n');
    table_print(&table, term, out);
}
