/* Decoding into the fixed shape of a Go struct, as sigs.k8s.io/yaml and encoding/json do it: a
 * number or bool becomes text where a string is wanted, null leaves the field alone, names match
 * without regard to case, anything else of a wrong type is an error with Go's wording. */
#ifndef MESHCTL_DATA_TYPED_H
#define MESHCTL_DATA_TYPED_H

#include "meshctl/data/json.h"

enum typed_kind {
    TYPED_STRING,
    TYPED_BOOL,
    TYPED_STRINGS,    /* []string */
    TYPED_STRING_MAP, /* map[string]string */
    TYPED_STRUCTS,    /* a list of objects, each by its own table */
    TYPED_STRUCT,
    TYPED_LIST, /* []interface {} */
};

struct typed_field {
    const char *name;
    enum typed_kind kind;
    const struct typed_field *fields; /* of TYPED_STRUCT(S); ended by a NULL name */
    bool always;                      /* kept when empty (no omitempty) */
    const char *go_type;              /* of TYPED_STRUCT(S), for errors */
};

/* Adds the fields that `value` has to `into`; empty ones are left out (Go's omitempty). Null is
 * fine. `go_type` names the whole for errors: "chart.Metadata". */
int typed_read(const struct typed_field *fields, const json_t *value, const char *go_type,
               json_t *into, struct error **err) MC_WARN_UNUSED;

#endif
