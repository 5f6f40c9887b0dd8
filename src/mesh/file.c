/* Reads a mesh file by its table: all mistakes at once, each with its place. */
#include "meshctl/mesh/file.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "file_fields.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"

#define MAX_FIELDS 32 /* of one table */
#define MAX_TEXT 400  /* bytes that are told of a mistake, which may quote the file */

struct mistake {
    size_t line, column; /* 0: not known */
    char *text;
};

struct reader {
    const char *text, *path;
    size_t len;
    char *dir;
    struct mesh_file *file;
    struct mesh_member *member;       /* the one being read, or NULL */
    const char *steps[YAML_MAX_PATH]; /* to the value being read */
    size_t depth;
    struct mistake mistakes[MESH_FILE_MAX_PROBLEMS];
    size_t count, unsaid; /* past these */
};

/* ---- mistakes -------------------------------------------------------------------------------- */

static void add_problem(struct reader *r, const char *const *steps, size_t count, bool at_key,
                        const char *text)
{
    struct mistake m = {0};
    if (r->count == MESH_FILE_MAX_PROBLEMS) {
        r->unsaid++;
        return;
    }
    (void)yaml_locate_at(r->text, r->len, steps, count, at_key, &m.line, &m.column);
    AUTO_BUF shown = BUF_INIT;
    size_t len = strnlen(text, MAX_TEXT);
    text_append_clean(&shown, text, len);
    buf_appends(&shown, text[len] ? "..." : "");
    m.text = buf_detach(&shown, NULL);
    r->mistakes[r->count++] = m;
}

/* Of the value being read. */
MC_PRINTF(2, 3) static void problem(struct reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    AUTO_FREE char *text = mem_vprintf(format, args);
    va_end(args);
    add_problem(r, r->steps, r->depth, false, text);
}

static const char *kind_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "a mapping";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    default:
        return "nothing";
    }
}

/* The words "cluster.network" of the field being read, without its index in a list. */
static char *name_dup(const struct reader *r)
{
    struct buf out = BUF_INIT;
    if (!r->depth)
        return mem_strdup("a mesh file");
    for (size_t i = 0; i < r->depth; i++)
        if (strspn(r->steps[i], "0123456789") != strlen(r->steps[i]))
            buf_appendf(&out, "%s%s", out.len ? "." : "", r->steps[i]);
    return buf_detach(&out, NULL);
}

static void wrong_kind(struct reader *r, const char *wanted, const json_t *value)
{
    AUTO_FREE char *name = name_dup(r);
    bool is_number = json_is_number(value) && strcmp(wanted, "a text") == 0;
    problem(r, "%s is %s, not %s%s", name, wanted, kind_of(value),
            is_number ? ": write it in quotes" : "");
}

/* ---- values ---------------------------------------------------------------------------------- */

static void give_option(struct reader *r, const struct field *f, const char *value)
{
    strlist_add(&r->file->options, f->option);
    strlist_addf(&r->file->option_values, "%s%s", f->prefix ? f->prefix : "", value);
}

static void take_text(struct reader *r, const struct field *f, const char *value)
{
    bool is_path = f->kind == FIELD_PATH || f->kind == FIELD_PATHS ||
                   (f->kind == FIELD_SOURCE && !strstr(value, "://"));
    AUTO_FREE char *joined =
        is_path && strcmp(r->dir, ".") != 0 ? fs_join_dup(r->dir, value) : NULL;
    const char *text = joined ? joined : value;
    if (f->must_be && strcmp(value, f->must_be) != 0)
        problem(r, "%s is \"%s\" here, not \"%s\"", f->name, f->must_be, value);
    else if (f->owner == OWNER_OPTION)
        give_option(r, f, text);
    else if (f->kind == FIELD_WORDS)
        strlist_add(field_words(f, r->file->mesh, r->member), text);
    else if (f->owner != OWNER_NONE)
        mesh_set(field_text(f, r->file->mesh, r->member), text);
}

static void read_text(struct reader *r, const struct field *f, const json_t *value)
{
    if (!json_is_string(value)) {
        wrong_kind(r, "a text", value);
        return;
    }
    const char *text = json_string_value(value);
    if (!*text || strlen(text) != json_string_length(value))
        problem(r, "%s is empty, or holds a NUL", f->name);
    else
        take_text(r, f, text);
}

static void read_number(struct reader *r, const struct field *f, const json_t *value)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > INT32_MAX) {
        wrong_kind(r, "a whole number", value);
        return;
    }
    AUTO_FREE char *text = mem_printf("%lld", (long long)json_integer_value(value));
    if (f->owner == OWNER_OPTION)
        give_option(r, f, text);
    else
        *field_number(f, r->file->mesh, r->member) = (int)json_integer_value(value);
}

