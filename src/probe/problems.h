/* What a look found wrong that may settle by itself: kept as rows until it is known whether it does. */
#ifndef MESHCTL_PROBE_PROBLEMS_H
#define MESHCTL_PROBE_PROBLEMS_H

#include "meshctl/probe/probe.h"

/* Adds {id, peer?, wanted, found} to the array, with what is no text for a terminal taken out of `found`, which
 * is taken over; `peer` NULL: it is about none. The row is borrowed, for more keys: "fix". */
json_t *problems_add_take(json_t *problems, const char *id, const char *peer, const char *wanted,
                          char *found);
/* All that was found, in one line: to tell whether something changes. Yours to free. */
char *problems_text_dup(const json_t *problems);
/* How long they may stand unchanged, in ms, until the last of them would have settled. */
int64_t problems_quiet_ms(const json_t *problems);
bool problems_has(const json_t *problems, const char *id);
/* As findings of the probe, errors all of them. */
void problems_report(struct probe *p, const json_t *problems);

#endif
