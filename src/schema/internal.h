/* The parts of the room and what they share.
 *
 *   read.c, value.c, number.c              JSON with numbers as written; exact decimals
 *   doc.c, url.c, meta.c                   documents, ids, anchors, references (roots.go, root.go)
 *   compile.c, keyword.c                   a tree of struct schema (compiler.go, objcompiler.go)
 *   check.c, check_object.c, check_array.c values against it (validator.go)
 *   format.c, format_net.c, format_time.c  `format`: asserted up to draft 7 only (format.go)
 *   error.c                                texts (output.go, kind/kind.go)
 *   schema.c                               all of it for one text */
#ifndef MESHCTL_SCHEMA_INTERNAL_H
#define MESHCTL_SCHEMA_INTERNAL_H

#include "meshctl/base/strlist.h"
#include "meshctl/golang/regex.h"
#include "meshctl/golang/url.h"
#include "meshctl/schema/schema.h"
#include "value.h"

#define SCHEMA_MAX_DEPTH 2000     /* schemas in schemas while checking */
#define SCHEMA_MAX_STEPS 10000000 /* schemas applied in one check: references multiply */
#define SCHEMA_MAX_RESOURCES 1000 /* $id in one document */

/* What is wrong: a tree, as alternatives have causes. In an arena. */
struct schema_error {
    const char *path; /* JSON pointer into the values */
    const char *message;
    bool is_reference; /* not shown when it has one cause */
    bool is_group;     /* several errors of one schema */
    struct schema_error **causes;
    size_t count, cap;
};

struct schema_count { /* minItems and the like */
    bool set;
    long value;
};

struct schema_list {
    struct schema **items;
    size_t count;
};

struct schema_named { /* keyword of an object: a schema, or names that are required, by name */
    struct schema_text name;
    struct schema *schema; /* or NULL */
    const struct schema_value *required;
    struct regex *regex; /* patternProperties */
};

struct schema_table {
    struct schema_named *items;
    size_t count;
};

struct schema_limit { /* minimum and the like */
    bool set;
    struct schema_number number;
    double shown;
};

struct schema_format;
struct schema_doc;

/* One compiled schema; names are those of the keywords. */
struct schema {
    struct schema_doc *doc;
    const char *pointer; /* into the document */
    struct schema *resource;
    struct schema_table dynamic_anchors; /* of a resource */
    bool all_props_evaluated, all_items_evaluated;
    size_t num_items_evaluated;
    int draft;
    bool is_boolean, boolean;
    struct schema *ref, *recursive_ref, *dynamic_ref;
    bool recursive_anchor;
    const char *dynamic_ref_anchor, *dynamic_anchor; /* or NULL */
    unsigned types;
    const struct schema_value *enum_, *const_;
    const struct schema_format *format;
    struct schema *not_, *if_, *then_, *else_;
    struct schema_list all_of, any_of, one_of;
    struct schema_count min_properties, max_properties, min_items, max_items, min_length,
        max_length, min_contains, max_contains;
    const struct schema_value *required;
    const struct schema_value *properties_value; /* where `properties` are looked up */
    struct schema_list properties;               /* as in properties_value */
    struct schema_table pattern_properties, dependencies, dependent_required, dependent_schemas;
    struct schema *additional_properties, *property_names, *unevaluated_properties;
    struct schema *items, *additional_items, *contains, *unevaluated_items;
    struct schema_list items_list; /* items before 2020-12, prefixItems since */
    bool no_additional_properties, no_additional_items; /* just false: one error for all */
    bool unique_items;
    const struct schema_value *pattern;
    struct regex *pattern_regex;
    struct schema_limit minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of;
};

/* A part of a document with an $id of its own, or the whole. */
struct schema_resource {
    const char *pointer;
    const char *id;
    const char *own_url; /* that of "#...", or NULL before the first such reference */
    int draft;
    struct schema_anchor {
        const char *name, *pointer;
        bool dynamic;
    } * anchors;
    size_t count, cap;
};

struct schema_doc {
    const char *url;
    const struct schema_value *root;
    struct schema_resource *resources;
    size_t count, cap;
    json_t *processed; /* pointers that were looked through for resources */
    json_t *compiled;  /* pointer -> place in the set's schemas */
};

