/* Which findings are but consequences of others. */
#ifndef MESHCTL_PROBE_FOLLOWS_H
#define MESHCTL_PROBE_FOLLOWS_H

#include "meshctl/data/json.h"

/* Whether a fault of that id can follow from another one: it is seen in what istiod and the proxies
 * say, so it stands behind what is known by looking. */
bool follows_may(const char *id);
/* Marks errors among the findings of all clusters that have a cause among them: `follows`. Their own
 * fix is not what helps. */
void follows_mark(json_t *findings);

#endif
