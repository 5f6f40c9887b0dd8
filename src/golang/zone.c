/* TZif files as zones: parsed, and asked about a moment. */
#include "meshctl/golang/zone.h"

#include <stdlib.h>
#include <string.h>

#include "zone_rule.h"

#define HEADER 44 /* bytes: RFC 8536 3.1 */

struct local_type {
    char *name;
    int64_t offset;
    bool is_dst;
};

struct transition {
    int64_t when;
    uint8_t type;
};

struct gozone {
    char *name;
    struct local_type *types;
    size_t types_count; /* 0: UTC */
    struct transition *transitions;
    size_t transitions_count;
    struct gozone_rule *rule; /* behind the last transition; or NULL */
    bool is_fixed;
};

/* ---- reading ---- */

struct reader {
    const unsigned char *at;
    size_t left;
};

/* NULL when there are not so many bytes. */
static const unsigned char *take(struct reader *r, size_t len)
{
    const unsigned char *p = r->at;
    if (len > r->left)
        return NULL;
    r->at += len;
    r->left -= len;
    return p;
}

static uint64_t big_endian(const unsigned char *p, size_t len)
{
    uint64_t u = 0;
    for (size_t i = 0; i < len; i++)
        u = u << 8 | p[i];
    return u;
}

/* The counts of a header, in the file's order. */
enum count { IS_UT, IS_STD, LEAPS, TRANSITIONS, TYPES, CHARS, COUNTS };

/* Version 0 where the header is none. */
static int read_header(struct reader *r, size_t counts[COUNTS])
{
    const unsigned char *p = take(r, HEADER);
    if (!p || memcmp(p, "TZif", 4) != 0 || (p[4] != 0 && p[4] != '2' && p[4] != '3'))
        return 0;
    for (size_t i = 0; i < COUNTS; i++)
        counts[i] = (size_t)big_endian(p + 20 + 4 * i, 4);
    return p[4] == 0 ? 1 : p[4] - '0';
}

/* The parts of a data block that matter. */
struct block {
    const unsigned char *times;
    const unsigned char *indexes;
    const unsigned char *types;
    const unsigned char *chars;
};

static bool read_block(struct reader *r, const size_t counts[COUNTS], size_t size, struct block *b)
{
    b->times = take(r, counts[TRANSITIONS] * size);
    b->indexes = take(r, counts[TRANSITIONS]);
    b->types = take(r, counts[TYPES] * 6);
    b->chars = take(r, counts[CHARS]);
    return b->times && b->indexes && b->types && b->chars && take(r, counts[LEAPS] * (size + 4)) &&
           take(r, counts[IS_STD]) && take(r, counts[IS_UT]);
}

static bool keep_types(struct gozone *z, const struct block *b, const size_t counts[COUNTS])
{
    z->types = mem_array(counts[TYPES], sizeof(*z->types));
    for (size_t i = 0; i < counts[TYPES]; i++, z->types_count++) {
        const unsigned char *p = b->types + 6 * i;
        if (p[5] >= counts[CHARS])
            return false;
        const char *name = (const char *)b->chars + p[5];
        z->types[i].name = mem_strndup(name, strnlen(name, counts[CHARS] - p[5]));
        z->types[i].offset = (int32_t)big_endian(p, 4);
        z->types[i].is_dst = p[4] != 0;
    }
    return z->types_count > 0;
}

static bool keep_transitions(struct gozone *z, const struct block *b, const size_t counts[COUNTS],
                             size_t size)
{
    size_t count = counts[TRANSITIONS];
    z->transitions = mem_array(count + 1, sizeof(*z->transitions));
    for (size_t i = 0; i < count; i++) {
        uint64_t when = big_endian(b->times + size * i, size);
        z->transitions[i].when = size == 4 ? (int32_t)when : (int64_t)when;
        z->transitions[i].type = b->indexes[i];
        if (b->indexes[i] >= z->types_count)
            return false;
    }
    if (count == 0)
        z->transitions[count++].when = INT64_MIN;
    z->transitions_count = count;
    return true;
}

void gozone_free(struct gozone *z)
{
    if (!z)
        return;
    for (size_t i = 0; i < z->types_count; i++)
        free(z->types[i].name);
    free(z->types);
    free(z->transitions);
    free(z->rule);
    free(z->name);
    free(z);
}

struct gozone *gozone_new(const char *name)
{
    struct gozone *z = mem_zalloc(sizeof(*z));
    z->name = mem_strdup(name);
    return z;
}

static void keep_rule(struct gozone *z, const char *text, size_t len)
{
    struct gozone_rule rule;
    if (!gozone_rule_parse(&rule, text, len))
        return;
    z->rule = mem_alloc(sizeof(rule));
    *z->rule = rule;
}

