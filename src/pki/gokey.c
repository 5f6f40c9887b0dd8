/* Private keys of all kinds as Go makes, reads and writes them. */
#include <openssl/dsa.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <stdlib.h>
#include <string.h>

#include "goec.h"
#include "gorsa.h"
#include "meshctl/base/text.h"
#include "meshctl/pki/gopem.h"
#include "meshctl/pki/gox509.h"

/* What Go's crypto/x509 and sprig unmarshal; of PKCS#1 what is not optional. */
static const struct der_struct pkcs1 = {"pkcs1PrivateKey", "iIiIII"};
static const struct der_struct sec1 = {"ecPrivateKey", "io?"};
static const struct der_struct pkcs8 = {"pkcs8", "iao"};
static const struct der_struct dsa = {"DSAKeyFormat", "iIIIII"};

/* ---- making ---- */

static EVP_PKEY *new_dsa(void)
{
    EVP_PKEY *params = NULL;
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_DSA, NULL);
    bool made = ctx && EVP_PKEY_paramgen_init(ctx) > 0 &&
                EVP_PKEY_CTX_set_dsa_paramgen_bits(ctx, 2048) > 0 &&
                EVP_PKEY_CTX_set_dsa_paramgen_q_bits(ctx, 256) > 0 &&
                EVP_PKEY_paramgen(ctx, &params) > 0;
    EVP_PKEY_CTX_free(ctx);
    ctx = made ? EVP_PKEY_CTX_new(params, NULL) : NULL;
    if (!ctx || EVP_PKEY_keygen_init(ctx) <= 0 || EVP_PKEY_keygen(ctx, &pkey) <= 0)
        pkey = NULL;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(params);
    return pkey;
}

static struct pki_key *key_of(EVP_PKEY *pkey)
{
    struct pki_key *key = mem_zalloc(sizeof(*key));
    key->pkey = pkey;
    return key;
}

int gox509_key_new(enum gox509_key_type type, struct pki_key **ret_key, struct error **err)
{
    EVP_PKEY *pkey = NULL;
    switch (type) {
    case GOX509_RSA_2048:
        return pki_key_new(2048, ret_key, err);
    case GOX509_RSA_4096:
        return pki_key_new(4096, ret_key, err);
    case GOX509_DSA_2048:
        pkey = new_dsa();
        break;
    case GOX509_ECDSA_P256:
        pkey = EVP_EC_gen("P-256");
        break;
    case GOX509_ED25519:
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        break;
    }
    if (!pkey)
        return pki_openssl_error(err, ERROR_INTERNAL, "make a key");
    *ret_key = key_of(pkey);
    return 0;
}

/* ---- reading ---- */

static bool reads_as(struct der der, const struct der_struct *type)
{
    struct der_fields fields;
    AUTO_ERROR struct error *ignored = NULL;
    return der_struct_read(der, type, &fields, &ignored) == 0;
}

/* Go tries which other form the key may have; else *err, already set, stays. */
static int hint_form(struct der der, const struct der_struct *first,
                     const struct der_struct *second, struct error **err)
{
    const struct der_struct *const types[] = {first, second};
    for (size_t i = 0; i < MC_ARRAY_LEN(types); i++) {
        if (!reads_as(der, types[i]))
            continue;
        const char *name = types[i] == &sec1    ? "ParseECPrivateKey"
                           : types[i] == &pkcs8 ? "ParsePKCS8PrivateKey"
                                                : "ParsePKCS1PrivateKey";
        error_clear(err);
        return error_set(err, ERROR_INPUT,
                         "x509: failed to parse private key (use %s instead for this key format)",
                         name);
    }
    return -1;
}

static int read_pkcs1(struct der der, EVP_PKEY **ret_pkey, struct error **err)
{
    struct der_fields fields;
    if (der_struct_read(der, &pkcs1, &fields, err) < 0)
        return hint_form(der, &sec1, &pkcs8, err);
    return gorsa_read(der, &fields, ret_pkey, err);
}

static int read_sec1(struct der der, struct der curve_oid, EVP_PKEY **ret_pkey, struct error **err)
{
    struct der_fields fields;
    if (der_struct_read(der, &sec1, &fields, err) == 0)
        return goec_read(&fields, curve_oid, ret_pkey, err);
    if (hint_form(der, &pkcs8, &pkcs1, err) < 0 && text_has_prefix((*err)->message, "asn1: "))
        error_wrap(err, "x509: failed to parse EC private key");
    return -1;
}

/* Ed25519 and X25519: an OCTET STRING of 32 octets in the one of PKCS#8. */
static int read_curve25519(int type, const char *name, struct der parameters, struct der inner,
                           EVP_PKEY **ret_pkey, struct error **err)
{
    struct der seed;
    if (parameters.len > 0)
        return error_set(err, ERROR_INPUT, "x509: invalid %s private key parameters", name);
    if (der_octets_read(inner, &seed, err) < 0)
        return error_wrap(err, "x509: invalid %s private key", name);
    if (seed.len != 32 && type == EVP_PKEY_X25519)
        return error_set(err, ERROR_INPUT, "crypto/ecdh: invalid private key size");
    if (seed.len != 32)
        return error_set(err, ERROR_INPUT, "x509: invalid %s private key length: %zu", name,
                         seed.len);
    *ret_pkey = EVP_PKEY_new_raw_private_key(type, NULL, seed.at, seed.len);
    return *ret_pkey ? 0 : pki_openssl_error(err, ERROR_INPUT, "read a private key");
}

