/* Reports (the JSON that -o json prints) and finished plans as tables for people. `term` is where
 * they will be shown; all append to `out`. */
#ifndef MESHCTL_REPORT_TABLES_H
#define MESHCTL_REPORT_TABLES_H

#include "meshctl/data/json.h"
#include "meshctl/plan/plan.h"
#include "meshctl/ui/term.h"

/* Who answered how often; nothing when no traffic was sent. */
void report_append_traffic(const struct term *term, const json_t *report, struct buf *out);
/* What verify's own requests measured from each cluster to each; nothing when none was sent. */
void report_append_matrix(const struct term *term, const json_t *report, struct buf *out);
/* Workloads whose proxies are of the version from before an upgrade; nothing without. */
void report_append_outdated(const struct term *term, const json_t *report, struct buf *out);
/* What was measured while something was taken away, and what was benched; nothing without. */
void report_append_trials(const struct term *term, const json_t *report, struct buf *out);
/* What the proxies see of the sample; nothing when none was asked. */
void report_append_endpoints(const struct term *term, const json_t *report, struct buf *out);
/* How long each step took in each cluster. `steps` are the names, in the order of the rows. */
void report_append_steps(const struct term *term, const struct plan *plan, const char *const *steps,
                         size_t steps_count, struct buf *out);

#endif
