/* YAML in and out exactly as Helm and kubectl meet it: sigs.k8s.io/yaml over go.yaml.in/yaml/v2
 * (YAML 1.1 scalars, "yes" is true, 0777 is 511, non-string keys become strings, merge keys,
 * natural key order and 80-column folding on output). The scanner is libyaml's, all else is ours.
 *
 * Known differences from go-yaml v2: integers past int64 become reals (it has uint64); libyaml also
 * looks further ahead behind flow collections, so that of two errors in the syntax it may name the
 * later; keys tagged !!binary or holding NUL are refused. Keys whose natural order is circular
 * ("10" < "1a" < "2" < "10") come in an order that depends on the insertion here,
 * on chance there. */
#ifndef MESHCTL_DATA_YAML_H
#define MESHCTL_DATA_YAML_H

#include "meshctl/data/json.h"

#define YAML_MAX_DEPTH 1000
#define YAML_MAX_ALIAS_NODES 1000000 /* nodes that aliases may expand to, together */

enum yaml_flags {
    YAML_NUMBERS_FLOAT = 1 << 0, /* every number becomes a json_real, as in a chart's values */
    YAML_STRICT_KEYS = 1 << 1,   /* duplicate keys are an error; default: the last one wins */
    YAML_FULL_ERRORS = 1 << 2,   /* errors quote the document as go-yaml's do: never in a log */
};

/* The first document; an empty text gives null. Errors are ERROR_INPUT with where = NAME:LINE:COL
 * and go-yaml's wording ("yaml: line 3: mapping values are not allowed in this context"), less what
 * that quotes of the document. A line in it is go-yaml's, which may be one too low;
 * where is right. */
int yaml_read(const char *text, size_t len, const char *name, unsigned flags, json_t **ret_value,
              struct error **err) MC_WARN_UNUSED;
/* All documents, in an array; empty ones (only comments) are left out. */
int yaml_read_all(const char *text, size_t len, const char *name, unsigned flags,
                  json_t **ret_array, struct error **err) MC_WARN_UNUSED;
/* What sigs.k8s.io/yaml Marshal writes, with its final newline. Past JSON_MAX_DEPTH out->overflow
 * is set. It writes every value; where Marshal fails, yaml_check_write says so. */
void yaml_write(struct buf *out, const json_t *value);
/* Marshal has go-yaml read JSON again, which refuses some control characters, and keys that are
 * long or have a next line (U+0085) in them: -1 with its text. */
int yaml_check_write(const json_t *value, struct error **err) MC_WARN_UNUSED;

#define YAML_MAX_PATH 16 /* steps of a path that is looked up; more are not looked at */

/* Where the value at a path stands in the text (keys, or digits for a list index), or with `at_key`
 * the key before it, for errors about content. 1-based; false when the path is not there. Parses
 * again: for error paths. */
bool yaml_locate_at(const char *text, size_t len, const char *const *path, size_t count,
                    bool at_key, size_t *ret_line, size_t *ret_column);
/* The same of a value whose path is ended by NULL. */
bool yaml_locate(const char *text, size_t len, size_t *ret_line, size_t *ret_column, ...)
    MC_SENTINEL;

#endif
