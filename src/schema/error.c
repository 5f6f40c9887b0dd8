/* What is wrong, as text (output.go, kind/kind.go). */
#include <string.h>

#include "format.h"
#include "internal.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"

/* util.go quote: every \" of Go's %q becomes a plain quote, the closing one too when the text ends
 * in a backslash. */
const char *schema_quote(struct arena *a, struct schema_text text)
{
    AUTO_BUF quoted = BUF_INIT, out = BUF_INIT;
    goquote_append(&quoted, text.data, text.len);
    for (const char *q = buf_str(&quoted); *q; q++) {
        if (q[0] == '\\' && q[1] == '"')
            continue;
        buf_appends(&out, *q == '\'' ? "\\" : "");
        buf_appendc(&out, *q);
    }
    return arena_printf(a, "'%.*s'", (int)out.len - 2, buf_str(&out) + 1);
}

/* kind.go display: %v of a plain value. */
const char *schema_display(struct arena *a, const struct schema_value *v)
{
    switch (v->type) {
    case SCHEMA_STRING:
        return schema_quote(a, v->text);
    case SCHEMA_NUMBER:
        return v->text.data;
    case SCHEMA_BOOLEAN:
        return v->boolean ? "true" : "false";
    case SCHEMA_NULL:
        return "<nil>";
    default:
        return "value";
    }
}

void schema_error_print(struct buf *out, const struct schema_error *e, int indent)
{
    if (!e->is_reference || e->count != 1) {
        AUTO_ARENA *a = arena_new();
        buf_appendc(out, '\n');
        buf_pad(out, ' ', 2 * (size_t)indent);
        buf_appendf(out, "- at %s: %s",
                    schema_quote(a, (struct schema_text){e->path, strlen(e->path)}), e->message);
        indent++;
    }
    for (size_t i = 0; i < e->count && !out->overflow; i++)
        schema_error_print(out, e->causes[i], indent);
}

void schema_error_print_all(struct buf *out, const struct schema_error *e)
{
    if (!e->is_group)
        schema_error_print(out, e, 0);
    for (size_t i = 0; e->is_group && i < e->count && !out->overflow; i++)
        schema_error_print(out, e->causes[i], 0);
}

int schema_too_large(struct error **err)
{
    return error_set(err, ERROR_INPUT,
                     "the schema refers to itself without end, or is too large to be checked (more "
                     "than %d schemas in each other or %d steps)",
                     SCHEMA_MAX_DEPTH, SCHEMA_MAX_STEPS);
}

const char *schema_quote_rune(struct arena *a, const char *s, size_t len)
{
    AUTO_BUF quoted = BUF_INIT, one = BUF_INIT;
    uint32_t rune;
    text_rune(s, len, &rune);
    text_append_rune(&one, rune);
    goquote_append(&quoted, buf_str(&one), one.len);
    if (rune == '"')
        return "'\"'";
    if (rune == '\'')
        return "'\\''";
    return arena_printf(a, "'%.*s'", (int)quoted.len - 2, quoted.data + 1);
}
