/* Values under a verb, walked as Go's reflection walks them. */
#include "fmt_print.h"

#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/base/text.h"

static void print_map(struct printer *p, struct tval v, uint32_t verb, int depth)
{
    const struct tmap_item *items = tmap_items(p->a, v.map);
    const char *between = p->f.sharp_v ? ", " : " ";
    buf_appends(p->out, p->f.sharp_v ? tval_go_type(v) : "map");
    if (p->f.sharp_v && tmap_is_nil(v.map)) {
        buf_appends(p->out, "(nil)");
        return;
    }
    buf_appendc(p->out, p->f.sharp_v ? '{' : '[');
    for (size_t i = 0, n = tmap_count(v.map); i < n && !p->out->overflow && !budget_is_over();
         i++) {
        if (i > 0)
            buf_appends(p->out, between);
        print_nested(p, (struct tval){.kind = TVAL_STRING, .s = items[i].key}, verb, depth + 1);
        buf_appendc(p->out, ':');
        print_nested(p, items[i].value, verb, depth + 1);
    }
    buf_appendc(p->out, p->f.sharp_v ? '}' : ']');
}

/* A []uint8 under a text verb is its bytes (fmt print.go fmtBytes). */
static bool print_bytes(struct printer *p, const struct tlist *list, uint32_t verb)
{
    if (!list->elem || strcmp(list->elem, "uint8") != 0 || !strchr("sqxX", (int)verb))
        return false;
    AUTO_BUF bytes = BUF_INIT_MAX(VALUE_MAX_TEXT);
    for (size_t i = 0; i < list->count; i++)
        buf_appendc(&bytes, (char)list->items[i].i);
    return print_string(p, buf_str(&bytes), bytes.len, verb);
}

static void print_list(struct printer *p, struct tval v, uint32_t verb, int depth)
{
    const char *between = p->f.sharp_v ? ", " : " ";
    if (verb < 0x80 && print_bytes(p, v.list, verb))
        return;
    if (p->f.sharp_v)
        buf_appends(p->out, tval_go_type(v));
    if (p->f.sharp_v && !v.list->items) {
        buf_appends(p->out, "(nil)");
        return;
    }
    buf_appendc(p->out, p->f.sharp_v ? '{' : '[');
    for (size_t i = 0; i < v.list->count && !p->out->overflow && !budget_is_over(); i++) {
        if (i > 0)
            buf_appends(p->out, between);
        print_nested(p, v.list->items[i], verb, depth + 1);
    }
    buf_appendc(p->out, p->f.sharp_v ? '}' : ']');
}

/* An address means nothing outside Go's heap: a fixed one is shown, so that output stays a function
 * of the input. */
static void print_address(struct printer *p)
{
    buf_appends(p->out, "0xc000000000");
}

static bool is_pointer(const struct tobject *object)
{
    return object->type->go_type[0] == '*';
}

/* A struct: the names of its fields under %+v and %#v only. Of a pointer to one it is shown at the
 * top alone. */
static void print_struct(struct printer *p, const struct tobject *object, uint32_t verb, int depth)
{
    const char *const *fields = object->type->fields;
    bool pointer = is_pointer(object);
    if (pointer && depth) {
        if (p->f.sharp_v)
            buf_appendf(p->out, "(%s)(", object->type->go_type);
        print_address(p);
        if (p->f.sharp_v)
            buf_appendc(p->out, ')');
        return;
    }
    if (pointer)
        buf_appendc(p->out, '&');
    if (p->f.sharp_v)
        buf_appends(p->out, object->type->go_type + pointer);
    buf_appendc(p->out, '{');
    for (size_t i = 0; fields[i] && !p->out->overflow && !budget_is_over(); i++) {
        if (i > 0)
            buf_appends(p->out, p->f.sharp_v ? ", " : " ");
        if (p->f.plus_v || p->f.sharp_v)
            buf_appendf(p->out, "%s:", fields[i]);
        print_nested(p, object_field(p->a, object, i), verb, depth + 1);
    }
    buf_appendc(p->out, '}');
}

static bool print_bool(struct printer *p, bool b, uint32_t verb)
{
    if (verb != 't' && verb != 'v')
        return false;
    print_padded(p, b ? "true" : "false", b ? 4 : 5);
    return true;
}

/* Verbs that fit a string call String, %#v calls GoString. A type without a value form has nothing
 * else to show: Go would print its unexported fields, addresses among them. */
static bool print_methods(struct printer *p, const struct tobject *object, uint32_t verb)
{
    AUTO_BUF text = BUF_INIT_MAX(VALUE_MAX_TEXT);
    bool text_verb = verb < 0x80 && strchr("vsxXq", (int)verb);
    if (!object->type->string || object->type->copied || (!text_verb && object->type->as_value))
        return false;
    bool go_syntax = text_verb && p->f.sharp_v;
    if (!object->type->string(&text, object, go_syntax))
        return false;
    if (go_syntax)
        buf_append(p->out, buf_str(&text), text.len);
    else
        print_string(p, buf_str(&text), text.len, text_verb ? verb : 's');
    return true;
}

