/* The mesh as it is, on one screen. */
#include "meshctl/report/status.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/ui/line.h"
#include "status_services.h"
#include "status_table.h"
#include "status_words.h"

#define MAX_COLUMNS 3 /* more clusters than this get a row each */
#define MIN_GRID 100  /* columns of a terminal that shows clusters side by side */
#define LABEL_WIDTH 20
#define MAX_COLUMN 52 /* the eye has to find the neighbour's */
#define SHOWN_DIGITS 8
#define MAX_FINDINGS 5 /* that are told in a line each */

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_dig_str(row, key, NULL);
    return text ? text : "";
}

/* What is drawn, and how. */
struct drawing {
    const struct term *term;
    const json_t *status, *clusters, *links;
    bool is_wide;
    struct buf *out;
};

static const json_t *cluster_at(const struct drawing *d, size_t i)
{
    return json_array_get(d->clusters, i);
}

/* The k-th link of a cluster's own, NULL when there are fewer. */
static const json_t *link_at(const struct drawing *d, const json_t *cluster, size_t k)
{
    size_t i;
    json_t *link;
    json_array_foreach(d->links, i, link)
        if (strcmp(text_of(link, "from"), text_of(cluster, "name")) == 0 && k-- == 0)
            return link;
    return NULL;
}

/* ---- the first line -------------------------------------------------------------------------- */

/* What all clusters that were reached have; "differs", or "unknown" where none says. Yours to free. */
static char *common_dup(const struct drawing *d,
                        void (*say)(const json_t *cluster, struct buf *out))
{
    AUTO_BUF common = BUF_INIT;
    for (size_t i = 0; i < json_array_size(d->clusters); i++) {
        AUTO_BUF one = BUF_INIT;
        say(cluster_at(d, i), &one);
        if (strcmp(buf_str(&one), "-") == 0)
            continue;
        if (common.len && strcmp(buf_str(&common), buf_str(&one)) != 0)
            return mem_strdup("differs");
        buf_clear(&common);
        buf_appends(&common, buf_str(&one));
    }
    return mem_strdup(common.len ? buf_str(&common) : "unknown");
}

static void say_root(const json_t *cluster, struct buf *out)
{
    const char *root = json_dig_str(cluster, "root", "fingerprint", NULL);
    buf_appendf(out, "%.*s", SHOWN_DIGITS, root ? root : "-");
}

static void append_head(const struct drawing *d)
{
    AUTO_FREE char *istio = common_dup(d, status_append_versions);
    AUTO_FREE char *root = common_dup(d, say_root);
    AUTO_FREE char *rest =
        mem_printf("   Istio %s   root %s   %s", istio, root, text_of(d->status, "readAt"));
    AUTO_BUF name = BUF_INIT;
    line_append(&name, text_of(d->status, "mesh"), strlen(text_of(d->status, "mesh")));
    term_append(d->term, d->out, TERM_BOLD, buf_str(&name));
    line_append(d->out, rest, strlen(rest));
    buf_appendc(d->out, '\n');
}

/* ---- side by side ---------------------------------------------------------------------------- */

/* "✓ 172.30.1.11 1/1", fitted into `width` columns. */
static void append_cell(const struct drawing *d, const struct status_row *row, const json_t *about,
                        size_t width, bool pad)
{
    AUTO_BUF text = BUF_INIT;
    size_t indent = text_width(term_symbol(d->term, TERM_OK)) + 1;
    enum status_level level = about ? row->words(about, &text) : STATUS_PLAIN;
    if (!text.len) {
        buf_pad(d->out, ' ', pad ? width : 0);
        return;
    }
    if (level == STATUS_PLAIN) {
        buf_pad(d->out, ' ', indent);
    } else {
        status_append_symbol(d->term, level, d->out);
        buf_appendc(d->out, ' ');
    }
    line_append_fitted(d->out, buf_str(&text), width > indent + 1 ? width - indent - 1 : 0, pad);
    buf_pad(d->out, ' ', pad ? 1 : 0);
}

static void end_line(struct buf *out)
{
    while (out->len && out->data[out->len - 1] == ' ')
        buf_truncate(out, out->len - 1);
    buf_appendc(out, '\n');
}

static size_t column_width(const struct drawing *d)
{
    size_t width = ((size_t)term_width(d->term) - LABEL_WIDTH) / json_array_size(d->clusters);
    return width < MAX_COLUMN ? width : MAX_COLUMN;
}

