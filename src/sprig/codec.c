/* Base64, base32 and digests. */
#include "codec.h"

#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/pki/digest.h"
#include "util.h"

static int digest(struct tcall *call, const char *algorithm, struct tval v, struct tval *ret)
{
    AUTO_FREE char *hex = pki_digest_dup(algorithm, v.s.data, v.s.len);
    *ret = tval_cstring(call->a, hex);
    return 0;
}

int func_sha1(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
              struct error **err)
{
    (void)argc, (void)err;
    return digest(call, "SHA1", args[0], ret);
}

int func_sha256(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    (void)argc, (void)err;
    return digest(call, "SHA256", args[0], ret);
}

int func_sha512(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    (void)argc, (void)err;
    return digest(call, "SHA512", args[0], ret);
}

/* RFC 1950: in decimal, as sprig prints it. */
int func_adler32(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                 struct error **err)
{
    uint32_t a = 1;
    uint32_t b = 0;
    (void)argc, (void)err;
    for (size_t i = 0; i < args[0].s.len; i++) {
        a = (a + (unsigned char)args[0].s.data[i]) % 65521;
        b = (b + a) % 65521;
    }
    *ret = tval_cstring(call->a, arena_printf(call->a, "%u", b << 16 | a));
    return 0;
}

int func_b64enc(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    (void)argc;
    base64_append(&out, args[0].s.data, args[0].s.len);
    return result_buf(call, &out, ret, err);
}

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_base64_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

static size_t skip_breaks(struct tval_string s, size_t at)
{
    while (at < s.len && is_break(s.data[at]))
        at++;
    return at;
}

/* Where Go's decoder stops at padding: behind `digits` digits of a group, s.data[at] is '='. */
static size_t padding_fault(struct tval_string s, size_t at, int digits)
{
    if (digits < 2)
        return at;
    at++;
    if (digits == 2) {
        at = skip_breaks(s, at);
        if (at == s.len)
            return s.len;
        if (s.data[at] != '=')
            return at - 1;
        at++;
    }
    return skip_breaks(s, at); /* garbage behind the end */
}

size_t codec_base64_fault(struct tval_string s)
{
    int digits = 0;
    for (size_t at = 0; at < s.len; at++) {
        if (is_break(s.data[at]))
            continue;
        if (s.data[at] == '=')
            return padding_fault(s, at, digits);
        if (!is_base64_digit(s.data[at]))
            return at;
        digits = (digits + 1) % 4;
    }
    return s.len - (size_t)digits;
}

/* sprig gives the error's text in place of the decoded bytes. */
int func_b64dec(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    (void)argc;
    if (base64_decode(&out, args[0].s.data, args[0].s.len) < 0)
        buf_appendf(&out, "illegal base64 data at input byte %zu", codec_base64_fault(args[0].s));
    return result_buf(call, &out, ret, err);
}

static const char base32_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

int func_b32enc(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    uint32_t bits = 0;
    int have = 0;
    (void)argc;
    for (size_t i = 0; i < args[0].s.len && !out.overflow; i++) {
        bits = bits << 8 | (unsigned char)args[0].s.data[i];
        for (have += 8; have >= 5; have -= 5)
            buf_appendc(&out, base32_digits[bits >> (have - 5) & 31]);
    }
    if (have > 0)
        buf_appendc(&out, base32_digits[bits << (5 - have) & 31]);
    while (out.len % 8 != 0 && !out.overflow)
        buf_appendc(&out, '=');
    return result_buf(call, &out, ret, err);
}

/* A fault in the padding of the last group, which begins behind `digits` digits at s[at] == '=';
 * the checks and the bytes they name are those of encoding/base32 decode. */
static bool base32_padding_fault(struct tval_string s, size_t at, int digits, size_t *ret_at)
{
    size_t left = s.len - at - 1;
    if (left + (size_t)digits < 7) {
        *ret_at = s.len;
        return true;
    }
    for (size_t k = 0; k < (size_t)(7 - digits); k++) {
        if (left > k && s.data[at + 1 + k] != '=') {
            *ret_at = at + k;
            return true;
        }
    }
    *ret_at = at;
    return digits == 3 || digits == 6;
}

static bool base32_decode(struct tval_string s, struct buf *out, size_t *ret_at)
{
    uint32_t bits = 0;
    int have = 0;
    int digits = 0;
    for (size_t at = 0; at < s.len && !out->overflow; at++) {
        const char *found = s.data[at] ? strchr(base32_digits, s.data[at]) : NULL;
        if (s.data[at] == '=' && digits >= 2 && s.len - at - 1 < 8)
            return !base32_padding_fault(s, at, digits, ret_at);
        *ret_at = at;
        if (!found)
            return false;
        bits = bits << 5 | (uint32_t)(found - base32_digits);
        have += 5;
        if (have >= 8) {
            buf_appendc(out, (char)(bits >> (have - 8)));
            have -= 8;
        }
        digits = (digits + 1) % 8;
    }
    *ret_at = s.len - (size_t)digits;
    return digits == 0;
}

int func_b32dec(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    AUTO_BUF text = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    size_t at;
    (void)argc;
    for (size_t i = 0; i < args[0].s.len && !text.overflow; i++)
        if (!is_break(args[0].s.data[i]))
            buf_appendc(&text, args[0].s.data[i]);
    struct tval_string s = {buf_str(&text), text.len};
    if (!base32_decode(s, &out, &at)) {
        buf_clear(&out);
        buf_appendf(&out, "illegal base32 data at input byte %zu", at);
    }
    return result_buf(call, &out, ret, err);
}
