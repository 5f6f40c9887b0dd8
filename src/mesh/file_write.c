/* Writes a mesh as its file, and the file's JSON Schema, by the table that reads it. */
#include <string.h>

#include "file_fields.h"
#include "meshctl/mesh/file.h"
#include "meshctl/mesh/fill.h"

/* ---- a mesh ---------------------------------------------------------------------------------- */

struct writer {
    const struct mesh_file *file;
    struct mesh *fresh; /* NULL: everything is written */
    struct mesh_member *member, *fresh_member;
};

static json_t *write_table(struct writer *w, const struct field_table *table);

static json_t *number_or_text(const struct field *f, const char *text)
{
    if (f->kind == FIELD_FLAG)
        return json_boolean((strcmp(text, "true") == 0) != f->negated);
    return f->kind == FIELD_NUMBER ? json_integer(strtoll(text, NULL, 10)) : json_string(text);
}

/* The last that was given counts; of a list all do. */
static json_t *write_option(const struct writer *w, const struct field *f)
{
    const struct mesh_file *file = w->file;
    size_t prefix = f->prefix ? strlen(f->prefix) : 0;
    json_t *all = json_array();
    for (size_t i = 0; i < file->options.count; i++)
        if (strcmp(file->options.items[i], f->option) == 0 &&
            (!prefix || strncmp(file->option_values.items[i], f->prefix, prefix) == 0))
            json_array_append_new(all, number_or_text(f, file->option_values.items[i] + prefix));
    size_t count = json_array_size(all);
    if (count && f->kind == FIELD_PATHS)
        return all;
    json_t *last = count ? json_incref(json_array_get(all, count - 1)) : NULL;
    json_decref(all);
    return last;
}

static json_t *write_text(struct writer *w, const struct field *f)
{
    const char *text = *field_text(f, w->file->mesh, w->member);
    const char *fresh = w->fresh ? *field_text(f, w->fresh, w->fresh_member) : NULL;
    bool is_name = f->owner == OWNER_MEMBER && strcmp(f->name, "name") == 0;
    return !text || (fresh && !is_name && strcmp(text, fresh) == 0) ? NULL : json_string(text);
}

static json_t *write_number(struct writer *w, const struct field *f)
{
    int number = *field_number(f, w->file->mesh, w->member);
    int fresh = w->fresh ? *field_number(f, w->fresh, w->fresh_member) : 0;
    return number == fresh ? NULL : json_integer(number);
}

static json_t *write_words(struct writer *w, const struct field *f)
{
    const struct strlist *words = field_words(f, w->file->mesh, w->member);
    json_t *all = words->count ? json_array() : NULL;
    for (size_t i = 0; i < words->count; i++)
        json_array_append_new(all, json_string(words->items[i]));
    return all;
}

static json_t *write_choice(struct writer *w, const struct field *f)
{
    enum mesh_choice choice = *field_choice(f, w->file->mesh, w->member);
    return choice ? json_boolean(choice == MESH_YES) : NULL;
}

/* One component's: what "gateway" stands for is with both of them. The command line's stand over the
 * file's, as they do in a run. */
static json_t *write_values(const struct writer *w, const struct field *f)
{
    json_t *all = json_object();
    for (int c = 0; c < MESH_COMPONENTS; c++) {
        if (f->components != 1U << c)
            continue;
        json_t *const *values = field_values(f, w->file->mesh, w->member);
        if (values[c])
            json_merge_over(all, values[c]);
        if (f->owner == OWNER_MESH) {
            json_auto_t *over = json_deep_copy(w->file->mesh->overrides[c]);
            mesh_escape(over);
            json_merge_over(all, over);
        }
    }
    if (json_object_size(all))
        return all;
    json_decref(all);
    return NULL;
}

