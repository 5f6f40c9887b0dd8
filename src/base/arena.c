#include "meshctl/base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* 64 KiB: a chart's tree and values take tens of blocks, a small template one. */
#define ARENA_BLOCK_SIZE ((size_t)64 * 1024)

struct arena_block {
    struct arena_block *next;
    size_t size;
    alignas(max_align_t) unsigned char data[];
};

struct arena {
    struct arena_block *blocks;
    size_t offset; /* into the first block */
    size_t used;
};

struct arena *arena_new(void)
{
    return mem_zalloc(sizeof(struct arena));
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct arena_block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

static struct arena_block *block_push(struct arena *a, size_t size)
{
    struct arena_block *b = mem_zalloc(sizeof(*b) + size);
    b->size = size;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    a->used += size;
#ifdef MESHCTL_DEBUG_ARENA
    (void)align;
    return block_push(a, size)->data;
#else
    size = (size + align - 1) / align * align;
    if (size > ARENA_BLOCK_SIZE / 4) {
        /* A large item gets a block of its own behind the current one, whose rest stays in use. */
        struct arena_block *current = a->blocks;
        struct arena_block *own = block_push(a, size);
        if (current) {
            a->blocks = current;
            own->next = current->next;
            current->next = own;
        } else {
            a->offset = size;
        }
        return own->data;
    }
    if (!a->blocks || a->blocks->size - a->offset < size) {
        block_push(a, ARENA_BLOCK_SIZE);
        a->offset = 0;
    }
    void *p = a->blocks->data + a->offset;
    a->offset += size;
    return p;
#endif
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
    char *copy = arena_alloc(a, len + 1);
    if (len)
        memcpy(copy, s, len);
    return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    return arena_strdup(a, text);
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}
