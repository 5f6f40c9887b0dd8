/* The values of the next revision, and which of a person's values they take away or change. */
#include "meshctl/helm/values_plan.h"

#include <stdlib.h>
#include <string.h>

#include "values_coalesce.h"

/* What remains of `config` without the leaves that are as in `own`; maps that become empty by that
 * go too. NULL when nothing remains. */
static json_t *without(const json_t *config, const json_t *own)
{
    json_auto_t *rest = json_object();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)config, key, value) {
        const json_t *mine = json_object_get(own, key);
        if (!mine)
            json_object_set_new(rest, key, json_deep_copy(value));
        else if (json_is_object(value) && json_is_object(mine) && json_object_size(value))
            json_object_set_new(rest, key, without(value, mine));
        else if (!json_same(value, mine))
            json_object_set_new(rest, key, json_deep_copy(value));
    }
    return json_object_size(rest) ? TAKE(rest) : NULL;
}

/* Ours win; a null of ours takes theirs away (CoalesceTables). */
static json_t *over(const json_t *ours, json_t *theirs)
{
    const struct coalesce how = {0};
    json_t *config = json_deep_copy(ours);
    json_auto_t *base = json_deep_copy(theirs);
    if (base)
        coalesce_tables(&how, config, base, "");
    return config;
}

/* --- what is not set anew --- */

static bool is_map(const json_t *value)
{
    return json_is_object(value) && json_object_size(value);
}

void values_drop_had(json_t *values, const json_t *have, const json_t *keep)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(values, next, key, value)
    {
        const json_t *had = json_object_get(have, key), *kept = json_object_get(keep, key);
        bool goes = had && !kept && json_same(value, had);
        if (is_map(value)) {
            values_drop_had(value, had, kept);
            goes = !json_object_size(value);
        }
        if (goes)
            json_object_del(values, key);
    }
}

void values_drop_unknown(json_t *values, const json_t *known)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(values, next, key, value)
    {
        const json_t *theirs = json_object_get(known, key);
        bool goes = !theirs;
        if (is_map(value)) {
            values_drop_unknown(value, theirs);
            goes = !json_object_size(value);
        }
        if (goes)
            json_object_del(values, key);
    }
}

/* --- what changes --- */

static void append_key(struct buf *path, const char *key)
{
    if (path->len)
        buf_appendc(path, '.');
    for (; *key; key++) {
        if (strchr(".,=[]\\", *key))
            buf_appendc(path, '\\');
        buf_appendc(path, *key);
    }
}

static void add_change(struct values_plan *p, const struct buf *path, const json_t *before,
                       const json_t *after)
{
    p->changes = mem_grow(p->changes, &p->cap, p->count + 1, sizeof(*p->changes));
    p->changes[p->count++] = (struct values_change){
        .path = mem_strdup(buf_str(path)),
        .before = json_deep_copy(before),
        .after = json_deep_copy(after),
    };
}

static void compare(struct values_plan *p, struct buf *path, const json_t *theirs,
                    const json_t *now);

static void compare_key(struct values_plan *p, struct buf *path, const char *key,
                        const json_t *before, const json_t *after)
{
    size_t len = path->len;
    append_key(path, key);
    if (json_is_object(before) && (json_is_object(after) || (!after && json_object_size(before))))
        compare(p, path, before, after);
    else if (!after || !json_same(before, after))
        add_change(p, path, before, after);
    buf_truncate(path, len);
}

static void compare(struct values_plan *p, struct buf *path, const json_t *theirs,
                    const json_t *now)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)theirs, key, value)
        compare_key(p, path, key, value, json_object_get(now, key));
}

struct values_plan *values_plan_new(const json_t *old_config, const json_t *old_own,
                                    const json_t *ours, enum values_mode mode)
{
    struct values_plan *p = mem_zalloc(sizeof(*p));
    json_auto_t *theirs = old_config ? without(old_config, old_own) : NULL;
    AUTO_BUF path = BUF_INIT;
    p->config = over(ours, mode == VALUES_REUSE ? theirs : NULL);
    compare(p, &path, theirs, p->config);
    return p;
}

void values_plan_free(struct values_plan *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->count; i++) {
        free(p->changes[i].path);
        json_decref(p->changes[i].before);
        json_decref(p->changes[i].after);
    }
    free(p->changes);
    json_decref(p->config);
    free(p);
}
