/* jansson's allocator: it counts what is held, and can be pointed at an arena for a while, thread by
 * thread. */
#include "meshctl/data/json_scratch.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

#define ALLOCATORS_SHARE sizeof(size_t) /* of each block, which malloc_usable_size leaves out */

static _Thread_local struct arena *current;
static atomic_size_t held;

static size_t size_of(void *p)
{
    return p ? malloc_usable_size(p) + ALLOCATORS_SHARE : 0;
}

static void *allocate(size_t size)
{
    if (current)
        return arena_alloc_raw(current, size);
    void *p = mem_alloc(size);
    atomic_fetch_add_explicit(&held, size_of(p), memory_order_relaxed);
    return p;
}

static void give_back(void *p)
{
    if (current)
        return;
    atomic_fetch_sub_explicit(&held, size_of(p), memory_order_relaxed);
    free(p);
}

size_t json_held(void)
{
    return atomic_load_explicit(&held, memory_order_relaxed);
}

int json_check_room(size_t more, struct error **err)
{
    size_t now = json_held();
    if (now < JSON_MAX_HELD && more <= JSON_MAX_HELD - now)
        return 0;
    return error_set(err, ERROR_INPUT,
                     "too many values: with those that are held already they would take more than "
                     "%zu MiB of memory",
                     JSON_MAX_HELD >> 20);
}

/* Before main, when there is no other thread yet and no value: jansson's functions are of the
 * whole process. */
__attribute__((constructor)) static void set_functions(void)
{
    json_set_alloc_funcs(allocate, give_back);
}

#ifdef __SANITIZE_THREAD__
/* Threads may share values (JANSSON_THREAD_SAFE_REFCOUNT): jansson counts by atomic operations. Before
 * each it looks, by a plain read, whether the value is one of the constants, which never changes. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race_top:json_incref\nrace_top:json_decref\n";
}
#endif

void json_scratch_begin(struct json_scratch *s)
{
    *s = (struct json_scratch){.a = arena_new(), .outer = current};
    current = s->a;
}

void json_scratch_end(struct json_scratch *s)
{
    current = s->outer;
    arena_free(s->a);
}

json_t *json_scratch_keep(const json_t *value)
{
    struct arena *scratch = current;
    current = NULL;
    json_t *kept = json_deep_copy(value);
    current = scratch;
    return kept;
}
