/* The writer's lowest layer: where the pen stands, and white space before it moves on. */
#include "yaml_emit.h"

int yaml_emit_indent_in(struct yaml_emitter *e, bool flow, bool indentless)
{
    int saved = e->indent;
    if (e->indent < 0)
        e->indent = flow ? YAML_EMIT_INDENT : 0;
    else if (!indentless)
        e->indent += YAML_EMIT_INDENT;
    return saved;
}

void yaml_emit_char(struct yaml_emitter *e, char c)
{
    buf_appendc(e->out, c);
    e->column++;
}

void yaml_emit_break(struct yaml_emitter *e)
{
    buf_appendc(e->out, '\n');
    e->column = 0;
}

void yaml_emit_piece(struct yaml_emitter *e, const char *piece, size_t len)
{
    buf_append(e->out, piece, len);
    e->column += (unsigned char)*piece < 0x80 ? len : 1;
}

void yaml_emit_indent(struct yaml_emitter *e)
{
    size_t indent = e->indent < 0 ? 0 : (size_t)e->indent;
    if (!e->indention || e->column > indent || (e->column == indent && !e->whitespace))
        yaml_emit_break(e);
    if (e->column < indent) {
        buf_pad(e->out, ' ', indent - e->column);
        e->column = indent;
    }
    e->whitespace = true;
    e->indention = true;
}

void yaml_emit_indicator(struct yaml_emitter *e, char indicator, unsigned flags)
{
    if ((flags & YAML_INDICATOR_SPACED) && !e->whitespace)
        yaml_emit_char(e, ' ');
    yaml_emit_char(e, indicator);
    e->whitespace = flags & YAML_INDICATOR_WHITESPACE;
    e->indention = e->indention && (flags & YAML_INDICATOR_INDENTION);
}
