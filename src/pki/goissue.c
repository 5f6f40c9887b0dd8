/* x509.CreateCertificate with the template of sprig's getBaseCertTemplate. */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "goder.h"
#include "issue.h"
#include "meshctl/base/text.h"
#include "meshctl/pki/gox509.h"
#include "openssl.h"

#define SERIAL_BITS 128
#define KEY_ID_SIZE 20 /* RFC 7093 section 2 method 1: the front of a SHA-256 */
#define NS_A_SECOND 1000000000
#define NS_A_DAY ((uint64_t)86400 * NS_A_SECOND)
#define MIN_RSA_BITS 1024

bool gox509_ip_parse(const char *text, size_t len, struct gox509_ip *ret_ip)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    char copy[INET6_ADDRSTRLEN];
    if (len >= sizeof(copy) || memchr(text, '\0', len))
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    *ret_ip = (struct gox509_ip){.len = 4};
    if (inet_pton(AF_INET, copy, ret_ip->octets) == 1)
        return true;
    ret_ip->len = 16;
    if (inet_pton(AF_INET6, copy, ret_ip->octets) != 1)
        return false;
    if (memcmp(ret_ip->octets, mapped, sizeof(mapped)) == 0) {
        memmove(ret_ip->octets, ret_ip->octets + sizeof(mapped), 4);
        ret_ip->len = 4;
    }
    return true;
}

static int library_error(struct error **err)
{
    return pki_openssl_error(err, ERROR_INTERNAL, "make a certificate");
}

/* ---- what Go refuses ---- */

static int check_signer(EVP_PKEY *signer, struct error **err)
{
    int type = EVP_PKEY_get_base_id(signer);
    if (type != EVP_PKEY_RSA && type != EVP_PKEY_EC && type != EVP_PKEY_ED25519)
        return error_set(err, ERROR_INPUT,
                         "x509: certificate private key does not implement crypto.Signer");
    return 0;
}

static int check_subject_key(EVP_PKEY *pkey, struct error **err)
{
    int type = EVP_PKEY_get_base_id(pkey);
    if (type != EVP_PKEY_DSA && type != EVP_PKEY_X25519)
        return 0;
    return error_set(err, ERROR_INPUT, "x509: unsupported public key type: *%s.PublicKey",
                     type == EVP_PKEY_DSA ? "dsa" : "ecdh");
}

/* A certificate whose key Go does not know has none to compare with. */
static int check_issuer_key(const struct pki_cert *issuer, EVP_PKEY *signer, struct error **err)
{
    EVP_PKEY *known = X509_get0_pubkey(issuer->x509);
    bool same = !known || EVP_PKEY_eq(known, signer) == 1;
    ERR_clear_error();
    if (!same)
        return error_set(err, ERROR_INPUT,
                         "x509: provided PrivateKey doesn't match parent's PublicKey");
    return 0;
}

static int check_signer_size(EVP_PKEY *signer, struct error **err)
{
    int bits = EVP_PKEY_get_bits(signer);
    if (EVP_PKEY_get_base_id(signer) == EVP_PKEY_RSA && bits < MIN_RSA_BITS)
        return error_set(err, ERROR_INPUT,
                         "crypto/rsa: %d-bit keys are insecure (see "
                         "https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)",
                         bits);
    return 0;
}

/* ---- the fields ---- */

static bool set_serial(X509 *x)
{
    BIGNUM *number = BN_new();
    bool done = number && BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) &&
                BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));
    BN_free(number);
    return done;
}

/* time.Now().Add(time.Hour * 24 * time.Duration(days)), down to the second. */
static bool set_validity(X509 *x, int64_t days)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t shift = (int64_t)((uint64_t)days * NS_A_DAY);
    int64_t seconds = shift / NS_A_SECOND;
    int64_t rest = shift % NS_A_SECOND + now.tv_nsec;
    if (rest < 0)
        seconds--;
    else if (rest >= NS_A_SECOND)
        seconds++;
    return ASN1_TIME_set(X509_getm_notBefore(x), now.tv_sec) &&
           ASN1_TIME_set(X509_getm_notAfter(x), now.tv_sec + seconds);
}

