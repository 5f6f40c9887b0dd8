/* Services of the clusters and who calls whom. */
#include "status_services.h"

#include <string.h>

#include "status_table.h"

static const char *text_of(const json_t *row, const char *a, const char *b)
{
    const char *text = json_dig_str(row, a, b, NULL);
    return text ? text : "";
}

static void append_workload(const json_t *workload, struct buf *out)
{
    json_int_t ready = json_dig_int(workload, 0, "ready", NULL);
    json_int_t pods = json_dig_int(workload, 0, "pods", NULL);
    buf_appendf(out, "%s%s %lld/%lld", out->len ? ", " : "", text_of(workload, "name", NULL),
                (long long)ready, (long long)pods);
    if (!json_is_true(json_object_get(workload, "injected")))
        buf_appends(out, " without sidecar");
}

void status_append_services(const struct term *term, const json_t *status, struct buf *out)
{
    AUTO_STATUS_TABLE t = STATUS_TABLE("SERVICE", "CLUSTER", "WORKLOADS");
    size_t i, j;
    json_t *row, *workload;
    json_array_foreach(json_object_get(status, "services"), i, row) {
        AUTO_BUF workloads = BUF_INIT;
        AUTO_FREE char *name =
            mem_printf("%s/%s", text_of(row, "namespace", NULL), text_of(row, "name", NULL));
        json_array_foreach(json_object_get(row, "workloads"), j, workload)
            append_workload(workload, &workloads);
        table_row(&t.table, name, text_of(row, "cluster", NULL),
                  workloads.len ? buf_str(&workloads) : "-", NULL);
        status_table_level(&t, status_level_of(row, "health"));
    }
    status_table_print(&t, term, out);
}

static enum status_level level_of_call(const json_t *call)
{
    const json_t *failing = json_object_get(call, "errorsPerSecond");
    bool fails = json_number_value(failing) > 0 ||
                 json_dig_int(call, 0, "connectFailures", NULL) > 0 ||
                 json_is_false(json_object_get(call, "healthy"));
    return fails ? STATUS_WARNING : STATUS_OK;
}

static const char *mtls_of(const json_t *call)
{
    const json_t *mtls = json_object_get(call, "mtls");
    return json_is_true(mtls) ? "mTLS" : json_is_false(mtls) ? "plain" : "-";
}

/* The namespace that all services are of, NULL when there are several. */
static const char *common_namespace(const json_t *services)
{
    const char *common = json_dig_str(services, "0", "namespace", NULL);
    size_t i;
    json_t *row;
    json_array_foreach(services, i, row)
        if (common && strcmp(text_of(row, "namespace", NULL), common) != 0)
            return NULL;
    return common;
}

/* "west/bookinfo/productpage-v1", without the namespace that is `common`; outside of the mesh the host
 * alone. */
static char *place_dup(const json_t *call, const char *side, const char *what, const char *common)
{
    const char *cluster = text_of(call, side, "cluster");
    const char *namespace_ = text_of(call, side, "namespace");
    if (common && strcmp(namespace_, common) == 0)
        namespace_ = "";
    return mem_printf("%s%s%s%s%s", cluster, cluster[0] ? "/" : "", namespace_,
                      namespace_[0] ? "/" : "", text_of(call, side, what));
}

void status_append_calls(const struct term *term, const json_t *status, struct buf *out)
{
    AUTO_STATUS_TABLE t = STATUS_TABLE("CALLS", "OF", "REQUESTS", "ERRORS", "TLS", "THROUGH");
    const char *common = common_namespace(json_object_get(status, "services"));
    size_t i;
    json_t *call;
    json_array_foreach(json_object_get(status, "calls"), i, call) {
        AUTO_FREE char *from = place_dup(call, "from", "workload", common);
        AUTO_FREE char *to = place_dup(call, "to", "service", common);
        AUTO_BUF requests = BUF_INIT, errors = BUF_INIT;
        const char *via = text_of(call, "via", NULL);
        status_append_rate(json_object_get(call, "requestsPerSecond"), &requests);
        status_append_rate(json_object_get(call, "errorsPerSecond"), &errors);
        table_row(&t.table, from, to, buf_str(&requests), buf_str(&errors), mtls_of(call),
                  via[0] ? via : "-", NULL);
        status_table_level(&t, level_of_call(call));
    }
    status_table_print(&t, term, out);
}
