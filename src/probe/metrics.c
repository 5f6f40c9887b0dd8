/* Reads what Istio's proxy measures: how long requests took, how many bytes passed. */
#include "metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/mem.h"
#include "meshctl/base/text.h"

/* ---- lines ----------------------------------------------------------------------------------- */

/* NAME{LABELS} VALUE */
struct line {
    struct text_span name, labels;
    double value;
};

static bool span_is(const struct text_span *s, const char *text)
{
    return s->len == strlen(text) && memcmp(s->data, text, s->len) == 0;
}

/* Where the labels end: a quoted value may hold any character, a quote behind a backslash too. */
static const char *labels_end(const char *p, const char *end)
{
    bool quoted = false;
    for (; p < end; p++) {
        if (quoted && *p == '\\' && p + 1 < end)
            p++;
        else if (*p == '"')
            quoted = !quoted;
        else if (!quoted && *p == '}')
            return p;
    }
    return NULL;
}

static bool parse_line(const char *text, size_t len, struct line *ret_line)
{
    const char *end = text + len, *name_end = text;
    char number[64];
    *ret_line = (struct line){0};
    while (name_end < end && *name_end != '{' && *name_end != ' ')
        name_end++;
    ret_line->name = (struct text_span){text, (size_t)(name_end - text)};
    ret_line->labels = (struct text_span){name_end, 0};
    const char *value = name_end;
    if (value < end && *value == '{') {
        const char *close = labels_end(value + 1, end);
        if (!close)
            return false;
        ret_line->labels = (struct text_span){value + 1, (size_t)(close - value - 1)};
        value = close + 1;
    }
    while (value < end && *value == ' ')
        value++;
    size_t number_len = (size_t)(end - value);
    if (!ret_line->name.len || text[0] == '#' || !number_len || number_len >= sizeof(number))
        return false;
    memcpy(number, value, number_len);
    number[number_len] = 0;
    char *stop;
    ret_line->value = strtod(number, &stop);
    return stop != number && ret_line->value >= 0 && ret_line->value <= METRICS_MAX_VALUE;
}

/* What stands between the quotes behind NAME=; false without such a label. */
static bool label_of(const struct line *line, const char *name, struct text_span *ret_value)
{
    const char *p = line->labels.data, *end = p + line->labels.len;
    while (p < end) {
        const char *equals = memchr(p, '=', (size_t)(end - p));
        if (!equals || equals + 1 >= end || equals[1] != '"')
            return false;
        struct text_span key = {p, (size_t)(equals - p)};
        const char *value = equals + 2, *close = value;
        while (close < end && *close != '"')
            close += *close == '\\' && close + 1 < end ? 2 : 1;
        if (close >= end)
            return false;
        *ret_value = (struct text_span){value, (size_t)(close - value)};
        if (span_is(&key, name))
            return true;
        p = close + 1;
        while (p < end && (*p == ',' || *p == ' '))
            p++;
    }
    return false;
}

/* ---- times ----------------------------------------------------------------------------------- */

static struct metrics_times *find_times(const struct metrics *m, const char *cluster, size_t len)
{
    for (size_t i = 0; i < m->times_count; i++)
        if (strlen(m->times[i].cluster) == len && memcmp(m->times[i].cluster, cluster, len) == 0)
            return &m->times[i];
    return NULL;
}

/* NULL when there are too many. */
static struct metrics_times *get_times(struct metrics *m, const char *cluster, size_t len)
{
    struct metrics_times *times = find_times(m, cluster, len);
    if (times || m->times_count == METRICS_MAX_PEERS)
        return times;
    m->times = mem_grow(m->times, &m->times_cap, m->times_count + 1, sizeof(*m->times));
    times = &m->times[m->times_count++];
    *times = (struct metrics_times){.cluster = mem_strndup(cluster, len)};
    return times;
}

/* Buckets stay sorted; those that are alike, of other services, are added up. */
static void add_bucket(struct metrics_times *times, double limit, double count)
{
    size_t at = 0;
    while (at < times->count && times->buckets[at].limit < limit)
        at++;
    if (at < times->count && times->buckets[at].limit <= limit) {
        times->buckets[at].count += count;
        return;
    }
    if (times->count == METRICS_MAX_BUCKETS)
        return;
    memmove(&times->buckets[at + 1], &times->buckets[at],
            (times->count - at) * sizeof(times->buckets[0]));
    times->buckets[at] = (struct metrics_bucket){limit, count};
    times->count++;
}

