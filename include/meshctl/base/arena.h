/* A bump allocator: many small things that die together. Nothing is freed singly. One thread at a
 * time. With -DMESHCTL_DEBUG_ARENA each item is its own malloc, so that ASan sees overruns. */
#ifndef MESHCTL_BASE_ARENA_H
#define MESHCTL_BASE_ARENA_H

#include "meshctl/base/mem.h"

struct arena;

struct arena *arena_new(void) __attribute__((returns_nonnull));
void arena_free(struct arena *a);
/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull));
/* The same, not zeroed. */
void *arena_alloc_raw(struct arena *a, size_t size) __attribute__((returns_nonnull));
/* Copies `len` bytes and adds a NUL. */
char *arena_strndup(struct arena *a, const char *s, size_t len) __attribute__((returns_nonnull));
char *arena_strdup(struct arena *a, const char *s) __attribute__((returns_nonnull));
char *arena_printf(struct arena *a, const char *fmt, ...) MC_PRINTF(2, 3)
    __attribute__((returns_nonnull));
/* Bytes handed out so far; for limits. */
size_t arena_used(const struct arena *a);

MC_DEFINE_CLEANUP(arena_cleanup, struct arena, arena_free);
#define AUTO_ARENA MC_CLEANUP(arena_cleanup) struct arena

#endif
