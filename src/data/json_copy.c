/* A deep copy that ends with the budget. */
#include "meshctl/data/json_copy.h"

#include "meshctl/base/budget.h"

json_t *json_copy_dup(const json_t *value)
{
    if (json_is_array(value)) {
        json_t *copy = json_array();
        for (size_t i = 0; i < json_array_size(value) && !budget_is_over(); i++)
            json_array_append_new(copy, json_copy_dup(json_array_get(value, i)));
        return copy;
    }
    if (!json_is_object(value))
        return json_deep_copy(value);
    json_t *copy = json_object();
    for (void *it = json_object_iter((json_t *)value); it && !budget_is_over();
         it = json_object_iter_next((json_t *)value, it))
        json_object_setn_new_nocheck(copy, json_object_iter_key(it), json_object_iter_key_len(it),
                                     json_copy_dup(json_object_iter_value(it)));
    return copy;
}
