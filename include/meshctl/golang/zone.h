/* Time zones as Go's time.Location: read from the system's TZif files (RFC 8536), with the TZ
 * string of a file's end for times behind its last transition. NULL is UTC everywhere. Zones never
 * change; those of gozone_load and gozone_local live as long as the process. Thread-safe: the C
 * library's own zone, which is one a process, is never touched. */
#ifndef MESHCTL_GOLANG_ZONE_H
#define MESHCTL_GOLANG_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/arena.h"
#include "meshctl/base/error.h"

#define GOZONE_MAX_FILE ((size_t)1024 * 1024) /* bytes of a TZif file; a few thousand are usual */
#define GOZONE_MAX_LOADED 1024                /* zones of one process; there are about 600 */
#define GOZONE_MAX_NAME 255                   /* bytes of the name of a zone that is loaded */

struct gozone;

/* What holds at one moment: from `start` on and before `end`, both in Unix seconds. */
struct gozone_span {
    const char *name; /* "CET"; "" for an offset without a name */
    int64_t offset;   /* seconds east of UTC */
    int64_t start;    /* INT64_MIN: always was so */
    int64_t end;      /* INT64_MAX: for ever */
    bool is_dst;
};

/* time.LoadLocation: "" and "UTC" are UTC, "Local" is gozone_local. The folder that the environment
 * variable ZONEINFO names comes before the system's. A name that leads out of the folder (an
 * absolute one, or "..") is an error, as is an unknown one. */
int gozone_load(const char *name, size_t len, const struct gozone **ret_zone, struct error **err)
    MC_WARN_UNUSED;
/* time.Local: what TZ names, else /etc/localtime, else UTC; looked up once. Never NULL. */
const struct gozone *gozone_local(void);
/* The same without memory: `tz` is the value of TZ, NULL when it is not set. */
struct gozone *gozone_local_of(const char *tz);
/* time.FixedZone, in the arena. */
const struct gozone *gozone_fixed(struct arena *a, const char *name, size_t len, int64_t offset);
/* A zone that is UTC under another name. */
struct gozone *gozone_new(const char *name);
/* LoadLocationFromTZData; NULL when the data is no TZif. */
struct gozone *gozone_parse(const char *name, const char *data, size_t len);

/* NULL is fine. */
void gozone_free(struct gozone *z);
MC_DEFINE_CLEANUP(gozone_cleanup, struct gozone, gozone_free);
#define AUTO_ZONE MC_CLEANUP(gozone_cleanup) struct gozone

/* Location.String. */
const char *gozone_name(const struct gozone *z);
void gozone_lookup(const struct gozone *z, int64_t unix_sec, struct gozone_span *ret_span);
/* The offset of the zone's abbreviation `name`, preferring the one in use at that time. */
bool gozone_lookup_name(const struct gozone *z, const char *name, size_t len, int64_t unix_sec,
                        int64_t *ret_offset);
/* == of two *Location; deep is reflect.DeepEqual's. */
bool gozone_equal(const struct gozone *x, const struct gozone *y, bool deep);

#endif
