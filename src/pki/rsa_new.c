/* Makes an RSA key out of two primes. */
#include "rsa_new.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "gorsa.h"

#define PUBLIC_EXPONENT 65537
/* A prime fits but for one in 65537: more tries are a broken generator. */
#define MAX_TRIES 16

struct numbers {
    BIGNUM *n, *e, *d, *p, *q, *dp, *dq, *qinv;
    BIGNUM *pminus, *qminus, *t;
    BN_CTX *ctx;
};

static void numbers_release(struct numbers *k)
{
    BIGNUM *const all[] = {k->n,  k->e,    k->d,      k->p,      k->q, k->dp,
                           k->dq, k->qinv, k->pminus, k->qminus, k->t};
    for (size_t i = 0; i < MC_ARRAY_LEN(all); i++)
        BN_clear_free(all[i]);
    BN_CTX_free(k->ctx);
}

static bool numbers_init(struct numbers *k)
{
    BIGNUM **const all[] = {&k->n,  &k->e,    &k->d,      &k->p,      &k->q, &k->dp,
                            &k->dq, &k->qinv, &k->pminus, &k->qminus, &k->t};
    for (size_t i = 0; i < MC_ARRAY_LEN(all); i++) {
        *all[i] = BN_new();
        if (!*all[i])
            return false;
        /* Secret, so no branch of OpenSSL's may depend on it; of no effect on n and e. */
        BN_set_flags(*all[i], BN_FLG_CONSTTIME);
    }
    k->ctx = BN_CTX_secure_new();
    return k->ctx && BN_set_word(k->e, PUBLIC_EXPONENT);
}

/* A prime that 65537, itself one, does not divide less one. Its two highest bits are set, so that
 * the product of two has all its bits. */
static bool new_prime(int bits, BN_GENCB *progress, BIGNUM *prime, BIGNUM *minus)
{
    for (int i = 0; i < MAX_TRIES; i++) {
        if (!BN_generate_prime_ex(prime, bits, 0, NULL, NULL, progress) ||
            !BN_sub(minus, prime, BN_value_one()))
            return false;
        if (BN_mod_word(minus, PUBLIC_EXPONENT) != 0)
            return true;
    }
    return false;
}

/* Two that are too close, which chance does not make in the age of the world, are refused by the
 * check of the whole. */
static bool new_primes(struct numbers *k, int bits, BN_GENCB *progress)
{
    if (!new_prime(bits - bits / 2, progress, k->p, k->pminus) ||
        !new_prime(bits / 2, progress, k->q, k->qminus))
        return false;
    if (BN_cmp(k->p, k->q) < 0) {
        BN_swap(k->p, k->q);
        BN_swap(k->pminus, k->qminus);
    }
    return true;
}

/* d is the inverse of e mod lcm(p - 1, q - 1), as FIPS wants it. */
static bool derive(struct numbers *k)
{
    return BN_mul(k->n, k->p, k->q, k->ctx) && BN_mul(k->d, k->pminus, k->qminus, k->ctx) &&
           BN_gcd(k->t, k->pminus, k->qminus, k->ctx) && BN_div(k->t, NULL, k->d, k->t, k->ctx) &&
           BN_mod_inverse(k->d, k->e, k->t, k->ctx) && BN_mod(k->dp, k->d, k->pminus, k->ctx) &&
           BN_mod(k->dq, k->d, k->qminus, k->ctx) && BN_mod_inverse(k->qinv, k->q, k->p, k->ctx);
}

static bool to_pkey(const struct numbers *k, EVP_PKEY **ret_pkey)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, k->n) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, k->e) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_D, k->d) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_FACTOR1, k->p) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_FACTOR2, k->q) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_EXPONENT1, k->dp) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_EXPONENT2, k->dq) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, k->qinv))
        params = OSSL_PARAM_BLD_to_param(build);
    bool made = params && ctx && EVP_PKEY_fromdata_init(ctx) > 0 &&
                EVP_PKEY_fromdata(ctx, ret_pkey, EVP_PKEY_KEYPAIR, params) > 0;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    return made;
}

/* Called for every candidate; 0 ends the search. */
static int go_on(int what, int count, BN_GENCB *progress)
{
    (void)what;
    (void)count;
    return !cancel_is_set(BN_GENCB_get_arg(progress));
}

MC_DEFINE_CLEANUP(progress_cleanup, BN_GENCB, BN_GENCB_free);

int rsa_new(unsigned bits, struct cancel *cancel, EVP_PKEY **ret_pkey, struct error **err)
{
    MC_CLEANUP(numbers_release) struct numbers k = {0};
    MC_CLEANUP(progress_cleanup) BN_GENCB *progress = BN_GENCB_new();
    AUTO_PKEY *pkey = NULL;
    if (progress)
        BN_GENCB_set(progress, go_on, cancel);
    bool made = progress && numbers_init(&k) && new_primes(&k, (int)bits, progress) && derive(&k) &&
                to_pkey(&k, &pkey);
    if (!made && cancel_is_set(cancel)) {
        ERR_clear_error();
        return error_set(err, ERROR_CANCELLED, "making an RSA key was given up");
    }
    if (!made)
        return pki_openssl_error(err, ERROR_INTERNAL, "make an RSA key of %u bits", bits);
    /* What a key that comes from outside is held to, ours is too. */
    if (gorsa_check(pkey, err) < 0)
        return error_wrap(err, "make an RSA key of %u bits", bits);
    *ret_pkey = TAKE(pkey);
    return 0;
}
