/* encoding/json's Unmarshal into interface {}, as charts meet it in fromJson: the last of equal
 * keys wins, every number is a float64, bad UTF-8 becomes U+FFFD, and errors carry Go's texts,
 * which charts can see as a value. */
#ifndef MESHCTL_TMPL_GOJSON_H
#define MESHCTL_TMPL_GOJSON_H

#include "meshctl/tmpl/value.h"

/* The message of an error has Go's words without any prefix. A number too large for a float64 is
 * found last, as in Go: the value is read to its end, with nil (0 when it is the number alone) in
 * that place, and *ret_range is Go's text about the first of them, in the arena; else NULL. */
int gojson_read(struct arena *a, const char *text, size_t len, struct tval *ret,
                const char **ret_range, struct error **err) MC_WARN_UNUSED;

#endif
