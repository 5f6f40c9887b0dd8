/* Values from JSON and to JSON, and which of them are true. */
#include "meshctl/value/value.h"

#include <math.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/budget.h"
#include "meshctl/base/text.h"
#include "meshctl/value/tmap.h"
#include "meshctl/value/types.h"

/* ---- from JSON ---- */

#define KNOWN_KEYS 64

/* One conversion. Documents say the same few keys over and over: each is copied once, unless two
 * have their place in common. */
struct from_json {
    struct arena *a;
    struct tval_string keys[KNOWN_KEYS];
};

static const char *copy_key(struct from_json *c, const char *key, size_t len, uint32_t hash)
{
    struct tval_string *known = &c->keys[hash % KNOWN_KEYS];
    if (!known->data || known->len != len || memcmp(known->data, key, len) != 0)
        *known = (struct tval_string){arena_strndup(c->a, key, len), len};
    return known->data;
}

static struct tval from_json(struct from_json *c, const json_t *j);

static struct tval list_from_json(struct from_json *c, const json_t *j)
{
    size_t count = json_array_size(j);
    struct tval v = tval_list(c->a, count);
    for (size_t i = 0; i < count && !budget_is_over(); i++)
        v.list->items[i] = from_json(c, json_array_get(j, i));
    return v;
}

static struct tval map_from_json(struct from_json *c, const json_t *j)
{
    struct tval v = tval_map(c->a);
    /* jansson's iterators want a mutable object, and change nothing. */
    json_t *object = (json_t *)(uintptr_t)j;
    tmap_reserve(c->a, v.map, json_object_size(j));
    for (void *it = json_object_iter(object); it && !budget_is_over();
         it = json_object_iter_next(object, it)) {
        const char *key = json_object_iter_key(it);
        size_t len = json_object_iter_key_len(it);
        uint32_t hash = tmap_hash(key, len);
        tmap_add(v.map, copy_key(c, key, len, hash), len, hash,
                 from_json(c, json_object_iter_value(it)));
    }
    return v;
}

static struct tval from_json(struct from_json *c, const json_t *j)
{
    if (!j)
        return tval_nil();
    switch (json_typeof(j)) {
    case JSON_OBJECT:
        return map_from_json(c, j);
    case JSON_ARRAY:
        return list_from_json(c, j);
    case JSON_STRING:
        return tval_string(c->a, json_string_value(j), json_string_length(j));
    case JSON_INTEGER:
        return tval_int64(json_integer_value(j));
    case JSON_REAL:
        return tval_float(json_real_value(j));
    case JSON_TRUE:
    case JSON_FALSE:
        return tval_bool(json_is_true(j));
    case JSON_NULL:
        break;
    }
    return tval_nil();
}

struct tval tval_from_json(struct arena *a, const json_t *j)
{
    struct from_json c = {.a = a};
    return from_json(&c, j);
}

/* ---- to JSON ---- */

static json_t *bytes_to_json(const struct tlist *list)
{
    AUTO_BUF bytes = BUF_INIT;
    for (size_t i = 0; i < list->count; i++)
        buf_appendc(&bytes, (char)list->items[i].i);
    AUTO_FREE char *text = base64_encode_dup(buf_str(&bytes), bytes.len);
    return json_string_nocheck(text);
}

struct to_json {
    struct arena *a;
    struct json_structs *structs; /* or NULL */
};

static int to_json(struct to_json *c, struct tval v, unsigned depth, json_t **ret_json,
                   struct error **err);

static int list_to_json(struct to_json *c, const struct tlist *list, unsigned depth,
                        json_t **ret_json, struct error **err)
{
    if (list->elem && strcmp(list->elem, "uint8") == 0) {
        *ret_json = bytes_to_json(list);
        return 0;
    }
    if (!list->items) {
        *ret_json = json_null();
        return 0;
    }
    json_auto_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        json_t *item;
        if (to_json(c, list->items[i], depth + 1, &item, err) < 0)
            return -1;
        json_array_append_new(array, item);
    }
    *ret_json = json_incref(array);
    return 0;
}

