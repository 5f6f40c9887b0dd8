/* Base64 over one alphabet. */
#include "meshctl/base/base64.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_append(struct buf *out, const void *data, size_t len)
{
    const unsigned char *p = data;
    buf_reserve(out, (len + 2) / 3 * 4);
    for (size_t i = 0; i < len && !out->overflow; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t v =
            (uint32_t)p[i] << 16 | (n > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (n > 2 ? p[i + 2] : 0);
        char quad[4] = {alphabet[v >> 18], alphabet[v >> 12 & 63],
                        n > 1 ? alphabet[v >> 6 & 63] : '=', n > 2 ? alphabet[v & 63] : '='};
        buf_append(out, quad, 4);
    }
}

char *base64_encode_dup(const void *data, size_t len)
{
    struct buf out = BUF_INIT;
    base64_append(&out, data, len);
    return buf_detach(&out, NULL);
}

static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int base64_decode(struct buf *out, const char *text, size_t len)
{
    size_t start = out->len, digits = 0, padding = 0;
    uint32_t v = 0;
    buf_reserve(out, len / 4 * 3 + 3);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' || text[i] == '\r')
            continue;
        int d = digit_value(text[i]);
        if (text[i] == '=' && (digits % 4 == 2 || (digits % 4 == 3)) && padding < 2) {
            padding++;
            if ((digits % 4) + padding == 4 && i + 1 < len &&
                strspn(text + i + 1, "\r\n") != len - i - 1)
                goto bad;
            continue;
        }
        if (d < 0 || padding)
            goto bad;
        v = v << 6 | (uint32_t)d;
        if (++digits % 4 == 0) {
            char triple[3] = {(char)(v >> 16), (char)(v >> 8), (char)v};
            buf_append(out, triple, 3);
            v = 0;
        }
    }
    if ((digits + padding) % 4 != 0 || digits % 4 == 1)
        goto bad;
    if (digits % 4 == 2)
        buf_appendc(out, (char)(v >> 4));
    if (digits % 4 == 3) {
        buf_appendc(out, (char)(v >> 10));
        buf_appendc(out, (char)(v >> 2));
    }
    return 0;
bad:
    buf_truncate(out, start);
    return -1;
}
