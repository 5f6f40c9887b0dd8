/* The keywords of objects. */
#include "check.h"

/* The names of `wanted` that the object lacks, quoted and joined; NULL when it has them all. */
static const char *missing(struct schema_frame *f, const struct schema_value *wanted,
                           size_t *ret_count)
{
    AUTO_BUF out = BUF_INIT;
    *ret_count = 0;
    for (size_t i = 0; i < wanted->count; i++) {
        const struct schema_value *name = &wanted->items[i];
        if (name->type != SCHEMA_STRING ||
            schema_value_getn(f->value, name->text.data, name->text.len))
            continue;
        buf_appendf(&out, "%s%s", (*ret_count)++ ? ", " : "", schema_quote(f->c->a, name->text));
    }
    return *ret_count ? arena_strndup(f->c->a, buf_str(&out), out.len) : NULL;
}

static void check_required(struct schema_frame *f)
{
    size_t count;
    const char *names = f->schema->required ? missing(f, f->schema->required, &count) : NULL;
    if (names)
        schema_frame_add(
            f, schema_error_new(f, "missing %s %s", count == 1 ? "property" : "properties", names));
}

/* dependencies, dependentRequired and dependentSchemas. */
static void check_dependent(struct schema_frame *f, const struct schema_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct schema_named *row = &table->items[i];
        size_t count;
        if (!schema_value_getn(f->value, row->name.data, row->name.len))
            continue;
        if (row->schema)
            schema_frame_add(f, schema_apply_self(f, row->schema, NULL, false));
        const char *names = row->required ? missing(f, row->required, &count) : NULL;
        if (names)
            schema_frame_add(f, schema_error_new(f, "properties %s required, if %s exists", names,
                                                 schema_quote(f->c->a, row->name)));
    }
}

/* properties and patternProperties of one member; says whether any applied. */
static bool check_named(struct schema_frame *f, size_t i)
{
    const struct schema *s = f->schema;
    struct schema_text key = f->value->keys[i];
    const struct schema_value *member = &f->value->items[i];
    const struct schema_value *own =
        s->properties_value ? schema_value_getn(s->properties_value, key.data, key.len) : NULL;
    if (own)
        schema_frame_add(
            f, schema_apply_member(f, s->properties.items[own - s->properties_value->items], member,
                                   key.data, 0));
    bool known = own != NULL;
    for (size_t k = 0; k < s->pattern_properties.count; k++) {
        const struct schema_named *row = &s->pattern_properties.items[k];
        if (!schema_regex_matches(f, row->regex, key))
            continue;
        known = true;
        schema_frame_add(f, schema_apply_member(f, row->schema, member, key.data, 0));
    }
    return known;
}

static void check_members(struct schema_frame *f)
{
    const struct schema *s = f->schema;
    AUTO_BUF refused = BUF_INIT;
    for (size_t i = 0; i < f->value->count && !schema_frame_done(f); i++) {
        const char *key = f->value->keys[i].data;
        bool evaluated = check_named(f, i);
        if (!evaluated && s->no_additional_properties)
            buf_appendf(&refused, "%s%s", refused.len ? ", " : "",
                        schema_quote(f->c->a, f->value->keys[i]));
        else if (!evaluated && s->additional_properties)
            schema_frame_add(
                f, schema_apply_member(f, s->additional_properties, &f->value->items[i], key, 0));
        if (evaluated || s->additional_properties)
            schema_uneval_clear(&f->uneval, i);
    }
    if (refused.len)
        schema_frame_add(
            f, schema_error_new(f, "additional properties %s not allowed", buf_str(&refused)));
}

static void check_property_names(struct schema_frame *f)
{
    for (size_t i = 0; f->schema->property_names && i < f->value->count; i++) {
        struct schema_text key = f->value->keys[i];
        const struct schema_value name = {.type = SCHEMA_STRING, .text = key};
        struct schema_error causes = {.count = 0};
        if (!schema_apply_apart(f, f->schema->property_names, &name, &causes))
            continue;
        struct schema_error *e =
            schema_error_new(f, "invalid propertyName %s", schema_quote(f->c->a, key));
        schema_error_adopt(e, &causes);
        schema_frame_add(f, e);
    }
}

/* validator.go objValidate. */
void schema_check_object(struct schema_frame *f)
{
    const struct schema *s = f->schema;
    schema_check_bounds(f, "minProperties", s->min_properties, "maxProperties", s->max_properties,
                        f->value->count);
    check_required(f);
    if (schema_frame_done(f))
        return;
    check_dependent(f, &s->dependencies);
    check_members(f);
    check_property_names(f);
    check_dependent(f, &s->dependent_schemas);
    check_dependent(f, &s->dependent_required);
}
