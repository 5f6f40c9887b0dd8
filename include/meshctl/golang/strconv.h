/* Go's strconv: numbers and quoted text. Thread-safe under the C numeric locale. */
#ifndef MESHCTL_GOLANG_STRCONV_H
#define MESHCTL_GOLANG_STRCONV_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/buf.h"

/* ParseInt and ParseFloat, without their error kinds. Base 0 takes prefixes and underscores. */
bool parse_go_int(const char *s, size_t len, int base, int64_t *ret_i);
bool parse_go_float(const char *s, size_t len, double *ret_f);
/* What ParseInt in base 10 gives beside its error: the nearest int64 for digits that are too many,
 * even when something else follows them; 0 for no number. */
int64_t nearest_go_int(const char *s, size_t len);

/* AppendFloat: format one of e E f g G x X b, prec -1 for the shortest text that reads back. */
void print_float_text(struct buf *out, double f, char format, int prec);
/* The same with 'g' and -1: %v of a float64. */
void tprint_float(struct buf *out, double f);

/* AppendQuote with the given quote; `ascii` is the ...ToASCII form. */
void print_quoted(struct buf *out, const char *s, size_t len, char quote, bool ascii);
/* Quote. */
void tprint_quote(struct buf *out, const char *s, size_t len);
/* CanBackquote. */
bool print_can_backquote(const char *s, size_t len);

#endif