struct gozone *gozone_parse(const char *name, const char *data, size_t len)
{
    struct reader r = {.at = (const unsigned char *)data, .left = len};
    size_t counts[COUNTS];
    struct block b;
    size_t size = 4;
    int version = read_header(&r, counts);
    if (!version)
        return NULL;
    /* From version 2 on a second block has the same times in 64 bits. */
    if (version > 1) {
        size = 8;
        if (!read_block(&r, counts, 4, &b) || !read_header(&r, counts))
            return NULL;
    }
    if (!read_block(&r, counts, size, &b))
        return NULL;
    struct gozone *z = gozone_new(name);
    if (!keep_types(z, &b, counts) || !keep_transitions(z, &b, counts, size)) {
        gozone_free(z);
        return NULL;
    }
    if (r.left > 2 && r.at[0] == '\n' && r.at[r.left - 1] == '\n')
        keep_rule(z, (const char *)r.at + 1, r.left - 2);
    return z;
}

const struct gozone *gozone_fixed(struct arena *a, const char *name, size_t len, int64_t offset)
{
    struct gozone *z = arena_alloc(a, sizeof(*z));
    z->name = arena_strndup(a, name, len);
    z->is_fixed = true;
    z->types = arena_alloc(a, sizeof(*z->types));
    z->types->name = z->name;
    z->types->offset = offset;
    z->types_count = 1;
    z->transitions = arena_alloc(a, sizeof(*z->transitions));
    z->transitions->when = INT64_MIN;
    z->transitions_count = 1;
    return z;
}

const char *gozone_name(const struct gozone *z)
{
    return z ? z->name : "UTC";
}

/* ---- looking up ---- */

/* Before the first transition (time/zoneinfo.go lookupFirstZone): the first type, unless a
 * transition leads to it; then the standard time that comes next before the first transition's
 * summer time, else the first standard time. */
static const struct local_type *first_type(const struct gozone *z)
{
    bool used = false;
    for (size_t i = 0; i < z->transitions_count; i++)
        used = used || z->transitions[i].type == 0;
    if (!used)
        return z->types;
    size_t first = z->transitions_count > 0 ? z->transitions[0].type : 0;
    if (z->types[first].is_dst) {
        for (size_t i = first; i > 0; i--)
            if (!z->types[i - 1].is_dst)
                return &z->types[i - 1];
    }
    for (size_t i = 0; i < z->types_count; i++)
        if (!z->types[i].is_dst)
            return &z->types[i];
    return z->types;
}

/* How many transitions there were up to the moment. */
static size_t transitions_before(const struct gozone *z, int64_t unix_sec)
{
    size_t low = 0;
    size_t high = z->transitions_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (z->transitions[middle].when <= unix_sec)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void gozone_lookup(const struct gozone *z, int64_t unix_sec, struct gozone_span *ret_span)
{
    *ret_span = (struct gozone_span){.name = "UTC", .start = INT64_MIN, .end = INT64_MAX};
    if (!z || z->types_count == 0)
        return;
    size_t before = transitions_before(z, unix_sec);
    const struct transition *last = before > 0 ? &z->transitions[before - 1] : NULL;
    if (last && before == z->transitions_count && z->rule) {
        gozone_rule_lookup(z->rule, last->when, unix_sec, ret_span);
        return;
    }
    const struct local_type *type = last ? &z->types[last->type] : first_type(z);
    ret_span->name = type->name;
    ret_span->offset = type->offset;
    ret_span->is_dst = type->is_dst;
    if (last)
        ret_span->start = last->when;
    if (before < z->transitions_count)
        ret_span->end = z->transitions[before].when;
}

bool gozone_lookup_name(const struct gozone *z, const char *name, size_t len, int64_t unix_sec,
                        int64_t *ret_offset)
{
    const struct local_type *found = NULL;
    for (size_t i = 0; z && i < z->types_count; i++) {
        const struct local_type *type = &z->types[i];
        struct gozone_span span;
        if (strlen(type->name) != len || memcmp(type->name, name, len) != 0)
            continue;
        if (!found)
            found = type;
        gozone_lookup(z, (int64_t)((uint64_t)unix_sec - (uint64_t)type->offset), &span);
        if (strcmp(span.name, type->name) == 0) {
            *ret_offset = span.offset;
            return true;
        }
    }
    if (found)
        *ret_offset = found->offset;
    return found != NULL;
}

/* Go makes the zones of whole hours without a name once only. */
static bool is_shared(const struct gozone *z)
{
    int64_t offset = z->types[0].offset;
    return z->name[0] == '\0' && offset % 3600 == 0 && offset >= -12 * 3600 && offset <= 14 * 3600;
}

bool gozone_equal(const struct gozone *x, const struct gozone *y, bool deep)
{
    if (x == y)
        return true;
    if (!x || !y || !x->is_fixed || !y->is_fixed)
        return false;
    return (deep || is_shared(x)) && strcmp(x->name, y->name) == 0 &&
           x->types[0].offset == y->types[0].offset;
}
