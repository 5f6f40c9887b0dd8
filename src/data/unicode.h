/* The two Unicode classes that go-yaml's order of keys asks about. Thread-safe. */
#ifndef MESHCTL_DATA_UNICODE_H
#define MESHCTL_DATA_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

/* Category L of Unicode 15, as Go's unicode.IsLetter. */
bool unicode_is_letter(uint32_t rune);
/* Category Nd of Unicode 15, as Go's unicode.IsDigit. */
bool unicode_is_digit(uint32_t rune);

#endif
