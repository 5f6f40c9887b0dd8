/* Runes, what may be shown, widths, near spellings, DNS names. */
#include "meshctl/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

bool text_has_prefix(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_has_suffix(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && strcmp(s + n - m, suffix) == 0;
}

bool text_equal(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0;
}

size_t text_rune(const char *s, size_t len, uint32_t *ret_rune)
{
    const unsigned char *p = (const unsigned char *)s;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    *ret_rune = 0xFFFD;
    if (len == 0)
        return 0;
    if (p[0] < 0x80) {
        *ret_rune = p[0];
        return 1;
    }
    size_t need = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 0;
    if (need == 0 || p[0] > 0xF4 || len < need)
        return 1;
    uint32_t rune = p[0] & (0xFFU >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 1;
        rune = (rune << 6) | (p[i] & 0x3F);
    }
    if (rune < least[need] || rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
        return 1;
    *ret_rune = rune;
    return need;
}

static bool is_plain(const char *s, size_t len)
{
    unsigned char bad = 0;
    for (size_t i = 0; i < len; i++)
        bad |= (unsigned char)((s[i] < ' ' || s[i] > '~') & (s[i] != '\n'));
    return !bad;
}

size_t text_plain_len(const char *s, size_t len)
{
    enum { BLOCK = 64 }; /* bytes that a compiler looks at side by side */
    size_t i = 0;
    while (len - i >= BLOCK && is_plain(s + i, BLOCK))
        i += BLOCK;
    return len - i < BLOCK && is_plain(s + i, len - i) ? len : i;
}

const char *text_find(const char *s, size_t len, const char *what, size_t what_len)
{
    const char *end = s + len;
    for (; (s = memchr(s, what[0], (size_t)(end - s))); s++)
        if ((size_t)(end - s) >= what_len && memcmp(s, what, what_len) == 0)
            return s;
    return NULL;
}

/* How many bytes from the start are ASCII, in whole words. */
static size_t ascii_words(const char *s, size_t len)
{
    size_t i = 0;
    for (uint64_t word; len - i >= sizeof(word); i += sizeof(word)) {
        memcpy(&word, s + i, sizeof(word));
        if (word & 0x8080808080808080U)
            break;
    }
    return i;
}

int text_hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

bool text_is_utf8(const char *s, size_t len)
{
    for (size_t i = ascii_words(s, len); i < len;) {
        uint32_t rune;
        if ((unsigned char)s[i] < 0x80) {
            i++;
            continue;
        }
        size_t n = text_rune(s + i, len - i, &rune);
        if (rune == 0xFFFD && n == 1)
            return false;
        i += n;
    }
    return true;
}

void text_append_rune(struct buf *out, uint32_t rune)
{
    char b[4];
    if (rune < 0x80) {
        buf_appendc(out, (char)rune);
    } else if (rune < 0x800) {
        b[0] = (char)(0xC0 | rune >> 6);
        b[1] = (char)(0x80 | (rune & 0x3F));
        buf_append(out, b, 2);
    } else if (rune < 0x10000) {
        b[0] = (char)(0xE0 | rune >> 12);
        b[1] = (char)(0x80 | (rune >> 6 & 0x3F));
        b[2] = (char)(0x80 | (rune & 0x3F));
        buf_append(out, b, 3);
    } else {
        b[0] = (char)(0xF0 | rune >> 18);
        b[1] = (char)(0x80 | (rune >> 12 & 0x3F));
        b[2] = (char)(0x80 | (rune >> 6 & 0x3F));
        b[3] = (char)(0x80 | (rune & 0x3F));
        buf_append(out, b, 4);
    }
}

size_t text_width(const char *s)
{
    size_t width = 0, len = strlen(s);
    for (size_t i = 0; i < len;) {
        uint32_t rune;
        i += text_rune(s + i, len - i, &rune);
        int w = rune < 0x80 ? (isprint((int)rune) ? 1 : 0) : wcwidth((wchar_t)rune);
        /* Under a C locale wcwidth knows no rune past ASCII; one column is the better guess. */
        width += w < 0 ? (rune >= 0xA0) : (size_t)w;
    }
    return width;
}

/* Runes that change what a person sees without being seen: they turn the order of a text around
 * (UAX 9), end its line, or take no room at all, so that two names look the same
 * (Default_Ignorable_Code_Point of Unicode 15, and what interlinear annotations have). */
static const struct {
    uint32_t first, last;
} unseen[] = {
    {0x0000, 0x0008}, {0x000B, 0x001F}, {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},
    {0x061C, 0x061C}, {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},
    {0x2028, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

static bool is_unseen(uint32_t rune)
{
    size_t i = 0;
    while (i < MC_ARRAY_LEN(unseen) && rune > unseen[i].last)
        i++;
    return i < MC_ARRAY_LEN(unseen) && rune >= unseen[i].first;
}

/* In UTF-16, as JSON does. */
static void append_escaped(struct buf *out, uint32_t rune)
{
    if (rune > 0xFFFF)
        buf_appendf(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + ((rune - 0x10000) >> 10)),
                    (unsigned)(0xDC00 + ((rune - 0x10000) & 0x3FF)));
    else
        buf_appendf(out, "\\u%04x", (unsigned)rune);
}

void text_append_clean(struct buf *out, const char *s, size_t len)
{
    size_t plain = text_plain_len(s, len);
    buf_append(out, s, plain);
    for (size_t i = plain; i < len;) {
        uint32_t rune;
        size_t n = text_rune(s + i, len - i, &rune);
        if (rune == 0xFFFD && n == 1)
            buf_appendf(out, "\\x%02x", (unsigned char)s[i]);
        else if (is_unseen(rune))
            append_escaped(out, rune);
        else
            buf_append(out, s + i, n);
        i += n;
    }
}

/* Optimal string alignment distance; words longer than 64 bytes are never near anything. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), d[66][66];
    if (n > 64 || m > 64)
        return SIZE_MAX;
    for (size_t i = 0; i <= n; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= m; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        for (size_t j = 1; j <= m; j++) {
            size_t cost = a[i - 1] != b[j - 1], best = d[i - 1][j - 1] + cost;
            if (d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[n][m];
}

const char *text_suggest(const char *word, const char *const *candidates, size_t count)
{
    const char *best = NULL;
    size_t limit = strlen(word) / 3, best_distance;
    best_distance = (limit ? limit : 1) + 1;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(word, candidates[i]);
        if (d < best_distance) {
            best_distance = d;
            best = candidates[i];
        }
    }
    return best;
}

static bool is_label(const char *s, size_t len)
{
    if (len == 0 || len > 63 || s[0] == '-' || s[len - 1] == '-')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!islower((unsigned char)s[i]) && !isdigit((unsigned char)s[i]) && s[i] != '-')
            return false;
    return true;
}

bool text_is_dns_label(const char *s)
{
    return is_label(s, strlen(s));
}

bool text_is_dns_subdomain(const char *s)
{
    if (strlen(s) > 253)
        return false;
    for (;;) {
        size_t len = strcspn(s, ".");
        if (!is_label(s, len))
            return false;
        if (!s[len])
            return true;
        s += len + 1;
    }
}
