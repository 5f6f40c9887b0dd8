/* Go's time.Duration: int64 nanoseconds. */
#ifndef MESHCTL_GOLANG_DURATION_H
#define MESHCTL_GOLANG_DURATION_H

#include <stdint.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"

#define GODURATION_MICROSECOND INT64_C(1000)
#define GODURATION_MILLISECOND INT64_C(1000000)
#define GODURATION_SECOND INT64_C(1000000000)
#define GODURATION_MINUTE (60 * GODURATION_SECOND)
#define GODURATION_HOUR (60 * GODURATION_MINUTE)

/* time.ParseDuration, with its error texts. */
int goduration_parse(const char *s, size_t len, int64_t *ret_d, struct error **err) MC_WARN_UNUSED;
/* Duration.String. */
void goduration_string(struct buf *out, int64_t d);
/* To the nearest multiple, halves away from zero; as it is for a unit of 0 or less. */
int64_t goduration_round(int64_t d, int64_t unit);
int64_t goduration_truncate(int64_t d, int64_t unit);
/* Duration.Hours, .Minutes, .Seconds. */
double goduration_in(int64_t d, int64_t unit);

#endif
