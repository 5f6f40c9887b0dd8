/* Go's fmt: values under verbs. */
#ifndef MESHCTL_VALUE_FMT_H
#define MESHCTL_VALUE_FMT_H

#include "meshctl/value/value.h"

/* Sprint, Sprintf and %v of one value. */
void tprint_value(struct buf *out, struct arena *a, struct tval v); /* %v, top level */
void tprint_sprint(struct buf *out, struct arena *a, const struct tval *args, size_t argc);
void tprint_sprintf(struct buf *out, struct arena *a, const char *format, size_t len,
                    const struct tval *args, size_t argc);
/* sprig's strval: string as it is, []byte, error, Stringer, else %v. */
struct tval_string tprint_strval(struct arena *a, struct tval v);

#endif
