/* Keys of an object, sorted by bytes. */
#include "keys.h"

#include <stdbool.h>
#include <string.h>

#include "meshctl/base/mem.h"

int data_key_compare_bytes(const void *a, const void *b)
{
    const struct data_key *ka = a, *kb = b;
    size_t shorter = ka->len < kb->len ? ka->len : kb->len;
    int order = memcmp(ka->text, kb->text, shorter);
    return order ? order : (ka->len > kb->len) - (ka->len < kb->len);
}

/* Objects with more keys are few: their sorting may cost an allocation. */
#define USUAL_KEYS 16

static void merge_runs(const struct data_key *from, struct data_key *to, size_t start,
                       size_t middle, size_t end, int (*compare)(const void *, const void *))
{
    size_t a = start, b = middle;
    for (size_t i = start; i < end; i++) {
        bool take_first = a < middle && (b >= end || compare(&from[a], &from[b]) <= 0);
        to[i] = from[take_first ? a++ : b++];
    }
}

/* Stable, and safe with an order that is not transitive, which go-yaml's is not ("10" < "1a" < "2"
 * < "10"): qsort may leave its array then. */
void data_keys_sort(struct data_key *keys, size_t count, int (*compare)(const void *, const void *))
{
    struct data_key usual[USUAL_KEYS];
    AUTO_FREE struct data_key *more = count > USUAL_KEYS ? mem_array(count, sizeof(*more)) : NULL;
    struct data_key *from = keys, *to = more ? more : usual;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t i = 0; i < count; i += 2 * width) {
            size_t middle = i + width < count ? i + width : count;
            size_t end = i + 2 * width < count ? i + 2 * width : count;
            merge_runs(from, to, i, middle, end, compare);
        }
        struct data_key *swap = from;
        from = to;
        to = swap;
    }
    if (from != keys)
        memcpy(keys, from, count * sizeof(*keys));
}

struct data_key *data_keys_new(const json_t *object, int (*compare)(const void *, const void *))
{
    size_t count = json_object_size(object), n = 0;
    struct data_key *keys = mem_array(count, sizeof(*keys));
    for (void *it = json_object_iter((json_t *)object); it;
         it = json_object_iter_next((json_t *)object, it))
        keys[n++] = (struct data_key){json_object_iter_key(it), json_object_iter_key_len(it),
                                      json_object_iter_value(it)};
    if (compare)
        data_keys_sort(keys, n, compare);
    return keys;
}
