/* TOML's dates and times as Go's time.Time. Local ones stand in zones named datetime-local,
 * date-local and time-local, by which the writer knows them again (BurntSushi/toml v1.6.0
 * internal/tz.go). */
#ifndef MESHCTL_TOML_TIME_H
#define MESHCTL_TOML_TIME_H

#include "meshctl/base/buf.h"
#include "meshctl/value/value.h"

/* One of the layouts of parse.go dtTypes, with "T" for what separates date and time and "Z" for
 * UTC; false for all else. */
bool toml_time_parse(struct arena *a, const char *text, size_t len, struct tval *ret);
/* Appends the value in TOML's notation; false, with nothing written, for what is no time. */
bool toml_write_time(struct buf *out, struct tval v);
/* The same in the layout time.RFC3339Nano, whatever kind of time it is. */
bool toml_time_rfc3339(struct buf *out, struct tval v);

#endif
