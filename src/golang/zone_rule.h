/* The TZ string at the end of a TZif file ("CET-1CEST,M3.5.0,M10.5.0/3"), as Go's
 * time/zoneinfo.go tzset reads it. */
#ifndef MESHCTL_GOLANG_ZONE_RULE_H
#define MESHCTL_GOLANG_ZONE_RULE_H

#include "meshctl/golang/zone.h"

enum gozone_day_kind {
    GOZONE_JULIAN,     /* Jn: 1 to 365, 29 February does not count */
    GOZONE_YEAR_DAY,   /* n: 0 to 365 */
    GOZONE_MONTH_WEEK, /* Mm.w.d */
};

/* When a change happens in a year. */
struct gozone_change {
    enum gozone_day_kind kind;
    int64_t day;
    int64_t week;
    int64_t month;
    int64_t time; /* seconds behind local midnight */
};

struct gozone_rule {
    char std_name[GOZONE_MAX_NAME + 1];
    char dst_name[GOZONE_MAX_NAME + 1];
    int64_t std_offset;
    int64_t dst_offset;
    bool has_dst;
    struct gozone_change to_dst;
    struct gozone_change to_std;
};

/* False when the text is no such string: the file's last transition then holds for ever. */
bool gozone_rule_parse(struct gozone_rule *ret_rule, const char *text, size_t len);
/* What the rule says for a moment behind the last transition, which was at `last`. */
void gozone_rule_lookup(const struct gozone_rule *r, int64_t last, int64_t unix_sec,
                        struct gozone_span *ret_span);

#endif
