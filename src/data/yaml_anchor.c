/* Anchors and what they stand for, copied at each alias within a limit. */
#include "yaml_anchor.h"

#include <stdlib.h>

void yaml_composed_grow(struct yaml_composed *parent, const struct yaml_composed *child)
{
    parent->nodes += child->nodes;
    if (child->height + 1 > parent->height)
        parent->height = child->height + 1;
}

json_t *yaml_copy(const json_t *value)
{
    if (json_is_array(value)) {
        json_t *copy = json_array();
        for (size_t i = 0; i < json_array_size(value); i++)
            json_array_append_new(copy, yaml_copy(json_array_get(value, i)));
        return copy;
    }
    if (!json_is_object(value))
        return json_incref((json_t *)value);
    json_t *copy = json_object();
    for (void *it = json_object_iter((json_t *)value); it;
         it = json_object_iter_next((json_t *)value, it))
        json_object_setn_new_nocheck(copy, json_object_iter_key(it), json_object_iter_key_len(it),
                                     yaml_copy(json_object_iter_value(it)));
    return copy;
}

static struct yaml_anchor *find(const struct yaml_anchors *a, const char *name)
{
    const json_t *position = a->index ? json_object_get(a->index, name) : NULL;
    return position ? &a->items[json_integer_value(position)] : NULL;
}

const struct yaml_anchor *yaml_anchor_find(const struct yaml_anchors *a, const char *name)
{
    return find(a, name);
}

static struct yaml_anchor *find_or_add(struct yaml_anchors *a, const char *name)
{
    struct yaml_anchor *anchor = find(a, name);
    if (anchor)
        return anchor;
    if (!a->index)
        a->index = json_object();
    json_object_set_new_nocheck(a->index, name, json_integer((json_int_t)a->count));
    a->items = mem_grow(a->items, &a->cap, a->count + 1, sizeof(*a->items));
    a->items[a->count] = (struct yaml_anchor){0};
    return &a->items[a->count++];
}

size_t yaml_anchor_open(struct yaml_anchors *a, const char *name)
{
    struct yaml_anchor *anchor = find_or_add(a, name);
    json_decref(anchor->target.json);
    *anchor = (struct yaml_anchor){.open = true, .use = ++a->uses};
    return anchor->use;
}

void yaml_anchor_close(struct yaml_anchors *a, const char *name, size_t use,
                       const struct yaml_composed *value)
{
    struct yaml_anchor *anchor = find(a, name);
    if (!anchor || anchor->use != use)
        return;
    anchor->target = *value;
    json_incref(anchor->target.json);
    anchor->open = false;
}

void yaml_anchors_release(struct yaml_anchors *a)
{
    for (size_t i = 0; i < a->count; i++)
        json_decref(a->items[i].target.json);
    free(a->items);
    json_decref(a->index);
    *a = (struct yaml_anchors){0};
}