static int set_subject(X509 *x, struct gox509_text name, struct error **err)
{
    struct der text = {(const unsigned char *)name.data, name.len};
    int type = der_is_printable(text, "") ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING;
    if (name.len == 0)
        return 0;
    if (!text_is_utf8(name.data, name.len))
        return error_set(err, ERROR_INPUT, "asn1: string not valid UTF-8");
    if (!X509_NAME_add_entry_by_NID(X509_get_subject_name(x), NID_commonName, type, text.at,
                                    (int)text.len, -1, 0))
        return library_error(err);
    return 0;
}

/* ---- the extensions, in Go's order ---- */

static int add_key_usage(X509 *x, bool is_ca, struct error **err)
{
    ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
    bool made = bits && ASN1_BIT_STRING_set_bit(bits, 0, 1) && /* digitalSignature */
                ASN1_BIT_STRING_set_bit(bits, 2, 1) &&         /* keyEncipherment */
                (!is_ca || ASN1_BIT_STRING_set_bit(bits, 5, 1) /* keyCertSign */);
    int rc = made ? pki_extension_add(x, NID_key_usage, bits, true, err) : library_error(err);
    ASN1_BIT_STRING_free(bits);
    return rc;
}

static int add_extended_key_usage(X509 *x, struct error **err)
{
    EXTENDED_KEY_USAGE *usages = sk_ASN1_OBJECT_new_null();
    bool made = usages && sk_ASN1_OBJECT_push(usages, OBJ_nid2obj(NID_server_auth)) > 0 &&
                sk_ASN1_OBJECT_push(usages, OBJ_nid2obj(NID_client_auth)) > 0;
    int rc =
        made ? pki_extension_add(x, NID_ext_key_usage, usages, false, err) : library_error(err);
    sk_ASN1_OBJECT_free(usages);
    return rc;
}

static int add_basic_constraints(X509 *x, bool is_ca, struct error **err)
{
    BASIC_CONSTRAINTS *constraints = BASIC_CONSTRAINTS_new();
    if (!constraints)
        return library_error(err);
    constraints->ca = is_ca ? 0xff : 0;
    int rc = pki_extension_add(x, NID_basic_constraints, constraints, true, err);
    BASIC_CONSTRAINTS_free(constraints);
    return rc;
}

static int add_subject_key_id(X509 *x, struct error **err)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    bool made = id && X509_pubkey_digest(x, EVP_sha256(), sum, &len) &&
                ASN1_OCTET_STRING_set(id, sum, KEY_ID_SIZE);
    int rc = made ? pki_extension_add(x, NID_subject_key_identifier, id, false, err)
                  : library_error(err);
    ASN1_OCTET_STRING_free(id);
    return rc;
}

/* Byte for byte, unlike X509_NAME_cmp. */
static bool names_equal(const X509_NAME *a, const X509_NAME *b)
{
    const unsigned char *a_der = NULL;
    const unsigned char *b_der = NULL;
    size_t a_len = 0;
    size_t b_len = 0;
    return X509_NAME_get0_der(a, &a_der, &a_len) && X509_NAME_get0_der(b, &b_der, &b_len) &&
           a_len == b_len && memcmp(a_der, b_der, a_len) == 0;
}

/* Only what the issuer has, and only where the names differ. */
static int add_authority_key_id(X509 *x, const struct pki_cert *issuer, struct error **err)
{
    const ASN1_OCTET_STRING *known = X509_get0_subject_key_id(issuer->x509);
    if (!known || names_equal(X509_get_subject_name(x), X509_get_issuer_name(x)))
        return 0;
    AUTHORITY_KEYID *authority = AUTHORITY_KEYID_new();
    if (authority)
        authority->keyid = ASN1_OCTET_STRING_dup(known);
    int rc = authority && authority->keyid
                 ? pki_extension_add(x, NID_authority_key_identifier, authority, false, err)
                 : library_error(err);
    AUTHORITY_KEYID_free(authority);
    return rc;
}