/* Of what the proxy itself called: what was called measures the same a second time. */
static void take_time(struct metrics *m, const struct line *line)
{
    struct text_span reporter, cluster, le;
    char limit[32];
    if (!label_of(line, "reporter", &reporter) || !span_is(&reporter, "source") ||
        !label_of(line, "destination_cluster", &cluster) || !label_of(line, "le", &le) ||
        le.len >= sizeof(limit))
        return;
    memcpy(limit, le.data, le.len);
    limit[le.len] = 0;
    struct metrics_times *times = get_times(m, cluster.data, cluster.len);
    double most_ms = strtod(limit, NULL);
    if (times && most_ms >= 0)
        add_bucket(times, most_ms, line->value);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void take_line(struct metrics *m, const struct line *line)
{
    static const char *const bytes[] = {
        "istio_tcp_sent_bytes_total",
        "istio_tcp_received_bytes_total",
        "envoy_http_downstream_cx_rx_bytes_total",
        "envoy_http_downstream_cx_tx_bytes_total",
    };
    if (line->name.len > 6 && memcmp(line->name.data, "istio_", 6) == 0)
        m->is_istios = true;
    if (span_is(&line->name, "istio_request_duration_milliseconds_bucket"))
        take_time(m, line);
    for (size_t i = 0; i < MC_ARRAY_LEN(bytes); i++)
        if (span_is(&line->name, bytes[i])) {
            m->bytes += line->value;
            m->has_bytes = true;
        }
    if (span_is(&line->name, "envoy_listener_downstream_cx_active")) {
        m->active += line->value;
        m->has_active = true;
    }
}

void metrics_read(const char *text, size_t len, struct metrics *ret_metrics)
{
    const char *end = text + len;
    *ret_metrics = (struct metrics){0};
    for (const char *p = text; p < end;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline ? newline : end;
        struct line line;
        if (parse_line(p, (size_t)(stop - p), &line))
            take_line(ret_metrics, &line);
        p = stop + 1;
    }
}

void metrics_release(struct metrics *m)
{
    for (size_t i = 0; i < m->times_count; i++)
        free(m->times[i].cluster);
    free(m->times);
    *m = (struct metrics){0};
}

static double count_of(const struct metrics_times *times, double limit)
{
    for (size_t i = 0; times && i < times->count; i++)
        if (times->buckets[i].limit >= limit)
            return times->buckets[i].limit <= limit ? times->buckets[i].count : 0;
    return 0;
}

static double between(double before, double now)
{
    return now >= before ? now - before : now;
}

void metrics_add_between(struct metrics *sum, const struct metrics *before,
                         const struct metrics *now)
{
    for (size_t i = 0; i < now->times_count; i++) {
        const struct metrics_times *times = &now->times[i];
        size_t len = strlen(times->cluster);
        const struct metrics_times *earlier =
            before ? find_times(before, times->cluster, len) : NULL;
        struct metrics_times *into = get_times(sum, times->cluster, len);
        for (size_t b = 0; into && b < times->count; b++)
            add_bucket(
                into, times->buckets[b].limit,
                between(count_of(earlier, times->buckets[b].limit), times->buckets[b].count));
    }
    sum->has_bytes = sum->has_bytes || now->has_bytes;
    sum->bytes += between(before ? before->bytes : 0, now->bytes);
    sum->has_active = sum->has_active || now->has_active;
    sum->active += now->active;
}

double metrics_quantile(const struct metrics *m, const char *cluster, double share)
{
    const struct metrics_times *times = find_times(m, cluster, strlen(cluster));
    size_t last = times && times->count ? times->count - 1 : 0;
    double all = times && times->count ? times->buckets[last].count : 0;
    double below = 0, below_count = 0;
    if (all <= 0)
        return -1;
    for (size_t i = 0; i <= last; i++) {
        const struct metrics_bucket *b = &times->buckets[i];
        if (b->count < share * all) {
            below = b->limit;
            below_count = b->count;
            continue;
        }
        /* Nothing more is known of what took longer than the last limit. */
        if (isinf(b->limit))
            return below;
        double inside = b->count - below_count;
        return inside > 0 ? below + (b->limit - below) * (share * all - below_count) / inside
                          : b->limit;
    }
    return below;
}
