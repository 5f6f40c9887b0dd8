/* The tables of a document and how they may be opened. */
#include "doc.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/golang/strconv.h"
#include "meshctl/toml/toml.h"

#define TABLE_ELEM "map[string]interface {}"

void toml_doc_init(struct toml_doc *d, struct arena *a, const char *text, size_t len)
{
    *d = (struct toml_doc){
        .a = a,
        .scan = {.text = text, .len = len, .line = 1},
        .root = tval_map(a).map,
        .notes = arena_new(),
        .current = {.data = ""},
    };
    d->implicit = tval_map(d->notes).map;
    d->arrays = tval_map(d->notes).map;
}

void toml_doc_release(struct toml_doc *d)
{
    toml_scan_release(&d->scan);
    toml_key_release(&d->context);
    arena_free(d->notes);
}

void toml_key_add(struct toml_key *key, struct tval_string part)
{
    key->parts = mem_grow(key->parts, &key->cap, key->count + 1, sizeof(*key->parts));
    key->parts[key->count++] = part;
}

void toml_key_release(struct toml_key *key)
{
    free(key->parts);
    *key = (struct toml_key){0};
}

/* The path as one text, which is what parse.go keys its accounts by. */
static int path_text(struct toml_doc *d, const struct tval_string *parts, size_t count,
                     struct buf *ret_text)
{
    if (count > TOML_MAX_DEPTH)
        return toml_fail_at(&d->scan, d->key_line, "a key has more than %d parts", TOML_MAX_DEPTH);
    toml_write_path(ret_text, parts, count);
    d->work += ret_text->len + count;
    if (d->work > TOML_MAX_WORK)
        return toml_fail_at(&d->scan, d->key_line, "the keys are too many or too long");
    return 0;
}

static int note(struct toml_doc *d, struct tmap *notes, const struct tval_string *parts,
                size_t count, bool on)
{
    AUTO_BUF text = BUF_INIT;
    if (path_text(d, parts, count, &text) < 0)
        return -1;
    struct tval *known = tmap_get(notes, buf_str(&text), text.len);
    if (known)
        known->b = on;
    else if (on)
        tmap_set(d->notes, notes, buf_str(&text), text.len, tval_bool(true));
    return 0;
}

static bool noted(const struct tmap *notes, const struct buf *path)
{
    const struct tval *known = tmap_get(notes, buf_str(path), path->len);
    return known && known->b;
}

static int fail_path(struct toml_doc *d, const struct tval_string *parts, size_t count,
                     const char *what)
{
    AUTO_BUF text = BUF_INIT;
    toml_write_path(&text, parts, count);
    return toml_fail_at(&d->scan, d->key_line, "Key '%s' %s", buf_str(&text), what);
}

static bool is_table_array(const struct tval *v)
{
    return v->kind == TVAL_LIST && v->list->elem;
}

/* The table that a value is, or the last one of an array of tables; NULL for all else. */
static struct tmap *table_of(const struct tval *v)
{
    if (v->kind == TVAL_MAP)
        return v->map;
    return is_table_array(v) ? v->list->items[v->list->count - 1].map : NULL;
}

/* Walks from the root through all parts but the last, and makes the tables that miss. */
static int open_parents(struct toml_doc *d, const struct toml_key *path, struct tmap **ret_table)
{
    struct tmap *table = d->root;
    for (size_t i = 0; i + 1 < path->count; i++) {
        struct tval_string part = path->parts[i];
        struct tval *v = tmap_get(table, part.data, part.len);
        d->work += part.len + 1;
        if (!v) {
            if (note(d, d->implicit, path->parts, i + 1, true) < 0)
                return -1;
            tmap_set(d->a, table, part.data, part.len, tval_map(d->a));
            v = tmap_get(table, part.data, part.len);
        }
        table = table_of(v);
        if (!table)
            return fail_path(d, path->parts, i + 1, "was already created as a hash.");
    }
    *ret_table = table;
    return 0;
}

/* Capacity doubles, so it is full whenever the count is a power of two. */
static void append_table(struct arena *a, struct tlist *list)
{
    if ((list->count & (list->count - 1)) == 0) {
        size_t cap = list->count ? list->count * 2 : 1;
        struct tval *items = arena_alloc(a, cap * sizeof(*items));
        if (list->count)
            memcpy(items, list->items, list->count * sizeof(*items));
        list->items = items;
    }
    list->items[list->count++] = tval_map(a);
}

