/* Conditions, tags, aliases, and values that subcharts export. */
#include "dependencies.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/base/semver.h"
#include "meshctl/data/gotype.h"
#include "meshctl/data/json_copy.h"
#include "meshctl/golang/strings.h"
#include "values_coalesce.h"

#define IMPORT_MAX_VALUES 1000000 /* what all imports of a chart come to */

struct processing {
    int helm_major;
    struct strlist *warnings;
};

static struct coalesce coalescing(const struct processing *p, bool merge)
{
    return (struct coalesce){.merge = merge, .clean_defaults = p->helm_major >= 4};
}

bool dependencies_in_range(const char *constraint, const char *version)
{
    AUTO_SEMVER_CONSTRAINT *wanted = NULL;
    AUTO_ERROR struct error *ignored = NULL;
    struct semver parsed;
    return !semver_constraint_new(constraint ? constraint : "", &wanted, &ignored) &&
           !semver_parse(version, &parsed, &ignored) && semver_constraint_fits(wanted, &parsed);
}

static bool is_wanted(const json_t *request, const struct chart_node *child)
{
    return strcmp(json_dig_str(request, "name", NULL), child->name) == 0 &&
           dependencies_in_range(json_dig_str(request, "version", NULL), child->chart->version);
}

static json_t *requests_of(const struct chart_node *node)
{
    return json_object_get(node->metadata, "dependencies");
}

/* --- names --- */

/* Gives the requested subcharts their aliases, in the order of Chart.yaml behind those that it does
 * not mention. */
static void apply_aliases(struct chart_node *node)
{
    struct chart_node **old = node->children;
    size_t count = node->count;
    json_t *requests = requests_of(node);
    node->children = NULL;
    node->count = 0;
    for (size_t i = 0; i < count; i++) {
        bool mentioned = false;
        for (size_t k = 0; k < json_array_size(requests) && !mentioned && !budget_look(); k++)
            mentioned = is_wanted(json_array_get(requests, k), old[i]);
        if (!mentioned)
            node_add_take(node, node_copy(old[i], old[i]->name));
    }
    for (size_t k = 0; k < json_array_size(requests) && !budget_look(); k++) {
        json_t *request = json_array_get(requests, k);
        const char *alias = json_dig_str(request, "alias", NULL);
        for (size_t i = 0; i < count && !budget_look(); i++) {
            if (!is_wanted(request, old[i]))
                continue;
            node_add_take(node, node_copy(old[i], alias ? alias : old[i]->name));
            break;
        }
        if (alias)
            json_object_set_new(request, "name", json_string(alias));
    }
    for (size_t i = 0; i < count; i++)
        node_free(old[i]);
    free(old);
}

/* --- tags and conditions --- */

static void apply_tags(const struct processing *p, json_t *request, const json_t *values)
{
    const json_t *tags = json_object_get(values, "tags");
    bool any_true = false, any_false = false;
    json_t *names = json_object_get(request, "tags");
    for (size_t i = 0; json_is_object(tags) && i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        const json_t *tag = json_object_get(tags, name);
        if (tag && !json_is_boolean(tag))
            strlist_addf(p->warnings, "Warning: Tag '%s' for chart %s returned non-bool value",
                         name, json_dig_str(request, "name", NULL));
        any_true = any_true || json_is_true(tag);
        any_false = any_false || json_is_false(tag);
    }
    json_object_set_new(request, "enabled", json_boolean(any_true || !any_false));
}

/* Values.PathValue: what is there, unless it is a table. Keys with digits are keys here. */
static const json_t *path_value(const json_t *values, const char *prefix, const char *path)
{
    AUTO_FREE char *full = mem_printf("%s%s", prefix, path);
    AUTO_STRLIST steps = STRLIST_INIT;
    strlist_split(&steps, full, '.');
    const json_t *at = values;
    for (size_t i = 0; i < steps.count && at; i++)
        at = json_object_get(at, steps.items[i]);
    return json_is_object(at) ? NULL : at;
}

