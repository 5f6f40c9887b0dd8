/* The values that are checked: lookups, equality, sizes. */
#include "value.h"

#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/base/hash.h"
#include "meshctl/golang/strconv.h"

#define INDEX_FROM 9                /* members; below, a look at each is as fast */
#define HASH_PRIME 1099511628211ULL /* FNV-1a, but for where it begins */

static uint64_t hash_bytes(uint64_t hash, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)data[i]) * HASH_PRIME;
    return hash;
}

/* --- making --- */

struct schema_value schema_value_string(struct arena *a, const char *s, size_t len)
{
    return (struct schema_value){.type = SCHEMA_STRING, .text = {arena_strndup(a, s, len), len}};
}

void schema_value_finish(struct arena *a, struct schema_value *object)
{
    if (object->count < INDEX_FROM)
        return;
    object->index_size = 16;
    while (object->index_size < 2 * object->count)
        object->index_size *= 2;
    object->index = arena_alloc(a, object->index_size * sizeof(*object->index));
    for (size_t i = 0; i < object->count; i++) {
        size_t at = hash_bytes(hash_seed, object->keys[i].data, object->keys[i].len);
        while (object->index[at & (object->index_size - 1)])
            at++;
        object->index[at & (object->index_size - 1)] = (uint32_t)i + 1;
    }
}

static struct schema_value number_from_json(struct arena *a, const json_t *json)
{
    AUTO_BUF text = BUF_INIT;
    if (json_is_integer(json))
        buf_appendf(&text, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
    else
        gofloat_append(&text, json_real_value(json), 'g', -1);
    return (struct schema_value){.type = SCHEMA_NUMBER,
                                 .text = {arena_strndup(a, buf_str(&text), text.len), text.len}};
}

static struct schema_value object_from_json(struct arena *a, const json_t *json)
{
    size_t count = json_object_size(json), i = 0;
    struct schema_value v = {.type = SCHEMA_OBJECT, .count = count};
    v.items = arena_alloc(a, (count + !count) * sizeof(*v.items));
    v.keys = arena_alloc(a, (count + !count) * sizeof(*v.keys));
    for (void *it = json_object_iter((json_t *)json); it;
         it = json_object_iter_next((json_t *)json, it), i++) {
        if (budget_is_over())
            break;
        v.keys[i] =
            schema_value_string(a, json_object_iter_key(it), json_object_iter_key_len(it)).text;
        v.items[i] = schema_value_from_json(a, json_object_iter_value(it));
    }
    schema_value_finish(a, &v);
    return v;
}

struct schema_value schema_value_from_json(struct arena *a, const json_t *json)
{
    struct schema_value v = {.type = SCHEMA_NULL};
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return object_from_json(a, json);
    case JSON_ARRAY:
        v.type = SCHEMA_ARRAY;
        v.count = json_array_size(json);
        v.items = arena_alloc(a, (v.count + !v.count) * sizeof(*v.items));
        for (size_t i = 0; i < v.count && !budget_is_over(); i++)
            v.items[i] = schema_value_from_json(a, json_array_get(json, i));
        return v;
    case JSON_STRING:
        return schema_value_string(a, json_string_value(json), json_string_length(json));
    case JSON_INTEGER:
    case JSON_REAL:
        return number_from_json(a, json);
    case JSON_TRUE:
    case JSON_FALSE:
        v.type = SCHEMA_BOOLEAN;
        v.boolean = json_is_true(json);
        return v;
    default:
        return v;
    }
}

/* --- looking --- */

static bool same_text(struct schema_text t, const char *s, size_t len)
{
    return t.len == len && memcmp(t.data, s, len) == 0;
}

const struct schema_value *schema_value_getn(const struct schema_value *object, const char *key,
                                             size_t len)
{
    if (!schema_value_is(object, SCHEMA_OBJECT))
        return NULL;
    if (!object->index) {
        for (size_t i = 0; i < object->count; i++)
            if (same_text(object->keys[i], key, len))
                return &object->items[i];
        return NULL;
    }
    for (size_t at = hash_bytes(hash_seed, key, len);; at++) {
        uint32_t i = object->index[at & (object->index_size - 1)];
        if (!i)
            return NULL;
        if (same_text(object->keys[i - 1], key, len))
            return &object->items[i - 1];
    }
}

const struct schema_value *schema_value_get(const struct schema_value *object, const char *key)
{
    return schema_value_getn(object, key, strlen(key));
}

const struct schema_value *schema_value_get_string(const struct schema_value *object,
                                                   const char *key)
{
    const struct schema_value *v = schema_value_get(object, key);
    return schema_value_is(v, SCHEMA_STRING) ? v : NULL;
}