static bool print_object(struct printer *p, struct tval v, uint32_t verb, int depth)
{
    if (print_methods(p, v.object, verb))
        return true;
    if (v.object->type->number != TVAL_NONE)
        return print_integer(p, tval_number(v).i, verb);
    print_nested(p, print_object_value(p->a, v.object), verb, depth + 1);
    return true;
}

static void print_kind(struct printer *p, struct tval v, uint32_t verb, int depth)
{
    bool fits = true;
    switch (v.kind) {
    case TVAL_NONE:
    case TVAL_NIL:
        buf_appends(p->out, p->f.sharp_v ? "interface {}(nil)" : "<nil>");
        break;
    case TVAL_BOOL:
        fits = print_bool(p, v.b, verb);
        break;
    case TVAL_INT:
    case TVAL_INT64:
        fits = print_integer(p, v.i, verb);
        break;
    case TVAL_FLOAT:
        fits = print_float(p, v.f, verb);
        break;
    case TVAL_STRING:
        fits = print_string(p, v.s.data, v.s.len, verb);
        break;
    case TVAL_LIST:
        print_list(p, v, verb, depth);
        break;
    case TVAL_MAP:
        print_map(p, v, verb, depth);
        break;
    case TVAL_OBJECT:
        if (v.object->type->fields)
            print_struct(p, v.object, verb, depth);
        else
            fits = print_object(p, v, verb, depth);
        break;
    }
    if (!fits)
        print_bad_verb(p, v, verb);
}

void print_nested(struct printer *p, struct tval v, uint32_t verb, int depth)
{
    if (depth > PRINT_MAX_DEPTH) {
        buf_appends(p->out, "...");
        return;
    }
    print_kind(p, v, verb, depth);
}

void print_bad_verb(struct printer *p, struct tval v, uint32_t verb)
{
    buf_appends(p->out, "%!");
    text_append_rune(p->out, verb);
    buf_appendc(p->out, '(');
    if (v.kind == TVAL_NIL || v.kind == TVAL_NONE) {
        buf_appends(p->out, "<nil>");
    } else {
        buf_appends(p->out, tval_go_type(v));
        buf_appendc(p->out, '=');
        print_arg(p, tval_number(v), 'v');
    }
    buf_appendc(p->out, ')');
}

static bool has_address(struct tval v)
{
    return v.kind == TVAL_LIST || v.kind == TVAL_MAP ||
           (v.kind == TVAL_OBJECT && (!v.object->type->fields || is_pointer(v.object)));
}

void print_arg(struct printer *p, struct tval v, uint32_t verb)
{
    if (v.kind == TVAL_NIL || v.kind == TVAL_NONE) {
        if (verb == 'v' || verb == 'T')
            print_padded(p, "<nil>", 5);
        else
            print_bad_verb(p, v, verb);
    } else if (verb == 'T') {
        const char *type = tval_go_type(v);
        (void)print_string(p, type, strlen(type), 's');
    } else if (verb == 'p' && has_address(v)) {
        print_address(p);
    } else if (verb == 'p') {
        print_bad_verb(p, v, verb);
    } else {
        print_nested(p, v, verb, 0);
    }
}

void tprint_value(struct buf *out, struct arena *a, struct tval v)
{
    struct printer p = {.out = out, .a = a};
    print_arg(&p, v, 'v');
}

void tprint_sprint(struct buf *out, struct arena *a, const struct tval *args, size_t argc)
{
    bool after_string = false;
    for (size_t i = 0; i < argc; i++) {
        bool is_string = args[i].kind == TVAL_STRING;
        if (i > 0 && !is_string && !after_string)
            buf_appendc(out, ' ');
        tprint_value(out, a, args[i]);
        after_string = is_string;
    }
}

static struct tval_string bytes_string(struct arena *a, const struct tlist *list)
{
    char *data = arena_alloc(a, list->count + 1);
    for (size_t i = 0; i < list->count; i++)
        data[i] = (char)list->items[i].i;
    return (struct tval_string){data, list->count};
}

struct tval_string tprint_strval(struct arena *a, struct tval v)
{
    if (v.kind == TVAL_STRING)
        return v.s;
    if (v.kind == TVAL_LIST && v.list->elem && strcmp(v.list->elem, "uint8") == 0)
        return bytes_string(a, v.list);
    AUTO_BUF text = BUF_INIT_MAX(VALUE_MAX_TEXT);
    tprint_value(&text, a, v);
    return tval_string(a, buf_str(&text), text.len).s;
}
