/* Whether a dry run would have changed an object. Pure. */
#ifndef KUBE_COMPARE_H
#define KUBE_COMPARE_H

#include "meshctl/data/json.h"

/* Equal but for what changes by itself: versions, and when who became a manager. */
bool kube_same_but_time(const json_t *before, const json_t *after);

#endif
