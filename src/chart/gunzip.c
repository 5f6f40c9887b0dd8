/* zlib's inflate behind Go's words for what is wrong. */
#include "gunzip.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "meshctl/base/budget.h"

#define HEADER_LEN 10

static int fail(struct gunzip *g, const char *problem)
{
    (void)snprintf(g->problem, sizeof(g->problem), "%s", problem);
    return -1;
}

int gunzip_init(struct gunzip *g, const void *data, size_t len, size_t max)
{
    static const unsigned char magic[] = {0x1f, 0x8b, 0x08};
    memset(g, 0, sizeof(*g));
    g->left = max;
    /* 16: a gzip wrapper and nothing else. */
    if (inflateInit2(&g->z, MAX_WBITS + 16) != Z_OK)
        return fail(g, "zlib cannot start");
    if (len > UINT_MAX)
        return fail(g, "more than 4 GiB");
    g->z.next_in = (Bytef *)(uintptr_t)data;
    g->z.avail_in = (uInt)len;
    if (!len)
        return fail(g, "EOF");
    if (len < HEADER_LEN)
        return fail(g, "unexpected EOF");
    return memcmp(data, magic, sizeof(magic)) == 0 ? 0 : fail(g, "gzip: invalid header");
}

void gunzip_release(struct gunzip *g)
{
    inflateEnd(&g->z);
}

static int fail_inflate(struct gunzip *g, int rc)
{
    const char *said = g->z.msg ? g->z.msg : "";
    if (rc == Z_BUF_ERROR || rc == Z_OK)
        return fail(g, "unexpected EOF");
    if (strcmp(said, "incorrect data check") == 0 || strcmp(said, "incorrect length check") == 0)
        return fail(g, "gzip: invalid checksum");
    if (strstr(said, "header") || strcmp(said, "unknown compression method") == 0)
        return fail(g, "gzip: invalid header");
    (void)snprintf(g->problem, sizeof(g->problem), "flate: corrupt input before offset %lu",
                   g->z.total_in);
    return -1;
}

/* Fills the block, or stops at a member's end. */
static ssize_t inflate_some(struct gunzip *g)
{
    g->z.next_out = g->block;
    g->z.avail_out = sizeof(g->block);
    int rc = inflate(&g->z, Z_NO_FLUSH);
    g->between = rc == Z_STREAM_END;
    size_t n = sizeof(g->block) - g->z.avail_out;
    if (rc != Z_STREAM_END && (rc != Z_OK || (!n && !g->z.avail_in)))
        return fail_inflate(g, rc);
    if (n > g->left) {
        g->too_big = true;
        return fail(g, "too much comes out of it");
    }
    g->left -= n;
    g->total += n;
    return (ssize_t)n;
}

ssize_t gunzip_read(struct gunzip *g, const void **ret_block)
{
    ssize_t n = 0;
    *ret_block = g->block;
    while (n == 0) {
        if (g->between && !g->z.avail_in)
            return 0;
        if (budget_look())
            return fail(g, "stopped");
        if (g->between && inflateReset(&g->z) != Z_OK)
            return fail(g, "zlib cannot go on");
        n = inflate_some(g);
    }
    return n;
}

int gunzip_finish(struct gunzip *g)
{
    while (!g->between)
        if (budget_look() || inflate_some(g) < 0)
            return -1;
    return 0;
}