/* The first path that holds a bool decides. */
static void apply_conditions(const struct processing *p, json_t *request, const json_t *values,
                             const char *prefix)
{
    const char *conditions = json_dig_str(request, "condition", NULL);
    if (!conditions)
        return;
    size_t len = strlen(conditions);
    gostring_trim(&conditions, &len);
    AUTO_FREE char *trimmed = mem_strndup(conditions, len);
    AUTO_STRLIST paths = STRLIST_INIT;
    strlist_split(&paths, trimmed, ',');
    for (size_t i = 0; i < paths.count; i++) {
        const char *path = paths.items[i];
        const json_t *value = path[0] ? path_value(values, prefix, path) : NULL;
        if (json_is_boolean(value)) {
            json_object_set(request, "enabled", (json_t *)value);
            return;
        }
        if (value)
            strlist_addf(p->warnings,
                         "Warning: Condition path '%s' for chart %s returned non-bool value", path,
                         json_dig_str(request, "name", NULL));
    }
}

static bool is_disabled(const json_t *requests, const char *name)
{
    for (size_t i = 0; i < json_array_size(requests) && !budget_look(); i++) {
        const json_t *request = json_array_get(requests, i);
        if (strcmp(json_dig_str(request, "name", NULL), name) == 0 &&
            json_is_false(json_object_get(request, "enabled")))
            return true;
    }
    return false;
}

static void drop_disabled(struct chart_node *node)
{
    json_t *requests = requests_of(node);
    size_t kept = 0;
    for (size_t i = 0; i < node->count; i++) {
        if (is_disabled(requests, node->children[i]->name))
            node_free(node->children[i]);
        else
            node->children[kept++] = node->children[i];
    }
    node->count = kept;
    for (size_t i = json_array_size(requests); i-- > 0;)
        if (json_is_false(json_object_get(json_array_get(requests, i), "enabled")))
            json_array_remove(requests, i);
    if (!json_array_size(requests))
        json_object_del(node->metadata, "dependencies");
}

static int process_enabled(const struct processing *p, struct chart_node *node, const json_t *user,
                           const char *prefix, struct error **err)
{
    if (!requests_of(node))
        return 0;
    json_t *own = json_copy_dup(node->metadata);
    json_decref(node->metadata);
    node->metadata = own;
    apply_aliases(node);
    json_t *requests = requests_of(node);
    for (size_t i = 0; i < json_array_size(requests); i++)
        json_object_set_new(json_array_get(requests, i), "enabled", json_true());
    struct coalesce how = coalescing(p, false);
    json_auto_t *values = NULL;
    if (coalesce_values(node, user, &how, &values, err))
        return -1;
    for (size_t i = 0; i < json_array_size(requests); i++) {
        apply_tags(p, json_array_get(requests, i), values);
        apply_conditions(p, json_array_get(requests, i), values, prefix);
    }
    drop_disabled(node);
    for (size_t i = 0; i < node->count; i++) {
        AUTO_FREE char *inner = mem_printf("%s%s.", prefix, node->children[i]->name);
        if (process_enabled(p, node->children[i], values, inner, err))
            return -1;
    }
    return 0;
}

/* --- imports --- */

/* Values.Table: NULL unless every step is a table. */
static json_t *find_table(json_t *values, const char *path)
{
    AUTO_STRLIST steps = STRLIST_INIT;
    strlist_split(&steps, path, '.');
    json_t *at = values;
    for (size_t i = 0; i < steps.count && at; i++)
        at = json_object_get(at, steps.items[i]);
    return json_is_object(at) ? at : NULL;
}

/* pathToMap: the table itself, shared, under the path's keys; "." is the table. New reference. */
static json_t *under_path(const char *path, json_t *table)
{
    json_t *at = json_incref(table);
    if (strcmp(path, ".") == 0)
        return at;
    AUTO_STRLIST steps = STRLIST_INIT;
    strlist_split(&steps, path, '.');
    for (size_t i = steps.count; i-- > 0;) {
        json_t *outer = json_object();
        json_object_set_new(outer, steps.items[i], at);
        at = outer;
    }
    return at;
}

