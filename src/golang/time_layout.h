/* The elements of Go's time layouts ("2006-01-02"): time/format.go nextStdChunk. */
#ifndef MESHCTL_GOLANG_TIME_LAYOUT_H
#define MESHCTL_GOLANG_TIME_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

/* Go's name of an element, less "std". */
enum golayout {
    LAYOUT_END, /* only text is left */
    LAYOUT_LONG_MONTH,
    LAYOUT_MONTH,
    LAYOUT_NUM_MONTH,
    LAYOUT_ZERO_MONTH,
    LAYOUT_LONG_WEEKDAY,
    LAYOUT_WEEKDAY,
    LAYOUT_DAY,
    LAYOUT_UNDER_DAY,
    LAYOUT_ZERO_DAY,
    LAYOUT_UNDER_YEAR_DAY,
    LAYOUT_ZERO_YEAR_DAY,
    LAYOUT_HOUR,
    LAYOUT_HOUR12,
    LAYOUT_ZERO_HOUR12,
    LAYOUT_MINUTE,
    LAYOUT_ZERO_MINUTE,
    LAYOUT_SECOND,
    LAYOUT_ZERO_SECOND,
    LAYOUT_LONG_YEAR,
    LAYOUT_YEAR,
    LAYOUT_UPPER_PM,
    LAYOUT_LOWER_PM,
    LAYOUT_TZ,     /* the abbreviation */
    LAYOUT_OFFSET, /* see the three flags */
    LAYOUT_FRACTION,
};

struct golayout_chunk {
    size_t prefix; /* bytes of text before the element */
    size_t len;    /* bytes of the element */
    enum golayout element;
    bool is_iso;      /* of an offset: "Z" stands for UTC */
    bool has_colon;   /* of an offset */
    int offset_parts; /* of an offset: 1 hours, 2 minutes too, 3 seconds too */
    bool is_trimmed;  /* of a fraction: nines, not zeros */
    size_t digits;    /* of a fraction */
    char separator;   /* of a fraction */
};

/* The first element of the layout with the text before it; LAYOUT_END: all is text. */
struct golayout_chunk golayout_next(const char *layout, size_t len);

#endif
