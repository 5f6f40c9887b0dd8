/* encoding/json's decoding into interface {}, as charts meet it in fromJson and users in
 * --set-json: the last of equal keys wins, every number is a float64, bad UTF-8 becomes U+FFFD, and
 * errors carry Go's texts, which charts can see as a value. */
#ifndef MESHCTL_VALUE_JSON_DECODE_H
#define MESHCTL_VALUE_JSON_DECODE_H

#include "meshctl/value/value.h"

/* The message of an error has Go's words without any prefix. A number too large for a float64 is
 * found last, as in Go: the value is read to its end, with nil (0 when it is the number alone) in
 * that place, and *ret_range is Go's text about the first of them, in the arena; else NULL. */
int gojson_read(struct arena *a, const char *text, size_t len, struct tval *ret,
                const char **ret_range, struct error **err) MC_WARN_UNUSED;

/* A Decoder's Decode: one value at the start of the text, *ret_used is how many bytes it took. A
 * number too large is an error here, and a text that ends too early has another one. */
int gojson_decode(struct arena *a, const char *text, size_t len, struct tval *ret, size_t *ret_used,
                  struct error **err) MC_WARN_UNUSED;

#endif
