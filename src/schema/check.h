/* Between check.c, check_object.c and check_array.c: one schema applied to one value
 * (validator.go). */
#ifndef MESHCTL_SCHEMA_CHECK_H
#define MESHCTL_SCHEMA_CHECK_H

#include "internal.h"

struct schema_path {
    const struct schema_path *parent;
    const char *key; /* NULL: `place` */
    size_t place;
};

/* The schemas that led here: for cycles and for dynamic references. */
struct schema_scope {
    const struct schema_scope *parent;
    struct schema *schema;
    const char *keyword; /* the reference that was followed, or NULL */
    int level;           /* the same for the same value */
};

/* Members that no keyword has looked at yet; `left` NULL means none. */
struct schema_uneval {
    bool *left;
    size_t count, remaining;
};

struct schema_check {
    struct schema_set *set;
    struct arena *a;
    struct schema_doc *resources;
    int depth;
    struct error *broken;
};

struct schema_frame {
    struct schema_check *c;
    const struct schema_value *value;
    const struct schema_path *path;
    struct schema *schema;
    struct schema_scope scope;
    struct schema_uneval uneval;
    struct schema_error errors; /* its causes are what was found */
    bool quiet;                 /* only whether it fits matters */
    struct schema *meta;        /* the metaschema that applies, or NULL */
};

struct schema_error *schema_error_new(struct schema_frame *f, const char *fmt, ...) MC_PRINTF(2, 3);
/* NULL is fine. */
void schema_frame_add(struct schema_frame *f, struct schema_error *e);
void schema_error_add(struct arena *a, struct schema_error *to, struct schema_error *cause);
/* The causes of `from` become those of `e`. */
void schema_error_adopt(struct schema_error *e, const struct schema_error *from);
/* Whether the frame's outcome is known. */
bool schema_frame_done(const struct schema_frame *f);
void schema_uneval_clear(struct schema_uneval *u, size_t place);

/* Another schema on the same value; what it evaluates counts here. */
struct schema_error *schema_apply_self(struct schema_frame *f, struct schema *schema,
                                       const char *keyword, bool quiet);
/* A schema on a member. */
struct schema_error *schema_apply_member(struct schema_frame *f, struct schema *schema,
                                         const struct schema_value *member, const char *key,
                                         size_t place);
/* A schema on a value of its own: the path begins anew, the causes come below `e`. False when it
 * fits. */
bool schema_apply_apart(struct schema_frame *f, struct schema *schema,
                        const struct schema_value *value, struct schema_error *e);
bool schema_regex_matches(struct schema_frame *f, struct regex *regex, struct schema_text text);
void schema_check_bounds(struct schema_frame *f, const char *min_name, struct schema_count min,
                         const char *max_name, struct schema_count max, size_t got);

void schema_check_object(struct schema_frame *f);
void schema_check_array(struct schema_frame *f);

#endif
