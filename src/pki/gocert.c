/* x509.ParseCertificate: what is wrong with a certificate is found by walking it as Go does; one
 * that passes is handed to OpenSSL. */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "goder.h"
#include "goec.h"
#include "meshctl/base/text.h"
#include "meshctl/pki/gox509.h"
#include "openssl.h"

#define DER_BOOLEAN 0x01
#define DER_BOOLEAN_TRUE 0xff
#define DER_NULL 0x05
#define DER_SET 0x31
#define DER_UTF8_STRING 0x0c
#define DER_PRINTABLE_STRING 0x13
#define DER_UTC_TIME 0x17
#define DER_GENERALIZED_TIME 0x18

#define OID_RSA "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01" /* 1.2.840.113549.1.1.1 */
#define OID_EC "\x2a\x86\x48\xce\x3d\x02\x01"          /* 1.2.840.10045.2.1 */
#define OID_ED25519 "\x2b\x65\x70"                     /* 1.3.101.112 */
#define ED25519_SIZE 32

static int fault(struct error **err, const char *what)
{
    return error_set(err, ERROR_INPUT, "x509: %s", what);
}

/* cryptobyte ReadASN1ObjectIdentifier, as far as its form goes. */
static bool take_oid(struct der *in)
{
    struct der oid;
    if (!der_take(in, DER_OID, &oid) || oid.len == 0 || (oid.at[oid.len - 1] & 0x80))
        return false;
    for (size_t i = 0; i < oid.len; i++)
        if (oid.at[i] == 0x80 && (i == 0 || !(oid.at[i - 1] & 0x80)))
            return false;
    return true;
}

static bool take_any(struct der *in)
{
    struct der body;
    return in->len > 0 && der_take(in, in->at[0], &body);
}

/* parseAI. */
static int check_algorithm(struct der in, struct error **err)
{
    if (!take_oid(&in))
        return fault(err, "malformed OID");
    return in.len > 0 && !take_any(&in) ? fault(err, "malformed parameters") : 0;
}

static int check_version(struct der *tbs, int64_t *ret_version, struct error **err)
{
    struct der explicit;
    struct der number;
    bool present;
    *ret_version = 0;
    if (!der_take_optional(tbs, DER_CONTEXT_CONSTRUCTED(0), &present, &explicit))
        return fault(err, "malformed version");
    if (present && (!der_take_integer(&explicit, &number) || explicit.len > 0 || number.len > 8 ||
                    (*ret_version = der_int(number)) < 0))
        return fault(err, "malformed version");
    return *ret_version > 2 ? fault(err, "invalid version") : 0;
}

static int check_serial(struct der *tbs, struct error **err)
{
    struct der serial;
    if (!der_take_integer(tbs, &serial))
        return fault(err, "malformed serial number");
    return serial.at[0] & 0x80 ? fault(err, "negative serial number") : 0;
}

static int check_algorithms(struct der *tbs, struct der *outer, struct error **err)
{
    struct der inner_id;
    struct der outer_id;
    if (!der_take(tbs, DER_SEQUENCE, &inner_id))
        return fault(err, "malformed signature algorithm identifier");
    if (!der_take(outer, DER_SEQUENCE, &outer_id))
        return fault(err, "malformed algorithm identifier");
    if (inner_id.len != outer_id.len || memcmp(inner_id.at, outer_id.at, inner_id.len) != 0)
        return fault(err, "inner and outer signature algorithm identifiers don't match");
    return check_algorithm(inner_id, err);
}

/* parseASN1String of the two types that certificates of today have. */
static int check_value(struct der *attribute, struct error **err)
{
    struct der text;
    unsigned char id = attribute->len > 0 ? attribute->at[0] : 0;
    if (attribute->len == 0 || !der_take(attribute, id, &text))
        return fault(err, "invalid RDNSequence: invalid attribute value");
    if (id == DER_PRINTABLE_STRING && !der_is_printable(text, "*&"))
        return fault(err, "invalid RDNSequence: invalid attribute value: invalid PrintableString");
    if (id == DER_UTF8_STRING && !text_is_utf8((const char *)text.at, text.len))
        return fault(err, "invalid RDNSequence: invalid attribute value: invalid UTF-8 string");
    return 0;
}