static json_t *write_items(struct writer *w, const struct field *f)
{
    const struct mesh *m = w->file->mesh;
    json_t *items = json_array();
    for (size_t i = 0; i < m->members_count; i++) {
        w->member = &m->members[i];
        if (w->fresh) {
            size_t at = mesh_add_member(w->fresh, w->member->name, NULL, NULL);
            w->fresh_member = &w->fresh->members[at];
        }
        json_array_append_new(items, write_table(w, f->table));
    }
    w->member = NULL;
    return items;
}

static json_t *write_field(struct writer *w, const struct field *f)
{
    if (f->must_be)
        return json_string(f->must_be);
    if (f->owner == OWNER_OPTION)
        return write_option(w, f);
    switch (f->kind) {
    case FIELD_NUMBER:
        return write_number(w, f);
    case FIELD_VALUES:
        return write_values(w, f);
    case FIELD_WORDS:
        return write_words(w, f);
    case FIELD_TEXTS:
        return json_incref(*field_texts(f, w->file->mesh, w->member));
    case FIELD_FLAG:
        return write_choice(w, f);
    case FIELD_TABLE:
        return write_table(w, f->table);
    case FIELD_ITEMS:
        return write_items(w, f);
    default:
        return write_text(w, f);
    }
}

static json_t *write_table(struct writer *w, const struct field_table *table)
{
    json_t *object = json_object();
    for (size_t i = 0; i < table->count; i++) {
        json_t *value = write_field(w, &table->rows[i]);
        if (value && !(json_is_object(value) && !json_object_size(value)))
            json_object_set_new(object, table->rows[i].name, value);
        else
            json_decref(value);
    }
    return object;
}

json_t *mesh_file_json(const struct mesh_file *f, bool all)
{
    MC_CLEANUP(mesh_cleanup) struct mesh *fresh = all ? NULL : mesh_new();
    struct writer w = {.file = f, .fresh = fresh};
    return write_table(&w, &file_table);
}

/* ---- its schema ------------------------------------------------------------------------------ */

static json_t *table_schema(const struct field_table *table);

static json_t *field_schema(const struct field *f)
{
    switch (f->kind) {
    case FIELD_NUMBER:
        return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
    case FIELD_FLAG:
        return json_pack("{s:s}", "type", "boolean");
    case FIELD_VALUES:
        return json_pack("{s:s}", "type", "object");
    case FIELD_TEXTS:
        return json_pack("{s:s, s:{s:s}}", "type", "object", "additionalProperties", "type",
                         "string");
    case FIELD_PATHS:
    case FIELD_WORDS:
        return json_pack("{s:[{s:s}, {s:s, s:{s:s}}]}", "anyOf", "type", "string", "type", "array",
                         "items", "type", "string");
    case FIELD_TABLE:
        return table_schema(f->table);
    case FIELD_ITEMS:
        return json_pack("{s:s, s:i, s:o}", "type", "array", "maxItems", MESH_MAX_MEMBERS, "items",
                         table_schema(f->table));
    default:
        return f->must_be ? json_pack("{s:s}", "const", f->must_be)
                          : json_pack("{s:s, s:i}", "type", "string", "minLength", 1);
    }
}

static json_t *table_schema(const struct field_table *table)
{
    json_t *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < table->count; i++) {
        const struct field *f = &table->rows[i];
        json_t *schema = field_schema(f);
        json_object_set_new(schema, "description", json_string(f->help));
        json_object_set_new(properties, f->name, schema);
        if (f->must_be || (table->needed && strcmp(table->needed, f->name) == 0))
            json_array_append_new(required, json_string(f->name));
    }
    json_t *schema = json_pack("{s:s, s:b, s:o}", "type", "object", "additionalProperties", 0,
                               "properties", properties);
    if (json_array_size(required))
        json_object_set(schema, "required", required);
    json_decref(required);
    return schema;
}

json_t *mesh_file_schema(void)
{
    json_t *schema = table_schema(&file_table);
    json_object_set_new(schema, "$schema",
                        json_string("https://json-schema.org/draft/2020-12/schema"));
    json_object_set_new(schema, "title", json_string("meshctl's mesh file"));
    return schema;
}
