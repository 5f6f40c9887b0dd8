/* YAML as go-yaml v3's encoder writes Go values with indent 2 (Helm's toYamlPretty): lists are
 * indented under their keys, nothing is folded, a string that is no UTF-8 becomes !!binary. The
 * caller walks its values and says what comes:
 *
 *   yaml_pretty_mapping(p, 1); yaml_pretty_key(p, "a", 1); yaml_pretty_plain(p, "1");
 *   yaml_pretty_end(p); yaml_pretty_finish(p);
 */
#ifndef MESHCTL_DATA_YAML_PRETTY_H
#define MESHCTL_DATA_YAML_PRETTY_H

#include <stdbool.h>
#include <stddef.h>

#include "meshctl/base/buf.h"

struct yaml_pretty;

struct yaml_pretty *yaml_pretty_new(struct buf *out);
void yaml_pretty_free(struct yaml_pretty *p);

/* A number, a word or a time, as it is. */
void yaml_pretty_plain(struct yaml_pretty *p, const char *text);
/* Quoted or as a block as its content needs it. */
void yaml_pretty_string(struct yaml_pretty *p, const char *text, size_t len);
/* Begins a collection of `count` items; one without items is written whole, and takes no
 * yaml_pretty_end. Past JSON_MAX_DEPTH, and when the buffer is full, it answers false, and the
 * buffer's `overflow` is set. */
bool yaml_pretty_mapping(struct yaml_pretty *p, size_t count) MC_WARN_UNUSED;
bool yaml_pretty_sequence(struct yaml_pretty *p, size_t count) MC_WARN_UNUSED;
/* Before each value in them. */
void yaml_pretty_key(struct yaml_pretty *p, const char *text, size_t len);
void yaml_pretty_item(struct yaml_pretty *p);
void yaml_pretty_end(struct yaml_pretty *p);
/* The newline at the end. */
void yaml_pretty_finish(struct yaml_pretty *p);

/* A map's key with whatever belongs to it; `text` is borrowed. */
struct data_key {
    const char *text;
    size_t len;
    void *value;
};
/* In go-yaml v3's order of keys. */
void yaml_pretty_sort(struct data_key *keys, size_t count);

#endif
