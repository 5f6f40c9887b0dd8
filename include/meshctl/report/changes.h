/* The list of changes (steps_changes) for people: JSON in, text out. */
#ifndef MESHCTL_REPORT_CHANGES_H
#define MESHCTL_REPORT_CHANGES_H

#include "meshctl/data/json.h"
#include "meshctl/ui/term.h"

/* For each cluster a line a change, below an update its fields, and last what stays and why. */
void report_changes(const struct term *term, const json_t *list, struct buf *out);
/* "to create 61, to change 0, to delete 0"; what is recorded is named when nothing else is. */
void report_change_counts(const json_t *list, struct buf *out);
/* "west create Deployment istio-system/istiod", a line a change, for scripts. */
void report_change_names(const json_t *list, struct buf *out);

#endif
