/* The data behind unicode.h; see unicode_tables.c. */
#ifndef MESHCTL_GOLANG_UNICODE_TABLES_H
#define MESHCTL_GOLANG_UNICODE_TABLES_H

#include <stddef.h>
#include <stdint.h>

/* Runes first, first + step ... last map to rune + delta. Only beyond ASCII. */
struct trune_case {
    uint32_t first;
    uint32_t last;
    uint32_t step;
    int32_t delta;
};

extern const uint32_t trune_classes[];
extern const size_t trune_class_count;
extern const struct trune_case trune_upper[];
extern const size_t trune_upper_count;
extern const struct trune_case trune_lower[];
extern const size_t trune_lower_count;

#endif
