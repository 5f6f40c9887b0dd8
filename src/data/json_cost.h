/* What a JSON text would take in memory, told before anything is made of it. */
#ifndef DATA_JSON_COST_H
#define DATA_JSON_COST_H

#include <stddef.h>

struct json_cost {
    size_t bytes; /* at most what jansson takes for the values, with the allocator's share */
    size_t depth; /* arrays and objects in one another */
};

/* Stops where a limit is passed. What is no JSON gets some cost, too: the parser refuses it. */
struct json_cost json_cost_of(const char *text, size_t len, size_t max_bytes, size_t max_depth);

#endif
