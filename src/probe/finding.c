/* Rows of what a probe found, and their conclusion. */
#include "meshctl/probe/finding.h"

#include <stdarg.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/probe/checks.h"

static void set_clean(json_t *row, const char *key, const char *text)
{
    AUTO_BUF clean = BUF_INIT;
    text_append_clean(&clean, text, strlen(text));
    json_object_set_new(row, key, json_string(buf_str(&clean)));
}

static json_t *add_row(struct probe *p, const char *id, const char *level, const char *found)
{
    const struct check_info *info = check_find(id);
    json_t *row = json_pack("{s:s, s:s, s:s}", "id", id, "cluster", probe_name(p), "level", level);
    if (info) {
        json_object_set_new(row, "category", json_string(check_category(id)));
        json_object_set_new(row, "check", json_string(info->what));
    }
    set_clean(row, "found", found);
    json_array_append_new(p->findings, row);
    return row;
}

static void add_fault(struct probe *p, const char *id, const char *level, const char *wanted,
                      const char *found)
{
    json_t *row = add_row(p, id, level, found);
    const struct check_info *info = check_find(id);
    set_clean(row, "wanted", wanted);
    if (!info)
        return;
    json_object_set_new(row, "title", json_string(info->title));
    json_object_set_new(row, "effect", json_string(info->effect));
    json_object_set_new(row, "fix", json_string(info->fix));
}

void finding_ok(struct probe *p, const char *id, const char *what, ...)
{
    va_list ap;
    va_start(ap, what);
    AUTO_FREE char *text = mem_vprintf(what, ap);
    va_end(ap);
    add_row(p, id, "ok", text);
}

void finding_bad(struct probe *p, const char *id, const char *wanted, const char *found, ...)
{
    va_list ap;
    va_start(ap, found);
    AUTO_FREE char *text = mem_vprintf(found, ap);
    va_end(ap);
    add_fault(p, id, check_find(id)->level == CHECK_WARNING ? "warning" : "error", wanted, text);
}

void finding_warn(struct probe *p, const char *id, const char *wanted, const char *found, ...)
{
    va_list ap;
    va_start(ap, found);
    AUTO_FREE char *text = mem_vprintf(found, ap);
    va_end(ap);
    add_fault(p, id, "warning", wanted, text);
}

void finding_error(struct probe *p, const char *id, const char *wanted, const struct error *why)
{
    finding_bad(p, check_find(why->id ? why->id : "") ? why->id : id, wanted, "%s", why->message);
    if (why->hint)
        finding_fix(p, "%s", why->hint);
}

void finding_fix(struct probe *p, const char *fix, ...)
{
    va_list ap;
    va_start(ap, fix);
    AUTO_FREE char *text = mem_vprintf(fix, ap);
    va_end(ap);
    set_clean(json_array_get(p->findings, finding_count(p) - 1), "fix", text);
}

void finding_peer(struct probe *p, const char *peer)
{
    json_t *row = json_array_get(p->findings, finding_count(p) - 1);
    json_object_set_new(row, "peer", json_string(peer));
}

void finding_lacking(struct probe *p, unsigned needs, const char *rights)
{
    AUTO_STRLIST ids = STRLIST_INIT;
    size_t count;
    const struct check_info *all = check_all(&count);
    for (size_t i = 0; i < count; i++)
        if (all[i].needs & needs)
            strlist_add(&ids, all[i].id);
    AUTO_FREE char *text = strlist_join_dup(&ids, ", ");
    finding_bad(p, "MC105", rights, "left out, at least in part: %s", text);
}

static bool is_bad(const json_t *row)
{
    return strcmp(json_dig_str(row, "level", NULL), "error") == 0;
}

size_t finding_count(const struct probe *p)
{
    return json_array_size(p->findings);
}

size_t finding_count_bad(const struct probe *p)
{
    size_t i, bad = 0;
    json_t *row;
    json_array_foreach(p->findings, i, row)
        bad += is_bad(row);
    return bad;
}

int finding_conclude(const struct probe *p, size_t first, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    const json_t *first_bad = NULL;
    for (size_t i = first; i < finding_count(p); i++) {
        const json_t *row = json_array_get(p->findings, i);
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