static int unknown_algorithm(const ASN1_OBJECT *object, struct error **err)
{
    char text[128];
    OBJ_obj2txt(text, sizeof(text), object, 1);
    return error_set(err, ERROR_INPUT,
                     "x509: PKCS#8 wrapping contained private key with unknown algorithm: %s",
                     text);
}

static int read_algorithm(const ASN1_OBJECT *object, struct der parameters, struct der inner,
                          EVP_PKEY **ret_pkey, struct error **err)
{
    struct der curve_oid = {0};
    switch (OBJ_obj2nid(object)) {
    case NID_rsaEncryption:
        if (read_pkcs1(inner, ret_pkey, err) < 0)
            return error_wrap(err, "x509: failed to parse RSA private key embedded in PKCS#8");
        return 0;
    case NID_X9_62_id_ecPublicKey:
        der_take(&parameters, DER_OID, &curve_oid);
        if (read_sec1(inner, curve_oid, ret_pkey, err) < 0)
            return error_wrap(err, "x509: failed to parse EC private key embedded in PKCS#8");
        return 0;
    case NID_ED25519:
        return read_curve25519(EVP_PKEY_ED25519, "Ed25519", parameters, inner, ret_pkey, err);
    case NID_X25519:
        return read_curve25519(EVP_PKEY_X25519, "X25519", parameters, inner, ret_pkey, err);
    default:
        return unknown_algorithm(object, err);
    }
}

static int read_pkcs8(struct der der, EVP_PKEY **ret_pkey, struct error **err)
{
    struct der_fields fields;
    if (der_struct_read(der, &pkcs8, &fields, err) < 0)
        return hint_form(der, &sec1, &pkcs1, err);
    struct der parameters = fields.at[1];
    struct der oid = {0};
    (void)der_take_element(&parameters, DER_OID, &oid);
    const unsigned char *p = oid.at;
    ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &p, (long)oid.len);
    if (!object)
        return pki_openssl_error(err, ERROR_INPUT, "asn1: syntax error");
    int rc = read_algorithm(object, parameters, fields.at[2], ret_pkey, err);
    ASN1_OBJECT_free(object);
    return rc;
}

/* x509 signs nothing with a DSA key, nor for one, so that its type is all that is kept: Go reads
 * numbers that make no key, too. */
static int read_dsa(struct der der, EVP_PKEY **ret_pkey, struct error **err)
{
    struct der_fields fields;
    if (der_struct_read(der, &dsa, &fields, err) < 0)
        return -1;
    AUTO_PKEY *pkey = EVP_PKEY_new();
    if (!pkey || !EVP_PKEY_set_type(pkey, EVP_PKEY_DSA))
        return pki_openssl_error(err, ERROR_INTERNAL, "read a DSA key");
    *ret_pkey = TAKE(pkey);
    return 0;
}

static int read_typed(const char *type, struct der der, EVP_PKEY **ret_pkey, struct error **err)
{
    if (strcmp(type, "PRIVATE KEY") == 0) {
        if (read_pkcs8(der, ret_pkey, err) < 0)
            return error_wrap(err, "decoding PEM as PKCS#8");
        return 0;
    }
    if (!text_has_suffix(type, " PRIVATE KEY"))
        return error_set(err, ERROR_INPUT, "no private key data in PEM block of type %s", type);
    int rc;
    if (strcmp(type, "RSA PRIVATE KEY") == 0)
        rc = read_pkcs1(der, ret_pkey, err);
    else if (strcmp(type, "EC PRIVATE KEY") == 0)
        rc = read_sec1(der, (struct der){0}, ret_pkey, err);
    else if (strcmp(type, "DSA PRIVATE KEY") == 0)
        rc = read_dsa(der, ret_pkey, err);
    else
        return error_set(err, ERROR_INPUT, "invalid private key type %s", type);
    int word = (int)strcspn(type, " ");
    return rc < 0 ? error_wrap(err, "parsing %.*s private key from PEM", word, type) : 0;
}

int gox509_key_read(const char *pem, size_t len, struct pki_key **ret_key, struct error **err)
{
    AUTO_GOPEM block = {0};
    EVP_PKEY *pkey = NULL;
    if (len > PKI_MAX_PEM)
        return error_set(err, ERROR_INPUT, "a private key is larger than %zu bytes", PKI_MAX_PEM);
    if (!gopem_decode(pem, len, &block))
        return error_set(err, ERROR_INPUT, "no PEM data in input");
    struct der der = {(const unsigned char *)buf_str(&block.der), block.der.len};
    if (read_typed(buf_str(&block.type), der, &pkey, err) < 0)
        return -1;
    ERR_clear_error();
    *ret_key = key_of(pkey);
    return 0;
}

/* ---- writing ---- */

static const char *pem_type(EVP_PKEY *pkey)
{
    switch (EVP_PKEY_get_base_id(pkey)) {
    case EVP_PKEY_RSA:
        return "RSA PRIVATE KEY";
    case EVP_PKEY_DSA:
        return "DSA PRIVATE KEY";
    case EVP_PKEY_EC:
        return "EC PRIVATE KEY";
    default:
        return "PRIVATE KEY";
    }
}

int gox509_key_write(struct buf *out, const struct pki_key *key, struct error **err)
{
    unsigned char *der = NULL;
    /* The key type's own form, PKCS#8 for types that have none. */
    int len = i2d_PrivateKey(key->pkey, &der);
    if (len < 0)
        return pki_openssl_error(err, ERROR_INTERNAL, "write a private key");
    gopem_encode(out, pem_type(key->pkey), der, (size_t)len);
    OPENSSL_clear_free(der, (size_t)len);
    return 0;
}
