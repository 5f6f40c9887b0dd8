/* What Istio's proxy measures, as Prometheus' text: the input is two readings of one proxy, apart by a
 * NUL. Every number is one that JSON can hold, buckets are sorted, and a quantile lies among them. */
#include <math.h>

#include "../../src/probe/metrics.h"
#include "input.h"

static void check_times(const struct metrics *m, const struct metrics_times *t)
{
    if (t->count > METRICS_MAX_BUCKETS)
        abort();
    for (size_t i = 0; i < t->count; i++)
        if (isnan(t->buckets[i].limit) || !(t->buckets[i].count >= 0) ||
            isinf(t->buckets[i].count) || (i > 0 && t->buckets[i - 1].limit >= t->buckets[i].limit))
            abort();
    for (double share = 0; share <= 1; share += 0.25) {
        double ms = metrics_quantile(m, t->cluster, share);
        if (!isfinite(ms))
            abort();
    }
}

static void check(const struct metrics *m)
{
    if (m->times_count > METRICS_MAX_PEERS || !(m->bytes >= 0) || isinf(m->bytes) ||
        !(m->active >= 0) || isinf(m->active))
        abort();
    for (size_t i = 0; i < m->times_count; i++)
        check_times(m, &m->times[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part rest = {(const char *)data, size};
    struct part first = part_take(&rest);
    AUTO_METRICS before = {0}, now = {0}, between = {0}, all = {0};
    metrics_read(first.data, first.len, &before);
    metrics_read(rest.data, rest.len, &now);
    metrics_add_between(&between, &before, &now);
    metrics_add_between(&all, NULL, &now);
    check(&before);
    check(&now);
    check(&between);
    check(&all);
    return 0;
}
