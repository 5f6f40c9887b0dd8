/* A chart's own values under what is given for it (pkg/chartutil/coalesce.go). */
#include "values_coalesce.h"

#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/data/gotype.h"
#include "meshctl/data/json_copy.h"
#include "meshctl/golang/strconv.h"

static void warn(const struct coalesce *how, const char *fmt, ...) MC_PRINTF(2, 3);
static void warn(const struct coalesce *how, const char *fmt, ...)
{
    if (!how->warnings)
        return;
    va_list ap;
    va_start(ap, fmt);
    strlist_add_take(how->warnings, mem_vprintf(fmt, ap));
    va_end(ap);
}

static void warn_value(const struct coalesce *how, const char *fmt, const char *key,
                       const json_t *value)
{
    AUTO_BUF text = BUF_INIT;
    name_append_go_value(&text, value);
    warn(how, "warning: %s for %s%s (%s)", fmt, key,
         json_is_object(value) ? "" : " is a table. Ignoring non-table value", buf_str(&text));
}

static char *prefixed_dup(const char *prefix, const char *key)
{
    return prefix[0] ? mem_printf("%s.%s", prefix, key) : mem_strdup(key);
}

static void coalesce_level(const struct coalesce *how, json_t *dst, json_t *src, const char *prefix,
                           int depth);

/* coalesceTablesFullKey for one key of src. `nulled` says that dst has a null there, over which the
 * default was not null. */
static void coalesce_key(const struct coalesce *how, json_t *dst, const char *key, json_t *value,
                         bool nulled, const char *prefix, int depth)
{
    AUTO_FREE char *full = prefixed_dup(prefix, key);
    json_t *have = json_object_get(dst, key);
    if (nulled && !how->merge)
        json_object_del(dst, key);
    else if (!have)
        json_object_set(dst, key, value);
    else if (json_is_object(value) && json_is_object(have))
        coalesce_level(how, have, value, full, depth + 1);
    else if (json_is_object(value))
        warn_value(how, "cannot overwrite table with non table", full, value);
    else if (json_is_object(have) && !json_is_null(value))
        warn_value(how, "destination", full, value);
}

/* Imported tables are shared and may come to hold each other: no value is deeper than
 * JSON_MAX_DEPTH but one that goes round. */
static void coalesce_level(const struct coalesce *how, json_t *dst, json_t *src, const char *prefix,
                           int depth)
{
    if (depth > JSON_MAX_DEPTH || budget_look())
        return;
    const char *key;
    json_t *value;
    void *next;
    /* Helm writes the nulls of dst into src before it goes through src. That shows where src is
     * shared with other values. */
    json_auto_t *nulls = json_object();
    json_object_foreach(dst, key, value)
        if (json_is_null(value) && !json_object_get(src, key))
            json_object_set(nulls, key, value);
    json_object_update(src, nulls);
    json_object_foreach_safe(src, next, key, value)
    {
        json_t *have = json_object_get(dst, key);
        bool nulled = json_is_null(have) && !json_is_null(value);
        if (nulled && how->merge)
            continue;
        coalesce_key(how, dst, key, value, nulled, prefix, depth);
    }
}

void coalesce_tables(const struct coalesce *how, json_t *dst, json_t *src, const char *prefix)
{
    coalesce_level(how, dst, src, prefix, 0);
}

/* helm 4 cleanNilValues. */
static void drop_nulls(json_t *object)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(object, next, key, value)
    {
        if (json_is_null(value))
            json_object_del(object, key);
        else if (json_is_object(value))
            drop_nulls(value);
    }
}

static bool has_child(const struct chart_node *node, const char *name)
{
    for (size_t i = 0; i < node->count; i++)
        if (strcmp(node->children[i]->name, name) == 0)
            return true;
    return false;
}

/* A default that the user gives no value for. */
static void copy_default(const struct coalesce *how, json_t *values, const char *key, json_t *value)
{
    bool clean = how->clean_defaults && !how->merge;
    if (clean && json_is_null(value))
        return;
    if (clean && json_is_object(value))
        drop_nulls(value);
    json_object_set(values, key, value);
}

/* A map of the user's over the default of the same key. */
static void merge_default(const struct coalesce *how, const struct chart_node *node, json_t *have,
                          const char *key, json_t *value, const char *prefix)
{
    AUTO_FREE char *full = mem_printf("%s.%s", prefix, key);
    if (!json_is_object(value)) {
        if (!json_is_null(value))
            warn(how, "warning: skipped value for %s: Not a table.", full);
        return;
    }
    struct coalesce inner = *how;
    inner.merge = how->merge || has_child(node, key);
    if (inner.clean_defaults && !inner.merge)
        drop_nulls(value);
    coalesce_tables(&inner, have, value, full);
}

