/* Go's strconv: numbers and quoted text. Thread-safe under the C numeric locale. */
#ifndef MESHCTL_GOLANG_STRCONV_H
#define MESHCTL_GOLANG_STRCONV_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/buf.h"

/* ---- numbers out of text ---- */

/* NumError.Err. */
enum gonum {
    GONUM_OK,
    GONUM_SYNTAX,
    GONUM_RANGE,
};

/* ParseInt and ParseUint of 64 bits, and so Atoi with base 10. Base 0 goes by the prefix and takes
 * underscores. `ret` is what Go returns beside its error too: 0 for no number, the nearest one when
 * it is out of range, which is found before anything that may be wrong behind it. */
enum gonum goint_parse(const char *s, size_t len, int base, int64_t *ret_i);
enum gonum gouint_parse(const char *s, size_t len, int base, uint64_t *ret_u);
/* ParseFloat of 64 bits; an infinity when it is out of range. Right also for more than 800 digits
 * before the point, of which Go forgets the last ones. */
enum gonum gofloat_parse(const char *s, size_t len, double *ret_f);
/* ParseBool; false, and *ret_b as it was, for none of its words. */
bool gobool_parse(const char *s, bool *ret_b);
/* underscoreOK: underscores stand between digits, or between a base prefix and a digit. */
bool gonum_underscores_ok(const char *s, size_t len);
/* Appends NumError.Error: "strconv.FUNC: parsing \"TEXT\": invalid syntax". */
void gonum_append_error(struct buf *out, const char *func, const char *s, size_t len,
                        enum gonum what);

/* ---- floats as text ---- */

/* AppendFloat of 64 bits: format one of e E f g G x X b, prec -1 for the shortest text that reads
 * back. */
void gofloat_append(struct buf *out, double f, char format, int prec);

/* Sign, 17 digits, point, up to 21 places before it or 7 zeros behind it, exponent. */
#define GOFLOAT_TEXT_SIZE 40

/* Each writes a finite number and returns the length. FormatFloat(f, 'g', -1, 64) and 32: exponent
 * form below 1e-4 and from 1e6 on ("1e+06"). */
size_t gofloat_format(double f, char text[static GOFLOAT_TEXT_SIZE]);
size_t gofloat_format32(float f, char text[static GOFLOAT_TEXT_SIZE]);
/* encoding/json floatEncoder: plain digits unless below 1e-6 or from 1e21 on; "1e-7", not
 * "1e-07". */
size_t gofloat_format_json(double f, char text[static GOFLOAT_TEXT_SIZE]);
/* True, and the integer, for a number that int64 holds exactly. */
bool gofloat_is_integer(double f, long long *ret_integer);

/* ---- quotes ---- */

/* AppendQuote. */
void goquote_append(struct buf *out, const char *s, size_t len);
/* Quote of a C string; yours to free. */
char *goquote_dup(const char *s);
/* The same with another quote, as AppendQuoteRune has it; `ascii` is the ...ToASCII form. */
void goquote_append_as(struct buf *out, const char *s, size_t len, char quote, bool ascii);
/* CanBackquote. */
bool goquote_can_backquote(const char *s, size_t len);

#endif
