/* YAML in and out exactly as Helm and kubectl meet it: sigs.k8s.io/yaml over go.yaml.in/yaml/v2
 * (YAML 1.1 scalars, "yes" is true, 0777 is 511, non-string keys become strings, merge keys,
 * natural key order and 80-column folding on output). The parser and emitter are libyaml where it
 * agrees with go-yaml v2, ours where it does not. */
#ifndef MESHCTL_DATA_YAML_H
#define MESHCTL_DATA_YAML_H

#include "meshctl/data/json.h"

#define YAML_MAX_DEPTH 1000
#define YAML_MAX_ALIAS_NODES 1000000 /* nodes that aliases may expand to, together */

enum yaml_flags {
    YAML_NUMBERS_FLOAT = 1 << 0, /* every number becomes a json_real, as in a chart's values */
    YAML_STRICT_KEYS = 1 << 1,   /* duplicate keys are an error; default: the last one wins */
};

/* The first document; an empty text gives null. Errors are ERROR_INPUT with where = NAME:LINE:COL
 * and go-yaml's wording ("yaml: line 3: mapping values are not allowed in this context"). */
int yaml_read(const char *text, size_t len, const char *name, unsigned flags, json_t **ret_value,
              struct error **err) MC_WARN_UNUSED;
/* All documents, in an array; empty ones (only comments) are left out. */
int yaml_read_all(const char *text, size_t len, const char *name, unsigned flags,
                  json_t **ret_array, struct error **err) MC_WARN_UNUSED;
/* What sigs.k8s.io/yaml Marshal writes, with its final newline. */
void yaml_write(struct buf *out, const json_t *value);

/* Where the value at a path stands in the text (keys, or digits for a list index, ended by NULL), for
 * errors about content. 1-based; false when the path is not there. Parses again: for error paths. */
bool yaml_locate(const char *text, size_t len, size_t *ret_line, size_t *ret_column, ...) MC_SENTINEL;

#endif
