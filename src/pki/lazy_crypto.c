/* libcrypto, loaded when it is first needed: this file defines the functions of <openssl/...> that
 * this room calls, also those behind the macros and inline functions of those headers. The linker
 * names one that is missing here, the compiler one that differs from its header. */
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "meshctl/base/library.h"

/* The library that libssl-dev belongs to, and that libcurl brings with it: never two in one
 * process. */
#define LIBRARY "libcrypto.so.3"

/* What is called: type, name, parameters, arguments. V: those that give nothing back. */
#define FUNCTIONS(F, V)                                                                            \
    V(ASN1_BIT_STRING_free, (ASN1_BIT_STRING * a), (a))                                            \
    F(ASN1_BIT_STRING *, ASN1_BIT_STRING_new, (void), ())                                          \
    F(int, ASN1_BIT_STRING_set_bit, (ASN1_BIT_STRING * a, int b, int c), (a, b, c))                \
    V(ASN1_IA5STRING_free, (ASN1_IA5STRING * a), (a))                                              \
    F(ASN1_IA5STRING *, ASN1_IA5STRING_new, (void), ())                                            \
    F(ASN1_INTEGER *, ASN1_INTEGER_new, (void), ())                                                \
    F(int, ASN1_INTEGER_set, (ASN1_INTEGER * a, long b), (a, b))                                   \
    V(ASN1_OBJECT_free, (ASN1_OBJECT * a), (a))                                                    \
    F(ASN1_OCTET_STRING *, ASN1_OCTET_STRING_dup, (const ASN1_OCTET_STRING *a), (a))               \
    V(ASN1_OCTET_STRING_free, (ASN1_OCTET_STRING * a), (a))                                        \
    F(ASN1_OCTET_STRING *, ASN1_OCTET_STRING_new, (void), ())                                      \
    F(int, ASN1_OCTET_STRING_set, (ASN1_OCTET_STRING * a, const unsigned char *b, int c),          \
      (a, b, c))                                                                                   \
    V(ASN1_STRING_free, (ASN1_STRING * a), (a))                                                    \
    F(int, ASN1_STRING_set, (ASN1_STRING * a, const void *b, int c), (a, b, c))                    \
    F(int, ASN1_STRING_to_UTF8, (unsigned char **a, const ASN1_STRING *b), (a, b))                 \
    F(ASN1_STRING *, ASN1_STRING_type_new, (int a), (a))                                           \
    F(int, ASN1_TIME_check, (const ASN1_TIME *a), (a))                                             \
    F(ASN1_TIME *, ASN1_TIME_set, (ASN1_TIME * a, time_t b), (a, b))                               \
    F(int, ASN1_TIME_to_tm, (const ASN1_TIME *a, struct tm *b), (a, b))                            \
    V(AUTHORITY_KEYID_free, (AUTHORITY_KEYID * a), (a))                                            \
    F(AUTHORITY_KEYID *, AUTHORITY_KEYID_new, (void), ())                                          \
    V(BASIC_CONSTRAINTS_free, (BASIC_CONSTRAINTS * a), (a))                                        \
    F(BASIC_CONSTRAINTS *, BASIC_CONSTRAINTS_new, (void), ())                                      \
    F(long, BIO_ctrl, (BIO * a, int b, long c, void *d), (a, b, c, d))                             \
    V(BIO_free_all, (BIO * a), (a))                                                                \
    F(BIO *, BIO_new, (const BIO_METHOD *a), (a))                                                  \
    F(BIO *, BIO_new_mem_buf, (const void *a, int b), (a, b))                                      \
    F(const BIO_METHOD *, BIO_s_mem, (void), ())                                                   \
    F(const BIO_METHOD *, BIO_s_secmem, (void), ())                                                \
    V(BN_CTX_end, (BN_CTX * a), (a))                                                               \
    V(BN_CTX_free, (BN_CTX * a), (a))                                                              \
    F(BIGNUM *, BN_CTX_get, (BN_CTX * a), (a))                                                     \
    F(BN_CTX *, BN_CTX_secure_new, (void), ())                                                     \
    V(BN_CTX_start, (BN_CTX * a), (a))                                                             \
    F(BIGNUM *, BN_bin2bn, (const unsigned char *a, int b, BIGNUM *c), (a, b, c))                  \
    V(BN_clear_free, (BIGNUM * a), (a))                                                            \
    F(int, BN_cmp, (const BIGNUM *a, const BIGNUM *b), (a, b))                                     \
    F(int, BN_div, (BIGNUM * a, BIGNUM * b, const BIGNUM *c, const BIGNUM *d, BN_CTX *e),          \
      (a, b, c, d, e))                                                                             \
    V(BN_free, (BIGNUM * a), (a))                                                                  \
    F(int, BN_gcd, (BIGNUM * a, const BIGNUM *b, const BIGNUM *c, BN_CTX *d), (a, b, c, d))        \
    F(int, BN_generate_prime_ex,                                                                   \
      (BIGNUM * a, int b, int c, const BIGNUM *d, const BIGNUM *e, BN_GENCB *f),                   \
      (a, b, c, d, e, f))                                                                          \
    F(int, BN_is_one, (const BIGNUM *a), (a))                                                      \
    F(int, BN_is_zero, (const BIGNUM *a), (a))                                                     \
    F(BIGNUM *, BN_mod_inverse, (BIGNUM * a, const BIGNUM *b, const BIGNUM *c, BN_CTX *d),         \
      (a, b, c, d))                                                                                \
    F(int, BN_mod_mul, (BIGNUM * a, const BIGNUM *b, const BIGNUM *c, const BIGNUM *d, BN_CTX *e), \
      (a, b, c, d, e))                                                                             \
    F(BN_ULONG, BN_mod_word, (const BIGNUM *a, BN_ULONG b), (a, b))                                \
    F(int, BN_mul, (BIGNUM * a, const BIGNUM *b, const BIGNUM *c, BN_CTX *d), (a, b, c, d))        \
    F(BIGNUM *, BN_new, (void), ())                                                                \
    F(int, BN_nnmod, (BIGNUM * a, const BIGNUM *b, const BIGNUM *c, BN_CTX *d), (a, b, c, d))      \
    F(int, BN_num_bits, (const BIGNUM *a), (a))                                                    \
    F(int, BN_rand, (BIGNUM * a, int b, int c, int d), (a, b, c, d))                               \
    F(BIGNUM *, BN_secure_new, (void), ())                                                         \
    V(BN_set_flags, (BIGNUM * a, int b), (a, b))                                                   \
    F(int, BN_set_word, (BIGNUM * a, BN_ULONG b), (a, b))                                          \
    F(int, BN_sub, (BIGNUM * a, const BIGNUM *b, const BIGNUM *c), (a, b, c))                      \
    V(BN_swap, (BIGNUM * a, BIGNUM * b), (a, b))                                                   \
    F(ASN1_INTEGER *, BN_to_ASN1_INTEGER, (const BIGNUM *a, ASN1_INTEGER *b), (a, b))              \
    F(const BIGNUM *, BN_value_one, (void), ())                                                    \
    V(CRYPTO_clear_free, (void *a, size_t b, const char *c, int d), (a, b, c, d))                  \
    V(CRYPTO_free, (void *a, const char *b, int c), (a, b, c))                                     \
    V(EC_GROUP_free, (EC_GROUP * a), (a))                                                          \
    F(const BIGNUM *, EC_GROUP_get0_order, (const EC_GROUP *a), (a))                               \
    F(EC_GROUP *, EC_GROUP_new_by_curve_name, (int a), (a))                                        \
    V(ERR_clear_error, (void), ())                                                                 \
    F(unsigned long, ERR_get_error, (void), ())                                                    \
    F(unsigned long, ERR_peek_last_error, (void), ())                                              \
    F(const char *, ERR_reason_error_string, (unsigned long a), (a))                               \
    V(EVP_CIPHER_CTX_free, (EVP_CIPHER_CTX * a), (a))                                              \
    F(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_new, (void), ())                                            \
    F(int, EVP_CIPHER_CTX_set_padding, (EVP_CIPHER_CTX * a, int b), (a, b))                        \
    F(int, EVP_CipherInit_ex2,                                                                     \
      (EVP_CIPHER_CTX * a, const EVP_CIPHER *b, const unsigned char *c, const unsigned char *d,    \
       int e, const OSSL_PARAM *f),                                                                \
      (a, b, c, d, e, f))                                                                          \
    F(int, EVP_CipherUpdate,                                                                       \
      (EVP_CIPHER_CTX * a, unsigned char *b, int *c, const unsigned char *d, int e),               \
      (a, b, c, d, e))                                                                             \
    F(int, EVP_PBE_scrypt,                                                                         \
      (const char *a, size_t b, const unsigned char *c, size_t d, uint64_t e, uint64_t f,          \
       uint64_t g, uint64_t h, unsigned char *i, size_t j),                                        \
      (a, b, c, d, e, f, g, h, i, j))                                                              \
    V(EVP_PKEY_CTX_free, (EVP_PKEY_CTX * a), (a))                                                  \
    F(EVP_PKEY_CTX *, EVP_PKEY_CTX_new, (EVP_PKEY * a, ENGINE * b), (a, b))                        \
    F(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name,                                                  \
      (OSSL_LIB_CTX * a, const char *b, const char *c), (a, b, c))                                 \
    F(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_id, (int a, ENGINE *b), (a, b))                             \
    F(int, EVP_PKEY_CTX_set_dsa_paramgen_bits, (EVP_PKEY_CTX * a, int b), (a, b))                  \
    F(int, EVP_PKEY_CTX_set_dsa_paramgen_q_bits, (EVP_PKEY_CTX * a, int b), (a, b))                \
    F(int, EVP_PKEY_eq, (const EVP_PKEY *a, const EVP_PKEY *b), (a, b))                            \
    V(EVP_PKEY_free, (EVP_PKEY * a), (a))                                                          \
    F(int, EVP_PKEY_fromdata, (EVP_PKEY_CTX * a, EVP_PKEY * *b, int c, OSSL_PARAM *d),             \
      (a, b, c, d))                                                                                \
    F(int, EVP_PKEY_fromdata_init, (EVP_PKEY_CTX * a), (a))                                        \
    F(int, EVP_PKEY_get_base_id, (const EVP_PKEY *a), (a))                                         \
    F(int, EVP_PKEY_get_bits, (const EVP_PKEY *a), (a))                                            \
    F(int, EVP_PKEY_get_bn_param, (const EVP_PKEY *a, const char *b, BIGNUM **c), (a, b, c))       \
    F(int, EVP_PKEY_is_a, (const EVP_PKEY *a, const char *b), (a, b))                              \
    F(int, EVP_PKEY_keygen, (EVP_PKEY_CTX * a, EVP_PKEY * *b), (a, b))                             \
    F(int, EVP_PKEY_keygen_init, (EVP_PKEY_CTX * a), (a))                                          \
    F(EVP_PKEY *, EVP_PKEY_new, (void), ())                                                        \
    F(EVP_PKEY *, EVP_PKEY_new_raw_private_key,                                                    \
      (int a, ENGINE *b, const unsigned char *c, size_t d), (a, b, c, d))                          \
    F(int, EVP_PKEY_paramgen, (EVP_PKEY_CTX * a, EVP_PKEY * *b), (a, b))                           \
    F(int, EVP_PKEY_paramgen_init, (EVP_PKEY_CTX * a), (a))                                        \
    F(int, EVP_PKEY_set_int_param, (EVP_PKEY * a, const char *b, int c), (a, b, c))                \
    F(int, EVP_PKEY_set_type, (EVP_PKEY * a, int b), (a, b))                                       \
    F(int, EVP_Q_digest,                                                                           \
      (OSSL_LIB_CTX * a, const char *b, const char *c, const void *d, size_t e, unsigned char *f,  \
       size_t *g),                                                                                 \
      (a, b, c, d, e, f, g))                                                                       \
    F(unsigned char *, EVP_Q_mac,                                                                  \
      (OSSL_LIB_CTX * a, const char *b, const char *c, const char *d, const OSSL_PARAM *e,         \
       const void *f, size_t g, const unsigned char *h, size_t i, unsigned char *j, size_t k,      \
       size_t *l),                                                                                 \
      (a, b, c, d, e, f, g, h, i, j, k, l))                                                        \
    F(const EVP_CIPHER *, EVP_aes_256_cbc, (void), ())                                             \
    F(const EVP_MD *, EVP_sha1, (void), ())                                                        \
    F(const EVP_MD *, EVP_sha256, (void), ())                                                      \
    F(const EVP_MD *, EVP_sha384, (void), ())                                                      \
    F(const EVP_MD *, EVP_sha512, (void), ())                                                      \
    V(GENERAL_NAMES_free, (GENERAL_NAMES * a), (a))                                                \
    F(GENERAL_NAMES *, GENERAL_NAMES_new, (void), ())                                              \
    V(GENERAL_NAME_free, (GENERAL_NAME * a), (a))                                                  \
    F(GENERAL_NAME *, GENERAL_NAME_new, (void), ())                                                \
    V(GENERAL_NAME_set0_value, (GENERAL_NAME * a, int b, void *c), (a, b, c))                      \
    F(ASN1_OBJECT *, OBJ_nid2obj, (int a), (a))                                                    \
    F(const char *, OBJ_nid2sn, (int a), (a))                                                      \
    F(int, OBJ_obj2nid, (const ASN1_OBJECT *a), (a))                                               \
    F(int, OBJ_obj2txt, (char *a, int b, const ASN1_OBJECT *c, int d), (a, b, c, d))               \
    V(OPENSSL_sk_free, (OPENSSL_STACK * a), (a))                                                   \
    F(OPENSSL_STACK *, OPENSSL_sk_new_null, (void), ())                                            \
    F(int, OPENSSL_sk_push, (OPENSSL_STACK * a, const void *b), (a, b))                            \
    V(OSSL_PARAM_BLD_free, (OSSL_PARAM_BLD * a), (a))                                              \
    F(OSSL_PARAM_BLD *, OSSL_PARAM_BLD_new, (void), ())                                            \
    F(int, OSSL_PARAM_BLD_push_BN, (OSSL_PARAM_BLD * a, const char *b, const BIGNUM *c),           \
      (a, b, c))                                                                                   \
    F(OSSL_PARAM *, OSSL_PARAM_BLD_to_param, (OSSL_PARAM_BLD * a), (a))                            \
    V(OSSL_PARAM_free, (OSSL_PARAM * a), (a))                                                      \
    F(int, PEM_read_bio, (BIO * a, char **b, char **c, unsigned char **d, long *e),                \
      (a, b, c, d, e))                                                                             \
    F(EVP_PKEY *, PEM_read_bio_PrivateKey, (BIO * a, EVP_PKEY * *b, pem_password_cb * c, void *d), \
      (a, b, c, d))                                                                                \
    F(int, PEM_write_bio_PKCS8PrivateKey,                                                          \
      (BIO * a, const EVP_PKEY *b, const EVP_CIPHER *c, const char *d, int e, pem_password_cb *f,  \
       void *g),                                                                                   \
      (a, b, c, d, e, f, g))                                                                       \
    F(int, PEM_write_bio_X509, (BIO * a, const X509 *b), (a, b))                                   \
    F(int, RAND_bytes, (unsigned char *a, int b), (a, b))                                          \
    F(ASN1_STRING *, X509_NAME_ENTRY_get_data, (const X509_NAME_ENTRY *a), (a))                    \
    F(int, X509_NAME_add_entry_by_NID,                                                             \
      (X509_NAME * a, int b, int c, const unsigned char *d, int e, int f, int g),                  \
      (a, b, c, d, e, f, g))                                                                       \
    F(int, X509_NAME_add_entry_by_txt,                                                             \
      (X509_NAME * a, const char *b, int c, const unsigned char *d, int e, int f, int g),          \
      (a, b, c, d, e, f, g))                                                                       \
    F(int, X509_NAME_get0_der, (const X509_NAME *a, const unsigned char **b, size_t *c),           \
      (a, b, c))                                                                                   \
    F(X509_NAME_ENTRY *, X509_NAME_get_entry, (const X509_NAME *a, int b), (a, b))                 \
    F(int, X509_NAME_get_index_by_NID, (const X509_NAME *a, int b, int c), (a, b, c))              \
    F(int, X509_NAME_print_ex, (BIO * a, const X509_NAME *b, int c, unsigned long d),              \
      (a, b, c, d))                                                                                \
    V(X509_STORE_CTX_free, (X509_STORE_CTX * a), (a))                                              \
    F(X509_VERIFY_PARAM *, X509_STORE_CTX_get0_param, (const X509_STORE_CTX *a), (a))              \
    F(X509 *, X509_STORE_CTX_get_current_cert, (const X509_STORE_CTX *a), (a))                     \
    F(int, X509_STORE_CTX_get_error, (const X509_STORE_CTX *a), (a))                               \
    F(int, X509_STORE_CTX_init,                                                                    \
      (X509_STORE_CTX * a, X509_STORE * b, X509 * c, STACK_OF(X509) * d), (a, b, c, d))            \
    F(X509_STORE_CTX *, X509_STORE_CTX_new, (void), ())                                            \
    F(int, X509_STORE_add_cert, (X509_STORE * a, X509 * b), (a, b))                                \
    V(X509_STORE_free, (X509_STORE * a), (a))                                                      \
    F(X509_STORE *, X509_STORE_new, (void), ())                                                    \
    V(X509_VERIFY_PARAM_set_auth_level, (X509_VERIFY_PARAM * a, int b), (a, b))                    \
    F(int, X509_VERIFY_PARAM_set_flags, (X509_VERIFY_PARAM * a, unsigned long b), (a, b))          \
    F(int, X509_add1_ext_i2d, (X509 * a, int b, void *c, int d, unsigned long e), (a, b, c, d, e)) \
    F(int, X509_check_ca, (X509 * a), (a))                                                         \
    F(int, X509_check_private_key, (const X509 *a, const EVP_PKEY *b), (a, b))                     \
    V(X509_free, (X509 * a), (a))                                                                  \
    F(const ASN1_TIME *, X509_get0_notAfter, (const X509 *a), (a))                                 \
    F(const ASN1_TIME *, X509_get0_notBefore, (const X509 *a), (a))                                \
    F(EVP_PKEY *, X509_get0_pubkey, (const X509 *a), (a))                                          \
    F(const ASN1_OCTET_STRING *, X509_get0_subject_key_id, (X509 * a), (a))                        \
    F(uint32_t, X509_get_extension_flags, (X509 * a), (a))                                         \
    F(X509_NAME *, X509_get_issuer_name, (const X509 *a), (a))                                     \
    F(long, X509_get_pathlen, (X509 * a), (a))                                                     \
    F(ASN1_INTEGER *, X509_get_serialNumber, (X509 * a), (a))                                      \
    F(X509_NAME *, X509_get_subject_name, (const X509 *a), (a))                                    \
    F(ASN1_TIME *, X509_getm_notAfter, (const X509 *a), (a))                                       \
    F(ASN1_TIME *, X509_getm_notBefore, (const X509 *a), (a))                                      \
    F(X509 *, X509_new, (void), ())                                                                \
    F(int, X509_pubkey_digest,                                                                     \
      (const X509 *a, const EVP_MD *b, unsigned char *c, unsigned int *d), (a, b, c, d))           \
    F(int, X509_set_issuer_name, (X509 * a, const X509_NAME *b), (a, b))                           \
    F(int, X509_set_pubkey, (X509 * a, EVP_PKEY * b), (a, b))                                      \
    F(int, X509_set_version, (X509 * a, long b), (a, b))                                           \
    F(int, X509_sign, (X509 * a, EVP_PKEY * b, const EVP_MD *c), (a, b, c))                        \
    F(ASN1_TIME *, X509_time_adj_ex, (ASN1_TIME * a, int b, long c, time_t *d), (a, b, c, d))      \
    F(int, X509_verify_cert, (X509_STORE_CTX * a), (a))                                            \
    F(const char *, X509_verify_cert_error_string, (long a), (a))                                  \
    F(ASN1_OBJECT *, d2i_ASN1_OBJECT, (ASN1_OBJECT * *a, const unsigned char **b, long c),         \
      (a, b, c))                                                                                   \
    F(EVP_PKEY *, d2i_PrivateKey, (int a, EVP_PKEY **b, const unsigned char **c, long d),          \
      (a, b, c, d))                                                                                \
    F(X509 *, d2i_X509, (X509 * *a, const unsigned char **b, long c), (a, b, c))                   \
    F(int, i2d_PrivateKey, (const EVP_PKEY *a, unsigned char **b), (a, b))                         \
    F(int, i2d_X509, (const X509 *a, unsigned char **b), (a, b))

