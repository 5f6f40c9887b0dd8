/* What a test takes for granted. */
#ifndef MUST_H
#define MUST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "meshctl/base/error.h"

/* The error by its address: in which order the arguments of a call are evaluated is not said. */
static inline void must(int rc, struct error **err)
{
    if (rc != 0)
        fail_msg("%s", *err ? (*err)->message : "failed without an error");
}

#endif
