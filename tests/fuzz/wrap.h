/* Mutations that keep a text's form: pieces of it, whole lines or parts of one, are put into a form of the
 * language ("{{ if .a }}%{{ end }}", where % is the piece), moved, or taken out. Beside libFuzzer's own ones,
 * which seldom make two halves that fit. Only libFuzzer's programs call it. */
#ifndef FUZZ_WRAP_H
#define FUZZ_WRAP_H

#include "input.h"
#include "meshctl/base/buf.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max) __attribute__((weak));

static inline size_t wrap_chance(unsigned *seed, size_t below)
{
    *seed = *seed * 1103515245u + 12345u;
    return below ? (*seed >> 8) % below : 0;
}

/* A piece: of whole lines, or of one line. */
static inline struct part wrap_piece(const char *text, size_t len, unsigned *seed)
{
    size_t from = wrap_chance(seed, len + 1), to = from + wrap_chance(seed, len - from + 1);
    if (wrap_chance(seed, 2)) {
        const char *end = memchr(text + from, '\n', to - from);
        return (struct part){text + from, end ? (size_t)(end - text) - from : to - from};
    }
    while (from > 0 && text[from - 1] != '\n')
        from--;
    while (to < len && text[to] != '\n')
        to++;
    return (struct part){text + from, to - from};
}

static inline void wrap_append(struct buf *out, const char *form, struct part piece)
{
    size_t before = strcspn(form, "%");
    buf_append(out, form, before);
    buf_append(out, piece.data, piece.len);
    if (form[before])
        buf_appends(out, form + before + 1);
}

static inline size_t wrap_mutate(uint8_t *data, size_t size, size_t max, unsigned seed,
                                 const char *const *forms, size_t count)
{
    AUTO_BUF out = BUF_INIT;
    const char *text = (const char *)data, *end = text + size;
    if (wrap_chance(&seed, 2))
        return LLVMFuzzerMutate(data, size, max);
    struct part piece = wrap_piece(text, size, &seed);
    size_t op = wrap_chance(&seed, 4);
    size_t to = wrap_chance(&seed, size + 1);
    buf_append(&out, text, (size_t)(piece.data - text));
    if (op < 2) /* 2: it is taken out, 3: it is said twice */
        wrap_append(&out, forms[wrap_chance(&seed, count)], piece);
    else if (op == 3)
        buf_append(&out, piece.data, piece.len);
    buf_append(&out, piece.data + piece.len, (size_t)(end - piece.data) - piece.len);
    if (op == 3 && to <= out.len) {
        AUTO_BUF moved = BUF_INIT;
        buf_append(&moved, out.data, to);
        buf_append(&moved, piece.data, piece.len);
        buf_append(&moved, out.data + to, out.len - to);
        buf_clear(&out);
        buf_append(&out, moved.data, moved.len);
    }
    if (!out.len || out.len > max)
        return LLVMFuzzerMutate(data, size, max);
    memcpy(data, out.data, out.len);
    return out.len;
}

#endif