static bool add_name(GENERAL_NAMES *all, int type, const void *data, size_t len)
{
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *string =
        ASN1_STRING_type_new(type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
    if (!name || !string || !ASN1_STRING_set(string, data, (int)len)) {
        ASN1_STRING_free(string);
        GENERAL_NAME_free(name);
        return false;
    }
    GENERAL_NAME_set0_value(name, type, string);
    if (sk_GENERAL_NAME_push(all, name) > 0)
        return true;
    GENERAL_NAME_free(name);
    return false;
}

/* x509 isIA5String. */
static int check_dns_names(const struct gox509_template *template, struct error **err)
{
    for (size_t i = 0; i < template->dns_names_count; i++) {
        struct gox509_text name = template->dns_names[i];
        for (size_t k = 0; k < name.len; k++) {
            if (!(name.data[k] & 0x80))
                continue;
            AUTO_BUF quoted = BUF_INIT;
            template->quote(&quoted, name.data, name.len);
            return error_set(err, ERROR_INPUT, "x509: %s cannot be encoded as an IA5String",
                             buf_str(&quoted));
        }
    }
    return 0;
}

static int add_alternative_names(X509 *x, const struct gox509_template *template,
                                 struct error **err)
{
    if (template->dns_names_count + template->ips_count == 0)
        return 0;
    if (check_dns_names(template, err) < 0)
        return -1;
    GENERAL_NAMES *all = GENERAL_NAMES_new();
    bool made = all != NULL;
    for (size_t i = 0; i < template->dns_names_count && made; i++)
        made = add_name(all, GEN_DNS, template->dns_names[i].data, template->dns_names[i].len);
    for (size_t i = 0; i < template->ips_count && made; i++)
        made = add_name(all, GEN_IPADD, template->ips[i].octets, template->ips[i].len);
    int rc =
        made ? pki_extension_add(x, NID_subject_alt_name, all, template->common_name.len == 0, err)
             : library_error(err);
    GENERAL_NAMES_free(all);
    return rc;
}

/* ---- all together ---- */

static int fill(X509 *x, const struct gox509_template *template, EVP_PKEY *subject,
                const struct pki_cert *issuer, EVP_PKEY *signer, struct error **err)
{
    if (!X509_set_version(x, X509_VERSION_3) || !X509_set_pubkey(x, subject) || !set_serial(x) ||
        !set_validity(x, template->days))
        return library_error(err);
    if (set_subject(x, template->common_name, err) < 0)
        return -1;
    if (!X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer->x509 : x)))
        return library_error(err);
    if (issuer && check_issuer_key(issuer, signer, err) < 0)
        return -1;
    if (add_key_usage(x, template->is_ca, err) < 0 || add_extended_key_usage(x, err) < 0 ||
        add_basic_constraints(x, template->is_ca, err) < 0)
        return -1;
    if (template->is_ca && add_subject_key_id(x, err) < 0)
        return -1;
    if (issuer && add_authority_key_id(x, issuer, err) < 0)
        return -1;
    return add_alternative_names(x, template, err);
}

/* x509 signingParamsForKey. */
static const EVP_MD *digest_for(EVP_PKEY *signer)
{
    if (EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519)
        return NULL;
    if (EVP_PKEY_get_base_id(signer) == EVP_PKEY_RSA)
        return EVP_sha256();
    int bits = EVP_PKEY_get_bits(signer);
    return bits > 384 ? EVP_sha512() : bits > 256 ? EVP_sha384() : EVP_sha256();
}

static int check_template(const struct gox509_template *template, struct error **err)
{
    size_t names = template->ips_count + template->dns_names_count;
    size_t bytes = template->common_name.len;
    for (size_t i = 0; i < template->dns_names_count; i++)
        bytes += template->dns_names[i].len;
    if (names > GOX509_MAX_NAMES)
        return error_set(err, ERROR_INPUT, "a certificate has at most %d alternative names",
                         GOX509_MAX_NAMES);
    if (bytes > PKI_MAX_PEM / 2)
        return error_set(err, ERROR_INPUT, "the names of a certificate have at most %zu bytes",
                         PKI_MAX_PEM / 2);
    return 0;
}

int gox509_cert_issue(const struct gox509_template *template, const struct pki_key *key,
                      const struct pki_cert *issuer, const struct pki_key *issuer_key,
                      struct pki_cert **ret_cert, struct error **err)
{
    EVP_PKEY *signer = issuer ? issuer_key->pkey : key->pkey;
    if (check_template(template, err) < 0 || check_signer(signer, err) < 0 ||
        check_subject_key(key->pkey, err) < 0)
        return -1;
    AUTO_X509 *x = X509_new();
    if (!x)
        return library_error(err);
    if (fill(x, template, key->pkey, issuer, signer, err) < 0 || check_signer_size(signer, err) < 0)
        return -1;
    if (!X509_sign(x, signer, digest_for(signer)))
        return library_error(err);
    struct pki_cert *cert = mem_zalloc(sizeof(*cert));
    cert->x509 = TAKE(x);
    *ret_cert = cert;
    return 0;
}
