/* Finds and writes PEM blocks as encoding/pem does. */
#include "meshctl/pki/gopem.h"

#include <string.h>

#include "meshctl/base/base64.h"

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"
#define LINE_WIDTH 64

/* A part of the text: [at, end). */
struct span {
    const char *at;
    const char *end;
};

static size_t span_len(struct span s)
{
    return (size_t)(s.end - s.at);
}

static bool ends_with(struct span s, const char *suffix)
{
    size_t len = strlen(suffix);
    return span_len(s) >= len && memcmp(s.end - len, suffix, len) == 0;
}

/* pem getLine: without "\r\n", blanks and tabs at its end; moves on behind it. */
static struct span take_line(struct span *rest)
{
    const char *newline = memchr(rest->at, '\n', span_len(*rest));
    struct span line = {rest->at, newline ? newline : rest->end};
    rest->at = newline ? newline + 1 : rest->end;
    if (newline && line.end > line.at && line.end[-1] == '\r')
        line.end--;
    while (line.end > line.at && (line.end[-1] == ' ' || line.end[-1] == '\t'))
        line.end--;
    return line;
}

static const char *last_begin(struct span s)
{
    const char *found = NULL;
    for (const char *p = s.at; (p = memmem(p, (size_t)(s.end - p), BEGIN, strlen(BEGIN))); p++)
        found = p;
    return found;
}

static const char *find_end(struct span s)
{
    const char *found = memmem(s.at, span_len(s), "\n" END, strlen("\n" END));
    return found ? found + 1 : NULL;
}

/* Skips "Key: value" lines; false when they reach the END line. */
static bool skip_headers(struct span *rest, const char *end_line)
{
    for (bool first = true;; first = false) {
        struct span next = *rest;
        if (!first && rest->at >= end_line)
            return false;
        struct span line = take_line(&next);
        if (!memchr(line.at, ':', span_len(line)))
            return true;
        *rest = next;
    }
}

static bool trailer_fits(struct span type, struct span trailer)
{
    size_t len = span_len(type) + strlen(DASHES);
    if (span_len(trailer) < len || memcmp(trailer.at, type.at, span_len(type)) != 0 ||
        memcmp(trailer.at + span_len(type), DASHES, strlen(DASHES)) != 0)
        return false;
    trailer.at += len;
    return span_len(take_line(&trailer)) == 0;
}

static bool decode_body(struct span body, struct buf *der)
{
    AUTO_SECRET_BUF digits = BUF_INIT;
    buf_reserve(&digits, span_len(body));
    for (const char *p = body.at; p < body.end; p++)
        if (*p != ' ' && *p != '\t')
            buf_appendc(&digits, *p);
    return base64_decode(der, buf_str(&digits), digits.len) == 0;
}

/* The block between a BEGIN line (behind the word) and its END line. */
static bool read_block(struct span rest, const char *end_line, struct gopem_block *block)
{
    struct span type = take_line(&rest);
    if (!ends_with(type, DASHES))
        return false;
    type.end -= strlen(DASHES);
    struct span trailer = {end_line + strlen(END), rest.end};
    const char *headers = rest.at;
    if (!skip_headers(&rest, end_line) || !trailer_fits(type, trailer))
        return false;
    block->has_headers = rest.at != headers;
    buf_append(&block->type, type.at, span_len(type));
    return decode_body((struct span){rest.at, end_line}, &block->der);
}

bool gopem_decode(const char *text, size_t len, struct gopem_block *ret_block)
{
    return gopem_next(&text, &len, ret_block);
}

bool gopem_next(const char **text, size_t *len, struct gopem_block *ret_block)
{
    struct span rest = {*text, *text + *len};
    const char *end_line;
    *ret_block = (struct gopem_block){0};
    while ((end_line = find_end(rest))) {
        const char *begin = last_begin((struct span){rest.at, end_line});
        if (begin && (begin == rest.at || begin[-1] == '\n') &&
            read_block((struct span){begin + strlen(BEGIN), rest.end}, end_line, ret_block)) {
            rest.at = end_line;
            (void)take_line(&rest);
            *text = rest.at;
            *len = span_len(rest);
            return true;
        }
        gopem_release(ret_block);
        rest.at = end_line + strlen(END);
    }
    return false;
}

void gopem_release(struct gopem_block *block)
{
    buf_release(&block->type);
    buf_release_secret(&block->der);
}

void gopem_encode(struct buf *out, const char *type, const unsigned char *der, size_t len)
{
    AUTO_SECRET_BUF digits = BUF_INIT;
    buf_reserve(&digits, len / 3 * 4 + 4);
    base64_append(&digits, der, len);
    buf_appendf(out, "%s%s%s\n", BEGIN, type, DASHES);
    for (size_t at = 0; at < digits.len; at += LINE_WIDTH) {
        size_t left = digits.len - at;
        buf_append(out, digits.data + at, left < LINE_WIDTH ? left : LINE_WIDTH);
        buf_appendc(out, '\n');
    }
    buf_appendf(out, "%s%s%s\n", END, type, DASHES);
}
