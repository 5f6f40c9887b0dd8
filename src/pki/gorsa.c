/* RSA private keys, with Go's checks. */
#include "gorsa.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>

#include "meshctl/pki/gox509.h"

/* Where Go's pkcs1PrivateKey has its fields. */
enum { FIELD_VERSION, FIELD_N, FIELD_E, FIELD_D, FIELD_P, FIELD_Q };

static int invalid(struct error **err, const char *what)
{
    return error_set(err, ERROR_INPUT, "crypto/rsa: %s", what);
}

static bool positive(struct der integer)
{
    if (integer.len == 0 || (integer.at[0] & 0x80))
        return false;
    return integer.len > 1 || integer.at[0] != 0;
}

static int check_fields(const struct der_fields *fields, struct error **err)
{
    if (der_int(fields->at[FIELD_VERSION]) > 1)
        return error_set(err, ERROR_INPUT, "x509: unsupported private key version");
    bool all = true;
    for (size_t i = FIELD_N; i <= FIELD_Q; i++)
        all = all && (i == FIELD_E || positive(fields->at[i]));
    if (!all)
        return error_set(err, ERROR_INPUT, "x509: private key contains zero or negative value");
    if (fields->at[FIELD_N].len > GOX509_MAX_RSA_BITS / 8 + 1)
        return error_set(err, ERROR_INPUT, "an RSA key has at most %d bits", GOX509_MAX_RSA_BITS);
    return 0;
}

/* rsa.checkPublicKey. */
static int check_public(struct der modulus, struct der exponent, struct error **err)
{
    int64_t e = der_int(exponent);
    if (!(modulus.at[modulus.len - 1] & 1))
        return invalid(err, "public modulus is even");
    if (e < 2)
        return invalid(err, "public exponent too small or negative");
    if (!(e & 1))
        return invalid(err, "public exponent is even");
    return e > INT32_MAX ? invalid(err, "public exponent too large") : 0;
}

struct numbers {
    BIGNUM *n, *e, *d, *p, *q, *dp, *dq, *qinv;
    BN_CTX *ctx;
};

static void numbers_release(struct numbers *k)
{
    BN_free(k->n);
    BN_free(k->e);
    BN_clear_free(k->d);
    BN_clear_free(k->p);
    BN_clear_free(k->q);
    BN_clear_free(k->dp);
    BN_clear_free(k->dq);
    BN_clear_free(k->qinv);
    BN_CTX_free(k->ctx);
}

static bool numbers_get(EVP_PKEY *pkey, struct numbers *k)
{
    k->ctx = BN_CTX_secure_new();
    return k->ctx && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &k->n) &&
           EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &k->e) &&
           EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_D, &k->d) &&
           EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_FACTOR1, &k->p) &&
           EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_FACTOR2, &k->q) &&
           EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_EXPONENT1, &k->dp) &&
           EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_EXPONENT2, &k->dq) &&
           EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, &k->qinv);
}

/* x * y == 1 mod m. */
static bool inverse(const BIGNUM *x, const BIGNUM *y, const BIGNUM *m, BIGNUM *t, BN_CTX *ctx)
{
    return BN_mod_mul(t, x, y, m, ctx) && BN_is_one(t);
}

/* rsa.checkPrivateKey, in its order; what it calls p - 1 and q - 1 are *minus, scratch is t. */
static const char *private_fault(const struct numbers *k, BIGNUM *pminus, BIGNUM *qminus, BIGNUM *t)
{
    if (!BN_mul(t, k->p, k->q, k->ctx) || BN_cmp(t, k->n) != 0)
        return "p * q != n";
    if (!BN_sub(pminus, k->p, BN_value_one()) || !BN_sub(qminus, k->q, BN_value_one()) ||
        BN_cmp(k->dp, pminus) >= 0 || BN_cmp(k->dq, qminus) >= 0 ||
        !inverse(k->dp, k->e, pminus, t, k->ctx) || !inverse(k->dq, k->e, qminus, t, k->ctx))
        return "invalid CRT exponent";
    if (!inverse(k->qinv, k->q, k->p, t, k->ctx))
        return "invalid CRT coefficient";
    if (!BN_nnmod(t, k->d, pminus, k->ctx) || BN_cmp(t, k->dp) != 0)
        return "d does not match dP";
    if (!BN_nnmod(t, k->d, qminus, k->ctx) || BN_cmp(t, k->dq) != 0)
        return "d does not match dQ";
    if (!BN_sub(t, k->p, k->q) || BN_num_bits(t) <= BN_num_bits(k->n) / 2 - 100)
        return BN_is_zero(t) ? "p == q" : "|p - q| too small";
    return BN_num_bits(k->d) <= BN_num_bits(k->n) / 2 ? "d too small" : NULL;
}

/* A key of more than two primes is taken as Go takes it: by its modulus and exponents alone. */
int gorsa_check(EVP_PKEY *pkey, struct error **err)
{
    BIGNUM *third = NULL;
    bool many = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_FACTOR3, &third);
    BN_clear_free(third);
    ERR_clear_error();
    if (many)
        return 0;
    MC_CLEANUP(numbers_release) struct numbers k = {0};
    if (!numbers_get(pkey, &k))
        return pki_openssl_error(err, ERROR_INPUT, "read an RSA key");
    BN_CTX_start(k.ctx);
    BIGNUM *pminus = BN_CTX_get(k.ctx);
    BIGNUM *qminus = BN_CTX_get(k.ctx);
    BIGNUM *t = BN_CTX_get(k.ctx);
    const char *fault = t ? private_fault(&k, pminus, qminus, t) : "out of memory";
    BN_CTX_end(k.ctx);
    ERR_clear_error();
    return fault ? invalid(err, fault) : 0;
}

int gorsa_read(struct der der, const struct der_fields *fields, EVP_PKEY **ret_pkey,
               struct error **err)
{
    if (fields->trailing.len > 0)
        return error_set(err, ERROR_INPUT, "asn1: syntax error: trailing data");
    if (check_fields(fields, err) < 0 ||
        check_public(fields->at[FIELD_N], fields->at[FIELD_E], err) < 0)
        return -1;
    const unsigned char *p = der.at;
    AUTO_PKEY *pkey = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &p, (long)der.len);
    if (!pkey)
        return pki_openssl_error(err, ERROR_INPUT, "read an RSA key");
    if (gorsa_check(pkey, err) < 0)
        return -1;
    *ret_pkey = TAKE(pkey);
    return 0;
}
