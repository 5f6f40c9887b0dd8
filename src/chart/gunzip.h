/* A gzip stream in memory, unpacked block by block, with the words of Go's compress/gzip and
 * compress/flate for what is wrong with it. Several members in a row are one stream (RFC 1952 2.2).
 * Checksum and length of every member are verified. */
#ifndef MESHCTL_CHART_GUNZIP_H
#define MESHCTL_CHART_GUNZIP_H

#include <stdbool.h>
#include <sys/types.h>
#include <zlib.h>

#include "meshctl/base/mem.h"

#define GUNZIP_BLOCK ((size_t)64 * 1024)

struct gunzip {
    z_stream z;
    size_t left;      /* bytes that may still come out */
    size_t total;     /* bytes that came out */
    bool too_big;     /* more came than was allowed */
    bool between;     /* a member has ended, what follows is not looked at yet */
    char problem[64]; /* "" while all is well */
    unsigned char block[GUNZIP_BLOCK];
};

/* `data` is borrowed; at most `max` bytes come out. -1 with `problem` set when it does not begin
 * as gzip. To be released in either case. */
int gunzip_init(struct gunzip *g, const void *data, size_t len, size_t max) MC_WARN_UNUSED;
/* The next bytes, borrowed until the next call; 0 at the end, -1 with `problem` set. */
ssize_t gunzip_read(struct gunzip *g, const void **ret_block) MC_WARN_UNUSED;
/* Reads to the end of the member under way, which verifies it; what follows that is left alone. */
int gunzip_finish(struct gunzip *g) MC_WARN_UNUSED;
void gunzip_release(struct gunzip *g);

#endif
