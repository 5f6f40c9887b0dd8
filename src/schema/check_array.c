/* The keywords of arrays. */
#include "check.h"

static void check_unique(struct schema_frame *f)
{
    size_t first, second;
    f->c->set->steps += f->value->count;
    if (f->schema->unique_items && schema_value_duplicates(f->c->a, f->value, &first, &second))
        schema_frame_add(f, schema_error_new(f, "items at %s and %s are equal",
                                             schema_count_show(f->c->a, (long)first),
                                             schema_count_show(f->c->a, (long)second)));
}

static void check_from(struct schema_frame *f, struct schema *schema, size_t from)
{
    for (size_t i = from; schema && i < f->value->count; i++)
        schema_frame_add(f, schema_apply_member(f, schema, &f->value->items[i], NULL, i));
}

/* A schema for each of the first items, then one for the rest. */
static void check_items(struct schema_frame *f)
{
    const struct schema *s = f->schema;
    size_t count = s->items_list.count, size = f->value->count;
    if (count > size)
        count = size;
    for (size_t i = 0; i < count; i++)
        schema_frame_add(
            f, schema_apply_member(f, s->items_list.items[i], &f->value->items[i], NULL, i));
    check_from(f, s->items, count);
    if (!s->no_additional_items)
        check_from(f, s->additional_items, count);
    else if (count != size)
        schema_frame_add(f, schema_error_new(f, "last %s additionalItem(s) not allowed",
                                             schema_count_show(f->c->a, (long)(size - count))));
}

static struct schema_error *too_few(struct schema_frame *f, size_t matched, const char *at)
{
    const struct schema_count *low = &f->schema->min_contains;
    const char *want = schema_count_show(f->c->a, low->value);
    if (!low->set)
        return matched ? NULL : schema_error_new(f, "no items match contains schema");
    if ((long)matched >= low->value)
        return NULL;
    if (!matched)
        return schema_error_new(
            f, "min %s items required to match contains schema, but none matched", want);
    return schema_error_new(
        f, "min %s items required to match contains schema, but matched %s items at %s", want,
        schema_count_show(f->c->a, (long)matched), at);
}

static void check_contains(struct schema_frame *f)
{
    const struct schema *s = f->schema;
    struct schema_error causes = {.count = 0};
    AUTO_BUF at = BUF_INIT;
    size_t matched = 0;
    for (size_t i = 0; i < f->value->count; i++) {
        struct schema_error *e = schema_apply_member(f, s->contains, &f->value->items[i], NULL, i);
        schema_error_add(f->c->a, &causes, e);
        if (e)
            continue;
        buf_appendf(&at, "%s%zu", matched++ ? " " : "", i);
        if (s->draft >= 2020)
            schema_uneval_clear(&f->uneval, i);
    }
    struct schema_error *few = too_few(f, matched, buf_str(&at));
    if (few)
        schema_error_adopt(few, &causes);
    schema_frame_add(f, few);
    if (s->max_contains.set && (long)matched > s->max_contains.value)
        schema_frame_add(
            f, schema_error_new(
                   f, "max %s items required to match contains schema, but matched %s items at %s",
                   schema_count_show(f->c->a, s->max_contains.value),
                   schema_count_show(f->c->a, (long)matched), buf_str(&at)));
}

/* validator.go arrValidate. */
void schema_check_array(struct schema_frame *f)
{
    const struct schema *s = f->schema;
    schema_check_bounds(f, "minItems", s->min_items, "maxItems", s->max_items, f->value->count);
    check_unique(f);
    check_items(f);
    if (s->contains)
        check_contains(f);
}
