#ifndef PLAN_SUPPORT_H
#define PLAN_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/strlist.h"
#include "meshctl/plan/plan.h"

static inline void must(int rc, struct error **err)
{
    if (rc != 0)
        fail_msg("%s", *err ? (*err)->message : "failed without an error");
}

#endif
