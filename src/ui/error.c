/* An error for a person: message, place, what to do. */
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/ui/progress.h"

/* Every line of a text, cleaned, behind an indent (but the first). An empty text is
 * an empty line. */
static void append_lines(struct buf *out, const char *text, const char *indent)
{
    const char *end = strchrnul(text, '\n');
    text_append_clean(out, text, (size_t)(end - text));
    buf_appendc(out, '\n');
    while (*end && end[1]) {
        text = end + 1;
        end = strchrnul(text, '\n');
        buf_appends(out, indent);
        text_append_clean(out, text, (size_t)(end - text));
        buf_appendc(out, '\n');
    }
}

static void append_field(const struct term *t, struct buf *out, const char *name, const char *value)
{
    if (!value)
        return;
    buf_appends(out, "    ");
    term_append(t, out, TERM_DIM, name);
    buf_pad(out, ' ', 9 - strlen(name));
    append_lines(out, value, "             ");
}

void ui_append_error(const struct term *t, struct buf *out, const char *program,
                     const struct error *err)
{
    buf_appends(out, "  ");
    term_append(t, out, TERM_RED, term_symbol(t, TERM_FAIL));
    buf_appendc(out, ' ');
    /* A message of several findings begins each line with its own id. */
    if (err->id && strncmp(err->message, err->id, strlen(err->id)) != 0)
        buf_appendf(out, "%s ", err->id);
    append_lines(out, err->message, "    ");
    append_field(t, out, "where", err->where);
    append_field(t, out, "fix", err->hint);
    if (err->id) {
        AUTO_FREE char *explain = mem_printf("%s explain %s", program, err->id);
        append_field(t, out, "explain", explain);
    }
}