static char *import_text_dup(const json_t *import, const char *key)
{
    AUTO_BUF text = BUF_INIT;
    const json_t *value = json_object_get(import, key);
    if (value)
        name_append_go_value(&text, value);
    else
        buf_appends(&text, "<nil>");
    return buf_detach(&text, NULL);
}

/* Whether a value, of which parts may be shared or go round, is a tree of at most *left values. */
static bool is_bounded(const json_t *value, size_t *left, int depth)
{
    const char *key;
    json_t *item;
    if (!*left || depth > JSON_MAX_DEPTH || budget_look())
        return false;
    --*left;
    json_object_foreach((json_t *)value, key, item)
        if (!is_bounded(item, left, depth + 1))
            return false;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!is_bounded(json_array_get(value, i), left, depth + 1))
            return false;
    return true;
}

/* Helm goes on with the child's own table: what a later import adds to it also shows in the child.
 * A table that comes to hold itself would make Helm run out of stack. */
static int add_import(const struct processing *p, const char *parent, json_t *table,
                      json_t *imported, struct error **err)
{
    struct coalesce how = coalescing(p, true);
    json_auto_t *source = under_path(parent, table);
    coalesce_tables(&how, imported, source, "");
    size_t left = IMPORT_MAX_VALUES;
    if (is_bounded(imported, &left, 0))
        return 0;
    json_object_clear(table); /* a circle of references would never be freed */
    return error_set(err, ERROR_INPUT,
                     "import-values: at %s, a table holds itself or more than %d values", parent,
                     IMPORT_MAX_VALUES);
}

static int import_one(const struct processing *p, const char *chart, const json_t *import,
                      json_t *values, json_t *imported, json_t *shown, struct error **err)
{
    bool pair = json_is_object(import);
    AUTO_FREE char *parent = pair ? import_text_dup(import, "parent") : mem_strdup(".");
    AUTO_FREE char *child = pair ? import_text_dup(import, "child")
                                 : mem_printf("exports.%s", json_string_value(import));
    AUTO_FREE char *path = mem_printf("%s.%s", chart, child);
    json_array_append_new(shown, json_pack("{s:s, s:s}", "child", child, "parent", parent));
    json_t *table = find_table(values, path);
    if (table)
        return add_import(p, parent, table, imported, err);
    strlist_addf(p->warnings,
                 "Warning: ImportValues missing table from chart %s: \"%s\" is not a table", chart,
                 child);
    return 0;
}

static int import_request(const struct processing *p, json_t *request, json_t *values,
                          json_t *imported, struct error **err)
{
    const char *name = json_dig_str(request, "name", NULL);
    const json_t *imports = json_object_get(request, "import-values");
    json_auto_t *shown = json_array();
    for (size_t i = 0; i < json_array_size(imports); i++) {
        const json_t *import = json_array_get(imports, i);
        if ((json_is_object(import) || json_is_string(import)) &&
            import_one(p, name, import, values, imported, shown, err))
            return -1;
    }
    /* As .Chart.Dependencies shows them afterwards. */
    json_object_del(request, "import-values");
    if (json_array_size(shown))
        json_object_set(request, "import-values", shown);
    return 0;
}

static int import_values(const struct processing *p, struct chart_node *node, struct error **err)
{
    for (size_t i = 0; i < node->count; i++)
        if (import_values(p, node->children[i], err))
            return -1;
    const json_t *requests = requests_of(node);
    if (!requests)
        return 0;
    struct coalesce how = coalescing(p, true);
    json_auto_t *values = NULL, *imported = json_object();
    if (coalesce_values(node, NULL, &how, &values, err))
        return -1;
    for (size_t i = 0; i < json_array_size(requests); i++)
        if (import_request(p, json_array_get(requests, i), values, imported, err))
            return -1;
    json_decref(node->values);
    node->values = json_copy_dup(values);
    coalesce_tables(&how, node->values, imported, "");
    return 0;
}

int dependencies_process(struct chart_node *root, const json_t *user, int helm_major,
                         struct strlist *warnings, struct error **err)
{
    struct processing p = {.helm_major = helm_major, .warnings = warnings};
    if (process_enabled(&p, root, user, "", err) || budget_check(err) < 0)
        return -1;
    return import_values(&p, root, err);
}
