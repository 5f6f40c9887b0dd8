/* Parts of a report as tables. */
#include "meshctl/report/tables.h"

#include <stdlib.h>

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

void report_append_planned(const struct term *term, const json_t *planned, struct buf *out)
{
    size_t i;
    json_t *row;
    AUTO_TABLE table = table_with("CLUSTER", "STEP", "KIND", "NAMESPACE", "NAME", NULL);
    json_array_foreach(planned, i, row)
        table_row(&table, text_of(row, "cluster"), text_of(row, "step"), text_of(row, "kind"),
                  text_of(row, "namespace"), text_of(row, "name"), NULL);
    table_print(&table, term, out);
}
