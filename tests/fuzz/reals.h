/* A copy in which every number is a double, to compare what was read, written and read again: a
 * whole double is written as digits, which read back as an integer, perhaps one that is no double
 * (Go has the same). */
#ifndef FUZZ_REALS_H
#define FUZZ_REALS_H

#include "meshctl/data/json.h"

static inline json_t *with_reals(const json_t *value)
{
    if (json_is_number(value))
        return json_real(json_number_value(value));
    if (json_is_array(value)) {
        json_t *copy = json_array();
        for (size_t i = 0; i < json_array_size(value); i++)
            json_array_append_new(copy, with_reals(json_array_get(value, i)));
        return copy;
    }
    if (!json_is_object(value))
        return json_incref((json_t *)value);
    json_t *copy = json_object();
    for (void *it = json_object_iter((json_t *)value); it;
         it = json_object_iter_next((json_t *)value, it))
        json_object_setn_new_nocheck(copy, json_object_iter_key(it), json_object_iter_key_len(it),
                                     with_reals(json_object_iter_value(it)));
    return copy;
}

static inline bool same_with_reals(const json_t *a, const json_t *b)
{
    json_auto_t *ra = with_reals(a);
    json_auto_t *rb = with_reals(b);
    return json_same(ra, rb);
}

#endif
