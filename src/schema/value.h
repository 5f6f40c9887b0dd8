/* JSON as the schema check sees it (santhosh-tekuri/jsonschema v6.0.3 keeps encoding/json's
 * Number): a number stays the text that was written, since error texts show it and comparisons are
 * exact. Everything lives in an arena and is never changed once made. */
#ifndef MESHCTL_SCHEMA_VALUE_H
#define MESHCTL_SCHEMA_VALUE_H

#include <stdint.h>

#include "meshctl/base/arena.h"
#include "meshctl/data/json.h"

enum schema_type { /* bits: a schema's `type` is a set of them */
                   SCHEMA_NULL = 1,
                   SCHEMA_BOOLEAN = 2,
                   SCHEMA_NUMBER = 4,
                   SCHEMA_INTEGER = 8, /* only in sets */
                   SCHEMA_STRING = 16,
                   SCHEMA_ARRAY = 32,
                   SCHEMA_OBJECT = 64,
};

struct schema_text {
    const char *data; /* NUL-terminated; may hold NULs */
    size_t len;
};

struct schema_value {
    enum schema_type type;
    bool boolean;
    struct schema_text text;    /* a string, or a number as written */
    struct schema_value *items; /* of an array or an object */
    struct schema_text *keys;   /* of an object, in the order of the text */
    size_t count;
    uint32_t *index; /* of a large object: hash table of places in `keys`, from 1 */
    size_t index_size;
};

/* Go json.Decoder with UseNumber: the last of equal keys wins, bad UTF-8 becomes U+FFFD. The
 * message of an error is Go's. */
int schema_value_read(struct arena *a, const char *text, size_t len, struct schema_value *ret,
                      struct error **err) MC_WARN_UNUSED;
/* Values: a real as Go's %v of a float64. */
struct schema_value schema_value_from_json(struct arena *a, const json_t *json);
struct schema_value schema_value_string(struct arena *a, const char *s, size_t len);
/* Sets the hash table of an object that is complete. */
void schema_value_finish(struct arena *a, struct schema_value *object);

/* NULL when it is no object, or the key is missing. */
const struct schema_value *schema_value_get(const struct schema_value *object, const char *key);
const struct schema_value *schema_value_getn(const struct schema_value *object, const char *key,
                                             size_t len);
/* The string of that key, or NULL. */
const struct schema_value *schema_value_get_string(const struct schema_value *object,
                                                   const char *key);
bool schema_value_is(const struct schema_value *v, enum schema_type type);
bool schema_value_equal(struct arena *a, const struct schema_value *x,
                        const struct schema_value *y);
/* Equal values have equal hashes. */
uint64_t schema_value_hash(struct arena *a, const struct schema_value *v);
/* util.go duplicates: the first pair of equal items. */
bool schema_value_duplicates(struct arena *a, const struct schema_value *array, size_t *ret_first,
                             size_t *ret_second);
const char *schema_type_name(enum schema_type type);

/* --- number.c --- */

/* sign, digits without zeros at either end, times ten to the exponent; zero has no digits. */
struct schema_number {
    bool negative;
    const char *digits;
    size_t count;
    long exponent;
};

#define SCHEMA_MAX_EXPONENT 1000000 /* math/big Rat.SetString */

/* False past SCHEMA_MAX_EXPONENT. */
bool schema_number_parse(struct arena *a, struct schema_text text, struct schema_number *ret);
int schema_number_compare(const struct schema_number *x, const struct schema_number *y);
bool schema_number_is_integer(const struct schema_number *x);
/* `of` is not zero. */
bool schema_number_is_multiple(struct arena *a, const struct schema_number *x,
                               const struct schema_number *of);
/* As golang.org/x/text/message prints a float64 in English: "65,535", "1.5×10⁰⁶". In the arena. */
const char *schema_number_show(struct arena *a, double v);
/* The same for an int: "1,000,000". */
const char *schema_count_show(struct arena *a, long v);

#endif
