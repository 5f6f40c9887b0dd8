/* The table of passwords, keys and certificates, and what is short of it. */
#include <string.h>

#include "certs.h"
#include "codec.h"
#include "derive.h"
#include "meshctl/base/base64.h"
#include "meshctl/pki/digest.h"
#include "meshctl/pki/password.h"
#include "util.h"

/* About its time in steps of the executor. */
#define STEPS_BCRYPT 1000000

/* What went wrong stands in place of the hash; a defect is an error all the same. */
static int append_bcrypt(struct tcall *call, struct tval_string password, struct buf *out,
                         struct error **err)
{
    char hash[PKI_BCRYPT_HASH_SIZE];
    AUTO_ERROR struct error *problem = NULL;
    if (call_spend(call, STEPS_BCRYPT, err) < 0)
        return -1;
    if (pki_bcrypt(password.data, password.len, hash, &problem) == 0)
        buf_appends(out, hash);
    else if (password.len > PKI_BCRYPT_MAX_PASSWORD)
        buf_appendf(out, "failed to encrypt string with bcrypt: %s", problem->message);
    else
        return error_set(err, problem->kind, "%s", problem->message);
    return 0;
}

static int crypto_bcrypt(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    (void)argc;
    if (append_bcrypt(call, args[0].s, &out, err) < 0)
        return -1;
    return result_buf(call, &out, ret, err);
}

static int crypto_htpasswd(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    struct tval_string user = args[0].s;
    bool valid = !memchr(user.data, ':', user.len);
    (void)argc;
    if (!valid)
        buf_appends(&out, "invalid username: ");
    buf_append(&out, user.data, user.len);
    if (valid) {
        buf_appendc(&out, ':');
        if (append_bcrypt(call, args[1].s, &out, err) < 0)
            return -1;
    }
    return result_buf(call, &out, ret, err);
}

/* ---- AES ---- */

/* The password itself, cut or filled up with zeros. */
static void aes_key(struct tval_string password, unsigned char key[PKI_AES_KEY_SIZE])
{
    memset(key, 0, PKI_AES_KEY_SIZE);
    memcpy(key, password.data, password.len < PKI_AES_KEY_SIZE ? password.len : PKI_AES_KEY_SIZE);
}

static int crypto_encrypt_aes(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    AUTO_SECRET_BUF padded = BUF_INIT;
    AUTO_BUF sealed = BUF_INIT;
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    unsigned char key[PKI_AES_KEY_SIZE];
    unsigned char iv[PKI_AES_BLOCK];
    struct tval_string text = args[1].s;
    (void)argc;
    if (text.len == 0) {
        *ret = tval_cstring(call->a, "");
        return 0;
    }
    size_t padding = PKI_AES_BLOCK - text.len % PKI_AES_BLOCK;
    buf_reserve(&padded, text.len + padding);
    buf_append(&padded, text.data, text.len);
    buf_pad(&padded, (char)padding, padding);
    pki_random(iv, sizeof(iv));
    buf_append(&sealed, iv, sizeof(iv));
    aes_key(args[0].s, key);
    int rc = pki_aes_cbc(true, key, iv, buf_str(&padded), padded.len, &sealed, err);
    mem_wipe(key, sizeof(key));
    if (rc < 0)
        return -1;
    base64_append(&out, sealed.data, sealed.len);
    return result_buf(call, &out, ret, err);
}

/* What Go's runtime says where sprig trusts the text; `room` is the capacity of Go's buffer. */
static int check_sealed(size_t len, size_t room, struct error **err)
{
    if (room < PKI_AES_BLOCK)
        return error_set(err, ERROR_INPUT,
                         "runtime error: slice bounds out of range [:%d] with capacity %zu",
                         PKI_AES_BLOCK, room);
    if (len < PKI_AES_BLOCK)
        return error_set(err, ERROR_INPUT, "runtime error: slice bounds out of range [%d:%zu]",
                         PKI_AES_BLOCK, len);
    if (len % PKI_AES_BLOCK != 0)
        return error_set(err, ERROR_INPUT, "crypto/cipher: input not full blocks");
    if (len == PKI_AES_BLOCK)
        return error_set(err, ERROR_INPUT, "runtime error: index out of range [-1]");
    return 0;
}

static int decrypt(struct tval_string password, const struct buf *sealed, struct buf *out,
                   struct error **err)
{
    unsigned char key[PKI_AES_KEY_SIZE];
    const unsigned char *iv = (const unsigned char *)sealed->data;
    aes_key(password, key);
    int rc = pki_aes_cbc(false, key, iv, iv + PKI_AES_BLOCK, sealed->len - PKI_AES_BLOCK, out, err);
    mem_wipe(key, sizeof(key));
    if (rc < 0)
        return -1;
    size_t padding = (unsigned char)out->data[out->len - 1];
    if (padding > out->len)
        return error_set(err, ERROR_INPUT, "runtime error: slice bounds out of range [:-%zu]",
                         padding - out->len);
    buf_truncate(out, out->len - padding);
    return 0;
}

static int crypto_decrypt_aes(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    AUTO_BUF sealed = BUF_INIT;
    AUTO_SECRET_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    struct tval_string text = args[1].s;
    (void)argc;
    if (base64_decode(&sealed, text.data, text.len) < 0)
        return error_set(err, ERROR_INPUT, "illegal base64 data at input byte %zu",
                         codec_base64_fault(text));
    if (text.len > 0 && (check_sealed(sealed.len, text.len / 4 * 3, err) < 0 ||
                         decrypt(args[0].s, &sealed, &out, err) < 0))
        return -1;
    return result_buf(call, &out, ret, err);
}

const struct tfunc tfunc_crypto[] = {
    {"bcrypt", "s", crypto_bcrypt},
    {"buildCustomCert", "ss", func_build_custom_cert},
    {"decryptAES", "ss", crypto_decrypt_aes},
    {"derivePassword", "ussss", func_derive_password},
    {"encryptAES", "ss", crypto_encrypt_aes},
    {"genCA", "si", func_gen_ca},
    {"genCAWithKey", "sis", func_gen_ca_with_key},
    {"genPrivateKey", "s", func_gen_private_key},
    {"genSelfSignedCert", "slli", func_gen_self_signed_cert},
    {"genSelfSignedCertWithKey", "sllis", func_gen_self_signed_cert_with_key},
    {"genSignedCert", "sllic", func_gen_signed_cert},
    {"genSignedCertWithKey", "sllics", func_gen_signed_cert_with_key},
    {"htpasswd", "ss", crypto_htpasswd},
    {NULL, NULL, NULL},
};
