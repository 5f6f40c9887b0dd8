/* Allocation that never fails, growth by doubling, and wiping. */
#include "meshctl/base/mem.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/budget.h"

static _Noreturn void out_of_memory(void)
{
    static const char text[] = "meshctl: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
    (void)ignored;
    abort();
}

void *mem_alloc(size_t size)
{
    budget_note(size);
    void *p = malloc(size ? size : 1);
    if (!p)
        out_of_memory();
    return p;
}

void *mem_zalloc(size_t size)
{
    return mem_array(1, size);
}

void *mem_array(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    budget_note(count * size);
    if (!p)
        out_of_memory();
    return p;
}

void *mem_realloc(void *p, size_t size)
{
    void *q = realloc(p, size ? size : 1);
    if (!q)
        out_of_memory();
    return q;
}

/* Apart, because most calls find room. */
static __attribute__((noinline)) void *grow(void *p, size_t *cap, size_t need, size_t size)
{
    size_t want = *cap ? *cap : 8;
    while (want < need) {
        if (want > SIZE_MAX / 2)
            out_of_memory();
        want *= 2;
    }
    if (size && want > SIZE_MAX / size)
        out_of_memory();
    budget_note((want - *cap) * size);
    *cap = want;
    return mem_realloc(p, want * size);
}

void *mem_grow(void *p, size_t *cap, size_t need, size_t size)
{
    return need <= *cap && p ? p : grow(p, cap, need, size);
}

char *mem_strdup(const char *s)
{
    return mem_strndup(s, strlen(s));
}

char *mem_strdup_opt(const char *s)
{
    return s ? mem_strdup(s) : NULL;
}

char *mem_strndup(const char *s, size_t len)
{
    char *copy = mem_alloc(len + 1);
    if (len)
        memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

char *mem_vprintf(const char *fmt, va_list ap)
{
    char *text = NULL;
    if (vasprintf(&text, fmt, ap) < 0)
        out_of_memory();
    return text;
}

char *mem_printf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    return text;
}

void mem_wipe(void *p, size_t len)
{
    if (p)
        explicit_bzero(p, len);
}

void mem_free_secret(char *s)
{
    if (!s)
        return;
    mem_wipe(s, strlen(s));
    free(s);
}

void mem_cleanup_free(void *pp)
{
    free(*(void **)pp);
}

void mem_cleanup_secret(char **ps)
{
    mem_free_secret(*ps);
}

/* glibc gives every thread an arena of its own, which keeps what was once needed at the same time
 * in it. */
#define LEAN_ARENAS 2
#define LEAN_BYTES (128 * 1024)

void mem_keep_lean(void)
{
    mallopt(M_ARENA_MAX, LEAN_ARENAS);
    mallopt(M_MMAP_THRESHOLD, LEAN_BYTES);
    mallopt(M_TRIM_THRESHOLD, LEAN_BYTES);
    mallopt(M_TOP_PAD, LEAN_BYTES);
}
