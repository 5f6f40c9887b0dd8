/* Doubles as Go's strconv prints them: the shortest decimal that reads back as the same double, in
 * the two layouts that JSON and YAML use. Finite values only. Thread-safe under the C numeric
 * locale. */
#ifndef MESHCTL_GOLANG_STRCONV_SHORTEST_H
#define MESHCTL_GOLANG_STRCONV_SHORTEST_H

#include <stdbool.h>
#include <stddef.h>

/* Sign, 17 digits, point, up to 21 places before it or 7 zeros behind it, exponent. */
#define NUMBER_TEXT_SIZE 40

/* Go encoding/json floatEncoder: plain digits unless below 1e-6 or from 1e21 on; "1e-7", not
 * "1e-07". Returns the length. */
size_t number_format_json(double value, char text[static NUMBER_TEXT_SIZE]);
/* strconv.FormatFloat(value, 'g', -1, 64): exponent form below 1e-4 and from 1e6 on ("1e+06"). */
size_t number_format_go_g(double value, char text[static NUMBER_TEXT_SIZE]);
/* strconv.FormatFloat(value, 'g', -1, 32). */
size_t number_format_go_g32(float value, char text[static NUMBER_TEXT_SIZE]);
/* True, and the integer, when the double is one that a 64-bit integer holds exactly. */
bool number_is_integer(double value, long long *ret_integer);

#endif
