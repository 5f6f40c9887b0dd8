/* Values as TOML (BurntSushi/toml encode.go). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/golang/strconv.h"
#include "meshctl/toml/time.h"
#include "meshctl/toml/toml.h"
#include "meshctl/value/fmt.h"
#include "meshctl/value/items.h"
#include "meshctl/value/types.h"

struct writer {
    struct buf *out;
    struct arena *a;
    bool has_written; /* an empty line stands before a table only behind other text */
    size_t depth;
    size_t seen; /* against TOML_MAX_VALUES */
    struct tval_string path[TOML_MAX_DEPTH];
    size_t count;
    struct error **err;
};

/* Structs are tables of their fields. */
static struct tval plain(const struct writer *w, struct tval v)
{
    return value_fields(w->a, value_plain(w->a, v), true);
}

/* encode.go tomlTypeOfGo, as far as it matters. */
enum shape { SHAPE_NIL, SHAPE_VALUE, SHAPE_TABLE, SHAPE_TABLES };

static bool is_nil(struct tval v)
{
    return value_is_nil(v) || (v.kind == TVAL_MAP && tmap_is_nil(v.map)) ||
           (v.kind == TVAL_LIST && !v.list->items);
}

/* Looks at lists down to their leaves, and at no map: a nil in a list is an error that comes before
 * all others. */
static int shape_of(struct writer *w, struct tval v, size_t depth, enum shape *ret_shape)
{
    v = plain(w, v);
    *ret_shape = is_nil(v) ? SHAPE_NIL : v.kind == TVAL_MAP ? SHAPE_TABLE : SHAPE_VALUE;
    if (v.kind != TVAL_LIST || !v.list->count)
        return 0;
    if (depth > TOML_MAX_DEPTH)
        return error_set(w->err, ERROR_INPUT, "toml: values are nested deeper than %d",
                         TOML_MAX_DEPTH);
    bool all_tables = true;
    for (size_t i = 0; i < v.list->count; i++) {
        enum shape item;
        if (++w->seen > TOML_MAX_VALUES)
            return error_set(w->err, ERROR_INPUT, "toml: the value is too large");
        if (shape_of(w, v.list->items[i], depth + 1, &item) < 0)
            return -1;
        if (item == SHAPE_NIL)
            return error_set(w->err, ERROR_INPUT, "toml: cannot encode array with nil element");
        all_tables = all_tables && item == SHAPE_TABLE;
    }
    if (all_tables)
        *ret_shape = SHAPE_TABLES;
    return 0;
}

static void write_text(struct writer *w, const char *text)
{
    buf_appends(w->out, text);
    w->has_written = true;
}

static void write_newline(struct writer *w)
{
    if (w->has_written)
        write_text(w, "\n");
}

static void write_float(struct writer *w, double f)
{
    AUTO_BUF text = BUF_INIT;
    if (!isfinite(f)) {
        write_text(w, signbit(f) ? "-" : "");
        write_text(w, isnan(f) ? "nan" : "inf");
        return;
    }
    gofloat_append(&text, f, 'g', -1);
    write_text(w, buf_str(&text));
    if (!strpbrk(buf_str(&text), "e."))
        write_text(w, ".0");
}

static int write_element(struct writer *w, struct tval v);

static int write_array(struct writer *w, const struct tlist *list)
{
    write_text(w, "[");
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            write_text(w, ", ");
        if (write_element(w, list->items[i]) < 0)
            return -1;
    }
    write_text(w, "]");
    return 0;
}

/* A map's items, those that become tables behind all others. */
struct parts {
    struct tmap_item *items;
    size_t count;
    size_t values; /* how many come first */
};

static void parts_release(struct parts *parts)
{
    free(parts->items);
}

static int split_parts(struct writer *w, const struct tmap *m, struct parts *parts)
{
    const struct tmap_item *items = tmap_items(w->a, m);
    size_t count = tmap_count(m), tables = 0;
    AUTO_FREE struct tmap_item *behind = mem_array(count, sizeof(*behind));
    parts->items = mem_array(count, sizeof(*parts->items));
    parts->count = count;
    for (size_t i = 0; i < count; i++) {
        enum shape shape;
        if (shape_of(w, items[i].value, w->depth, &shape) < 0)
            return -1;
        if (shape == SHAPE_TABLE || shape == SHAPE_TABLES)
            behind[tables++] = items[i];
        else
            parts->items[parts->values++] = items[i];
    }
    if (tables)
        memcpy(parts->items + parts->values, behind, tables * sizeof(*behind));
    return 0;
}

/* The comma is left out behind the last of the values and the last of the tables, whatever is nil
 * there: that is how encode.go comes to write "{a = 1, }". */
