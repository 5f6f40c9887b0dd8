/* Reading a time's text by one layout element after another: time/format.go parse. */
#ifndef MESHCTL_GOLANG_TIME_READ_H
#define MESHCTL_GOLANG_TIME_READ_H

#include <stdint.h>

#include "time_layout.h"

struct gotime_part {
    const char *at;
    size_t len;
};

/* What the elements so far have told. */
struct gotime_reading {
    struct gotime_part layout; /* what is left of it */
    struct gotime_part value;  /* what is left of it */
    const char *out_of_range;  /* what is, as Go calls it; or NULL */
    int64_t year;
    int64_t month; /* -1: not given; as are day and yday */
    int64_t day;
    int64_t yday;
    int64_t hour;
    int64_t min;
    int64_t sec;
    int64_t nsec;
    bool am;
    bool pm;
    bool utc;
    int64_t offset; /* -1: not given, which Go cannot tell from one second west */
    struct gotime_part zone_name;
};

static inline void gotime_advance(struct gotime_part *p, size_t len)
{
    p->at += len;
    p->len -= len;
}

/* Digits with an optional sign, and nothing else; none are 0. At most 18. */
bool gotime_whole_number(const char *s, size_t len, int64_t *ret_number);
/* Reads the element off the value; the layout stands behind it. False when the value does not fit;
 * out_of_range may be set either way. */
bool gotime_read_element(struct gotime_reading *r, const struct golayout_chunk *c);

#endif
