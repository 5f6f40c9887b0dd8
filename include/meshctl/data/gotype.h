/* JSON values under the names and in the form that Go gives them. Thread-safe. */
#ifndef MESHCTL_DATA_GOTYPE_H
#define MESHCTL_DATA_GOTYPE_H

#include "meshctl/base/buf.h"
#include "meshctl/data/json.h"

/* Appends Go's %v of a decoded value: "map[a:1 b:[x <nil>]]". */
void name_append_go_value(struct buf *out, const json_t *v);
/* Go's name of the dynamic type: "map[string]interface {}", "nil" ... */
const char *name_go_type(const json_t *v);

/* The JSON type as encoding/json names it: "object", "array", "string",
 * "bool", "number", "null". */
const char *name_json_type(const json_t *v);

#endif
