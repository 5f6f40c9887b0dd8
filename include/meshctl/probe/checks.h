/* The check ids: what each means, offline. Ids are never renumbered; a new check is one row. MC1xx
 * access, 2xx trust, 3xx names and labels, 4xx API between peers, 5xx gateway, 6xx sync, 7xx
 * traffic, 8xx versions and upgrade. Immutable. */
#ifndef MESHCTL_PROBE_CHECKS_H
#define MESHCTL_PROBE_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

struct check_info {
    const char *id;
    const char *what;   /* what is looked at, in a word or two, good or bad */
    const char *title;  /* what is wrong, in one line */
    const char *effect; /* what it does to traffic or to the next step */
    const char *fix;    /* what to do */
};

/* NULL when there is no such id. */
const struct check_info *check_find(const char *id);
/* All rows, in order. */
const struct check_info *check_all(size_t *ret_count);
/* "trust": what the hundreds of one of the table's ids stand for. */
const char *check_category(const char *id);

#endif