static struct {
    FUNCTIONS(LIBRARY_MEMBER, LIBRARY_MEMBER_VOID)
    __typeof__(EVP_PKEY_Q_keygen) *EVP_PKEY_Q_keygen;
} lib;

static const struct library_symbol symbols[] = {
    FUNCTIONS(LIBRARY_SYMBOL, LIBRARY_SYMBOL_VOID){"EVP_PKEY_Q_keygen", &lib.EVP_PKEY_Q_keygen},
};

static struct library library = LIBRARY_INIT(LIBRARY, symbols);

FUNCTIONS(LIBRARY_FORWARD, LIBRARY_FORWARD_VOID)

/* What stands behind the type depends on it. Of the types that this room makes: the name of a
 * curve, or nothing. */
LIBRARY_HIDDEN EVP_PKEY *EVP_PKEY_Q_keygen(OSSL_LIB_CTX *context, const char *query,
                                           const char *type, ...)
{
    EVP_PKEY *key;
    va_list ap;
    library_require(&library);
    va_start(ap, type);
    if (strcmp(type, "EC") == 0)
        key = lib.EVP_PKEY_Q_keygen(context, query, type, va_arg(ap, const char *));
    else
        key = lib.EVP_PKEY_Q_keygen(context, query, type);
    va_end(ap);
    return key;
}
