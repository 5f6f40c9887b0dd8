/* derivePassword: Master Password's algorithm. */
#include "derive.h"

#include <string.h>

#include "meshctl/pki/password.h"
#include "util.h"

/* The Master Password algorithm, version 0, as sprig crypto.go has it. */
#define SCOPE "com.lyndir.masterpassword"
#define SCRYPT_N 32768
#define SCRYPT_P 2
#define KEY_SIZE 64
#define MAX_TEMPLATES 21
#define STEPS_SCRYPT 2000000 /* about its time in steps of the executor */

/* Patterns of letters, each of which stands for a set of characters. */
static const struct password_type {
    const char *name;
    const char *patterns[MAX_TEMPLATES + 1];
} types[] = {
    {"maximum", {"anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"}},
    {"long",
     {"CvcvnoCvcvCvcv", "CvcvCvcvnoCvcv", "CvcvCvcvCvcvno", "CvccnoCvcvCvcv", "CvccCvcvnoCvcv",
      "CvccCvcvCvcvno", "CvcvnoCvccCvcv", "CvcvCvccnoCvcv", "CvcvCvccCvcvno", "CvcvnoCvcvCvcc",
      "CvcvCvcvnoCvcc", "CvcvCvcvCvccno", "CvccnoCvccCvcv", "CvccCvccnoCvcv", "CvccCvccCvcvno",
      "CvcvnoCvccCvcc", "CvcvCvccnoCvcc", "CvcvCvccCvccno", "CvccnoCvcvCvcc", "CvccCvcvnoCvcc",
      "CvccCvcvCvccno"}},
    {"medium", {"CvcnoCvc", "CvcCvcno"}},
    {"short", {"Cvcn"}},
    {"basic", {"aaanaaan", "aannaaan", "aaannaaa"}},
    {"pin", {"nnnn"}},
};

static const struct {
    char letter;
    const char *characters;
} sets[] = {
    {'V', "AEIOU"},
    {'C', "BCDFGHJKLMNPQRSTVWXYZ"},
    {'v', "aeiou"},
    {'c', "bcdfghjklmnpqrstvwxyz"},
    {'a', "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"},
    {'n', "0123456789"},
    {'o', "@&%?,=[]_:-+*$#!'^~;()/."},
    {'x', "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()"},
};

static const struct password_type *find_type(struct tval_string name)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(types); i++)
        if (strlen(types[i].name) == name.len && memcmp(types[i].name, name.data, name.len) == 0)
            return &types[i];
    return NULL;
}

static void append_uint32(struct buf *out, uint32_t n)
{
    const unsigned char octets[] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16),
                                    (unsigned char)(n >> 8), (unsigned char)n};
    buf_append(out, octets, sizeof(octets));
}

static void append_scoped(struct buf *out, struct tval_string text)
{
    buf_appends(out, SCOPE);
    append_uint32(out, (uint32_t)text.len);
    buf_append(out, text.data, text.len);
}

/* The key of the person, then the seed of the site. */
static int make_seed(uint32_t counter, struct tval_string password, struct tval_string user,
                     struct tval_string site, unsigned char seed[PKI_SHA256_SIZE],
                     struct error **err)
{
    unsigned char key[KEY_SIZE];
    AUTO_BUF salt = BUF_INIT;
    AUTO_BUF message = BUF_INIT;
    append_scoped(&salt, user);
    append_scoped(&message, site);
    append_uint32(&message, counter);
    int rc = pki_scrypt(password.data, password.len, salt.data, salt.len, SCRYPT_N, SCRYPT_P, key,
                        sizeof(key), err);
    if (rc == 0)
        rc = pki_hmac_sha256(key, sizeof(key), message.data, message.len, seed, err);
    mem_wipe(key, sizeof(key));
    return rc;
}

static char pick(char letter, unsigned char at)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(sets); i++)
        if (sets[i].letter == letter)
            return sets[i].characters[at % strlen(sets[i].characters)];
    return letter;
}

static const char *pick_pattern(const struct password_type *type, unsigned char at)
{
    size_t count = 0;
    while (type->patterns[count])
        count++;
    return type->patterns[at % count];
}

/* An unknown type is no error, but the result says so. */
static int fail_type(struct tcall *call, struct tval_string name, struct tval *ret,
                     struct error **err)
{
    AUTO_BUF text = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    buf_appends(&text, "cannot find password template ");
    buf_append(&text, name.data, name.len);
    return result_buf(call, &text, ret, err);
}

int func_derive_password(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    unsigned char seed[PKI_SHA256_SIZE];
    AUTO_SECRET_BUF out = BUF_INIT;
    const struct password_type *type = find_type(args[1].s);
    (void)argc;
    if (!type)
        return fail_type(call, args[1].s, ret, err);
    if (call_spend(call, STEPS_SCRYPT, err) < 0 ||
        make_seed((uint32_t)args[0].i, args[2].s, args[3].s, args[4].s, seed, err) < 0)
        return -1;
    const char *pattern = pick_pattern(type, seed[0]);
    for (size_t i = 0; pattern[i]; i++)
        buf_appendc(&out, pick(pattern[i], seed[i + 1]));
    mem_wipe(seed, sizeof(seed));
    return result_buf(call, &out, ret, err);
}