/* parseName. Its second call also says "issuer" when the subject is malformed. */
static int check_name(struct der *tbs, struct error **err)
{
    struct der name;
    if (!der_take(tbs, DER_SEQUENCE, &name))
        return fault(err, "malformed issuer");
    while (name.len > 0) {
        struct der set;
        if (!der_take(&name, DER_SET, &set))
            return fault(err, "invalid RDNSequence");
        while (set.len > 0) {
            struct der attribute;
            if (!der_take(&set, DER_SEQUENCE, &attribute))
                return fault(err, "invalid RDNSequence: invalid attribute");
            if (!take_oid(&attribute))
                return fault(err, "invalid RDNSequence: invalid attribute type");
            if (check_value(&attribute, err) < 0)
                return -1;
        }
    }
    return 0;
}

static bool time_reads(int type, struct der text)
{
    ASN1_STRING *string = ASN1_STRING_type_new(type);
    bool reads = string && ASN1_STRING_set(string, text.at, (int)text.len) &&
                 text.len == (type == V_ASN1_UTCTIME ? 13 : 15) &&
                 ASN1_TIME_check((ASN1_TIME *)string);
    ASN1_STRING_free(string);
    ERR_clear_error();
    return reads;
}

static int check_time(struct der *in, struct error **err)
{
    struct der text;
    if (in->len > 0 && in->at[0] == DER_UTC_TIME)
        return der_take(in, DER_UTC_TIME, &text) && time_reads(V_ASN1_UTCTIME, text)
                   ? 0
                   : fault(err, "malformed UTCTime");
    if (in->len > 0 && in->at[0] == DER_GENERALIZED_TIME)
        return der_take(in, DER_GENERALIZED_TIME, &text) && time_reads(V_ASN1_GENERALIZEDTIME, text)
                   ? 0
                   : fault(err, "malformed GeneralizedTime");
    return fault(err, "unsupported time format");
}

static int check_validity(struct der *tbs, struct error **err)
{
    struct der validity;
    if (!der_take(tbs, DER_SEQUENCE, &validity))
        return fault(err, "malformed validity");
    return check_time(&validity, err) < 0 ? -1 : check_time(&validity, err);
}

/* A number above 0. */
static bool positive(struct der number)
{
    return !(number.at[0] & 0x80) && (number.len > 1 || number.at[0] != 0);
}

static int check_rsa(struct der parameters, struct der key, struct error **err)
{
    struct der modulus;
    struct der exponent;
    if (parameters.len != 2 || parameters.at[0] != DER_NULL || parameters.at[1] != 0)
        return fault(err, "RSA key missing NULL parameters");
    if (!der_take(&key, DER_SEQUENCE, &key))
        return fault(err, "invalid RSA public key");
    if (!der_take_integer(&key, &modulus))
        return fault(err, "invalid RSA modulus");
    if (!der_take_integer(&key, &exponent) || exponent.len > sizeof(int64_t))
        return fault(err, "invalid RSA public exponent");
    if (!positive(modulus))
        return fault(err, "RSA modulus is not a positive number");
    return positive(exponent) ? 0 : fault(err, "RSA public exponent is not a positive number");
}

static int check_curve(struct der parameters, struct error **err)
{
    struct der oid;
    if (!der_take(&parameters, DER_OID, &oid))
        return fault(err, "invalid ECDSA parameters");
    return goec_has_curve(oid) ? 0 : fault(err, "unsupported elliptic curve");
}

static int check_ed25519(struct der parameters, struct der key, struct error **err)
{
    if (parameters.len > 0)
        return fault(err, "Ed25519 key encoded with illegal parameters");
    return key.len == ED25519_SIZE ? 0 : fault(err, "wrong Ed25519 public key size");
}

static bool is_oid(struct der oid, const char *octets, size_t len)
{
    return oid.len == len && memcmp(oid.at, octets, len) == 0;
}

