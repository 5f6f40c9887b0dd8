/* What `check` found (steps_checks) for people: JSON in, text out. */
#ifndef MESHCTL_REPORT_CHECKS_H
#define MESHCTL_REPORT_CHECKS_H

#include "meshctl/data/json.h"
#include "meshctl/ui/term.h"

/* By category a row a check. On a terminal a column a cluster; a row a check and cluster where there are
 * more than 3 clusters or less than 100 columns; elsewhere lines without padding. Below, all that is not
 * good with found, wanted, effect, fix and how `program` explains it, the first cause first; what
 * mostly follows from another fault is one line each then. */
void report_checks(const struct term *term, const char *program, const json_t *found,
                   struct buf *out);
/* "23 good, 1 warning, 2 errors" */
void report_check_counts(const json_t *found, struct buf *out);
/* The finding that is told first, NULL when there is no error; borrowed. */
const json_t *report_first_cause(const json_t *found);

#endif
