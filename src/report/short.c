/* One line a cluster: how it is, how much of what, and the worst ids. */
#include "meshctl/report/short.h"

#include <string.h>

#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"
#include "meshctl/ui/line.h"

static const char *const levels[] = {"ok", "warning", "error"};
enum { LEVEL_OK, LEVEL_WARNING, LEVEL_ERROR, LEVELS };

/* What is known of one cluster. */
struct summary {
    const char *name;
    size_t counts[LEVELS];
    int level;
    struct strlist ids;
};

static bool is_of(const json_t *row, const struct summary *s)
{
    return text_equal(json_dig_str(row, "cluster", NULL), s->name);
}

static int level_of(const json_t *row)
{
    int level = LEVEL_ERROR;
    while (level && !text_equal(json_dig_str(row, "level", NULL), levels[level]))
        level--;
    return level;
}

static void add_id(struct summary *s, const char *id)
{
    if (id && !strlist_has(&s->ids, id))
        strlist_add(&s->ids, id);
}

/* Ids of the worst level; with `causes` without those that follow from others. */
static void add_ids(struct summary *s, const json_t *findings, bool causes)
{
    size_t i;
    json_t *row;
    json_array_foreach(findings, i, row)
        if (is_of(row, s) && s->level > LEVEL_OK && level_of(row) == s->level &&
            !(causes && json_is_true(json_object_get(row, "follows"))))
            add_id(s, json_dig_str(row, "id", NULL));
}

static void summarize(const struct report_short *run, const json_t *cluster,
                      struct summary *ret_summary)
{
    size_t i;
    json_t *row;
    struct summary *s = ret_summary;
    *s = (struct summary){.name = json_dig_str(cluster, "name", NULL), .ids = STRLIST_INIT};
    json_array_foreach(run->findings, i, row) {
        if (!is_of(row, s))
            continue;
        int level = level_of(row);
        s->counts[level]++;
        s->level = level > s->level ? level : s->level;
    }
    json_array_foreach(run->errors, i, row)
        if (is_of(row, s))
            s->level = LEVEL_ERROR;
    add_ids(s, run->findings, true);
    if (!s->ids.count)
        add_ids(s, run->findings, false);
    /* What has no id is at least told by its kind; that a check failed is told by the checks. */
    json_array_foreach(run->errors, i, row) {
        const char *id = json_dig_str(row, "id", NULL);
        if (is_of(row, s) && !s->ids.count)
            add_id(s, id ? id : json_dig_str(row, "kind", NULL));
    }
}

static void append_ids(const struct summary *s, struct buf *out)
{
    AUTO_FREE char *ids = strlist_join_dup(&s->ids, ",");
    if (s->ids.count) {
        buf_appendc(out, ' ');
        line_append(out, ids, strlen(ids));
    }
    buf_appendc(out, '\n');
}

static void append_name(const struct summary *s, const char *state, struct buf *out)
{
    line_append(out, s->name, strlen(s->name));
    buf_appendf(out, " %s", state);
}

/* Nothing where nothing was compared or written. */
static void append_objects(const json_t *objects, struct buf *out)
{
    static const char *const keys[] = {"created", "changed", "unchanged", "deleted"};
    AUTO_BUF text = BUF_INIT;
    json_int_t sum = 0;
    for (size_t i = 0; i < MC_ARRAY_LEN(keys); i++) {
        json_int_t count = json_dig_int(objects, 0, keys[i], NULL);
        buf_appendf(&text, " %s=%lld", keys[i], (long long)count);
        sum += count;
    }
    if (sum)
        buf_append(out, buf_str(&text), text.len);
}

void report_short(const struct report_short *run, struct buf *out)
{
    size_t i;
    json_t *cluster;
    json_array_foreach(run->clusters, i, cluster) {
        struct summary s;
        summarize(run, cluster, &s);
        append_name(&s, levels[s.level], out);
        append_objects(json_object_get(cluster, "objects"), out);
        if (json_array_size(run->findings))
            buf_appendf(out, " good=%zu warning=%zu error=%zu", s.counts[LEVEL_OK],
                        s.counts[LEVEL_WARNING], s.counts[LEVEL_ERROR]);
        append_ids(&s, out);
        strlist_release(&s.ids);
    }
}

void report_short_changes(const struct report_short *run, struct buf *out)
{
    static const char *const actions[] = {"create", "update", "delete", "record"};
    size_t i, j;
    json_t *cluster, *change;
    json_array_foreach(run->clusters, i, cluster) {
        struct summary s;
        const json_t *changes = json_object_get(cluster, "changes");
        summarize(run, cluster, &s);
        append_name(&s,
                    s.level == LEVEL_ERROR     ? levels[LEVEL_ERROR]
                    : json_array_size(changes) ? "differs"
                                               : "same",
                    out);
        for (size_t a = 0; a < MC_ARRAY_LEN(actions); a++) {
            size_t count = 0;
            json_array_foreach(changes, j, change)
                count += text_equal(json_dig_str(change, "action", NULL), actions[a]);
            buf_appendf(out, " %s=%zu", actions[a], count);
        }
        append_ids(&s, out);
        strlist_release(&s.ids);
    }
}
