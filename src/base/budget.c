/* Memory, time and cancellation of the work of a thread and its helpers, looked at now and then. */
#include "meshctl/base/budget.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "meshctl/base/clock.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER
#endif
#ifdef HAS_SANITIZER
/* Of sanitizer/allocator_interface.h, which not every compiler brings. */
size_t __sanitizer_get_current_allocated_bytes(void);
#endif

/* A part of the memory is kept back, for what is under way between two looks. */
#define RESERVE_PART 4
/* Memory is measured again when a sixteenth of what is left was handed out, or so much, and now and
 * then for what others hand out: asking the kernel costs as much as a small template. */
#define NOTE_PART 16
#define NOTE_BYTES ((size_t)2 * 1024 * 1024)
#define TICKS 8

/* Of this thread. */
static _Thread_local struct {
    struct budget *budget;
    long tick;      /* of the coarse clock, at the last look */
    int64_t cpu_us; /* that the budget knows of */
    size_t noted;   /* bytes since memory was measured */
    size_t enough;  /* of these to measure it again */
    unsigned ticks; /* since then */
} own;

/* ---- what is used ---------------------------------------------------------------------------- */

static int64_t thread_cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Resident bytes of the process. Under a sanitizer, whose own part is larger than ours, what it has
 * handed out. */
static size_t memory_used(void)
{
#ifdef HAS_SANITIZER
    return __sanitizer_get_current_allocated_bytes();
#else
    char text[128];
    char *at = text;
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0) {
        /* No /proc: what the C library has of the system. */
        struct mallinfo2 info = mallinfo2();
        return info.arena + info.hblkhd;
    }
    text[n] = '\0';
    (void)strtoull(at, &at, 10); /* the address space comes first */
    return (size_t)strtoull(at, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
#endif
}

static bool is_too_much(const struct budget *b, size_t more)
{
    size_t max = b->limits.max_memory - b->limits.max_memory / RESERVE_PART;
    size_t used = memory_used();
    size_t part = used < max ? (max - used) / NOTE_PART : 0;
    own.noted = own.ticks = 0;
    own.enough = part > NOTE_BYTES ? part : NOTE_BYTES;
    return more > max || used > max - more;
}

/* ---- looking --------------------------------------------------------------------------------- */

static bool end_with(struct budget *b, enum budget_end end)
{
    int holds = BUDGET_HOLDS;
    atomic_compare_exchange_strong(&b->end, &holds, end);
    return true;
}

static int64_t count_cpu(struct budget *b)
{
    int64_t now = thread_cpu_us();
    int64_t more = now - own.cpu_us;
    own.cpu_us = now;
    return atomic_fetch_add(&b->cpu_us, more) + more;
}

static bool look(struct budget *b, size_t more)
{
    if (cancel_is_set(b->limits.cancel))
        return end_with(b, BUDGET_CANCELLED);
    if (count_cpu(b) > b->limits.max_cpu_ms * 1000)
        return end_with(b, BUDGET_NO_TIME);
    bool is_due = more || own.noted >= own.enough || ++own.ticks >= TICKS;
    if (!is_due || !is_too_much(b, more))
        return false;
    /* What was freed may only wait for being used again. */
    (void)malloc_trim(0);
    return is_too_much(b, more) ? end_with(b, BUDGET_NO_MEMORY) : false;
}

bool budget_is_over(void)
{
    return own.budget &&
           atomic_load_explicit(&own.budget->end, memory_order_relaxed) != BUDGET_HOLDS;
}

bool budget_look(void)
{
    struct timespec now;
    if (!own.budget || budget_is_over())
        return own.budget;
    /* The clock that ticks a few hundred times a second costs no system call. */
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    if (now.tv_nsec == own.tick)
        return false;
    own.tick = now.tv_nsec;
    return look(own.budget, 0);
}

bool budget_admits(size_t bytes)
{
    return !own.budget || (!budget_is_over() && !look(own.budget, bytes));
}

void budget_note(size_t bytes)
{
    if (!own.budget)
        return;
    own.noted += bytes;
    if ((own.noted >= own.enough || bytes >= NOTE_BYTES) && !budget_is_over())
        (void)look(own.budget, bytes < NOTE_BYTES ? 0 : bytes);
}

/* ---- telling --------------------------------------------------------------------------------- */

static int tell_memory(size_t max, struct error **err)
{
    static const char units[] = "\0KMGT";
    size_t unit = 0;
    while (max && max % 1024 == 0 && unit + 2 < sizeof(units)) {
        max /= 1024;
        unit++;
    }
    error_set(err, ERROR_INPUT, "this takes more than the limit of %zu%c%s of memory", max,
              unit ? units[unit] : 'b', unit ? "i" : "ytes");
    return error_hint(err, "--max-memory SIZE raises the limit, for a chart that you trust");
}

int budget_fail(struct error **err)
{
    const struct budget *b = own.budget;
    switch ((enum budget_end)atomic_load(&b->end)) {
    case BUDGET_NO_MEMORY:
        return tell_memory(b->limits.max_memory, err);
    case BUDGET_NO_TIME: {
        AUTO_FREE char *max = clock_duration_dup(b->limits.max_cpu_ms);
        error_set(err, ERROR_INPUT, "this takes more than the limit of %s of processor time", max);
        return error_hint(err, "--max-time DURATION raises the limit, for a chart that you trust");
    }
    default:
        return error_set(err, ERROR_CANCELLED, "interrupted");
    }
}

int budget_check(struct error **err)
{
    return budget_look() ? budget_fail(err) : 0;
}

/* ---- beginning and ending -------------------------------------------------------------------- */

struct budget *budget_current(void)
{
    return own.budget;
}

void budget_join(struct budget *b)
{
    own.budget = b;
    own.cpu_us = b ? thread_cpu_us() : 0;
    own.noted = own.enough = own.ticks = 0;
    own.tick = 0;
}

void budget_leave(struct budget *b)
{
    if (b)
        (void)count_cpu(b);
    own.budget = NULL;
}

void budget_begin(struct budget *b, const struct budget_limits *limits)
{
    *b = (struct budget){.is_within = own.budget != NULL};
    if (limits)
        b->limits = *limits;
    if (!b->limits.max_memory)
        b->limits.max_memory = BUDGET_MEMORY;
    if (!b->limits.max_cpu_ms)
        b->limits.max_cpu_ms = BUDGET_CPU_MS;
    if (!b->is_within)
        budget_join(b);
}

void budget_end(struct budget *b)
{
    if (own.budget == b)
        budget_leave(b);
}