/* coalesceValues: the chart's own defaults. */
static void coalesce_defaults(const struct coalesce *how, const struct chart_node *node,
                              json_t *values, const char *prefix)
{
    AUTO_FREE char *full = prefixed_dup(prefix, json_dig_str(node->metadata, "name", NULL));
    json_auto_t *defaults = json_copy_dup(node->values);
    const char *key;
    json_t *value;
    json_object_foreach(defaults, key, value) {
        json_t *have = json_object_get(values, key);
        if (!have)
            copy_default(how, values, key, value);
        else if (json_is_null(have) && !how->merge)
            json_object_del(values, key);
        else if (json_is_object(have))
            merge_default(how, node, have, key, value, full);
    }
}

/* One global of the parent. Its maps are shared with the subchart's, as Helm does; only the topmost
 * level is copied. */
static void push_global(json_t *globals, const char *key, json_t *value, const char *prefix,
                        const struct coalesce *how)
{
    json_t *have = json_object_get(globals, key);
    if (json_is_object(value)) {
        json_auto_t *copy = json_copy(value);
        if (have && !json_is_object(have)) {
            AUTO_FREE char *quoted = goquote_dup(key);
            warn(how, "Conflict: cannot merge map onto non-map for %s. Skipping.", quoted);
            return;
        }
        AUTO_FREE char *full = prefixed_dup(prefix, key);
        struct coalesce keep = {.merge = true, .warnings = how->warnings};
        if (have)
            coalesce_tables(&keep, copy, have, full);
        json_object_set(globals, key, copy);
    } else if (json_is_object(have)) {
        warn(how, "key %s is table. Skipping", key);
    } else {
        json_object_set(globals, key, value);
    }
}

static void push_globals(const struct coalesce *how, json_t *child, const json_t *parent,
                         const char *prefix)
{
    json_t *to = json_object_get(child, "global");
    const json_t *from = json_object_get(parent, "global");
    const char *odd = to && !json_is_object(to)       ? "destination"
                      : from && !json_is_object(from) ? "source"
                                                      : NULL;
    if (odd) {
        warn(how, "warning: skipping globals because %s global is not a table.", odd);
        return;
    }
    json_auto_t *globals = to ? json_incref(to) : json_object();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)from, key, value)
        push_global(globals, key, value, prefix, how);
    json_object_set(child, "global", globals);
}

/* Go's %t. */
static void append_as_bool(struct buf *out, const json_t *value)
{
    if (json_is_null(value)) {
        buf_appends(out, "%!t(<nil>)");
    } else if (json_is_boolean(value)) {
        name_append_go_value(out, value);
    } else if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            buf_appendc(out, i ? ' ' : '[');
            append_as_bool(out, json_array_get(value, i));
        }
        buf_appends(out, json_array_size(value) ? "]" : "[]");
    } else if (json_is_object(value)) {
        AUTO_STRLIST keys = STRLIST_INIT;
        const char *key;
        json_t *item;
        json_object_foreach((json_t *)value, key, item)
            strlist_add(&keys, key);
        strlist_sort(&keys);
        buf_appends(out, "map[");
        for (size_t i = 0; i < keys.count; i++) {
            buf_appendf(out, "%s%%!t(string=%s):", i ? " " : "", keys.items[i]);
            append_as_bool(out, json_object_get(value, keys.items[i]));
        }
        buf_appendc(out, ']');
    } else {
        buf_appendf(out, "%%!t(%s=", name_go_type(value));
        name_append_go_value(out, value);
        buf_appendc(out, ')');
    }
}

static int coalesce_node(const struct coalesce *how, const struct chart_node *node, json_t *values,
                         const char *prefix, struct error **err)
{
    if (budget_check(err) < 0)
        return -1;
    coalesce_defaults(how, node, values, prefix);
    AUTO_FREE char *inner = prefixed_dup(prefix, json_dig_str(node->metadata, "name", NULL));
    for (size_t i = 0; i < node->count; i++) {
        const struct chart_node *child = node->children[i];
        json_t *have = json_object_get(values, child->name);
        if (have && !json_is_object(have)) {
            AUTO_BUF text = BUF_INIT;
            append_as_bool(&text, have);
            return error_set(err, ERROR_INPUT, "type mismatch on %s: %s", child->name,
                             buf_str(&text));
        }
        json_auto_t *own = have ? json_incref(have) : json_object();
        json_object_set(values, child->name, own);
        push_globals(how, own, values, inner);
        if (coalesce_node(how, child, own, inner, err))
            return -1;
    }
    return 0;
}

int coalesce_values(const struct chart_node *node, const json_t *user, const struct coalesce *how,
                    json_t **ret_values, struct error **err)
{
    json_auto_t *values = user ? json_copy_dup(user) : json_object();
    if (!json_is_object(values))
        return error_set(err, ERROR_INPUT, "values are %s where a map is wanted",
                         name_go_type(values));
    if (coalesce_node(how, node, values, "", err) || budget_check(err) < 0)
        return -1;
    *ret_values = TAKE(values);
    return 0;
}
