#include "schema.h"

#include <math.h>
#include <string.h>

#include "meshctl/base/arena.h"
#include "names.h"

struct schema_error *schema_error_new(struct schema_check *c, const char *path, const char *fmt,
                                      ...)
{
    struct schema_error *e = arena_alloc(c->a, sizeof(*e));
    e->path = e->message = "";
    if (c->quiet || ++c->errors > SCHEMA_MAX_ERRORS)
        return e;
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    e->path = path;
    e->message = arena_strdup(c->a, text);
    return e;
}

void schema_error_add(struct schema_check *c, struct schema_error *to, struct schema_error *cause)
{
    if (!cause)
        return;
    if (to->count == to->cap) {
        size_t cap = to->cap ? 2 * to->cap : 4;
        struct schema_error **causes = arena_alloc(c->a, cap * sizeof(struct schema_error *));
        if (to->count)
            memcpy(causes, to->causes, to->count * sizeof(struct schema_error *));
        to->causes = causes;
        to->cap = cap;
    }
    to->causes[to->count++] = cause;
}

static void append_quoted(struct buf *out, const char *s)
{
    AUTO_FREE char *quoted = name_quoted_dup(s);
    buf_appendc(out, '\'');
    for (const char *q = quoted + 1; q[1]; q++) {
        if (q[0] == '\\' && q[1] == '"')
            continue;
        buf_appends(out, *q == '\'' ? "\\" : "");
        buf_appendc(out, *q);
    }
    buf_appendc(out, '\'');
}

const char *schema_quote(struct schema_check *c, const char *s)
{
    AUTO_BUF out = BUF_INIT;
    append_quoted(&out, s);
    return arena_strndup(c->a, buf_str(&out), out.len);
}

const char *schema_display(struct schema_check *c, const json_t *value)
{
    if (json_is_string(value))
        return schema_quote(c, json_string_value(value));
    if (json_is_object(value) || json_is_array(value))
        return "value";
    AUTO_BUF out = BUF_INIT;
    name_append_go_value(&out, value);
    return arena_strndup(c->a, buf_str(&out), out.len);
}

const char *schema_number(struct schema_check *c, double v)
{
    AUTO_BUF plain = BUF_INIT, out = BUF_INIT;
    if (floor(v) != v || fabs(v) >= 1e15) {
        name_append_float(&plain, v);
        return arena_strndup(c->a, buf_str(&plain), plain.len);
    }
    buf_appendf(&plain, "%.0f", fabs(v));
    buf_appends(&out, v < 0 ? "-" : "");
    for (size_t i = 0; i < plain.len; i++) {
        if (i && (plain.len - i) % 3 == 0)
            buf_appendc(&out, ',');
        buf_appendc(&out, plain.data[i]);
    }
    return arena_strndup(c->a, buf_str(&out), out.len);
}

void schema_error_print(struct buf *out, const struct schema_error *e, int indent)
{
    if (!e->is_reference || e->count != 1) {
        buf_appendc(out, '\n');
        buf_pad(out, ' ', 2 * (size_t)indent);
        buf_appends(out, "- at ");
        append_quoted(out, e->path);
        buf_appends(out, ": ");
        buf_appends(out, e->message);
        indent++;
    }
    for (size_t i = 0; i < e->count; i++)
        schema_error_print(out, e->causes[i], indent);
}
