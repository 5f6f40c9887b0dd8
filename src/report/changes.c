/* The list of changes as text. */
#include "meshctl/report/changes.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/ui/line.h"

#define VALUE_COLUMNS 100 /* of one value; longer ones are cut */
#define WHY_COLUMN 64
#define SIGN_COLUMNS 2 /* a sign and a blank, before each object */

static const struct {
    const char *action, *sign;
    enum term_style style;
} signs[] = {
    {"create", "+", TERM_GREEN},
    {"update", "~", TERM_YELLOW},
    {"delete", "-", TERM_RED},
    {"record", "*", TERM_DIM},
};

static const char *text_of(const json_t *row, const char *key)
{
    const char *s = json_dig_str(row, key, NULL);
    return s ? s : "";
}

/* "Deployment istio-system/istiod" */
static void append_object(struct buf *out, const json_t *row)
{
    const char *namespace_ = text_of(row, "namespace");
    AUTO_BUF text = BUF_INIT;
    buf_appendf(&text, "%s %s%s%s", text_of(row, "kind"), namespace_, namespace_[0] ? "/" : "",
                text_of(row, "name"));
    line_append(out, buf_str(&text), text.len);
}

static void append_value(struct buf *out, const json_t *value)
{
    AUTO_BUF text = BUF_INIT;
    if (json_is_null(value)) {
        buf_appends(out, "nothing");
        return;
    }
    json_write(&text, value, JSON_WRITE_NO_ESCAPE | JSON_WRITE_KEEP_ORDER);
    size_t len = text.len;
    if (len > VALUE_COLUMNS) {
        len = VALUE_COLUMNS;
        while (len && ((unsigned char)buf_str(&text)[len] & 0xc0) == 0x80)
            len--;
    }
    text_append_clean(out, buf_str(&text), len);
    buf_appends(out, len < text.len ? "..." : "");
}

static void append_fields(const struct term *term, struct buf *out, const json_t *fields)
{
    size_t i;
    json_t *field;
    json_array_foreach(fields, i, field) {
        const char *path = text_of(field, "path");
        buf_appends(out, "      ");
        line_append(out, path, strlen(path));
        buf_appends(out, ": ");
        append_value(out, json_object_get(field, "before"));
        buf_appends(out, term->unicode ? " \u2192 " : " -> ");
        append_value(out, json_object_get(field, "after"));
        buf_appendc(out, '\n');
    }
}

/* `column`: where the line has come to. */
static void append_why(const struct term *term, struct buf *out, size_t column, const char *why)
{
    AUTO_BUF clean = BUF_INIT;
    if (why[0]) {
        line_append(&clean, why, strlen(why));
        buf_appendf(out, "%*s", column < WHY_COLUMN ? (int)(WHY_COLUMN - column) : 2, "");
        term_append(term, out, TERM_DIM, buf_str(&clean));
    }
    buf_appendc(out, '\n');
}

static void append_change(const struct term *term, struct buf *out, const json_t *change)
{
    const char *action = text_of(change, "action");
    AUTO_BUF object = BUF_INIT;
    buf_appends(out, "  ");
    for (size_t i = 0; i < MC_ARRAY_LEN(signs); i++)
        if (strcmp(signs[i].action, action) == 0)
            term_append(term, out, signs[i].style, signs[i].sign);
    append_object(&object, change);
    buf_appendf(out, " %s", buf_str(&object));
    append_why(term, out, SIGN_COLUMNS + text_width(buf_str(&object)), text_of(change, "why"));
    append_fields(term, out, json_object_get(change, "fields"));
}

static bool is_alike(const json_t *a, const json_t *b)
{
    return strcmp(text_of(a, "kind"), text_of(b, "kind")) == 0 &&
           strcmp(text_of(a, "why"), text_of(b, "why")) == 0;
}

/* How many rows from `first` on are of one kind and stay for one reason. */
static size_t alike(const json_t *stays, size_t first)
{
    size_t n = 1;
    while (first + n < json_array_size(stays) &&
           is_alike(json_array_get(stays, first), json_array_get(stays, first + n)))
        n++;
    return n;
}

static void append_stays(const struct term *term, struct buf *out, const json_t *stays)
{
    for (size_t i = 0, n; i < json_array_size(stays); i += n) {
        const json_t *row = json_array_get(stays, i);
        AUTO_BUF object = BUF_INIT;
        n = alike(stays, i);
        append_object(&object, row);
        if (n > 1)
            buf_appendf(&object, " and %zu more", n - 1);
        buf_appendf(out, "  = %s", buf_str(&object));
        append_why(term, out, SIGN_COLUMNS + text_width(buf_str(&object)), text_of(row, "why"));
    }
}

void report_changes(const struct term *term, const json_t *list, struct buf *out)
{
    size_t i, j;
    json_t *cluster, *change;
    json_array_foreach(json_object_get(list, "clusters"), i, cluster) {
        const json_t *changes = json_object_get(cluster, "changes");
        const json_t *stays = json_object_get(cluster, "stays");
        term_append(term, out, TERM_BOLD, text_of(cluster, "name"));
        buf_appends(out, json_array_size(changes) ? "\n" : ": nothing to do\n");
        json_array_foreach(changes, j, change)
            append_change(term, out, change);
        append_stays(term, out, stays);
    }
}

void report_change_counts(const json_t *list, struct buf *out)
{
    const json_t *counts = json_object_get(list, "counts");
    long long record = (long long)json_dig_int(counts, 0, "record", NULL);
    buf_appendf(out, "to create %lld, to change %lld, to delete %lld",
                (long long)json_dig_int(counts, 0, "create", NULL),
                (long long)json_dig_int(counts, 0, "update", NULL),
                (long long)json_dig_int(counts, 0, "delete", NULL));
    if (record)
        buf_appendf(out, ", releases to record %lld", record);
}

void report_change_names(const json_t *list, struct buf *out)
{
    size_t i, j;
    json_t *cluster, *change;
    json_array_foreach(json_object_get(list, "clusters"), i, cluster) {
        json_array_foreach(json_object_get(cluster, "changes"), j, change) {
            buf_appendf(out, "%s %s ", text_of(cluster, "name"), text_of(change, "action"));
            append_object(out, change);
            buf_appendc(out, '\n');
        }
    }
}
