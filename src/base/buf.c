/* Bytes that grow up to their maximum, and printf into them. */
#include "meshctl/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/budget.h"

#define MIN_CAP 63 /* and the NUL */
/* A growth by less is let be: the words of an error have to be written, too. */
#define LARGE ((size_t)1024 * 1024)

static size_t buf_limit(const struct buf *b)
{
    return b->max ? b->max : BUF_MAX_DEFAULT;
}

/* How many of `len` bytes still fit; sets the overflow mark when not all do. */
static size_t buf_admit(struct buf *b, size_t len)
{
    size_t room = buf_limit(b) - b->len;
    if (len <= room)
        return len;
    b->overflow = true;
    return room;
}

/* Up to here a buffer doubles; a larger one grows by a part of itself, in place mostly, so that what is
 * not used stays small, and its owner's budget is looked at often. */
#define DOUBLES_TO ((size_t)8 * 1024 * 1024)

/* How much longer it gets to have room for `extra` bytes. */
static size_t growth_for(const struct buf *b, size_t extra)
{
    size_t step = b->cap < DOUBLES_TO ? b->cap : b->cap / 8;
    return extra > step ? extra : step;
}

void buf_reserve(struct buf *b, size_t extra)
{
    size_t room = buf_limit(b) - b->len;
    if (extra > room)
        extra = room;
    if (!b->data) {
        /* What is filled once has just its size, what grows takes few steps to get large. */
        size_t least = room < MIN_CAP ? room : MIN_CAP;
        b->cap = (extra < least ? least : extra) + 1;
        b->data = mem_alloc(b->cap);
    } else if (b->len + extra + 1 > b->cap) {
        size_t growth = growth_for(b, extra + 1);
        budget_note(growth);
        b->cap += growth;
        b->data = mem_realloc(b->data, b->cap);
    }
    b->data[b->len] = '\0';
}

/* False, and the overflow mark, when the thread's budget has no room for it. */
static bool buf_grow(struct buf *b, size_t extra)
{
    size_t growth = growth_for(b, extra);
    if (growth >= LARGE && !budget_admits(growth)) {
        b->overflow = true;
        return false;
    }
    buf_reserve(b, extra);
    return true;
}

/* Makes the content longer by as many of `len` bytes as fit, and returns their number: the caller
 * writes them behind the old content. Most appends are short and find their memory there. */
static size_t buf_extend(struct buf *b, size_t len)
{
    len = buf_admit(b, len);
    if (len >= b->cap - b->len && !buf_grow(b, len))
        return 0;
    b->len += len;
    b->data[b->len] = '\0';
    return len;
}

void buf_append(struct buf *b, const void *data, size_t len)
{
    len = buf_extend(b, len);
    if (len)
        memcpy(b->data + b->len - len, data, len);
}

void buf_appends(struct buf *b, const char *s)
{
    buf_append(b, s, strlen(s));
}

void buf_appendc(struct buf *b, char c)
{
    if (buf_extend(b, 1))
        b->data[b->len - 1] = c;
}

void buf_vappendf(struct buf *b, const char *fmt, va_list ap)
{
    char small[256];
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof(small), fmt, ap);
    if (n >= 0 && (size_t)n < sizeof(small)) {
        buf_append(b, small, (size_t)n);
    } else {
        AUTO_FREE char *text = mem_vprintf(fmt, again);
        buf_appends(b, text);
    }
    va_end(again);
}

void buf_appendf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    buf_vappendf(b, fmt, ap);
    va_end(ap);
}

void buf_pad(struct buf *b, char c, size_t n)
{
    n = buf_extend(b, n);
    memset(b->data + b->len - n, c, n);
}

void buf_truncate(struct buf *b, size_t len)
{
    if (len >= b->len)
        return;
    b->len = len;
    b->data[len] = '\0';
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->overflow = false;
    if (b->data)
        b->data[0] = '\0';
}

const char *buf_str(const struct buf *b)
{
    return b->data ? b->data : "";
}

char *buf_detach(struct buf *b, size_t *ret_len)
{
    buf_reserve(b, 0);
    char *data = b->data;
    if (ret_len)
        *ret_len = b->len;
    *b = (struct buf){.max = b->max};
    return data;
}

void buf_attach_take(struct buf *b, char *data, size_t len)
{
    free(b->data);
    *b = (struct buf){.data = data, .len = len, .cap = len + 1, .max = b->max};
}

void buf_release(struct buf *b)
{
    free(b->data);
    *b = (struct buf){.max = b->max};
}

void buf_release_secret(struct buf *b)
{
    mem_wipe(b->data, b->cap);
    buf_release(b);
}
