/* What fuzz targets share: an input of several parts, which stand apart by NULs, and what a refusal
 * looks like. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/error.h"

struct part {
    const char *data;
    size_t len;
};

/* Cuts at the first NUL; what is behind it stays in `rest`. */
static inline struct part part_take(struct part *rest)
{
    const char *zero = rest->len ? memchr(rest->data, 0, rest->len) : NULL;
    struct part first = {rest->data, zero ? (size_t)(zero - rest->data) : rest->len};
    size_t skip = first.len + (zero != NULL);
    *rest = (struct part){rest->data + skip, rest->len - skip};
    return first;
}

static inline char *part_dup(struct part p)
{
    return mem_strndup(p.data, p.len);
}

/* Nothing that moves a terminal's cursor. */
static inline void check_clean(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t' && *text != '\n') || *text == 0x7F)
            abort();
}

/* An error with words exactly where it failed. */
static inline void check_outcome(int rc, const struct error *err)
{
    if ((rc < 0) != (err != NULL) || rc > 0 || (err && !err->message[0]))
        abort();
}

#endif
