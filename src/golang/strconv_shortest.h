/* The shortest decimal that reads back as the same number, and its two layouts. */
#ifndef MESHCTL_GOLANG_STRCONV_SHORTEST_H
#define MESHCTL_GOLANG_STRCONV_SHORTEST_H

#include <stdbool.h>
#include <stddef.h>

#define SHORTEST_MAX_DIGITS 17 /* always enough to read a double back */
/* "0." and the 323 zeros of the smallest double, or the 309 places of the largest. */
#define SHORTEST_PLAIN_SIZE (2 + 323 + SHORTEST_MAX_DIGITS + 1)
/* Digits, point, letter, sign, three places. */
#define SHORTEST_EXPONENT_SIZE (SHORTEST_MAX_DIGITS + 7)

/* 0.DIGITS * 10^point, without trailing zeros; zero is one digit "0" and point 1. */
struct shortest {
    char digits[SHORTEST_MAX_DIGITS + 1];
    int count;
    int point;
};

/* Of a number that is finite and not negative; of the float that it is when `narrow`. */
void shortest_of(double f, bool narrow, struct shortest *ret_s);
/* Both return the length. 'e' and 'f' of strconv, the former with as many digits of exponent. */
size_t shortest_exponent_form(const struct shortest *s, char letter, int min_exponent_digits,
                              char *text);
size_t shortest_plain_form(const struct shortest *s, char *text);
/* 'g', or with letter 'E' 'G': ftoa.go formatDigits decides by 6 digits whatever there are. */
size_t shortest_general_form(const struct shortest *s, char letter, char *text);

#endif
