#ifndef PLAN_SUPPORT_H
#define PLAN_SUPPORT_H

#include <pthread.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/strlist.h"
#include "meshctl/plan/plan.h"
#include "scratch.h"

#endif
