/* values.schema.json against values, with the error texts of Helm's library
 * (github.com/santhosh-tekuri/jsonschema v6.0 validator.go, kind/kind.go).
 *
 * Interpreted straight from the JSON. Keywords: those of draft-07 and 2020-12 except format and
 * content (annotations in 2020-12), unevaluatedItems and unevaluatedProperties. References stay
 * inside the document; others are refused. */
#ifndef MESHCTL_CHART_SCHEMA_H
#define MESHCTL_CHART_SCHEMA_H

#include "node.h"

#define SCHEMA_MAX_DEPTH 500
#define SCHEMA_MAX_STEPS 2000000 /* schemas applied in one check: references multiply */
#define SCHEMA_MAX_ERRORS 1000

/* Every chart of the tree against its part of the values; "values don't meet the specifications of
 * the schema(s) in the following chart(s):\n..." */
int schema_check_tree(const struct chart_node *root, const json_t *values, struct error **err)
    MC_WARN_UNUSED;

/* --- between schema*.c --- */

/* What is wrong: a tree, as alternatives have causes. In an arena. */
struct schema_error {
    const char *path; /* JSON pointer into the values */
    const char *message;
    bool is_reference; /* not shown when it has one cause */
    bool is_group;     /* several errors of one schema */
    struct schema_error **causes;
    size_t count, cap;
};

struct schema_check {
    struct arena *a;
    const json_t *root; /* the schema document */
    int draft;          /* 4, 6, 7, 2019, 2020 */
    size_t steps, errors;
    int depth;
    bool quiet;           /* only whether it fits matters */
    struct error *broken; /* the schema itself is at fault */
};

/* NULL when the value fits. */
struct schema_error *schema_apply(struct schema_check *c, const json_t *schema, const json_t *value,
                                  const char *path);

/* schema_error.c */
struct schema_error *schema_error_new(struct schema_check *c, const char *path, const char *fmt,
                                      ...) MC_PRINTF(3, 4);
void schema_error_add(struct schema_check *c, struct schema_error *to, struct schema_error *cause);
/* Quoted as the library does: 'it\'s'. In the arena. */
const char *schema_quote(struct schema_check *c, const char *s);
const char *schema_display(struct schema_check *c, const json_t *value);
/* 65,535: the library prints numbers in English. */
const char *schema_number(struct schema_check *c, double v);
void schema_error_print(struct buf *out, const struct schema_error *e, int indent);

/* schema_value.c: keywords of one type. Each adds to `errors`. */
void schema_check_object(struct schema_check *c, const json_t *schema, const json_t *object,
                         const char *path, struct schema_error *errors);
void schema_check_array(struct schema_check *c, const json_t *schema, const json_t *array,
                        const char *path, struct schema_error *errors);
void schema_check_string(struct schema_check *c, const json_t *schema, const json_t *string,
                         const char *path, struct schema_error *errors);
void schema_check_number(struct schema_check *c, const json_t *schema, const json_t *number,
                         const char *path, struct schema_error *errors);
/* An unanchored regular expression; one that does not compile sets c->broken. */
bool schema_pattern_matches(struct schema_check *c, const char *pattern, const char *text,
                            size_t len);

/* schema_ref.c: NULL with c->broken set when there is nothing. */
const json_t *schema_resolve(struct schema_check *c, const char *ref);

#endif
