/* Template values: Go's kinds, in an arena, maps and lists shared by reference.
 *
 * The three nils of a Go template (they differ in what `.field` on them, and passing them to a
 * typed parameter, do): TVAL_NIL is an interface that holds nil (a stored null, a missing key read
 * directly); TVAL_NONE is "no value" (the zero reflect.Value: what a nil becomes behind
 * parentheses, a pipe or a variable). The literal `nil` exists only while parsing. One thread at a
 * time. */
#ifndef MESHCTL_VALUE_VALUE_H
#define MESHCTL_VALUE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/arena.h"
#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"
#include "meshctl/data/json.h"

#define VALUE_MAX_TEXT ((size_t)32 * 1024 * 1024) /* bytes of a text that is made of values */

enum tval_kind {
    TVAL_NONE,
    TVAL_NIL,
    TVAL_BOOL,
    TVAL_INT,   /* Go int: literals, len, int */
    TVAL_INT64, /* Go int64: --set, int64, add */
    TVAL_FLOAT, /* Go float64: numbers of values files and fromYaml */
    TVAL_STRING,
    TVAL_LIST,   /* []interface {} (or []string, see elem) */
    TVAL_MAP,    /* map[string]interface {} and its named kin, see type */
    TVAL_OBJECT, /* an opaque Go value with methods (Files, Capabilities ...) */
};

struct tval_string {
    const char *data; /* NUL-terminated; may hold NULs */
    size_t len;
};

struct tval {
    enum tval_kind kind;
    /* The executor's own mark: the value was read out of an interface {} slot (a map or list
     * element), which Go's error texts tell apart. Meaningless elsewhere, never set it. */
    bool boxed;
    union {
        bool b;
        int64_t i;
        double f;
        struct tval_string s;
        struct tlist *list;
        struct tmap *map;
        struct tobject *object;
    };
};

/* Lists are fixed or grown copies; sharing a list shares its elements. A list without an items
 * array is Go's nil slice (what rest, concat and regexFindAll give for nothing): empty, but null in
 * JSON. */
struct tlist {
    struct tval *items;
    size_t count;
    const char *elem; /* Go's element type when not interface {}: "string", "uint8"; else NULL */
};

struct tmap; /* see below */

/* A named Go type with methods: charts call `.Files.Get "x"`
 * and `.Capabilities.APIVersions.Has "y"`. */
struct tobject_method {
    const char *name;
    /* Letters as in a function table: "s" one string, "" none. "!TEXT": no template can call the
     * method, which takes no arguments, for its results; TEXT is what Go says then. */
    const char *params;
};
struct tobject_type {
    const char *go_type; /* as %T prints it, "engine.files" */
    /* The names that are methods, ended by a NULL name: their arguments are counted and typed by
     * the executor, with Go's texts, before `member` is called; all other names are fields and take
     * none. NULL: no name is known to be a method, `member` gets whatever arguments were given. */
    const struct tobject_method *methods;
    /* A Go struct, or with a go_type of "*..." a pointer to one: its fields in order, ended by
     * NULL, each asked of `member`. It prints field by field, and without an as_value marshals so.
     * Else NULL. */
    const char *const *fields;
    bool is_secret;    /* error texts show its type only */
    bool embeds_first; /* the first field is embedded: its own belong to this one, too */
    /* Finds a field or calls a method. Returns 1 with *ret, 0 when there is no such member, -1 with
     * *err (no prefix: the executor says "error calling NAME: "). `argc` is 0 for a plain field. */
    int (*member)(struct arena *a, const struct tobject *self, const char *name,
                  const struct tval *args, size_t argc, struct tval *ret, struct error **err);
    /* What toYaml and toJson and, without fields, `range`, functions and printing see: of a struct
     * what tval_struct makes. May be NULL. */
    struct tval (*as_value)(struct arena *a, const struct tobject *self);
    /* All below may be left out. TVAL_INT or TVAL_INT64: a named number such as time.Month, whose
     * `data` is its int64_t; as_value gives it too. */
    enum tval_kind number;
    /* The methods String and, when `go_syntax` (%#v), GoString; false when there is no such. */
    bool (*string)(struct buf *out, const struct tobject *self, bool go_syntax);
    /* Not NULL when String is a method of the pointer, which Go has while it knows where the value
     * lies: an action that prints the value calls it. What a function is given is a copy, of this
     * type, without. */
    const struct tobject_type *copied;
    /* The method MarshalJSON, as the value that JSON and YAML then show. */
    int (*json)(struct arena *a, const struct tobject *self, struct tval *ret, struct error **err);
    /* Go's ==, of two objects of the type; `deep` is reflect.DeepEqual. Without it an object equals
     * itself only. */
    bool (*equal)(const struct tobject *x, const struct tobject *y, bool deep);
};
struct tobject {
    const struct tobject_type *type;
    void *data;
};