/* Whether any cluster has something to say there. */
static bool is_said(const struct drawing *d, const struct status_row *row, size_t peer)
{
    for (size_t i = 0; i < json_array_size(d->clusters); i++) {
        const json_t *about = peer ? link_at(d, cluster_at(d, i), peer - 1) : cluster_at(d, i);
        AUTO_BUF text = BUF_INIT;
        if (about)
            (void)row->words(about, &text);
        if (text.len)
            return true;
    }
    return false;
}

/* `peer` 0: of the clusters; else of what each sees of its peer of that number. */
static void append_grid_row(const struct drawing *d, const struct status_row *row, size_t peer)
{
    size_t count = json_array_size(d->clusters);
    if (!is_said(d, row, peer))
        return;
    line_append_fitted(d->out, row->label, LABEL_WIDTH, true);
    for (size_t i = 0; i < count; i++) {
        const json_t *about = peer ? link_at(d, cluster_at(d, i), peer - 1) : cluster_at(d, i);
        append_cell(d, row, about, column_width(d), i + 1 < count);
    }
    end_line(d->out);
}

static void append_grid(const struct drawing *d)
{
    size_t count = json_array_size(d->clusters);
    size_t indent = text_width(term_symbol(d->term, TERM_OK)) + 1;
    AUTO_BUF names = BUF_INIT;
    buf_pad(&names, ' ', LABEL_WIDTH + indent);
    for (size_t i = 0; i < count; i++)
        line_append_fitted(&names, text_of(cluster_at(d, i), "name"), column_width(d),
                           i + 1 < count);
    buf_appendc(d->out, '\n');
    term_append(d->term, d->out, TERM_BOLD, buf_str(&names));
    end_line(d->out);
    for (size_t r = 0; r < status_cluster_rows_count; r++)
        append_grid_row(d, &status_cluster_rows[r], 0);
    for (size_t peer = 1; peer < count; peer++)
        for (size_t r = 0; r < status_link_rows_count; r++)
            append_grid_row(d, &status_link_rows[r], peer);
}

/* ---- one below another ----------------------------------------------------------------------- */

static void append_cluster_table(const struct drawing *d)
{
    AUTO_STATUS_TABLE t =
        STATUS_TABLE("CLUSTER", "ISTIO", "ISTIOD", "CA ENDS", "EAST-WEST", "INGRESS", "KUBERNETES");
    for (size_t i = 0; i < json_array_size(d->clusters); i++) {
        const json_t *cluster = cluster_at(d, i), *days = json_object_get(cluster, "daysLeft");
        AUTO_BUF version = BUF_INIT, ready = BUF_INIT, eastwest = BUF_INIT, ingress = BUF_INIT,
                 ends = BUF_INIT;
        const char *kubernetes = text_of(cluster, "kubernetes");
        status_append_versions(cluster, &version);
        status_append_ready(cluster, &ready);
        status_append_address(cluster, "eastwest", &eastwest);
        status_append_address(cluster, "ingress", &ingress);
        if (json_is_integer(days))
            buf_appendf(&ends, "%lldd", (long long)json_integer_value(days));
        table_row(&t.table, text_of(cluster, "name"), buf_str(&version), buf_str(&ready),
                  ends.len ? buf_str(&ends) : "-", buf_str(&eastwest), buf_str(&ingress),
                  kubernetes[0] ? kubernetes : "-", NULL);
        status_table_level(&t, status_level_of(cluster, "health"));
    }
    status_table_print(&t, d->term, d->out);
}

/* Of many clusters only directions that are not well. */
static bool is_folded(const struct drawing *d, const json_t *link)
{
    return !d->is_wide && json_array_size(d->clusters) > MAX_COLUMNS &&
           status_level_of(link, "health") == STATUS_OK;
}

static void append_link_row(const json_t *link, const char *arrow, struct status_table *t)
{
    AUTO_FREE char *way = mem_printf("%s %s %s", text_of(link, "from"), arrow, text_of(link, "to"));
    AUTO_BUF seen = BUF_INIT, age = BUF_INIT, requests = BUF_INIT, errors = BUF_INIT,
             latency = BUF_INIT;
    const char *sync = text_of(link, "sync");
    status_append_seen(link, &seen);
    status_append_age(json_object_get(link, "tokenAgeSeconds"), &age);
    status_append_rate(json_object_get(link, "requestsPerSecond"), &requests);
    status_append_rate(json_object_get(link, "errorsPerSecond"), &errors);
    status_append_latency(json_object_get(link, "latencyMs"), &latency);
    table_row(&t->table, way, text_of(link, "api"), sync[0] ? sync : "-", buf_str(&requests),
              buf_str(&errors), buf_str(&seen), buf_str(&age), buf_str(&latency), NULL);
    status_table_level(t, status_level_of(link, "health"));
}

