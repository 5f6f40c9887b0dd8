/* Counts the values of a text: three bytes of it can become 350 in memory. */
#include "json_cost.h"

#include <string.h>

/* jansson 2.14 (hashtable.h, value.c) on a 64-bit machine: the structs, their first tables, and 8
 * bytes of the allocator for each. Tables double, and the old one is there while the new one is
 * filled. */
#define COST_OBJECT 232
#define COST_ARRAY 136
#define COST_STRING 88
#define COST_MEMBER 64 /* what a key takes more than a string */
#define COST_ITEM 24   /* a place in a table */
#define COST_NUMBER 32

static size_t string_length(const char *text, size_t len, size_t at)
{
    size_t i = at + 1;
    while (i < len && text[i] != '"')
        i += text[i] == '\\' ? 2 : 1;
    return (i < len ? i : len) - at;
}

struct json_cost json_cost_of(const char *text, size_t len, size_t max_bytes, size_t max_depth)
{
    struct json_cost cost = {0};
    size_t open = 0, longest = 0;
    for (size_t i = 0; i < len && cost.bytes <= max_bytes && cost.depth <= max_depth; i++) {
        switch (text[i]) {
        case '"': {
            size_t length = string_length(text, len, i);
            longest = length > longest ? length : longest;
            cost.bytes += COST_STRING + length;
            i += length;
            break;
        }
        case '{':
        case '[':
            cost.bytes += text[i] == '{' ? COST_OBJECT : COST_ARRAY;
            open++;
            cost.depth = open > cost.depth ? open : cost.depth;
            break;
        case '}':
        case ']':
            open -= open > 0;
            break;
        case ':':
            cost.bytes += COST_MEMBER;
            break;
        case ',':
            cost.bytes += COST_ITEM + COST_NUMBER;
            break;
        default:
            break;
        }
    }
    /* jansson gathers a string in a buffer that doubles before it copies it. */
    cost.bytes += COST_NUMBER + 2 * longest;
    return cost;
}
