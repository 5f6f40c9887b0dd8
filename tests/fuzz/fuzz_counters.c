/* Envoy's counters: the input is two answers of one proxy, apart by a NUL. Rows are sorted and named,
 * and what happened between two readings is never negative. */
#include "../../src/probe/counters.h"
#include "input.h"

static void read_answer(struct part text, struct counters *ret_counters)
{
    AUTO_ERROR struct error *err = NULL;
    json_auto_t *answer = NULL;
    (void)!json_read(text.data, text.len, "fuzz", &answer, &err);
    counters_read(answer, ret_counters);
}

static void check_row(const struct counters_row *row)
{
    struct counters_name name;
    AUTO_FREE char *service = NULL;
    AUTO_FREE char *namespace_ = NULL;
    if (!row->endpoint[0] || !counters_parse_name(row->cluster, &name) || !name.host[0] ||
        name.port > 65535 || row->active < 0 || row->counts.requests < 0 ||
        row->counts.connections < 0 || row->counts.errors < 0 || row->counts.connect_failures < 0)
        abort();
    if (counters_split_host(name.host, &service, &namespace_) && (!service[0] || !namespace_[0]))
        abort();
}

static void check_rows(const struct counters *c)
{
    json_int_t requests = 0, connections = 0;
    if (c->count > COUNTERS_MAX_ROWS)
        abort();
    for (size_t i = 0; i < c->count; i++) {
        int order = i ? strcmp(c->rows[i - 1].cluster, c->rows[i].cluster) : -1;
        check_row(&c->rows[i]);
        if (order > 0 || (order == 0 && strcmp(c->rows[i - 1].endpoint, c->rows[i].endpoint) > 0))
            abort();
        /* They are added up, which must not overflow. */
        requests += c->rows[i].counts.requests;
        connections += c->rows[i].counts.connections;
    }
    if (requests < 0 || connections < 0)
        abort();
}

static void check_between(const struct counters *before, const struct counters *now)
{
    for (size_t i = 0; i < now->count; i++) {
        struct counts counts = counters_between(before, &now->rows[i]);
        if (counts.requests < 0 || counts.requests > now->rows[i].counts.requests ||
            counts.errors < 0 || counts.connections < 0 || counts.connect_failures < 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part rest = {(const char *)data, size};
    AUTO_COUNTERS before = {0}, now = {0};
    read_answer(part_take(&rest), &before);
    read_answer(rest, &now);
    check_rows(&before);
    check_rows(&now);
    check_between(&before, &now);
    check_between(NULL, &now);
    return 0;
}