static void append_link_table(const struct drawing *d)
{
    AUTO_STATUS_TABLE t =
        STATUS_TABLE("PEERS", "API", "SYNC", "REQUESTS", "ERRORS", "SEEN", "TOKEN", "LATENCY");
    size_t i, folded = 0;
    json_t *link;
    json_array_foreach(d->links, i, link) {
        if (is_folded(d, link))
            folded++;
        else
            append_link_row(link, d->term->unicode ? "\342\206\222" : "->", &t);
    }
    status_table_print(&t, d->term, d->out);
    if (folded)
        buf_appendf(d->out, "\n%zu of %zu directions are well (all of them: -o wide)\n", folded,
                    json_array_size(d->links));
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void append_line(const struct drawing *d, const struct status_row *row, const json_t *about,
                        const char *name, const char *prefix)
{
    AUTO_BUF text = BUF_INIT;
    enum status_level level = row->words(about, &text);
    const char *label = row->label + strspn(row->label, " ");
    if (!text.len)
        return;
    status_append_symbol(d->term, level, d->out);
    buf_appends(d->out, level == STATUS_PLAIN ? "  " : " ");
    line_append(d->out, name, strlen(name));
    buf_appendf(d->out, " %s%s: ", prefix, label);
    line_append(d->out, text.data, text.len);
    buf_appendc(d->out, '\n');
}

static void append_lines(const struct drawing *d)
{
    size_t i;
    json_t *row;
    json_array_foreach(d->clusters, i, row)
        for (size_t r = 0; r < status_cluster_rows_count; r++)
            append_line(d, &status_cluster_rows[r], row, text_of(row, "name"), "");
    json_array_foreach(d->links, i, row) {
        AUTO_FREE char *prefix = mem_printf("to %s, ", text_of(row, "to"));
        for (size_t r = 0; r < status_link_rows_count; r++)
            append_line(d, &status_link_rows[r], row, text_of(row, "from"), r ? prefix : "");
    }
}

/* ---- findings and the verdict ---------------------------------------------------------------- */

/* Whoever searches in lines gets all of them. */
static bool folds(const struct drawing *d)
{
    return d->term->is_tty && !d->is_wide;
}

/* The causes first, then what is only a warning. */
static size_t append_findings_of(const struct drawing *d, const char *level, bool follows,
                                 size_t shown)
{
    size_t i, j;
    json_t *cluster, *row;
    json_array_foreach(d->clusters, i, cluster)
        json_array_foreach(json_object_get(cluster, "findings"), j, row) {
            AUTO_BUF text = BUF_INIT, line = BUF_INIT;
            if (strcmp(text_of(row, "level"), level) != 0 ||
                json_is_true(json_object_get(row, "follows")) != follows)
                continue;
            if (++shown > MAX_FINDINGS && folds(d))
                continue;
            buf_appendf(&text, "%s %s: %s: %s", text_of(row, "id"), text_of(cluster, "name"),
                        text_of(row, "title"), text_of(row, "found"));
            line_append_fitted(&line, buf_str(&text),
                               d->term->is_tty ? (size_t)term_width(d->term) - 3 : SIZE_MAX, false);
            buf_appends(d->out, shown == 1 ? "\n" : "");
            status_append_symbol(d->term, status_level_of(row, "level"), d->out);
            buf_appendf(d->out, " %s\n", buf_str(&line));
        }
    return shown;
}

static void append_findings(const struct drawing *d)
{
    size_t shown = append_findings_of(d, "error", false, 0);
    shown = append_findings_of(d, "warning", false, shown);
    shown = append_findings_of(d, "error", true, shown);
    if (shown > MAX_FINDINGS && folds(d))
        buf_appendf(d->out, "and %zu more\n", shown - MAX_FINDINGS);
}

static void append_truncated(const struct drawing *d)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(d->status, "truncated"), i, row) {
        const char *what = text_of(row, "what");
        buf_appends(d->out, i ? "" : "\n");
        line_append(d->out, what, strlen(what));
        buf_appendf(d->out, ": %lld of %lld\n", (long long)json_dig_int(row, 0, "shown", NULL),
                    (long long)json_dig_int(row, 0, "of", NULL));
    }
}

