/* Character classes and case mapping as Go's unicode package has them (Unicode 15.0), independent
 * of the C locale. One rune to one rune, no special casing. Thread-safe. */
#ifndef MESHCTL_GOLANG_UNICODE_H
#define MESHCTL_GOLANG_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

enum trune_class {
    TRUNE_PRINT = 1 << 0, /* strconv.IsPrint */
    TRUNE_LETTER = 1 << 1,
    TRUNE_UPPER = 1 << 2,
    TRUNE_LOWER = 1 << 3,
    TRUNE_NUMBER = 1 << 4, /* category N */
    TRUNE_DIGIT = 1 << 5,  /* category Nd */
    TRUNE_PUNCT = 1 << 6,
};

/* Whether the rune has any of the classes. */
bool trune_is(uint32_t rune, unsigned classes);
/* unicode.IsSpace: White_Space. */
bool trune_is_space(uint32_t rune);
uint32_t trune_to_upper(uint32_t rune);
uint32_t trune_to_lower(uint32_t rune);
uint32_t trune_to_title(uint32_t rune);

#endif
