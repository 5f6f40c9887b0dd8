/* Helm's Values type: a map with methods (pkg/chartutil/values.go, in Helm 4 pkg/chart/common). */
#include <string.h>

#include "engine.h"
#include "meshctl/data/yaml.h"
#include "meshctl/value/tmap.h"

static const struct tobject_method methods[] = {
    {"AsMap", ""}, {"Encode", "w"}, {"PathValue", "s"}, {"Table", "s"}, {"YAML", ""}, {NULL, NULL},
};

static int fail_key(struct error **err, struct tval_string key, const char *what)
{
    AUTO_BUF quoted = BUF_INIT;
    goquote_append(&quoted, key.data, key.len);
    return error_set(err, ERROR_INPUT, "%s is not a %s", buf_str(&quoted), what);
}

/* The part of a dotted path up to its first dot; moves on behind it. */
static struct tval_string path_step(struct tval_string *path)
{
    const char *dot = memchr(path->data, '.', path->len);
    size_t len = dot ? (size_t)(dot - path->data) : path->len;
    struct tval_string step = {.data = path->data, .len = len};
    path->data += dot ? len + 1 : len;
    path->len -= dot ? len + 1 : len;
    return step;
}

/* A map[string]interface {} or Values, no other map type. */
static bool is_table(struct tval v)
{
    return v.kind == TVAL_MAP && tmap_elem_is_interface(v.map);
}

/* Walks to the table at `path`; on failure *ret_missing is the step that is none. */
static const struct tmap *find_table(const struct tmap *m, struct tval_string path,
                                     struct tval_string *ret_missing)
{
    for (bool more = true; more;) {
        more = memchr(path.data, '.', path.len) != NULL;
        struct tval_string step = path_step(&path);
        const struct tval *v = tmap_get(m, step.data, step.len);
        *ret_missing = step;
        if (!v || !is_table(*v))
            return NULL;
        m = v->map;
    }
    return m;
}

static int call_table(struct arena *a, const struct tmap *m, struct tval_string path,
                      struct tval *ret, struct error **err)
{
    struct tval_string missing;
    const struct tmap *table = find_table(m, path, &missing);
    if (!table)
        return fail_key(err, missing, "table");
    *ret = tmap_view(a, table, tmap_type(m));
    return 0;
}

static int call_path_value(const struct tmap *m, struct tval_string path, struct tval *ret,
                           struct error **err)
{
    if (!path.len)
        return error_set(err, ERROR_INPUT, "YAML path cannot be empty");
    const char *dot = memrchr(path.data, '.', path.len);
    struct tval_string key = path;
    if (dot) {
        struct tval_string table = {.data = path.data, .len = (size_t)(dot - path.data)};
        struct tval_string missing;
        key.data = dot + 1;
        key.len = path.len - table.len - 1;
        m = find_table(m, table, &missing);
    }
    const struct tval *v = m ? tmap_get(m, key.data, key.len) : NULL;
    /* Go's istable does not know the named type. */
    bool table =
        v && v->kind == TVAL_MAP && strcmp(tmap_type(v->map), "map[string]interface {}") == 0;
    if (!v || table)
        return fail_key(err, key, "value");
    *ret = *v;
    return 0;
}

static int call_yaml(struct arena *a, const struct tmap *m, struct tval *ret, struct error **err)
{
    json_auto_t *json = NULL;
    if (tval_to_json(a, tmap_view(a, m, NULL), &json, err) < 0 || yaml_check_write(json, err) < 0)
        return -1;
    AUTO_BUF text = BUF_INIT;
    yaml_write(&text, json);
    *ret = tval_string(a, buf_str(&text), text.len);
    return 0;
}

static int values_call(struct arena *a, const struct tmap *m, const char *method,
                       const struct tval *args, struct tval *ret, struct error **err)
{
    switch (method[0]) {
    case 'A':
        *ret = tmap_count(m) ? tmap_view(a, m, NULL) : tval_map(a);
        return 0;
    case 'T':
        return call_table(a, m, args[0].s, ret, err);
    case 'P':
        return call_path_value(m, args[0].s, ret, err);
    case 'Y':
        return call_yaml(a, m, ret, err);
    default:
        /* Encode: no value of a template is an io.Writer, so that its argument never passes. */
        return error_set(err, ERROR_INTERNAL, "%s cannot be called", method);
    }
}

const struct tmap_methods helm_values_methods = {.methods = methods, .call = values_call};
