/* A value deep within another, by its path. */
#include "meshctl/data/json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/golang/strconv.h"

/* All digits, and few enough of them for a size_t. */
static bool is_index(const char *key, size_t *ret_index)
{
    size_t len = strlen(key);
    if (len == 0 || len > 9 || strspn(key, "0123456789") != len)
        return false;
    *ret_index = (size_t)strtoul(key, NULL, 10);
    return true;
}

static json_t *dig(const json_t *value, va_list path)
{
    const char *key;
    size_t index;
    while (value && (key = va_arg(path, const char *)) != NULL) {
        if (json_is_object(value))
            value = json_object_get(value, key);
        else if (json_is_array(value) && is_index(key, &index))
            value = json_array_get(value, index);
        else
            value = NULL;
    }
    return (json_t *)value;
}

json_t *json_dig(const json_t *value, ...)
{
    va_list path;
    va_start(path, value);
    json_t *found = dig(value, path);
    va_end(path);
    return found;
}

const char *json_dig_str(const json_t *value, ...)
{
    va_list path;
    va_start(path, value);
    const char *found = json_string_value(dig(value, path));
    va_end(path);
    return found;
}

json_int_t json_dig_int(const json_t *value, json_int_t fallback, ...)
{
    va_list path;
    va_start(path, fallback);
    const json_t *found = dig(value, path);
    va_end(path);
    json_int_t integer;
    if (json_is_integer(found))
        return json_integer_value(found);
    if (json_is_real(found) && gofloat_is_integer(json_real_value(found), &integer))
        return integer;
    return fallback;
}

void json_put(json_t *object, json_t *item, ...)
{
    va_list path;
    va_start(path, item);
    const char *key = va_arg(path, const char *), *next;
    while ((next = va_arg(path, const char *)) != NULL) {
        json_t *step = json_object_get(object, key);
        if (!json_is_object(step)) {
            step = json_object();
            json_object_set_new_nocheck(object, key, step);
        }
        object = step;
        key = next;
    }
    va_end(path);
    json_object_set_new_nocheck(object, key, item);
}
