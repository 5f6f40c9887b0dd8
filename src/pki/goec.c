/* EC private keys, with Go's errors. */
#include "goec.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <string.h>

#define MAX_SIZE 66 /* octets of P-521 */

enum { FIELD_VERSION, FIELD_KEY };

static const struct curve {
    int nid;
    size_t size; /* octets of the order */
    unsigned char oid_len;
    unsigned char oid[8];
} curves[] = {
    {NID_secp224r1, 28, 5, {0x2b, 0x81, 0x04, 0x00, 0x21}},
    {NID_X9_62_prime256v1, 32, 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}},
    {NID_secp384r1, 48, 5, {0x2b, 0x81, 0x04, 0x00, 0x22}},
    {NID_secp521r1, MAX_SIZE, 5, {0x2b, 0x81, 0x04, 0x00, 0x23}},
};

static const struct curve *find_curve(struct der oid)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(curves); i++)
        if (curves[i].oid_len == oid.len && memcmp(curves[i].oid, oid.at, oid.len) == 0)
            return &curves[i];
    return NULL;
}

bool goec_has_curve(struct der oid)
{
    return find_curve(oid) != NULL;
}

/* The key's own [0]. */
static struct der own_curve(struct der rest)
{
    struct der parameters;
    struct der oid;
    if (!der_take(&rest, DER_CONTEXT_CONSTRUCTED(0), &parameters) ||
        !der_take(&parameters, DER_OID, &oid))
        return (struct der){0};
    return oid;
}

/* ecdsa.ParseRawPrivateKey's demands: 0 < scalar < order. */
static int check_scalar(const struct curve *curve, const unsigned char *scalar, struct error **err)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(curve->nid);
    BIGNUM *number = BN_secure_new();
    int rc = 0;
    if (!group || !number || !BN_bin2bn(scalar, (int)curve->size, number))
        rc = pki_openssl_error(err, ERROR_INTERNAL, "read an EC key");
    else if (BN_cmp(number, EC_GROUP_get0_order(group)) >= 0)
        rc = error_set(err, ERROR_INPUT, "input overflows the modulus");
    else if (BN_is_zero(number))
        rc = error_set(err, ERROR_INPUT, "ecdsa: invalid public key encoding");
    BN_clear_free(number);
    EC_GROUP_free(group);
    return rc;
}

/* SEC 1 without the public key, which OpenSSL then works out. All lengths are below 128. */
static EVP_PKEY *make_key(const struct curve *curve, const unsigned char *scalar)
{
    unsigned char der[2 + 3 + 2 + MAX_SIZE + 4 + sizeof(curve->oid)];
    size_t len = 2;
    const unsigned char version[] = {DER_INTEGER, 1, 1, DER_OCTET_STRING,
                                     (unsigned char)curve->size};
    const unsigned char parameters[] = {
        DER_CONTEXT_CONSTRUCTED(0), (unsigned char)(curve->oid_len + 2), DER_OID, curve->oid_len};
    memcpy(der + len, version, sizeof(version));
    len += sizeof(version);
    memcpy(der + len, scalar, curve->size);
    len += curve->size;
    memcpy(der + len, parameters, sizeof(parameters));
    len += sizeof(parameters);
    memcpy(der + len, curve->oid, curve->oid_len);
    len += curve->oid_len;
    der[0] = DER_SEQUENCE;
    der[1] = (unsigned char)(len - 2);
    const unsigned char *p = der;
    EVP_PKEY *pkey = d2i_PrivateKey(EVP_PKEY_EC, NULL, &p, (long)len);
    mem_wipe(der, sizeof(der));
    /* Else a key read without its public half is written without it. */
    if (pkey && !EVP_PKEY_set_int_param(pkey, OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, 1)) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    return pkey;
}

int goec_read(const struct der_fields *fields, struct der curve_oid, EVP_PKEY **ret_pkey,
              struct error **err)
{
    unsigned char scalar[MAX_SIZE] = {0};
    struct der key = fields->at[FIELD_KEY];
    int64_t version = der_int(fields->at[FIELD_VERSION]);
    if (version != 1)
        return error_set(err, ERROR_INPUT, "x509: unknown EC private key version %lld",
                         (long long)version);
    const struct curve *curve = find_curve(curve_oid.len ? curve_oid : own_curve(fields->rest));
    if (!curve)
        return error_set(err, ERROR_INPUT, "x509: unknown elliptic curve");
    for (; key.len > curve->size; key.at++, key.len--)
        if (key.at[0] != 0)
            return error_set(err, ERROR_INPUT, "x509: invalid private key length");
    if (key.len > 0)
        memcpy(scalar + curve->size - key.len, key.at, key.len);
    int rc = check_scalar(curve, scalar, err);
    if (rc == 0) {
        *ret_pkey = make_key(curve, scalar);
        rc = *ret_pkey ? 0 : pki_openssl_error(err, ERROR_INTERNAL, "read an EC key");
    }
    mem_wipe(scalar, sizeof(scalar));
    return rc;
}