static void read_flag(struct reader *r, const struct field *f, const json_t *value)
{
    if (!json_is_boolean(value))
        wrong_kind(r, "true or false", value);
    else if (f->owner != OWNER_OPTION)
        *field_choice(f, r->file->mesh, r->member) = json_is_true(value) ? MESH_YES : MESH_NO;
    else
        give_option(r, f, json_is_true(value) != f->negated ? "true" : "false");
}

static void read_values(struct reader *r, const struct field *f, const json_t *value)
{
    json_t **values = field_values(f, r->file->mesh, r->member);
    if (!json_is_object(value)) {
        wrong_kind(r, "a mapping", value);
        return;
    }
    for (int c = 0; c < MESH_COMPONENTS; c++) {
        if (!(f->components & 1U << c))
            continue;
        if (!values[c])
            values[c] = json_object();
        json_merge_over(values[c], value);
    }
}

static void read_field(struct reader *r, const struct field *f, const json_t *value);

/* Every item of a list. */
static void read_each(struct reader *r, const struct field *f, const json_t *list,
                      void (*read)(struct reader *r, const struct field *f, const json_t *item))
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item) {
        char index[24];
        snprintf(index, sizeof(index), "%zu", i);
        r->steps[r->depth++] = index;
        read(r, f, item);
        r->depth--;
    }
}

static void read_paths(struct reader *r, const struct field *f, const json_t *value)
{
    if (json_is_array(value))
        read_each(r, f, value, read_text);
    else
        read_text(r, f, value);
}

/* "true" and 1 look like texts, and are none to the API server. */
static void read_texts(struct reader *r, const struct field *f, const json_t *value)
{
    const char *key;
    json_t *text;
    if (!json_is_object(value)) {
        wrong_kind(r, "a mapping", value);
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)value, key, text) {
        r->steps[r->depth++] = key;
        if (!json_is_string(text))
            wrong_kind(r, "a text", text);
        r->depth--;
    }
    *field_texts(f, r->file->mesh, r->member) = json_deep_copy(value);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static const struct field *find_field(const struct field_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->rows[i].name, name) == 0)
            return &table->rows[i];
    return NULL;
}

static void tell_unknown(struct reader *r, const struct field_table *table, const char *name)
{
    const char *names[MAX_FIELDS] = {0};
    size_t count = 0;
    for (size_t i = 0; i < table->count && count < MAX_FIELDS; i++)
        names[count++] = table->rows[i].name;
    const char *near = text_suggest(name, names, count);
    AUTO_BUF text = BUF_INIT;
    buf_appends(&text, "there is no field \"");
    text_append_clean(&text, name, strlen(name));
    buf_appendc(&text, '"');
    if (near)
        buf_appendf(&text, ": did you mean %s?", near);
    else
        for (size_t i = 0; i < count; i++)
            buf_appendf(&text, "%s%s", i ? ", " : ": there are ", names[i]);
    r->steps[r->depth] = name;
    add_problem(r, r->steps, r->depth + 1, true, buf_str(&text));
}

static void read_table(struct reader *r, const struct field_table *table, const json_t *object)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object)) {
        wrong_kind(r, "a mapping", object);
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
        if (!find_field(table, name))
            tell_unknown(r, table, name);
    for (size_t i = 0; i < table->count; i++) {
        const struct field *f = &table->rows[i];
        value = json_object_get(object, f->name);
        r->steps[r->depth++] = f->name;
        if (value && !json_is_null(value))
            read_field(r, f, value);
        r->depth--;
    }
}

/* A cluster; its name comes first, as others are made of it. */
static void read_member(struct reader *r, const struct field *f, const json_t *item)
{
    const struct field_table *table = f->table;
    struct mesh *m = r->file->mesh;
    const char *name = json_dig_str(item, table->needed, NULL);
    if (json_is_object(item) && !json_object_get(item, table->needed))
        problem(r, "a cluster has no %s", table->needed);
    /* One without a name goes by its number, so that what is wrong is said once. */
    AUTO_FREE char *number = mem_printf("cluster-%zu", m->members_count);
    size_t at = mesh_add_member(m, name ? name : number, NULL, NULL);
    r->member = &m->members[at];
    read_table(r, table, item);
    r->member = NULL;
}

static void read_items(struct reader *r, const struct field *f, const json_t *value)
{
    if (!json_is_array(value))
        wrong_kind(r, "a list", value);
    else if (json_array_size(value) > MESH_MAX_MEMBERS)
        problem(r, "%zu clusters are more than the limit of %d", json_array_size(value),
                MESH_MAX_MEMBERS);
    else
        read_each(r, f, value, read_member);
}