static void append_count(struct buf *out, const json_t *counts, const char *level, const char *what)
{
    long long count = (long long)json_dig_int(counts, 0, level, NULL);
    if (count)
        buf_appendf(out, "%lld %s%s, ", count, what, count == 1 ? "" : "s");
}

static void append_verdict(const struct drawing *d, const char *next)
{
    static const char *const verdicts[] = {
        [STATUS_PLAIN] = "not known",
        [STATUS_OK] = "healthy",
        [STATUS_WARNING] = "healthy, with warnings",
        [STATUS_ERROR] = "not healthy",
    };
    const json_t *counts = json_object_get(d->status, "counts");
    long long unreached = (long long)json_dig_int(counts, 0, "unreached", NULL);
    json_int_t window_ms = json_dig_int(d->status, 0, "windowMs", NULL);
    enum status_level level = status_level_of(d->status, "health");
    AUTO_BUF line = BUF_INIT;
    AUTO_FREE char *counted = mem_printf(" (counted for %.1f s)", (double)window_ms / 1000);
    buf_appendf(&line, "%s: ", verdicts[level]);
    append_count(&line, counts, "error", "error");
    append_count(&line, counts, "warning", "warning");
    buf_appendf(&line, "%lld good", (long long)json_dig_int(counts, 0, "ok", NULL));
    if (unreached)
        buf_appendf(&line, ", %lld not reached", unreached);
    if (window_ms &&
        (!d->term->is_tty || line.len + strlen(counted) <= (size_t)term_width(d->term)))
        buf_appends(&line, counted);
    buf_appendf(d->out, "\n%s\n", buf_str(&line));
    if (level != STATUS_OK)
        buf_appendf(d->out, "Next: %s\n", next);
}

/* ---- all of it ------------------------------------------------------------------------------- */

void report_status(const struct term *term, const char *next, const json_t *status, bool is_wide,
                   struct buf *out)
{
    struct drawing d = {
        term,    status, json_object_get(status, "clusters"), json_object_get(status, "links"),
        is_wide, out};
    size_t count = json_array_size(d.clusters);
    append_head(&d);
    if (!term->is_tty) {
        append_lines(&d);
    } else if (count && count <= MAX_COLUMNS && term_width(term) >= MIN_GRID) {
        append_grid(&d);
    } else {
        append_cluster_table(&d);
        append_link_table(&d);
    }
    status_append_services(term, status, out);
    status_append_calls(term, status, out);
    append_findings(&d);
    append_truncated(&d);
    append_verdict(&d, next);
}

/* ---- short ----------------------------------------------------------------------------------- */

static void append_share(const json_t *rows, const char *key, const char *name, struct buf *out)
{
    size_t i, good = 0;
    json_t *row;
    json_array_foreach(rows, i, row)
        good += status_level_of(row, key) != STATUS_ERROR;
    buf_appendf(out, " %s=%zu/%zu", name, good, json_array_size(rows));
}

static void append_sum(const json_t *links, const char *key, const char *name, struct buf *out)
{
    json_auto_t *sum = NULL;
    size_t i;
    json_t *link;
    json_array_foreach(links, i, link) {
        const json_t *value = json_object_get(link, key);
        double before = json_number_value(sum);
        if (!json_is_number(value))
            continue;
        json_decref(sum);
        sum = json_real(before + json_number_value(value));
    }
    buf_appendf(out, " %s=", name);
    status_append_rate(sum, out);
}

void report_status_short(const json_t *status, struct buf *out)
{
    const json_t *links = json_object_get(status, "links");
    line_append(out, text_of(status, "mesh"), strlen(text_of(status, "mesh")));
    buf_appendf(out, " %s", text_of(status, "health"));
    append_share(json_object_get(status, "clusters"), "health", "clusters", out);
    append_share(links, "health", "links", out);
    append_sum(links, "requestsPerSecond", "requests", out);
    append_sum(links, "errorsPerSecond", "errors", out);
    buf_appendf(out, " error=%lld warning=%lld\n",
                (long long)json_dig_int(status, 0, "counts", "error", NULL),
                (long long)json_dig_int(status, 0, "counts", "warning", NULL));
}
