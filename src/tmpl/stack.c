/* Measures the C stack of the calling thread. */
#include "stack.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

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

/* For the main thread the C library reads /proc/self/maps, of which the kernel has to make a text.
 * Where its stack begins stands in the auxiliary vector: the program's name is the last thing above
 * it. 0 when that is not so, as under an emulator. */
static uintptr_t main_stack_low(uintptr_t here)
{
    uintptr_t top = getauxval(AT_EXECFN);
    struct rlimit limit;
    if (getpid() != gettid() || here > top || top - here > STACK_BUDGET_MAX ||
        getrlimit(RLIMIT_STACK, &limit) < 0)
        return 0;
    return limit.rlim_cur < top ? top - limit.rlim_cur : 1;
}

static uintptr_t thread_stack_low(void)
{
    pthread_attr_t attr;
    void *low = NULL;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attr) != 0)
        return 0;
    int failed = pthread_attr_getstack(&attr, &low, &size);
    pthread_attr_destroy(&attr);
    return failed ? 0 : (uintptr_t)low;
}

static uintptr_t stack_floor(uintptr_t here)
{
    uintptr_t low = main_stack_low(here);
    if (!low)
        low = thread_stack_low();
    if (!low)
        return here - STACK_BUDGET_UNKNOWN;
    uintptr_t floor = low + STACK_RESERVE;
    return here > STACK_BUDGET_MAX && floor < here - STACK_BUDGET_MAX ? here - STACK_BUDGET_MAX
                                                                      : floor;
}

static bool less_than(uintptr_t bytes)
{
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
