/* Whether values are the same to a chart, and one object merged over another. */
#include "meshctl/data/json.h"

#include <string.h>

#include "meshctl/golang/strconv.h"

static bool same_value(const json_t *a, const json_t *b, size_t depth);

static bool same_number(const json_t *a, const json_t *b)
{
    json_int_t integer;
    if (json_is_real(a) && json_is_real(b))
        return json_real_value(a) == json_real_value(b);
    if (json_is_integer(a) && json_is_integer(b))
        return json_integer_value(a) == json_integer_value(b);
    const json_t *real = json_is_real(a) ? a : b, *other = real == a ? b : a;
    return gofloat_is_integer(json_real_value(real), &integer) &&
           integer == json_integer_value(other);
}

static bool same_object(const json_t *a, const json_t *b, size_t depth)
{
    if (json_object_size(a) != json_object_size(b))
        return false;
    for (void *it = json_object_iter((json_t *)a); it;
         it = json_object_iter_next((json_t *)a, it)) {
        const json_t *other =
            json_object_getn(b, json_object_iter_key(it), json_object_iter_key_len(it));
        if (!other || !same_value(json_object_iter_value(it), other, depth))
            return false;
    }
    return true;
}

static bool same_array(const json_t *a, const json_t *b, size_t depth)
{
    if (json_array_size(a) != json_array_size(b))
        return false;
    for (size_t i = 0; i < json_array_size(a); i++)
        if (!same_value(json_array_get(a, i), json_array_get(b, i), depth))
            return false;
    return true;
}

static bool same_value(const json_t *a, const json_t *b, size_t depth)
{
    if (json_is_number(a) && json_is_number(b))
        return same_number(a, b);
    if (json_typeof(a) != json_typeof(b) || depth > JSON_MAX_DEPTH)
        return false;
    switch (json_typeof(a)) {
    case JSON_OBJECT:
        return same_object(a, b, depth + 1);
    case JSON_ARRAY:
        return same_array(a, b, depth + 1);
    case JSON_STRING:
        return json_string_length(a) == json_string_length(b) &&
               memcmp(json_string_value(a), json_string_value(b), json_string_length(a)) == 0;
    default:
        return true;
    }
}

bool json_same(const json_t *a, const json_t *b)
{
    if (!a || !b)
        return a == b;
    return same_value(a, b, 0);
}

static void merge_over(json_t *base, const json_t *over, size_t depth)
{
    for (void *it = json_object_iter((json_t *)over); it;
         it = json_object_iter_next((json_t *)over, it)) {
        const char *key = json_object_iter_key(it);
        size_t len = json_object_iter_key_len(it);
        json_t *new_value = json_object_iter_value(it), *old = json_object_getn(base, key, len);
        if (json_is_object(old) && json_is_object(new_value) && depth < JSON_MAX_DEPTH)
            merge_over(old, new_value, depth + 1);
        else
            json_object_setn_new_nocheck(base, key, len, json_deep_copy(new_value));
    }
}

void json_merge_over(json_t *base, const json_t *over)
{
    if (base != over)
        merge_over(base, over, 0);
}
