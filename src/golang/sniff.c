/* The table of signatures, and which of them the bytes begin with. */
#include "meshctl/golang/sniff.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "meshctl/base/mem.h"

static bool is_blank(unsigned char c)
{
    return c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

/* sniff.go htmlSig: any case, ended by a blank or '>'. */
static bool is_html(const unsigned char *data, const unsigned char *end)
{
    static const char *const tags[] = {"<!DOCTYPE HTML",
                                       "<HTML",
                                       "<HEAD",
                                       "<SCRIPT",
                                       "<IFRAME",
                                       "<H1",
                                       "<DIV",
                                       "<FONT",
                                       "<TABLE",
                                       "<A",
                                       "<STYLE",
                                       "<TITLE",
                                       "<B",
                                       "<BODY",
                                       "<BR",
                                       "<P",
                                       "<!--"};
    for (size_t t = 0; t < MC_ARRAY_LEN(tags); t++) {
        size_t n = strlen(tags[t]), i = 0;
        if ((size_t)(end - data) <= n)
            continue;
        while (i < n && toupper(data[i]) == tags[t][i])
            i++;
        if (i == n && (data[n] == ' ' || data[n] == '>'))
            return true;
    }
    return false;
}

/* A '?' in the pattern is any byte. */
struct signature {
    const char *pattern;
    size_t len;
    const char *type;
};
#define ROW(pattern, type)                                                                         \
    {                                                                                              \
        pattern, sizeof(pattern) - 1, type                                                         \
    }

/* sniff.go sniffSignatures, in its order; a font's 34 free bytes are looked at below. */
static const struct signature before_mp4[] = {
    ROW("%PDF-", "application/pdf"),
    ROW("%!PS-Adobe-", "application/postscript"),
    ROW("\xFE\xFF??", "text/plain; charset=utf-16be"),
    ROW("\xFF\xFE??", "text/plain; charset=utf-16le"),
    ROW("\xEF\xBB\xBF?", "text/plain; charset=utf-8"),
    ROW("\0\0\1\0", "image/x-icon"),
    ROW("\0\0\2\0", "image/x-icon"),
    ROW("BM", "image/bmp"),
    ROW("GIF87a", "image/gif"),
    ROW("GIF89a", "image/gif"),
    ROW("RIFF????WEBPVP", "image/webp"),
    ROW("\x89PNG\r\n\x1A\n", "image/png"),
    ROW("\xFF\xD8\xFF", "image/jpeg"),
    ROW("FORM????AIFF", "audio/aiff"),
    ROW("ID3", "audio/mpeg"),
    ROW("OggS\0", "application/ogg"),
    ROW("MThd\0\0\0\6", "audio/midi"),
    ROW("RIFF????AVI ", "video/avi"),
    ROW("RIFF????WAVE", "audio/wave"),
};
static const struct signature after_mp4[] = {
    ROW("\x1A\x45\xDF\xA3", "video/webm"),
    ROW("??????????????????????????????????LP", "application/vnd.ms-fontobject"),
    ROW("\0\1\0\0", "font/ttf"),
    ROW("OTTO", "font/otf"),
    ROW("ttcf", "font/collection"),
    ROW("wOFF", "font/woff"),
    ROW("wOF2", "font/woff2"),
    ROW("\x1F\x8B\x08", "application/x-gzip"),
    ROW("PK\3\4", "application/zip"),
    ROW("Rar!\x1A\7\0", "application/x-rar-compressed"),
    ROW("Rar!\x1A\7\1\0", "application/x-rar-compressed"),
    ROW("\0asm", "application/wasm"),
};

static const char *find(const struct signature *rows, size_t count, const unsigned char *data)
{
    for (size_t r = 0; r < count; r++) {
        size_t i = 0;
        while (i < rows[r].len &&
               (rows[r].pattern[i] == '?' || data[i] == (unsigned char)rows[r].pattern[i]))
            i++;
        if (i == rows[r].len)
            return rows[r].type;
    }
    return NULL;
}

/* sniff.go mp4Sig: an "ftyp" box with a brand "mp4". */
static bool is_mp4(const unsigned char *data)
{
    uint32_t box = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 |
                   (uint32_t)data[3];
    if (box > SNIFF_LEN || box % 4 || memcmp(data + 4, "ftyp", 4) != 0)
        return false;
    for (uint32_t at = 8; at + 3 <= box; at += 4)
        if (at != 12 && memcmp(data + at, "mp4", 3) == 0)
            return true;
    return false;
}

static bool is_text(const unsigned char *data, const unsigned char *end)
{
    for (; data < end; data++)
        if (*data <= 0x08 || *data == 0x0b || (*data >= 0x0e && *data <= 0x1a) ||
            (*data >= 0x1c && *data <= 0x1f))
            return false;
    return true;
}

const char *sniff_content_type(const unsigned char data[SNIFF_LEN])
{
    const unsigned char *end = data + SNIFF_LEN, *first = data;
    while (first < end && is_blank(*first))
        first++;
    if (is_html(first, end))
        return "text/html; charset=utf-8";
    if (end - first >= 5 && memcmp(first, "<?xml", 5) == 0)
        return "text/xml; charset=utf-8";
    const char *type = find(before_mp4, MC_ARRAY_LEN(before_mp4), data);
    if (!type && is_mp4(data))
        return "video/mp4";
    if (!type)
        type = find(after_mp4, MC_ARRAY_LEN(after_mp4), data);
    if (type)
        return type;
    return is_text(first, end) ? "text/plain; charset=utf-8" : "application/octet-stream";
}
