/* Values, manifests and certificate profiles of somebody's own, with ${placeholders}: the input is one as
 * JSON. `$${` stands for `${`. Each string is what putting the names' values in by hand makes of it; keys and all else stay. */
#include "input.h"
#include "meshctl/base/buf.h"
#include "meshctl/mesh/fill.h"

static const struct mesh_var vars[] = {
    {"mesh", "m1"}, {"member", "west"}, {"hub", "h/$x"}, {NULL, NULL}};

/* False where it has a placeholder that is none. */
static bool put_in(struct buf *out, const char *p, size_t len)
{
    const char *end = p + len;
    while (p < end) {
        if (end - p > 2 && memcmp(p, "$${", 3) == 0) {
            buf_appends(out, "${");
            p += 3;
            continue;
        }
        if (end - p < 2 || p[0] != '$' || p[1] != '{') {
            buf_appendc(out, *p++);
            continue;
        }
        const char *close = memchr(p, '}', (size_t)(end - p));
        const struct mesh_var *v = vars;
        if (!close)
            return false;
        p += 2;
        while (v->name && (strlen(v->name) != (size_t)(close - p) ||
                           memcmp(v->name, p, (size_t)(close - p)) != 0))
            v++;
        if (!v->name)
            return false;
        buf_appends(out, v->value);
        p = close + 1;
    }
    return true;
}

static bool is_string_filled(const json_t *before, const json_t *after)
{
    AUTO_BUF wanted = BUF_INIT;
    return put_in(&wanted, json_string_value(before), json_string_length(before)) &&
           json_string_length(after) == wanted.len &&
           (!wanted.len || memcmp(json_string_value(after), wanted.data, wanted.len) == 0);
}

/* A string that is the whole value is nobody's child, and stays. */
static bool is_filled(const json_t *before, const json_t *after)
{
    const char *key;
    json_t *child;
    size_t i;
    if (json_is_string(before))
        return json_is_string(after) && is_string_filled(before, after);
    if (json_is_array(before)) {
        json_array_foreach(before, i, child)
            if (!is_filled(child, json_array_get(after, i)))
                return false;
        return json_array_size(before) == json_array_size(after);
    }
    if (!json_is_object(before))
        return json_equal(before, after);
    json_object_foreach((json_t *)(uintptr_t)before, key, child)
        if (!is_filled(child, json_object_get(after, key)))
            return false;
    return json_object_size(before) == json_object_size(after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_ERROR struct error *err = NULL;
    json_auto_t *value = NULL;
    if (json_read((const char *)data, size, "fuzz", &value, &err) < 0 || json_is_string(value))
        return 0;
    json_auto_t *before = json_deep_copy(value);
    int rc = mesh_fill(value, vars, &err);
    check_outcome(rc, err);
    if (rc < 0)
        check_clean(err->message);
    error_clear(&err);
    if ((rc == 0) != is_filled(before, value))
        abort();
    /* What was escaped comes back as it was. */
    json_auto_t *escaped = json_deep_copy(before);
    mesh_escape(escaped);
    if (mesh_fill(escaped, vars, &err) < 0 || !json_equal(escaped, before))
        abort();
    return 0;
}
