/* What is made of passwords: bcrypt hashes (libxcrypt), keys by scrypt, HMAC, AES in CBC mode
 * (OpenSSL 3). Thread-safe. Passwords are borrowed and not kept. */
#ifndef MESHCTL_PKI_PASSWORD_H
#define MESHCTL_PKI_PASSWORD_H

#include <stdint.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"

#define PKI_BCRYPT_COST 10 /* golang.org/x/crypto/bcrypt DefaultCost */
#define PKI_BCRYPT_MAX_PASSWORD 72
#define PKI_BCRYPT_HASH_SIZE 61 /* with the NUL */

/* A new "$2a$10$..." hash as golang.org/x/crypto/bcrypt GenerateFromPassword writes it, with its
 * error texts. A password that holds a NUL is refused: other programs read it up to there. */
int pki_bcrypt(const char *password, size_t len, char ret_hash[PKI_BCRYPT_HASH_SIZE],
               struct error **err) MC_WARN_UNUSED;

#define PKI_SCRYPT_MAX_MEMORY ((uint64_t)64 * 1024 * 1024)

/* RFC 7914 with r = 8; the largest N that PKI_SCRYPT_MAX_MEMORY holds is 32768. */
int pki_scrypt(const char *password, size_t len, const void *salt, size_t salt_len, uint64_t n,
               uint64_t p, unsigned char *ret_key, size_t key_len, struct error **err)
    MC_WARN_UNUSED;

#define PKI_SHA256_SIZE 32
/* RFC 2104. */
int pki_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                    unsigned char ret_mac[PKI_SHA256_SIZE], struct error **err) MC_WARN_UNUSED;

#define PKI_AES_KEY_SIZE 32
#define PKI_AES_BLOCK 16
/* AES-256-CBC of whole blocks, no padding; `len` is a multiple of PKI_AES_BLOCK. Appends to `out`,
 * which then holds a secret when decrypting. */
int pki_aes_cbc(bool encrypt, const unsigned char key[PKI_AES_KEY_SIZE],
                const unsigned char iv[PKI_AES_BLOCK], const void *data, size_t len,
                struct buf *out, struct error **err) MC_WARN_UNUSED;

#endif
