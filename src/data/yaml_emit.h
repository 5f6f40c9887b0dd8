/* The lowest layer of the YAML writer: column, indentation, white space (go-yaml v2 and v3
 * emitterc.go, a port of libyaml's emitter with indent 2 and Unicode left as it is). Columns count
 * runes. */
#ifndef MESHCTL_DATA_YAML_EMIT_H
#define MESHCTL_DATA_YAML_EMIT_H

#include <stdbool.h>
#include <stddef.h>

#include "meshctl/base/buf.h"

#define YAML_EMIT_WIDTH 80
#define YAML_EMIT_INDENT 2

struct yaml_emitter {
    struct buf *out;
    /* go-yaml v3 as Helm's toYamlPretty calls it: no folding, lists indented under their keys, tabs
     * in block scalars, bytes that are no text as !!binary. */
    bool is_v3;
    size_t column;
    int indent;      /* -1 before the root */
    bool whitespace; /* the last thing written was white space */
    bool indention;  /* only white space and "-", "?", ":" stand on this line so far */
};

/* emitterc.go yaml_emitter_increase_indent: returns the indent to restore. */
int yaml_emit_indent_in(struct yaml_emitter *e, bool flow, bool indentless);
void yaml_emit_char(struct yaml_emitter *e, char c);
void yaml_emit_break(struct yaml_emitter *e);
/* `len` bytes: one rune, or several of ASCII. */
void yaml_emit_piece(struct yaml_emitter *e, const char *piece, size_t len);
/* A new line if need be, and spaces up to the indent. */
void yaml_emit_indent(struct yaml_emitter *e);

enum yaml_indicator {
    YAML_INDICATOR_SPACED = 1 << 0,     /* put a space before it unless there is white space */
    YAML_INDICATOR_WHITESPACE = 1 << 1, /* counts as white space itself */
    YAML_INDICATOR_INDENTION = 1 << 2,  /* does not end the line's indentation */
};
void yaml_emit_indicator(struct yaml_emitter *e, char indicator, unsigned flags);

#endif