bool schema_value_is(const struct schema_value *v, enum schema_type type)
{
    return v && v->type == type;
}

const char *schema_type_name(enum schema_type type)
{
    switch (type) {
    case SCHEMA_NULL:
        return "null";
    case SCHEMA_BOOLEAN:
        return "boolean";
    case SCHEMA_NUMBER:
        return "number";
    case SCHEMA_INTEGER:
        return "integer";
    case SCHEMA_STRING:
        return "string";
    case SCHEMA_ARRAY:
        return "array";
    default:
        return "object";
    }
}

/* --- comparing --- */

static bool equal_items(struct arena *a, const struct schema_value *x, const struct schema_value *y)
{
    for (size_t i = 0; i < x->count; i++) {
        const struct schema_value *other =
            x->keys ? schema_value_getn(y, x->keys[i].data, x->keys[i].len) : &y->items[i];
        if (!other || !schema_value_equal(a, &x->items[i], other))
            return false;
    }
    return true;
}

static bool equal_numbers(struct arena *a, const struct schema_value *x,
                          const struct schema_value *y)
{
    struct schema_number nx, ny;
    if (x->text.len == y->text.len && memcmp(x->text.data, y->text.data, x->text.len) == 0)
        return schema_number_parse(a, x->text, &nx);
    return schema_number_parse(a, x->text, &nx) && schema_number_parse(a, y->text, &ny) &&
           schema_number_compare(&nx, &ny) == 0;
}

bool schema_value_equal(struct arena *a, const struct schema_value *x, const struct schema_value *y)
{
    if (x->type != y->type || x->count != y->count)
        return false;
    switch (x->type) {
    case SCHEMA_ARRAY:
    case SCHEMA_OBJECT:
        return equal_items(a, x, y);
    case SCHEMA_STRING:
        return same_text(x->text, y->text.data, y->text.len);
    case SCHEMA_NUMBER:
        return equal_numbers(a, x, y);
    default:
        return x->boolean == y->boolean;
    }
}

uint64_t schema_value_hash(struct arena *a, const struct schema_value *v)
{
    char type = (char)v->type;
    uint64_t hash = hash_bytes(hash_seed, &type, 1);
    struct schema_number n;
    switch (v->type) {
    case SCHEMA_ARRAY:
        for (size_t i = 0; i < v->count; i++)
            hash = hash * HASH_PRIME ^ schema_value_hash(a, &v->items[i]);
        return hash;
    case SCHEMA_OBJECT: /* whatever the order of the keys */
        for (size_t i = 0; i < v->count; i++)
            hash += hash_bytes(schema_value_hash(a, &v->items[i]), v->keys[i].data, v->keys[i].len);
        return hash;
    case SCHEMA_STRING:
        return hash_bytes(hash, v->text.data, v->text.len);
    case SCHEMA_NUMBER:
        return schema_number_parse(a, v->text, &n) ? hash_bytes(hash, n.digits, n.count) : hash;
    default:
        return hash + v->boolean;
    }
}

/* At most this many are compared each with each; more go through a hash table. */
#define COMPARE_EACH 20

static bool duplicates_each(struct arena *a, const struct schema_value *array, size_t *ret_first,
                            size_t *ret_second)
{
    for (size_t i = 1; i < array->count; i++)
        for (size_t j = 0; j < i; j++)
            if (schema_value_equal(a, &array->items[i], &array->items[j])) {
                *ret_first = j;
                *ret_second = i;
                return true;
            }
    return false;
}

bool schema_value_duplicates(struct arena *a, const struct schema_value *array, size_t *ret_first,
                             size_t *ret_second)
{
    if (array->count <= COMPARE_EACH)
        return duplicates_each(a, array, ret_first, ret_second);
    size_t size = 64;
    while (size < 2 * array->count)
        size *= 2;
    AUTO_FREE size_t *table = mem_array(size, sizeof(*table));
    AUTO_FREE uint64_t *hashes = mem_array(array->count, sizeof(*hashes));
    for (size_t i = 0; i < array->count; i++) {
        hashes[i] = schema_value_hash(a, &array->items[i]);
        size_t at = hashes[i];
        for (; table[at & (size - 1)]; at++) {
            size_t j = table[at & (size - 1)] - 1;
            if (hashes[j] != hashes[i] ||
                !schema_value_equal(a, &array->items[i], &array->items[j]))
                continue;
            *ret_first = j;
            *ret_second = i;
            return true;
        }
        table[at & (size - 1)] = i + 1;
    }
    return false;
}
