/* JSON values are jansson's json_t everywhere. Number kinds matter to charts: a json_integer is a
 * Go int64 (from --set, from manifests), a json_real a float64 (all numbers of a values file).
 *
 * A json_t handed to another thread is never changed again by anyone. Local owners are json_auto_t.
 * Strings may hold NUL bytes: use json_string_length. */
#ifndef MESHCTL_DATA_JSON_H
#define MESHCTL_DATA_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"

#define JSON_MAX_DEPTH 1000                      /* nesting of any JSON or YAML value */
#define JSON_MAX_TEXT ((size_t)64 * 1024 * 1024) /* bytes of one document */
/* Bytes of memory that the values of one text may take, and all values of the process together: a
 * value can take a hundred times the bytes of its text. */
#define JSON_MAX_TREE ((size_t)160 * 1024 * 1024)
#define JSON_MAX_HELD ((size_t)192 * 1024 * 1024)

/* Parses one value; duplicate keys and keys that hold NUL are refused, integers past int64 become
 * reals. `name` stands in errors as NAME:LINE:COL; they quote nothing of the text. Depth and memory
 * are looked at before anything is made. */
int json_read(const char *text, size_t len, const char *name, json_t **ret_value,
              struct error **err) MC_WARN_UNUSED;
/* The same, but of keys that stand twice the last counts, as for Go. */
int json_read_lenient(const char *text, size_t len, const char *name, json_t **ret_value,
                      struct error **err) MC_WARN_UNUSED;
/* What all values take that are not in a json_scratch, in bytes. Thread-safe. */
size_t json_held(void);
/* For what makes values one after another: -1 (ERROR_INPUT) when `more` bytes would be too many
 * beside json_held. */
int json_check_room(size_t more, struct error **err) MC_WARN_UNUSED;

enum json_write_flags {
    JSON_WRITE_PRETTY = 1 << 0, /* Go's MarshalIndent("", "  "): "{}" and "[]" stay on one line */
    JSON_WRITE_NO_ESCAPE = 1 << 1,  /* leave < > & as they are; default escapes them as Go does */
    JSON_WRITE_KEEP_ORDER = 1 << 2, /* insertion order of keys; default is Go's bytewise order */
};
/* As Go's encoding/json writes it: shortest doubles ("1", "0.1", "1e+21"), < > & U+2028 U+2029 and
 * control characters escaped, invalid UTF-8 as \ufffd. No final newline. Past JSON_MAX_DEPTH
 * out->overflow is set. */
void json_write(struct buf *out, const json_t *value, unsigned flags);
/* Objects that stand for Go structs, whose members keep their order among sorted others. */
struct json_structs {
    const json_t **items;
    size_t count, cap;
};
void json_structs_add(struct json_structs *structs, const json_t *object);
void json_structs_release(struct json_structs *structs);
void json_write_structs(struct buf *out, const json_t *value, unsigned flags,
                        const struct json_structs *structs);
char *json_write_dup(const json_t *value, unsigned flags);

/* Walks down by keys; the list ends with NULL. A missing step, or one that is no object, gives
 * NULL. A key that is all digits indexes an array. Borrowed. */
json_t *json_dig(const json_t *value, ...) MC_SENTINEL;
/* The string at the path, or NULL; borrowed. */
const char *json_dig_str(const json_t *value, ...) MC_SENTINEL;
/* The number (integer or integral real) at the path, or `fallback`. */
json_int_t json_dig_int(const json_t *value, json_int_t fallback, ...) MC_SENTINEL;

/* Sets a value below nested objects, making those that miss: json_put(v, json_true(), "a", "b",
 * NULL). Takes over `item`. A step that is no object is replaced by one. */
void json_put(json_t *object, json_t *item, ...) MC_SENTINEL;
/* Go's reflect.DeepEqual on decoded JSON, but 1 equals 1.0. */
bool json_same(const json_t *a, const json_t *b);
/* RFC 7386 merge without its deletion rule: maps recursively, all else replaced by `over`'s value
 * (copied). null stays null. */
void json_merge_over(json_t *base, const json_t *over);

#endif
