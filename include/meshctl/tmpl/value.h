/* Template values: Go's kinds, in an arena, maps and lists shared by reference.
 *
 * The three nils of a Go template (they differ in what `.field` on them, and passing them to a typed
 * parameter, do): TVAL_NIL is an interface that holds nil (a stored null, a missing key read directly);
 * TVAL_NONE is "no value" (the zero reflect.Value: what a nil becomes behind parentheses, a pipe or a
 * variable). The literal `nil` exists only while parsing. One thread at a time. */
#ifndef MESHCTL_TMPL_VALUE_H
#define MESHCTL_TMPL_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/arena.h"
#include "meshctl/base/error.h"
#include "meshctl/data/json.h"

enum tval_kind {
    TVAL_NONE,
    TVAL_NIL,
    TVAL_BOOL,
    TVAL_INT,    /* Go int: literals, len, int */
    TVAL_INT64,  /* Go int64: --set, int64, add */
    TVAL_FLOAT,  /* Go float64: numbers of values files and fromYaml */
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

/* Lists are fixed or grown copies; sharing a list shares its elements. */
struct tlist {
    struct tval *items;
    size_t count;
    const char *elem; /* Go's element type when not interface {}: "string", "uint8"; else NULL */
};

struct tmap; /* see below */

/* A named Go type with methods: charts call `.Files.Get "x"`, `.Capabilities.APIVersions.Has "y"`. */
struct tobject_type {
    const char *go_type; /* as %T prints it, "engine.files" */
    /* Finds a field or calls a method. Returns 1 with *ret, 0 when there is no such member, -1 with
     * *err. `argc` is 0 for a plain field access. */
    int (*member)(struct arena *a, const struct tobject *self, const char *name,
                  const struct tval *args, size_t argc, struct tval *ret, struct error **err);
    /* What `range`, printing and toYaml see; may be NULL. */
    struct tval (*as_value)(struct arena *a, const struct tobject *self);
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
/* Copies into the arena. */
struct tval tval_string(struct arena *a, const char *s, size_t len);
struct tval tval_cstring(struct arena *a, const char *s);
struct tval tval_list(struct arena *a, size_t count); /* items are TVAL_NIL, fill them in */
struct tval tval_map(struct arena *a);
struct tval tval_object(struct arena *a, const struct tobject_type *type, void *data);

/* `go_type` is what typeOf and %T print, "map[string]interface {}" when never set. Named map types
 * ("chartutil.Values", "common.Values") keep their methods Table, AsMap, YAML, PathValue, Encode. */
void tmap_set_type(struct tmap *m, const char *go_type);
const char *tmap_type(const struct tmap *m);
size_t tmap_count(const struct tmap *m);
/* NULL when absent; the value may be changed in place. */
struct tval *tmap_get(const struct tmap *m, const char *key, size_t len);
/* Copies the key into `a`. */
void tmap_set(struct arena *a, struct tmap *m, const char *key, size_t len, struct tval v);
void tmap_delete(struct tmap *m, const char *key, size_t len);
/* Keys in Go's order (bytewise), in an arena array of tmap_count entries. */
struct tval_string *tmap_keys(struct arena *a, const struct tmap *m);

/* json_integer becomes int64, json_real float64, null TVAL_NIL. */
struct tval tval_from_json(struct arena *a, const json_t *j);
/* As encoding/json would see it; *err for what JSON cannot hold (NaN, infinities). New reference. */
int tval_to_json(struct arena *a, struct tval v, json_t **ret_json, struct error **err) MC_WARN_UNUSED;
bool tval_truth(struct tval v);

#endif
