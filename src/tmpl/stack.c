#include "stack.h"

#include <pthread.h>
#include <stdint.h>

/* What the deepest leaf (a YAML or regular expression library call) may use. */
#if defined(__SANITIZE_ADDRESS__)
#define STACK_RESERVE ((uintptr_t)1024 * 1024)
#else
#define STACK_RESERVE ((uintptr_t)512 * 1024)
#endif
/* More than one level of template recursion takes between two looks at the stack. */
#define STACK_SHORT ((uintptr_t)256 * 1024)
/* An unlimited stack is not used further than this. */
#define STACK_BUDGET_MAX ((uintptr_t)256 * 1024 * 1024)
/* When the thread's stack cannot be found out: well within every default. */
#define STACK_BUDGET_UNKNOWN ((uintptr_t)1024 * 1024)

static uintptr_t stack_floor(uintptr_t here)
{
    pthread_attr_t attr;
    void *low = NULL;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attr) != 0)
        return here - STACK_BUDGET_UNKNOWN;
    int failed = pthread_attr_getstack(&attr, &low, &size);
    pthread_attr_destroy(&attr);
    if (failed)
        return here - STACK_BUDGET_UNKNOWN;
    uintptr_t floor = (uintptr_t)low + STACK_RESERVE;
    return here > STACK_BUDGET_MAX && floor < here - STACK_BUDGET_MAX ? here - STACK_BUDGET_MAX
                                                                      : floor;
}

static bool less_than(uintptr_t bytes)
{
    /* Asking for the main thread's stack reads /proc; once a thread is enough. */
    static _Thread_local uintptr_t floor;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (!floor)
        floor = stack_floor(here);
    return here < floor + bytes;
}

bool stack_is_low(void)
{
    return less_than(0);
}

bool stack_is_short(void)
{
    return less_than(STACK_SHORT);
}