static void read_field(struct reader *r, const struct field *f, const json_t *value)
{
    switch (f->kind) {
    case FIELD_WORD:
    case FIELD_PATH:
    case FIELD_SOURCE:
        read_text(r, f, value);
        break;
    case FIELD_PATHS:
    case FIELD_WORDS:
        read_paths(r, f, value);
        break;
    case FIELD_TEXTS:
        read_texts(r, f, value);
        break;
    case FIELD_NUMBER:
        read_number(r, f, value);
        break;
    case FIELD_FLAG:
        read_flag(r, f, value);
        break;
    case FIELD_VALUES:
        read_values(r, f, value);
        break;
    case FIELD_TABLE:
        read_table(r, f->table, value);
        break;
    case FIELD_ITEMS:
        read_items(r, f, value);
        break;
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* What mesh.c finds wrong, at the field that it names; at its cluster where the field has a default. */
static void add_mesh_problem(struct reader *r, const struct mesh_problem *p)
{
    AUTO_STRLIST words = STRLIST_INIT;
    const char *steps[YAML_MAX_PATH];
    char index[24];
    size_t count = 0, line, column;
    if (p->member >= 0) {
        snprintf(index, sizeof(index), "%d", p->member);
        steps[count++] = "clusters";
        steps[count++] = index;
    }
    size_t outer = count;
    strlist_split(&words, p->field, '.');
    for (size_t i = 0; i < words.count; i++)
        steps[count++] = words.items[i];
    bool is_there = yaml_locate_at(r->text, r->len, steps, count, false, &line, &column);
    add_problem(r, steps, is_there ? count : outer, false, p->text);
}

static void check_mesh(struct reader *r)
{
    MC_CLEANUP(mesh_problems_release) struct mesh_problems found = {0};
    mesh_find_problems(r->file->mesh, &found);
    for (size_t i = 0; i < found.count; i++)
        add_mesh_problem(r, &found.items[i]);
}

/* Whether it is a mesh file at all, of this form: of another, nothing else would be right. */
static void check_head(struct reader *r, const json_t *document)
{
    for (size_t i = 0; json_is_object(document) && i < file_table.count; i++) {
        const struct field *f = &file_table.rows[i];
        const json_t *value = json_object_get(document, f->name);
        if (!f->must_be)
            continue;
        r->steps[0] = f->name;
        r->depth = value ? 1 : 0;
        if (!value)
            problem(r, "%s: %s is missing", f->name, f->must_be);
        else
            read_text(r, f, value);
        r->depth = 0;
    }
}

static void read_document(struct reader *r, const json_t *document)
{
    check_head(r, document);
    if (r->count)
        return;
    read_table(r, &file_table, document);
    check_mesh(r);
}

static int by_place(const void *a, const void *b)
{
    const struct mistake *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

static int tell_problems(struct reader *r, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    qsort(r->mistakes, r->count, sizeof(*r->mistakes), by_place);
    for (size_t i = 0; i < r->count; i++) {
        const struct mistake *m = &r->mistakes[i];
        buf_appendf(&text, "%s%s:", i ? "\n" : "", r->path);
        if (m->line)
            buf_appendf(&text, "%zu:%zu:", m->line, m->column);
        buf_appendf(&text, " %s", m->text);
        free(m->text);
    }
    if (r->unsaid)
        buf_appendf(&text, "\nand %zu more", r->unsaid);
    return r->count ? error_set(err, ERROR_INPUT, "%s", buf_str(&text)) : 0;
}

void mesh_file_release(struct mesh_file *f)
{
    mesh_free(f->mesh);
    strlist_release(&f->options);
    strlist_release(&f->option_values);
    *f = (struct mesh_file){0};
}

int mesh_file_read(const char *text, size_t len, const char *path, struct mesh_file *ret_file,
                   struct error **err)
{
    MC_CLEANUP(mesh_file_release) struct mesh_file file = {.mesh = mesh_new()};
    AUTO_FREE char *dir = fs_dirname_dup(path);
    json_auto_t *document = NULL;
    if (len > MESH_FILE_MAX_BYTES)
        return error_set(err, ERROR_INPUT, "%s is larger than a mesh file may be (1 MiB)", path);
    if (yaml_read(text, len, path, YAML_STRICT_KEYS, &document, err) < 0)
        return -1;
    struct reader r = {.text = text, .path = path, .len = len, .dir = dir, .file = &file};
    json_auto_t *nothing = json_object();
    read_document(&r, json_is_null(document) ? nothing : document);
    if (tell_problems(&r, err) < 0)
        return -1;
    *ret_file = file;
    file = (struct mesh_file){0};
    return 0;
}
