/* Another version of Istio, cluster by cluster. */
#ifndef MESHCTL_STEPS_UPGRADE_H
#define MESHCTL_STEPS_UPGRADE_H

#include "internal.h"

/* Whether the version may follow what is there: findings, and ERROR_CHECK where it may not. */
int task_upgrade_check(struct plan_task *task, void *ctx, struct error **err);
/* `former`: which version the cluster's istiod is of, and which one it was before. */
int task_upgrade_former(struct plan_task *task, void *ctx, struct error **err);
/* Before a cluster's turn: what was found in the last one's is told no more, and verify's own namespaces get
 * another name, for the last ones may be going still. */
int task_upgrade_turn(struct plan_task *task, void *ctx, struct error **err);
/* At the end: whose proxies are of another version still. */
int task_upgrade_outdated(struct plan_task *task, void *ctx, struct error **err);

#endif