/* Documents and what was compiled of them. */
struct schema_set {
    struct arena *a;
    bool is_meta;            /* holds metaschemas: formats are asserted */
    struct schema_set *meta; /* what documents are checked against; itself for is_meta */
    struct schema_doc **docs;
    size_t docs_count, docs_cap;
    struct schema **schemas; /* first compiled first */
    size_t count, cap;
    struct regex **regexes;
    size_t regexes_count, regexes_cap;
    size_t steps; /* of all checks */
    struct strlist *warnings;
};

#define SCHEMA_ROOT_URL "file:///values.schema.json"

void schema_set_release(struct schema_set *set);

/* keyword.c */
/* Warns of keywords that no draft has, which Helm passes over in silence: a slip of the pen there
 * is a check that is never made. */
void schema_keyword_warn(struct schema_set *set, const char *pointer,
                         const struct schema_value *object);

/* doc.c */
/* The document of that URL: one that is there, a metaschema, or an error. */
int schema_doc_load(struct schema_set *set, const char *url, struct schema_doc **ret_doc,
                    struct error **err) MC_WARN_UNUSED;
/* Makes `root` the document of `url` and checks it against its metaschema. */
int schema_doc_add(struct schema_set *set, const char *url, const struct schema_value *root,
                   struct schema_doc **ret_doc, struct error **err) MC_WARN_UNUSED;
/* The resource that the pointer is in. */
struct schema_resource *schema_doc_resource(struct schema_doc *doc, const char *pointer);
/* What the pointer means; looked through and checked if it was not yet. */
int schema_doc_lookup(struct schema_set *set, struct schema_doc *doc, const char *pointer,
                      const struct schema_value **ret, struct error **err) MC_WARN_UNUSED;
/* A reference in the resource `from`. */
int schema_doc_resolve(struct schema_set *set, struct schema_doc *doc, struct schema_resource *from,
                       const char *ref, struct schema_doc **ret_doc, const char **ret_pointer,
                       struct error **err) MC_WARN_UNUSED;
const char *schema_pointer_append(struct arena *a, const char *pointer, const char *token);
/* URL#POINTER, escaped; in the arena. */
const char *schema_location(struct arena *a, const char *url, const char *pointer);

/* meta.c: a metaschema's text by its URL, or NULL. */
const char *schema_meta_text(const char *url);
/* 4 ... 2020, or 0 when the URL is none of json-schema.org's drafts. */
int schema_meta_draft(const char *url);
const char *schema_meta_url(int draft);

/* url.c */
/* `ref` seen from `base` (Go's URL.ResolveReference), and what is behind its '#', decoded. */
int schema_url_join(struct arena *a, const char *base, const char *ref, const char **ret_url,
                    const char **ret_fragment, struct error **err) MC_WARN_UNUSED;
/* The second alone. */
int schema_url_fragment(struct arena *a, const char *ref, const char **ret_fragment,
                        struct error **err) MC_WARN_UNUSED;
/* Go's URL.String; in the arena. */
const char *schema_url_write(struct arena *a, const struct gourl *url);
/* The part before '#'. */
const char *schema_url_strip(struct arena *a, const char *url);
/* Go's PathEscape of each element. */
void schema_url_escape(struct buf *out, const char *path);
int schema_url_unescape(struct arena *a, const char *text, const char **ret, struct error **err)
    MC_WARN_UNUSED;

/* compile.c */
int schema_compile(struct schema_set *set, const char *url, struct schema **ret_schema,
                   struct error **err) MC_WARN_UNUSED;

/* format.c */
const struct schema_format *schema_format_find(const char *name);
const char *schema_format_name(const struct schema_format *f);
/* NULL when the text is of that format, else what is wrong. */
const char *schema_format_check(const struct schema_format *f, struct arena *a,
                                struct schema_text text);

/* check.c */
/* *ret_error is NULL when the value fits. -1 when the check itself cannot end. `resources` are
 * those of a document that is checked against its metaschema. */
int schema_check(struct schema_set *set, struct schema *schema, const struct schema_value *value,
                 struct schema_doc *resources, struct schema_error **ret_error, struct error **err)
    MC_WARN_UNUSED;

/* error.c */
const char *schema_quote(struct arena *a, struct schema_text text);
const char *schema_display(struct arena *a, const struct schema_value *v);
void schema_error_print(struct buf *out, const struct schema_error *e, int indent);
/* The causes of what schema_check found, a line each and more below it. */
void schema_error_print_all(struct buf *out, const struct schema_error *e);
/* Past SCHEMA_MAX_DEPTH or _STEPS. */
int schema_too_large(struct error **err);

#endif
