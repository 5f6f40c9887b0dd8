/* Blocks that grow by doubling up to a size, handed out from front to back. */
#include "meshctl/base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* A small template needs one block; a chart's tree and values some hundred KiB. What is handed out
 * is zeroed then, not by the block: untouched memory costs nothing. */
#define ARENA_BLOCK_MIN ((size_t)8 * 1024)
#define ARENA_BLOCK_MAX ((size_t)128 * 1024)

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
    struct arena_block *b = mem_alloc(sizeof(*b) + size);
    b->size = size;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

void *arena_alloc_raw(struct arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    a->used += size;
#ifdef MESHCTL_DEBUG_ARENA
    (void)align;
    return block_push(a, size)->data;
#else
    size = (size + align - 1) / align * align;
    struct arena_block *current = a->blocks;
    if (current && current->size - a->offset >= size) {
        void *p = current->data + a->offset;
        a->offset += size;
        return p;
    }
    if (size > ARENA_BLOCK_MAX / 8) {
        /* A large item gets a block of its own behind the current one, whose rest stays in use. */
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
    size_t next = current ? current->size * 2 : ARENA_BLOCK_MIN;
    next = next > ARENA_BLOCK_MAX ? ARENA_BLOCK_MAX : next;
    a->offset = size;
    return block_push(a, next < size ? size : next)->data;
#endif
}

void *arena_alloc(struct arena *a, size_t size)
{
    return memset(arena_alloc_raw(a, size), 0, size);
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
    char *copy = arena_alloc_raw(a, len + 1);
    if (len)
        memcpy(copy, s, len);
    copy[len] = '\0';
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
