/* bcrypt, scrypt, HMAC and AES over the libraries that have them. */
#include "meshctl/pki/password.h"

#include <crypt.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/pki/digest.h"
#include "openssl.h"

#define SALT_SIZE 16
#define SCRYPT_R 8

/* $2a$ of libxcrypt guards against a defect of old PHP and gives another hash for some passwords
 * with bytes above 127; its $2b$ is the plain algorithm, which is what Go means by $2a$. */
#define PLAIN_PREFIX "$2b$"

static int hash(const char *password, char ret_hash[PKI_BCRYPT_HASH_SIZE], struct error **err)
{
    char salt[SALT_SIZE];
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    pki_random(salt, sizeof(salt));
    struct crypt_data *data = mem_zalloc(sizeof(*data)); /* 32 KiB */
    const char *made =
        crypt_gensalt_rn(PLAIN_PREFIX, PKI_BCRYPT_COST, salt, SALT_SIZE, setting, sizeof(setting))
            ? crypt_r(password, setting, data)
            : NULL;
    bool fits = made && made[0] == '$' && strlen(made) == PKI_BCRYPT_HASH_SIZE - 1;
    if (fits) {
        memcpy(ret_hash, made, PKI_BCRYPT_HASH_SIZE);
        ret_hash[2] = 'a';
    }
    mem_wipe(data, sizeof(*data));
    free(data);
    return fits ? 0 : error_set(err, ERROR_INTERNAL, "the system's crypt has no bcrypt");
}

int pki_bcrypt(const char *password, size_t len, char ret_hash[PKI_BCRYPT_HASH_SIZE],
               struct error **err)
{
    if (len > PKI_BCRYPT_MAX_PASSWORD)
        return error_set(err, ERROR_INPUT, "bcrypt: password length exceeds %d bytes",
                         PKI_BCRYPT_MAX_PASSWORD);
    if (memchr(password, '\0', len))
        return error_set(err, ERROR_INPUT, "bcrypt: the password holds a NUL");
    char copy[PKI_BCRYPT_MAX_PASSWORD + 1];
    memcpy(copy, password, len);
    copy[len] = '\0';
    int rc = hash(copy, ret_hash, err);
    mem_wipe(copy, sizeof(copy));
    return rc;
}

int pki_scrypt(const char *password, size_t len, const void *salt, size_t salt_len, uint64_t n,
               uint64_t p, unsigned char *ret_key, size_t key_len, struct error **err)
{
    if (EVP_PBE_scrypt(password, len, salt, salt_len, n, SCRYPT_R, p, PKI_SCRYPT_MAX_MEMORY,
                       ret_key, key_len) != 1)
        return pki_openssl_error(err, ERROR_INTERNAL, "scrypt");
    return 0;
}

int pki_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                    unsigned char ret_mac[PKI_SHA256_SIZE], struct error **err)
{
    size_t mac_len = 0;
    if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, key_len, data, len, ret_mac,
                   PKI_SHA256_SIZE, &mac_len))
        return pki_openssl_error(err, ERROR_INTERNAL, "HMAC");
    return 0;
}

int pki_aes_cbc(bool encrypt, const unsigned char key[PKI_AES_KEY_SIZE],
                const unsigned char iv[PKI_AES_BLOCK], const void *data, size_t len,
                struct buf *out, struct error **err)
{
    int made = 0;
    if (len > INT_MAX)
        return error_set(err, ERROR_INPUT, "AES of more than %d bytes", INT_MAX);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    buf_reserve(out, len + PKI_AES_BLOCK);
    bool done = ctx && out->cap - out->len > len && len % PKI_AES_BLOCK == 0 &&
                EVP_CipherInit_ex2(ctx, EVP_aes_256_cbc(), key, iv, encrypt, NULL) &&
                EVP_CIPHER_CTX_set_padding(ctx, 0) &&
                EVP_CipherUpdate(ctx, (unsigned char *)out->data + out->len, &made, data, (int)len);
    EVP_CIPHER_CTX_free(ctx);
    if (!done || (size_t)made != len)
        return pki_openssl_error(err, ERROR_INTERNAL, "AES");
    out->len += len;
    out->data[out->len] = '\0';
    return 0;
}
