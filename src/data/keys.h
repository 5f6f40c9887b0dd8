/* An object's keys in a chosen order, for the writers. */
#ifndef MESHCTL_DATA_KEYS_H
#define MESHCTL_DATA_KEYS_H

#include <jansson.h>
#include <stddef.h>

#include "meshctl/data/yaml_pretty.h"

/* Go's order of map keys in encoding/json: bytewise. */
int data_key_compare_bytes(const void *a, const void *b);
/* go-yaml v2 sorter.go: letters after other runes, runs of digits by their value. */
int data_key_compare_natural(const void *a, const void *b);
/* go-yaml v3 sorter.go: the same, but letters before other runes behind a digit. */
int data_key_compare_natural_v3(const void *a, const void *b);
/* Stable, and safe with an order that is not transitive, as these two are. */
void data_keys_sort(struct data_key *keys, size_t count,
                    int (*compare)(const void *, const void *));

/* The json_object_size(object) items, to be freed; in the order of insertion when `compare` is
 * NULL. */
struct data_key *data_keys_new(const json_t *object, int (*compare)(const void *, const void *));

#endif
