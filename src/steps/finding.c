/* Rows of what verify found, and their conclusion. */
#include "finding.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/probe/checks.h"

static void add_row(struct lane *lane, const char *id, bool ok, const char *wanted, char *found)
{
    AUTO_BUF clean = BUF_INIT;
    text_append_clean(&clean, found, strlen(found));
    json_t *row = json_pack("{s:s, s:s, s:s, s:s}", "id", id, "cluster", lane_name(lane), "level",
                            ok ? "ok" : "error", "found", buf_str(&clean));
    const struct check_info *info = check_find(id);
    if (wanted)
        json_object_set_new(row, "wanted", json_string(wanted));
    if (!ok && info) {
        json_object_set_new(row, "title", json_string(info->title));
        json_object_set_new(row, "effect", json_string(info->effect));
        json_object_set_new(row, "fix", json_string(info->fix));
    }
    json_array_append_new(lane->checks, row);
}

void finding_ok(struct lane *lane, const char *id, const char *what, ...)
{
    va_list ap;
    va_start(ap, what);
    AUTO_FREE char *text = mem_vprintf(what, ap);
    va_end(ap);
    add_row(lane, id, true, NULL, text);
}

void finding_bad(struct lane *lane, const char *id, const char *wanted, const char *found, ...)
{
    va_list ap;
    va_start(ap, found);
    AUTO_FREE char *text = mem_vprintf(found, ap);
    va_end(ap);
    add_row(lane, id, false, wanted, text);
}

static bool is_bad(const json_t *row)
{
    return strcmp(json_dig_str(row, "level", NULL), "error") == 0;
}

size_t finding_count(const struct lane *lane)
{
    return json_array_size(lane->checks);
}

size_t finding_count_bad(const struct lane *lane)
{
    size_t i, bad = 0;
    json_t *row;
    json_array_foreach(lane->checks, i, row)
        bad += is_bad(row);
    return bad;
}

int finding_conclude(const struct lane *lane, size_t first, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    const json_t *first_bad = NULL;
    for (size_t i = first; i < finding_count(lane); i++) {
        const json_t *row = json_array_get(lane->checks, i);
        if (!is_bad(row))
            continue;
        if (!first_bad)
            first_bad = row;
        buf_appendf(&text, "%s%s %s: found %s, wanted %s", text.len ? "\n" : "",
                    json_dig_str(row, "id", NULL), json_dig_str(row, "title", NULL),
                    json_dig_str(row, "found", NULL), json_dig_str(row, "wanted", NULL));
    }
    if (!first_bad)
        return 0;
    error_set(err, ERROR_CHECK, "%s", buf_str(&text));
    error_id(err, json_dig_str(first_bad, "id", NULL));
    return error_hint(err, "%s", json_dig_str(first_bad, "fix", NULL));
}
