/* sprig's random values. Go draws some of them from math/rand; here all come from the system's
 * generator, since charts make passwords of any of them. */
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/budget.h"
#include "meshctl/base/text.h"
#include "meshctl/pki/digest.h"
#include "util.h"

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define UUID_SIZE 16

/* Octets fetched ahead. */
struct source {
    unsigned char octets[512];
    size_t left;
};

static uint64_t draw(struct source *from, size_t size)
{
    uint64_t value = 0;
    if (from->left < size) {
        pki_random(from->octets, sizeof(from->octets));
        from->left = sizeof(from->octets);
    }
    for (size_t i = 0; i < size; i++)
        value = value << 8 | from->octets[--from->left];
    return value;
}

/* Below `n`, all equally likely: draws from the part of the range that n does not divide are thrown
 * away. */
static uint64_t draw_below(struct source *from, uint64_t n)
{
    size_t size = n <= 256 ? 1 : 8;
    uint64_t top = size == 1 ? 255 : UINT64_MAX;
    uint64_t surplus = (top % n + 1) % n;
    uint64_t value;
    do
        value = draw(from, size);
    while (value > top - surplus);
    return value % n;
}

/* What Go's make refuses for elements of `size` bytes (runtime/malloc.go maxAlloc), and our own
 * limit. */
static int check_count(int64_t count, int64_t size, struct error **err)
{
    if (count < 0 || count > (INT64_C(1) << 48) / size)
        return error_set(err, ERROR_INPUT, "runtime error: makeslice: len out of range");
    if (count > (int64_t)TMPL_MAX_OUTPUT)
        return error_set(err, ERROR_INPUT, "the result is longer than %zu bytes", TMPL_MAX_OUTPUT);
    return 0;
}

/* A negative count gives nothing: sprig drops goutils' error. */
static int random_text(struct tcall *call, int64_t count, const char *alphabet, struct tval *ret,
                       struct error **err)
{
    AUTO_SECRET_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    struct source source = {.left = 0};
    size_t size = strlen(alphabet);
    if (count > 0 && check_count(count, sizeof(int32_t), err) < 0)
        return -1;
    buf_reserve(&out, count > 0 ? (size_t)count : 0);
    for (int64_t i = 0; i < count; i++)
        buf_appendc(&out, alphabet[draw_below(&source, size)]);
    mem_wipe(&source, sizeof(source));
    return result_buf(call, &out, ret, err);
}

static int random_alpha(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    (void)argc;
    return random_text(call, args[0].i, LETTERS, ret, err);
}

static int random_alpha_num(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    (void)argc;
    return random_text(call, args[0].i, LETTERS DIGITS, ret, err);
}

static int random_numeric(struct tcall *call, const struct tval *args, size_t argc,
                          struct tval *ret, struct error **err)
{
    (void)argc;
    return random_text(call, args[0].i, DIGITS, ret, err);
}

/* From ' ' to '~'. */
static int random_ascii(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    char alphabet['~' - ' ' + 2];
    (void)argc;
    for (size_t i = 0; i < sizeof(alphabet) - 1; i++)
        alphabet[i] = (char)(' ' + i);
    alphabet[sizeof(alphabet) - 1] = '\0';
    return random_text(call, args[0].i, alphabet, ret, err);
}

static int random_bytes(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    AUTO_SECRET_BUF bytes = BUF_INIT;
    AUTO_SECRET_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    (void)argc;
    if (check_count(args[0].i, 1, err) < 0)
        return -1;
    buf_pad(&bytes, '\0', (size_t)args[0].i);
    if (bytes.len > 0)
        pki_random(bytes.data, bytes.len);
    base64_append(&out, bytes.data, bytes.len);
    return result_buf(call, &out, ret, err);
}

/* math/rand Intn(max - min) + min, where the difference may have wrapped around. */
static int random_int(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    struct source source = {.left = 0};
    uint64_t min = (uint64_t)args[0].i;
    int64_t range = (int64_t)((uint64_t)args[1].i - min);
    (void)call, (void)argc;
    if (range <= 0)
        return error_set(err, ERROR_INPUT, "invalid argument to Intn");
    *ret = tval_int((int64_t)(draw_below(&source, (uint64_t)range) + min));
    return 0;
}

#define LOOK_RUNES 4096

/* huandu/xstrings Shuffle: runes change places, bad UTF-8 becomes U+FFFD. */
static int random_shuffle(struct tcall *call, const struct tval *args, size_t argc,
                          struct tval *ret, struct error **err)
{
    struct tval_string s = args[0].s;
    struct source source = {.left = 0};
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    AUTO_FREE uint32_t *runes = mem_array(s.len + 1, sizeof(*runes));
    size_t count = 0;
    (void)argc;
    for (size_t at = 0; at < s.len;)
        at += text_rune(s.data + at, s.len - at, &runes[count++]);
    for (size_t i = count; i > 1 && (i % LOOK_RUNES != 0 || !budget_look()); i--) {
        size_t other = (size_t)draw_below(&source, i);
        uint32_t rune = runes[i - 1];
        runes[i - 1] = runes[other];
        runes[other] = rune;
    }
    for (size_t i = 0; i < count; i++)
        text_append_rune(&out, runes[i]);
    mem_wipe(runes, count * sizeof(*runes));
    return result_buf(call, &out, ret, err);
}

/* RFC 9562 version 4. */
static int random_uuid(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    unsigned char octets[UUID_SIZE];
    AUTO_BUF out = BUF_INIT;
    (void)args, (void)argc;
    pki_random(octets, sizeof(octets));
    octets[6] = (unsigned char)((octets[6] & 0x0f) | 0x40);
    octets[8] = (unsigned char)((octets[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < UUID_SIZE; i++)
        buf_appendf(&out, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", octets[i]);
    return result_buf(call, &out, ret, err);
}

const struct tfunc tfunc_random[] = {
    {"randAlpha", "i", random_alpha},
    {"randAlphaNum", "i", random_alpha_num},
    {"randAscii", "i", random_ascii},
    {"randBytes", "i", random_bytes},
    {"randInt", "ii", random_int},
    {"randNumeric", "i", random_numeric},
    {"shuffle", "s", random_shuffle},
    {"uuidv4", "", random_uuid},
    {NULL, NULL, NULL},
};
