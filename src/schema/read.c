/* JSON with its numbers as written, as encoding/json reads it. */
#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/data/json_scan.h"
#include "value.h"

static int read_value(struct json_scan *s, struct schema_value *ret, struct error **err);

/* Room for one more; what is outgrown stays in the arena. */
static void make_room(struct arena *a, struct schema_value *v, size_t *cap)
{
    if (v->count < *cap)
        return;
    size_t old = *cap;
    *cap = old ? 2 * old : 4;
    struct schema_value *items = arena_alloc(a, *cap * sizeof(*items));
    struct schema_text *keys = arena_alloc(a, *cap * sizeof(*keys));
    if (old) {
        memcpy(items, v->items, old * sizeof(*items));
        if (v->keys)
            memcpy(keys, v->keys, old * sizeof(*keys));
    }
    v->items = items;
    v->keys = v->type == SCHEMA_OBJECT ? keys : NULL;
}

static int compare_places(const void *x, const void *y, void *keys)
{
    const struct schema_text *k = keys;
    const struct schema_text *kx = &k[*(const size_t *)x], *ky = &k[*(const size_t *)y];
    size_t shared = kx->len < ky->len ? kx->len : ky->len;
    int order = memcmp(kx->data, ky->data, shared);
    if (order == 0 && kx->len != ky->len)
        return kx->len < ky->len ? -1 : 1;
    return order ? order : *(const size_t *)x < *(const size_t *)y ? -1 : 1;
}

/* The last of equal keys stays. */
static void drop_doubles(struct schema_value *object)
{
    AUTO_FREE size_t *places = mem_array(object->count + 1, sizeof(*places));
    AUTO_FREE bool *dropped = mem_array(object->count + 1, sizeof(*dropped));
    for (size_t i = 0; i < object->count; i++)
        places[i] = i;
    qsort_r(places, object->count, sizeof(*places), compare_places, object->keys);
    for (size_t i = 0; i + 1 < object->count; i++) {
        const struct schema_text *x = &object->keys[places[i]], *y = &object->keys[places[i + 1]];
        dropped[places[i]] = x->len == y->len && memcmp(x->data, y->data, x->len) == 0;
    }
    size_t kept = 0;
    for (size_t i = 0; i < object->count; i++) {
        if (dropped[i])
            continue;
        object->keys[kept] = object->keys[i];
        object->items[kept++] = object->items[i];
    }
    object->count = kept;
}

static int read_compound(struct json_scan *s, enum json_kind kind, struct schema_value *ret,
                         struct error **err)
{
    bool object = kind == JSON_KIND_OBJECT, more;
    struct text_span key;
    size_t cap = 0;
    *ret = (struct schema_value){.type = object ? SCHEMA_OBJECT : SCHEMA_ARRAY};
    for (;; ret->count++) {
        if (json_scan_next(s, kind, ret->count, &more, &key, err) < 0)
            return -1;
        if (!more)
            break;
        make_room(s->a, ret, &cap);
        if (object)
            ret->keys[ret->count] = schema_value_string(s->a, key.data, key.len).text;
        if (read_value(s, &ret->items[ret->count], err) < 0)
            return -1;
    }
    if (object) {
        drop_doubles(ret);
        schema_value_finish(s->a, ret);
    }
    return 0;
}

static int read_value(struct json_scan *s, struct schema_value *ret, struct error **err)
{
    enum json_kind kind;
    struct text_span text;
    if (budget_is_over())
        return budget_fail(err);
    if (json_scan_value(s, &kind, &text, err) < 0)
        return -1;
    switch (kind) {
    case JSON_KIND_OBJECT:
    case JSON_KIND_ARRAY:
        return read_compound(s, kind, ret, err);
    case JSON_KIND_STRING:
    case JSON_KIND_NUMBER:
        *ret = schema_value_string(s->a, text.data, text.len);
        ret->type = kind == JSON_KIND_NUMBER ? SCHEMA_NUMBER : SCHEMA_STRING;
        return 0;
    case JSON_KIND_NULL:
        *ret = (struct schema_value){.type = SCHEMA_NULL};
        return 0;
    case JSON_KIND_FALSE:
    case JSON_KIND_TRUE:
        *ret = (struct schema_value){.type = SCHEMA_BOOLEAN, .boolean = kind == JSON_KIND_TRUE};
        return 0;
    }
    return 0;
}

/* jsonschema's loader.go UnmarshalJSON. */
int schema_value_read(struct arena *a, const char *text, size_t len, struct schema_value *ret,
                      struct error **err)
{
    struct json_scan scan = {.a = a, .text = text, .len = len, .is_stream = true};
    if (read_value(&scan, ret, err) < 0)
        return -1;
    if (!json_scan_is_done(&scan))
        return error_set(err, ERROR_INPUT, "invalid character after top-level value");
    return 0;
}
