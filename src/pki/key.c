/* Private keys: made, read, written, freed. */
#include "meshctl/pki/cert.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "openssl.h"
#include "rsa_new.h"

#define MIN_RSA_BITS 2048
#define MAX_RSA_BITS 16384 /* OPENSSL_RSA_MAX_MODULUS_BITS: more cannot be verified */

static struct pki_key *key_of(EVP_PKEY *pkey)
{
    struct pki_key *key = mem_zalloc(sizeof(*key));
    key->pkey = pkey;
    return key;
}

int pki_key_new(unsigned rsa_bits, struct pki_key **ret_key, struct error **err)
{
    return pki_key_new_unless(rsa_bits, NULL, ret_key, err);
}

int pki_key_new_unless(unsigned rsa_bits, struct cancel *cancel, struct pki_key **ret_key,
                       struct error **err)
{
    if (rsa_bits < MIN_RSA_BITS || rsa_bits > MAX_RSA_BITS)
        return error_set(err, ERROR_INPUT, "an RSA key has %d to %d bits, not %u", MIN_RSA_BITS,
                         MAX_RSA_BITS, rsa_bits);
    EVP_PKEY *pkey = NULL;
    if (rsa_new(rsa_bits, cancel, &pkey, err) < 0)
        return -1;
    *ret_key = key_of(pkey);
    return 0;
}

/* OpenSSL asks for a passphrase here; without this it would ask on the terminal. */
static int refuse_passphrase(char *out, int size, int writing, void *ctx)
{
    (void)out;
    (void)size;
    (void)writing;
    *(bool *)ctx = true;
    return -1;
}

int pki_key_read(const char *pem, size_t len, const char *name, struct pki_key **ret_key,
                 struct error **err)
{
    AUTO_BIO *bio = NULL;
    if (pki_bio_read(pem, len, name, &bio, err) < 0)
        return -1;
    bool encrypted = false;
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, &encrypted);
    if (pkey) {
        ERR_clear_error();
        *ret_key = key_of(pkey);
        return 0;
    }
    if (encrypted) {
        ERR_clear_error();
        error_set(err, ERROR_INPUT, "the private key in %s is encrypted", name);
        error_hint(err, "decrypt it: openssl pkey -in %s -out FILE", name);
    } else {
        pki_openssl_error(err, ERROR_INPUT, "%s holds no private key in PEM form", name);
    }
    return error_where(err, "%s", name);
}

int pki_key_write(struct buf *out, const struct pki_key *key, struct error **err)
{
    /* A secure-memory BIO clears what it frees. */
    AUTO_BIO *bio = BIO_new(BIO_s_secmem());
    if (!bio || !PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL))
        return pki_openssl_error(err, ERROR_INTERNAL, "write a private key");
    pki_bio_append(out, bio);
    return 0;
}

void pki_key_free(struct pki_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey);
    free(key);
}
