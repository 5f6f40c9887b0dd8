/* The check ids: what each means, offline. Ids are never renumbered; a new check is one row. MC1xx
 * access, 2xx trust, 3xx names and labels, 4xx API between peers, 5xx gateway, 6xx sync, 7xx
 * traffic, 8xx versions and upgrade. Immutable. */
#ifndef MESHCTL_PROBE_CHECKS_H
#define MESHCTL_PROBE_CHECKS_H

#include <stddef.h>

/* How bad it is where it is found. A finding may be told milder than its row says, never worse. */
enum check_level {
    CHECK_ERROR,
    CHECK_WARNING,
    CHECK_FATAL, /* an error that decides about all else: told before any other */
};
/* What must be allowed beyond the ClusterRole `view` for it to be looked at. */
enum check_needs {
    CHECK_NEEDS_SECRETS = 1 << 0, /* get, list secrets */
    CHECK_NEEDS_ISTIO = 1 << 1,   /* list Istio's kinds */
    CHECK_NEEDS_FORWARD = 1 << 2, /* get and create pods/portforward */
};
#define CHECK_NEEDS_COUNT 3

struct check_info {
    const char *id;
    const char *what;   /* what is looked at, in a word or two, good or bad */
    const char *title;  /* what is wrong, in one line */
    const char *effect; /* what it does to traffic or to the next step */
    const char *fix;    /* what to do */
    enum check_level level;
    int settle_ms;  /* how long it may take to go away by itself after a change; 0: it does not */
    unsigned needs; /* of enum check_needs */
};

/* NULL when there is no such id. */
const struct check_info *check_find(const char *id);
/* All rows, in order. */
const struct check_info *check_all(size_t *ret_count);
/* "trust": what the hundreds of one of the table's ids stand for. */
const char *check_category(const char *id);
/* "error", "warning", "fatal". */
const char *check_level_name(enum check_level level);
/* "list secrets" of one bit of enum check_needs. */
const char *check_need_name(unsigned need);

#endif
