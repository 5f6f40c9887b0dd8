/* The middle layer of the YAML writer: nodes, for values that are walked by the caller (emitterc.go
 * yaml_emitter_emit_node and those below it). */
#ifndef MESHCTL_DATA_YAML_NODE_H
#define MESHCTL_DATA_YAML_NODE_H

#include "yaml_emit.h"

#define YAML_NODE_START(buffer, v3)                                                                \
    {                                                                                              \
        .out = (buffer), .is_v3 = (v3), .indent = -1, .whitespace = true, .indention = true        \
    }

void yaml_node_plain(struct yaml_emitter *e, const char *text);
void yaml_node_string(struct yaml_emitter *e, const char *text, size_t len);
void yaml_node_empty(struct yaml_emitter *e, const char brackets[static 2]);
/* Each returns the indent that yaml_node_close restores. `in_mapping`: it is a key's value. */
int yaml_node_open_mapping(struct yaml_emitter *e);
int yaml_node_open_sequence(struct yaml_emitter *e, bool in_mapping);
void yaml_node_key(struct yaml_emitter *e, const char *text, size_t len);
void yaml_node_item(struct yaml_emitter *e);
void yaml_node_close(struct yaml_emitter *e, int indent);

#endif
