#ifndef PLAN_SUPPORT_H
#define PLAN_SUPPORT_H

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/strlist.h"
#include "meshctl/plan/plan.h"
#include "must.h"

#endif
