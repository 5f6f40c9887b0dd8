/* Taking a mesh off. */
#ifndef MESHCTL_STEPS_DOWN_H
#define MESHCTL_STEPS_DOWN_H

#include "internal.h"

/* Lists what goes and what stays (lane->stays). */
int task_compare_down(struct plan_task *task, void *ctx, struct error **err);
/* Deletes what was listed, in this order. */
int task_check_rights(struct plan_task *task, void *ctx, struct error **err);
int task_unlink(struct plan_task *task, void *ctx, struct error **err);
int task_remove_sample(struct plan_task *task, void *ctx, struct error **err);
int task_remove_expose(struct plan_task *task, void *ctx, struct error **err);
int task_remove_gateways(struct plan_task *task, void *ctx, struct error **err);
int task_remove_istiod(struct plan_task *task, void *ctx, struct error **err);
int task_remove_ca(struct plan_task *task, void *ctx, struct error **err);
int task_remove_namespaces(struct plan_task *task, void *ctx, struct error **err);

#endif
