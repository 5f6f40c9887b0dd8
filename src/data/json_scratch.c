/* jansson's allocator pointed at an arena for a while, thread by thread. */
#include "meshctl/data/json_scratch.h"

#include <stdlib.h>

static _Thread_local struct arena *current;

static void *allocate(size_t size)
{
    return current ? arena_alloc_raw(current, size) : mem_alloc(size);
}

static void give_back(void *p)
{
    if (!current)
        free(p);
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