static int map_to_json(struct to_json *c, const struct tmap *m, unsigned depth, json_t **ret_json,
                       struct error **err)
{
    if (tmap_is_nil(m)) {
        *ret_json = json_null();
        return 0;
    }
    json_auto_t *object = json_object();
    AUTO_FREE struct tmap_item *items = tmap_items_dup(m);
    for (size_t i = 0, n = tmap_count(m); i < n; i++) {
        json_t *item;
        if (to_json(c, items[i].value, depth + 1, &item, err) < 0)
            return -1;
        json_object_setn_new_nocheck(object, items[i].key.data, items[i].key.len, item);
    }
    if (tmap_is_struct(m) && c->structs)
        json_structs_add(c->structs, object);
    *ret_json = json_incref(object);
    return 0;
}

static int struct_to_json(struct to_json *c, const struct tobject *object, unsigned depth,
                          json_t **ret_json, struct error **err)
{
    json_auto_t *members = json_object();
    for (size_t i = 0; object->type->fields[i]; i++) {
        json_t *item;
        if (to_json(c, object_field(c->a, object, i), depth + 1, &item, err) < 0)
            return -1;
        json_object_set_new_nocheck(members, object->type->fields[i], item);
    }
    if (c->structs)
        json_structs_add(c->structs, members);
    *ret_json = json_incref(members);
    return 0;
}

static int float_to_json(double f, json_t **ret_json, struct error **err)
{
    if (isfinite(f)) {
        *ret_json = json_real(f);
        return 0;
    }
    return error_set(err, ERROR_INPUT, "json: unsupported value: %s",
                     isnan(f) ? "NaN"
                     : f > 0  ? "+Inf"
                              : "-Inf");
}

static int to_json(struct to_json *c, struct tval v, unsigned depth, json_t **ret_json,
                   struct error **err)
{
    if (depth > JSON_MAX_DEPTH) {
        return error_set(err, ERROR_INPUT, "json: unsupported value: encountered a cycle via %s",
                         v.kind == TVAL_MAP ? tmap_type(v.map) : "[]interface {}");
    }
    if (budget_is_over())
        return budget_fail(err);
    switch (v.kind) {
    case TVAL_NONE:
    case TVAL_NIL:
        *ret_json = json_null();
        return 0;
    case TVAL_BOOL:
        *ret_json = json_boolean(v.b);
        return 0;
    case TVAL_INT:
    case TVAL_INT64:
        *ret_json = json_integer(v.i);
        return 0;
    case TVAL_FLOAT:
        return float_to_json(v.f, ret_json, err);
    case TVAL_STRING:
        *ret_json = json_stringn_nocheck(v.s.data, v.s.len);
        return 0;
    case TVAL_LIST:
        return list_to_json(c, v.list, depth, ret_json, err);
    case TVAL_MAP:
        return map_to_json(c, v.map, depth, ret_json, err);
    case TVAL_OBJECT:
        break;
    }
    if (v.object->type->json) {
        if (v.object->type->json(c->a, v.object, &v, err) < 0)
            return -1;
        return to_json(c, v, depth + 1, ret_json, err);
    }
    if (v.object->type->as_value)
        return to_json(c, v.object->type->as_value(c->a, v.object), depth + 1, ret_json, err);
    if (v.object->type->fields)
        return struct_to_json(c, v.object, depth, ret_json, err);
    *ret_json = json_object();
    return 0;
}

int tval_to_json_structs(struct arena *a, struct tval v, struct json_structs *structs,
                         json_t **ret_json, struct error **err)
{
    struct to_json c = {a, structs};
    return to_json(&c, v, 0, ret_json, err);
}

int tval_to_json(struct arena *a, struct tval v, json_t **ret_json, struct error **err)
{
    return tval_to_json_structs(a, v, NULL, ret_json, err);
}

/* ---- truth ---- */

/* A Go struct is true, a named map or list by its length. */
static bool object_truth(const struct tobject *object)
{
    if (!object->type->as_value || object->type->fields)
        return true;
    AUTO_ARENA *a = arena_new();
    struct tval v = object->type->as_value(a, object);
    return v.kind == TVAL_OBJECT || tval_truth(v);
}

bool tval_truth(struct tval v)
{
    switch (v.kind) {
    case TVAL_NONE:
    case TVAL_NIL:
        return false;
    case TVAL_BOOL:
        return v.b;
    case TVAL_INT:
    case TVAL_INT64:
        return v.i != 0;
    case TVAL_FLOAT:
        return v.f != 0;
    case TVAL_STRING:
        return v.s.len > 0;
    case TVAL_LIST:
        return v.list->count > 0;
    case TVAL_MAP:
        return tmap_count(v.map) > 0;
    case TVAL_OBJECT:
        break;
    }
    return object_truth(v.object);
}