struct tval tval_none(void);
struct tval tval_nil(void);
struct tval tval_bool(bool b);
struct tval tval_int(int64_t i);
struct tval tval_int64(int64_t i);
struct tval tval_float(double f);
/* Copies into the arena; a long one is empty when that ends the thread's budget. */
struct tval tval_string(struct arena *a, const char *s, size_t len);
struct tval tval_cstring(struct arena *a, const char *s);
struct tval tval_list(struct arena *a, size_t count); /* items are TVAL_NIL, fill them in */
struct tval tval_map(struct arena *a);
/* A map that stands for a Go struct: its keys stay in the order in which they were set. */
struct tval tval_struct(struct arena *a);
struct tval tval_object(struct arena *a, const struct tobject_type *type, void *data);

/* `go_type` is what typeOf and %T print, "map[string]interface {}" when never set. Named map types
 * ("chartutil.Values", "common.Values") keep their methods Table, AsMap,
 * YAML, PathValue, Encode. */
void tmap_set_type(struct tmap *m, const char *go_type);
const char *tmap_type(const struct tmap *m);
size_t tmap_count(const struct tmap *m);
/* The nil map of Go: empty, marshals as null, must not be written to (Go panics with "assignment to
 * entry in nil map"; here writing makes it an ordinary map). */
struct tval tval_nil_map(struct arena *a);
bool tmap_is_nil(const struct tmap *m);
/* The same keys and values (shared, not copied) seen under another Go type; NULL for the plain one.
 * This is Go's conversion between a named map type and map[string]interface {}. */
struct tval tmap_view(struct arena *a, const struct tmap *m, const char *go_type);
/* NULL when absent; the value may be changed in place until the map's next change. */
struct tval *tmap_get(const struct tmap *m, const char *key, size_t len);
/* Copies the key into `a`. */
void tmap_set(struct arena *a, struct tmap *m, const char *key, size_t len, struct tval v);
void tmap_delete(struct tmap *m, const char *key, size_t len);
/* Keys in Go's order (bytewise), in an arena array of tmap_count entries. */
struct tval_string *tmap_keys(struct arena *a, const struct tmap *m);
struct tmap_item {
    struct tval_string key;
    struct tval value;
};
/* Keys and values in Go's order, a copy that later changes of the map do not touch. NULL when
 * empty. */
struct tmap_item *tmap_items(struct arena *a, const struct tmap *m);

/* json_integer becomes int64, json_real float64, null TVAL_NIL. At most JSON_MAX_DEPTH deep, as
 * every value that json_read and yaml_read return. */
struct tval tval_from_json(struct arena *a, const json_t *j);
/* As encoding/json would see it ([]byte is base64); bytes that are no UTF-8 stay, for json_write
 * and yaml_write to write as Go does. *err for what JSON cannot hold (NaN, infinities, values
 * nested deeper than JSON_MAX_DEPTH such as cycles). New reference. */
int tval_to_json(struct arena *a, struct tval v, json_t **ret_json, struct error **err)
    MC_WARN_UNUSED;
/* The same; which of the objects stand for structs is noted. */
int tval_to_json_structs(struct arena *a, struct tval v, struct json_structs *structs,
                         json_t **ret_json, struct error **err) MC_WARN_UNUSED;
bool tval_truth(struct tval v);
/* A named number as the number that it is, all else as it is. */
struct tval tval_number(struct tval v);

#endif