static int add_to_array(struct toml_doc *d, struct tmap *table, const struct toml_key *path)
{
    struct tval_string last = path->parts[path->count - 1];
    const struct tval *v = tmap_get(table, last.data, last.len);
    if (!v) {
        struct tval list = tval_list(d->a, 0);
        list.list->elem = TABLE_ELEM;
        tmap_set(d->a, table, last.data, last.len, list);
        v = tmap_get(table, last.data, last.len);
    }
    if (!is_table_array(v))
        return fail_path(d, path->parts, path->count,
                         "was already created and cannot be used as an array.");
    append_table(d->a, v->list);
    return 0;
}

/* The context becomes the parents of the path, which it may be the beginning of. */
static void enter_parents(struct toml_doc *d, const struct toml_key *path)
{
    if (path->parts != d->context.parts) {
        d->context.count = 0;
        for (size_t i = 0; i < path->count; i++)
            toml_key_add(&d->context, path->parts[i]);
    }
    d->context.count = path->count - 1;
}

int toml_open(struct toml_doc *d, const struct toml_key *path, bool array)
{
    struct tmap *table = NULL;
    struct tval_string last = path->parts[path->count - 1];
    if (open_parents(d, path, &table) < 0)
        return -1;
    enter_parents(d, path);
    if (array ? add_to_array(d, table, path) < 0 : toml_set(d, last, tval_map(d->a)) < 0)
        return -1;
    toml_key_add(&d->context, last);
    return 0;
}

/* The path of a key of the context, in the place behind it. */
static struct toml_key path_below(struct toml_doc *d, struct tval_string part)
{
    toml_key_add(&d->context, part);
    struct toml_key path = d->context;
    d->context.count--;
    return path;
}

int toml_open_parents(struct toml_doc *d, const struct toml_key *key)
{
    for (size_t i = 0; i + 1 < key->count; i++) {
        struct toml_key path = path_below(d, key->parts[i]);
        if (note(d, d->implicit, path.parts, path.count, true) < 0 ||
            toml_open(d, &path, false) < 0)
            return -1;
    }
    return 0;
}

int toml_open_inline(struct toml_doc *d, bool in_array)
{
    struct toml_key path = path_below(d, d->current);
    d->context.count++;
    d->current = (struct tval_string){.data = ""};
    if (note(d, d->implicit, path.parts, path.count, true) < 0)
        return -1;
    return toml_open(d, &path, in_array);
}

int toml_set(struct toml_doc *d, struct tval_string key, struct tval value)
{
    AUTO_BUF text = BUF_INIT;
    struct tmap *table = d->root;
    for (size_t i = 0; i < d->context.count; i++) {
        struct tval_string part = d->context.parts[i];
        const struct tval *v = tmap_get(table, part.data, part.len);
        table = v ? table_of(v) : NULL;
        if (!table)
            return fail_path(d, d->context.parts, i + 1, "has already been defined.");
    }
    size_t count = d->context.count;
    toml_key_add(&d->context, key);
    d->context.count = count;
    if (path_text(d, d->context.parts, count + 1, &text) < 0)
        return -1;
    if (!tmap_get(table, key.data, key.len)) {
        tmap_set(d->a, table, key.data, key.len, value);
        return 0;
    }
    if (!noted(d->implicit, &text))
        return fail_path(d, d->context.parts, count + 1, "has already been defined.");
    /* A table that longer paths brought in may be defined once; inline tables in an array have
     * filled the place that the array itself now takes. */
    if (noted(d->arrays, &text))
        tmap_set(d->a, table, key.data, key.len, value);
    return note(d, d->implicit, d->context.parts, count + 1, false);
}

int toml_note_array(struct toml_doc *d, struct tval_string key, bool is_array)
{
    static const struct tval_string unnamed = {.data = "", .len = 0};
    size_t count = d->context.count;
    if (key.len)
        toml_key_add(&d->context, key);
    int rc = d->context.count ? note(d, d->arrays, d->context.parts, d->context.count, is_array)
                              : note(d, d->arrays, &unnamed, 1, is_array);
    if (rc == 0)
        d->context.count = count;
    return rc;
}

void toml_doc_error(const struct toml_doc *d, struct buf *out)
{
    AUTO_BUF last = BUF_INIT;
    buf_appendf(out, "toml: line %ld", d->scan.error_line);
    toml_write_path(&last, d->context.parts, d->context.count);
    if (d->current.len) {
        if (d->context.count)
            buf_appendc(&last, '.');
        buf_append(&last, d->current.data, d->current.len);
    }
    if (last.len) {
        buf_appends(out, " (last key ");
        goquote_append(out, buf_str(&last), last.len);
        buf_appendc(out, ')');
    }
    buf_appends(out, ": ");
    buf_append(out, d->scan.error.data, d->scan.error.len);
}