/* parsePublicKey, for the types that sign. `algorithm` has been checked. */
static int check_key_type(struct der algorithm, struct der key, struct error **err)
{
    struct der oid;
    (void)der_take(&algorithm, DER_OID, &oid);
    if (is_oid(oid, OID_RSA, sizeof(OID_RSA) - 1))
        return check_rsa(algorithm, key, err);
    if (is_oid(oid, OID_EC, sizeof(OID_EC) - 1))
        return check_curve(algorithm, err);
    if (is_oid(oid, OID_ED25519, sizeof(OID_ED25519) - 1))
        return check_ed25519(algorithm, key, err);
    return 0;
}

static int check_public_key(struct der *tbs, struct error **err)
{
    struct der info;
    struct der algorithm;
    struct der key;
    if (!der_take(tbs, DER_SEQUENCE, &info))
        return fault(err, "malformed spki");
    if (!der_take(&info, DER_SEQUENCE, &algorithm))
        return fault(err, "malformed public key algorithm identifier");
    if (check_algorithm(algorithm, err) < 0)
        return -1;
    if (!der_take_bits(&info, &key))
        return fault(err, "malformed subjectPublicKey");
    return check_key_type(algorithm, key, err);
}

/* parseExtension. */
static int check_extension(struct der in, struct error **err)
{
    struct der critical;
    struct der value;
    bool present;
    if (!take_oid(&in))
        return fault(err, "malformed extension OID field");
    if (!der_take_optional(&in, DER_BOOLEAN, &present, &critical) ||
        (present &&
         (critical.len != 1 || (critical.at[0] != 0 && critical.at[0] != DER_BOOLEAN_TRUE))))
        return fault(err, "malformed extension critical field");
    return der_take(&in, DER_OCTET_STRING, &value) ? 0
                                                   : fault(err, "malformed extension value field");
}

static int check_extensions(struct der *tbs, struct error **err)
{
    struct der explicit;
    struct der extensions;
    struct der extension;
    bool present;
    if (!der_take_optional(tbs, DER_CONTEXT_CONSTRUCTED(3), &present, &explicit))
        return fault(err, "malformed extensions");
    if (!present)
        return 0;
    if (!der_take(&explicit, DER_SEQUENCE, &extensions))
        return fault(err, "malformed extensions");
    while (extensions.len > 0) {
        if (!der_take(&extensions, DER_SEQUENCE, &extension))
            return fault(err, "malformed extension");
        if (check_extension(extension, err) < 0)
            return -1;
    }
    return 0;
}

/* parseCertificate, in its order. */
static int check_certificate(struct der whole, struct error **err)
{
    struct der outer;
    struct der tbs;
    struct der signature;
    struct der left = whole;
    int64_t version;
    if (!der_take(&left, DER_SEQUENCE, &outer))
        return fault(err, "malformed certificate");
    if (!der_take(&outer, DER_SEQUENCE, &tbs))
        return fault(err, "malformed tbs certificate");
    if (check_version(&tbs, &version, err) < 0 || check_serial(&tbs, err) < 0 ||
        check_algorithms(&tbs, &outer, err) < 0 || check_name(&tbs, err) < 0 ||
        check_validity(&tbs, err) < 0 || check_name(&tbs, err) < 0 ||
        check_public_key(&tbs, err) < 0)
        return -1;
    if (version == 2 && check_extensions(&tbs, err) < 0)
        return -1;
    if (!der_take_bits(&outer, &signature))
        return fault(err, "malformed signature");
    return left.len > 0 ? fault(err, "trailing data") : 0;
}

int gox509_cert_read(const unsigned char *der, size_t len, struct pki_cert **ret_cert,
                     struct error **err)
{
    const unsigned char *p = der;
    if (len > PKI_MAX_PEM)
        return error_set(err, ERROR_INPUT, "a certificate is larger than %zu bytes", PKI_MAX_PEM);
    if (check_certificate((struct der){der, len}, err) < 0)
        return -1;
    AUTO_X509 *x = d2i_X509(NULL, &p, (long)len);
    if (!x || p != der + len)
        return pki_openssl_error(err, ERROR_INPUT, "x509: malformed certificate");
    if (X509_get_extension_flags(x) & EXFLAG_INVALID)
        return pki_openssl_error(err, ERROR_INPUT, "x509: malformed extension");
    ERR_clear_error();
    struct pki_cert *cert = mem_zalloc(sizeof(*cert));
    cert->x509 = TAKE(x);
    *ret_cert = cert;
    return 0;
}
