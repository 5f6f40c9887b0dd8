/* Fills ${placeholders} in the strings of a value. */
#include "meshctl/mesh/fill.h"

#include <string.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/text.h"

#define MAX_SHOWN ((size_t)200) /* bytes of a string in an error */

void mesh_member_vars(const struct mesh *m, const struct mesh_member *member,
                      struct mesh_var vars[MESH_VARS])
{
    const struct mesh_var all[] = {
        {"mesh", m->id},
        {"member", member->name},
        {"cluster", member->cluster},
        {"network", member->network},
        {"hub", m->hub},
        {"version", mesh_version_of(m, member)},
        {"istio_namespace", m->istio_namespace},
        {"ingress_namespace", m->ingress_namespace},
        {"bookinfo_namespace", m->bookinfo_namespace},
        {NULL, NULL},
    };
    _Static_assert(MC_ARRAY_LEN(all) <= MESH_VARS, "MESH_VARS is too small");
    memcpy(vars, all, sizeof(all));
}

static const char *find_var(const struct mesh_var *vars, const char *name, size_t len)
{
    for (; vars->name; vars++)
        if (strlen(vars->name) == len && memcmp(vars->name, name, len) == 0)
            return vars->value;
    return NULL;
}

/* As it may be shown; a file in a string is not shown whole. */
static char *shown_dup(const char *text, size_t len)
{
    struct buf clean = BUF_INIT;
    text_append_clean(&clean, text, len < MAX_SHOWN ? len : MAX_SHOWN);
    buf_appends(&clean, len > MAX_SHOWN ? "..." : "");
    return buf_detach(&clean, NULL);
}

static json_t *bad_placeholder(const json_t *string, const char *name, size_t len,
                               struct error **err)
{
    AUTO_FREE char *text = shown_dup(json_string_value(string), json_string_length(string));
    AUTO_FREE char *shown = shown_dup(name ? name : "", len);
    if (name)
        error_set(err, ERROR_INPUT, "unknown placeholder ${%s} in \"%s\"", shown, text);
    else
        error_set(err, ERROR_INPUT, "a placeholder has no closing brace in \"%s\"", text);
    return NULL;
}

/* The string with its placeholders filled in; NULL without *err when it has none. What a
 * placeholder stands for is not looked at again. */
static json_t *filled_string(const json_t *string, const struct mesh_var *vars, struct error **err)
{
    const char *p = json_string_value(string), *end = p + json_string_length(string);
    const char *open = memmem(p, (size_t)(end - p), "${", 2);
    if (!open)
        return NULL;
    AUTO_BUF out = BUF_INIT;
    for (; open; open = memmem(p, (size_t)(end - p), "${", 2)) {
        if (open > p && open[-1] == '$') { /* $${ stands for ${ */
            buf_append(&out, p, (size_t)(open - p) - 1);
            buf_appends(&out, "${");
            p = open + 2;
            continue;
        }
        const char *name = open + 2;
        const char *close = memchr(name, '}', (size_t)(end - name));
        if (!close)
            return bad_placeholder(string, NULL, 0, err);
        const char *value = find_var(vars, name, (size_t)(close - name));
        if (!value)
            return bad_placeholder(string, name, (size_t)(close - name), err);
        buf_append(&out, p, (size_t)(open - p));
        buf_appends(&out, value);
        p = close + 1;
    }
    buf_append(&out, p, (size_t)(end - p));
    return json_stringn(buf_str(&out), out.len);
}

/* The replacement for one child, or NULL when it stays (containers are filled in place). */
static int fill_child(json_t *child, const struct mesh_var *vars, json_t **ret_new,
                      struct error **err)
{
    *ret_new = NULL;
    if (!json_is_string(child))
        return mesh_fill(child, vars, err);
    *ret_new = filled_string(child, vars, err);
    return *err ? -1 : 0;
}

int mesh_fill(json_t *value, const struct mesh_var *vars, struct error **err)
{
    json_t *child, *filled;
    if (json_is_array(value)) {
        size_t i;
        json_array_foreach(value, i, child) {
            if (fill_child(child, vars, &filled, err) < 0)
                return -1;
            if (filled)
                json_array_set_new(value, i, filled);
        }
    } else if (json_is_object(value)) {
        const char *key;
        json_object_foreach(value, key, child) {
            if (fill_child(child, vars, &filled, err) < 0)
                return -1;
            if (filled)
                json_object_set_new(value, key, filled);
        }
    }
    return 0;
}

static json_t *escaped_string(const json_t *string)
{
    const char *p = json_string_value(string), *end = p + json_string_length(string);
    AUTO_BUF out = BUF_INIT;
    for (; p < end; p++) {
        if (end - p >= 2 && p[0] == '$' && p[1] == '{')
            buf_appendc(&out, '$');
        buf_appendc(&out, *p);
    }
    return json_stringn(buf_str(&out), out.len);
}

void mesh_escape(json_t *value)
{
    const char *key;
    json_t *child;
    void *next;
    size_t i;
    json_array_foreach(value, i, child)
        if (json_is_string(child))
            json_array_set_new(value, i, escaped_string(child));
        else
            mesh_escape(child);
    json_object_foreach_safe(value, next, key, child) if (json_is_string(child))
        json_object_set_new(value, key, escaped_string(child));
    else mesh_escape(child);
}
