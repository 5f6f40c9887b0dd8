/* Growable bytes with a maximum. Every buffer that input can fill states its maximum when it is
 * made; past it, and past the thread's budget, nothing more is kept and `overflow` stays set, which the
 * owner checks once at the end. `data` is always NUL-terminated after the first append; it may hold NULs itself, so use
 * `len`. One thread at a time. */
#ifndef MESHCTL_BASE_BUF_H
#define MESHCTL_BASE_BUF_H

#include <stdbool.h>

#include "meshctl/base/mem.h"

struct buf {
    char *data;
    size_t len;
    size_t cap;
    size_t max; /* bytes of content at the most; 0 means BUF_MAX_DEFAULT */
    bool overflow;
};

/* 1 GiB: nothing that meshctl handles comes near; a defect ends here and not at the OOM killer. */
#define BUF_MAX_DEFAULT ((size_t)1 << 30)
#define BUF_INIT                                                                                   \
    {                                                                                              \
        0                                                                                          \
    }
#define BUF_INIT_MAX(m)                                                                            \
    {                                                                                              \
        .max = (m)                                                                                 \
    }

void buf_append(struct buf *b, const void *data, size_t len);
void buf_appends(struct buf *b, const char *s);
void buf_appendc(struct buf *b, char c);
void buf_appendf(struct buf *b, const char *fmt, ...) MC_PRINTF(2, 3);
void buf_vappendf(struct buf *b, const char *fmt, va_list ap) MC_PRINTF(2, 0);
/* `n` times the byte c. */
void buf_pad(struct buf *b, char c, size_t n);
/* Makes room for `extra` bytes more without changing the content (within the maximum). */
void buf_reserve(struct buf *b, size_t extra);
/* Cuts to `len` bytes (no-op when shorter). */
void buf_truncate(struct buf *b, size_t len);
/* Keeps the memory, drops the content. */
void buf_clear(struct buf *b);
/* The content as a C string ("" when empty); borrowed. */
const char *buf_str(const struct buf *b);
/* Gives the bytes away (never NULL) and leaves an empty buffer. `ret_len` may be NULL. */
char *buf_detach(struct buf *b, size_t *ret_len);
/* The other way: an empty buffer takes over what buf_detach gave away, `len` bytes and a NUL. */
void buf_attach_take(struct buf *b, char *data, size_t len);
void buf_release(struct buf *b);
/* Wipes before freeing; for buffers that held a key or token. */
void buf_release_secret(struct buf *b);

#define AUTO_BUF MC_CLEANUP(buf_release) struct buf
#define AUTO_SECRET_BUF MC_CLEANUP(buf_release_secret) struct buf

#endif