static int write_inline_table(struct writer *w, const struct tmap *m)
{
    MC_CLEANUP(parts_release) struct parts parts = {0};
    if (split_parts(w, m, &parts) < 0)
        return -1;
    write_text(w, "{");
    for (size_t i = 0; i < parts.count; i++) {
        if (is_nil(parts.items[i].value))
            continue;
        toml_write_key(w->out, parts.items[i].key);
        write_text(w, " = ");
        if (write_element(w, parts.items[i].value) < 0)
            return -1;
        if (i + 1 < parts.count)
            write_text(w, ", ");
    }
    write_text(w, "}");
    return 0;
}

static int write_element(struct writer *w, struct tval v)
{
    int rc = 0;
    /* A value that holds another many times over may be far larger than its parts. */
    if (w->out->overflow)
        return 0;
    if (toml_write_time(w->out, v)) {
        w->has_written = true;
        return 0;
    }
    v = plain(w, v);
    if (w->depth >= TOML_MAX_DEPTH)
        return error_set(w->err, ERROR_INPUT, "toml: values are nested deeper than %d",
                         TOML_MAX_DEPTH);
    w->depth++;
    switch (v.kind) {
    case TVAL_STRING:
        toml_write_quoted(w->out, v.s);
        w->has_written = true;
        break;
    case TVAL_BOOL:
        write_text(w, v.b ? "true" : "false");
        break;
    case TVAL_INT:
    case TVAL_INT64:
        buf_appendf(w->out, "%lld", (long long)v.i);
        w->has_written = true;
        break;
    case TVAL_FLOAT:
        write_float(w, v.f);
        break;
    case TVAL_LIST:
        rc = write_array(w, v.list);
        break;
    case TVAL_MAP:
        rc = write_inline_table(w, v.map);
        break;
    default:
        rc = error_set(w->err, ERROR_INPUT, "unexpected type: %s", tval_go_type(v));
    }
    w->depth--;
    return rc;
}

static void write_indent(struct writer *w)
{
    buf_pad(w->out, ' ', (w->count - 1) * 2);
}

static int write_table_body(struct writer *w, const struct tmap *m);

static void write_header(struct writer *w, const char *open, const char *close)
{
    write_indent(w);
    write_text(w, open);
    toml_write_path(w->out, w->path, w->count);
    write_text(w, close);
    write_newline(w);
}

static int write_tables(struct writer *w, const struct tlist *list)
{
    for (size_t i = 0; i < list->count; i++) {
        write_newline(w);
        write_header(w, "[[", "]]");
        if (write_table_body(w, plain(w, list->items[i]).map) < 0)
            return -1;
    }
    return 0;
}

static int write_table(struct writer *w, const struct tmap *m)
{
    if (w->count == 1)
        write_newline(w);
    write_header(w, "[", "]");
    return write_table_body(w, m);
}

static int write_pair(struct writer *w, struct tval v)
{
    write_indent(w);
    toml_write_key(w->out, w->path[w->count - 1]);
    write_text(w, " = ");
    if (write_element(w, v) < 0)
        return -1;
    write_newline(w);
    return 0;
}

/* The value under the path's last key. */
static int write_item(struct writer *w, struct tval v, bool table)
{
    if (is_nil(v))
        return 0;
    if (!table)
        return write_pair(w, v);
    v = plain(w, v);
    return v.kind == TVAL_LIST ? write_tables(w, v.list) : write_table(w, v.map);
}

static int write_table_body(struct writer *w, const struct tmap *m)
{
    MC_CLEANUP(parts_release) struct parts parts = {0};
    if (w->out->overflow)
        return 0;
    if (w->count >= TOML_MAX_DEPTH)
        return error_set(w->err, ERROR_INPUT, "toml: values are nested deeper than %d",
                         TOML_MAX_DEPTH);
    if (split_parts(w, m, &parts) < 0)
        return -1;
    w->count++;
    for (size_t i = 0; i < parts.count; i++) {
        w->path[w->count - 1] = parts.items[i].key;
        if (write_item(w, parts.items[i].value, i >= parts.values) < 0)
            return -1;
    }
    w->count--;
    return 0;
}

int toml_write(struct buf *out, struct arena *a, struct tval v, struct error **err)
{
    AUTO_FREE struct writer *w = mem_zalloc(sizeof(*w));
    enum shape shape;
    *w = (struct writer){.out = out, .a = a, .err = err};
    if (value_is_nil(v))
        return error_set(err, ERROR_INPUT, "reflect: call of reflect.Value.Type on zero Value");
    if (shape_of(w, v, 0, &shape) < 0)
        return -1;
    if (shape == SHAPE_TABLES)
        return error_set(err, ERROR_INPUT, "toml: top-level values must be Go maps or structs");
    v = plain(w, v);
    if (v.kind == TVAL_MAP)
        return tmap_is_nil(v.map) ? 0 : write_table_body(w, v.map);
    return write_element(w, v);
}
