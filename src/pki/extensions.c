/* X.509v3 extensions made from a profile. */
#include "issue.h"

#include <openssl/x509v3.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "openssl.h"

/* RFC 5280 4.2.1.3; the names are openssl's x509v3_config(5). */
static const struct {
    const char *name;
    int bit;
} key_usages[] = {
    {"digitalSignature", 0}, {"nonRepudiation", 1}, {"keyEncipherment", 2},
    {"dataEncipherment", 3}, {"keyAgreement", 4},   {"keyCertSign", 5},
    {"cRLSign", 6},          {"encipherOnly", 7},   {"decipherOnly", 8},
};

int pki_extension_add(X509 *x, int nid, void *value, bool critical, struct error **err)
{
    if (X509_add1_ext_i2d(x, nid, value, critical, X509V3_ADD_DEFAULT) != 1)
        return pki_openssl_error(err, ERROR_INTERNAL, "add extension %s", OBJ_nid2sn(nid));
    return 0;
}

/* SHA-1 of the public key's bits: RFC 5280 4.2.1.2 method 1, openssl's "hash". */
static int key_id(const X509 *x, ASN1_OCTET_STRING **ret_id, struct error **err)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    if (!id || !X509_pubkey_digest(x, EVP_sha1(), sum, &len) ||
        !ASN1_OCTET_STRING_set(id, sum, (int)len)) {
        ASN1_OCTET_STRING_free(id);
        return pki_openssl_error(err, ERROR_INTERNAL, "digest a public key");
    }
    *ret_id = id;
    return 0;
}

static int add_subject_key_id(X509 *x, struct error **err)
{
    ASN1_OCTET_STRING *id = NULL;
    if (key_id(x, &id, err) < 0)
        return -1;
    int rc = pki_extension_add(x, NID_subject_key_identifier, id, false, err);
    ASN1_OCTET_STRING_free(id);
    return rc;
}

static int add_authority_key_id(X509 *x, X509 *issuer, struct error **err)
{
    AUTHORITY_KEYID *authority = AUTHORITY_KEYID_new();
    if (!authority)
        return pki_openssl_error(err, ERROR_INTERNAL, "make an authority key id");
    const ASN1_OCTET_STRING *known = X509_get0_subject_key_id(issuer);
    int rc = 0;
    if (known)
        authority->keyid = ASN1_OCTET_STRING_dup(known);
    else
        rc = key_id(issuer, &authority->keyid, err);
    if (rc == 0)
        rc = pki_extension_add(x, NID_authority_key_identifier, authority, false, err);
    AUTHORITY_KEYID_free(authority);
    return rc;
}

static int add_basic_constraints(X509 *x, const struct pki_profile *profile, struct error **err)
{
    BASIC_CONSTRAINTS *constraints = BASIC_CONSTRAINTS_new();
    bool made = constraints != NULL;
    if (made)
        constraints->ca = profile->is_ca ? 0xff : 0;
    if (made && profile->is_ca && profile->path_length >= 0) {
        constraints->pathlen = ASN1_INTEGER_new();
        made = constraints->pathlen && ASN1_INTEGER_set(constraints->pathlen, profile->path_length);
    }
    int rc = made ? pki_extension_add(x, NID_basic_constraints, constraints, true, err)
                  : pki_openssl_error(err, ERROR_INTERNAL, "make basic constraints");
    BASIC_CONSTRAINTS_free(constraints);
    return rc;
}

static int usage_bit(const char *name)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(key_usages); i++)
        if (strcmp(key_usages[i].name, name) == 0)
            return key_usages[i].bit;
    return -1;
}

static int unknown_usage(const char *name, struct error **err)
{
    const char *names[MC_ARRAY_LEN(key_usages)];
    for (size_t i = 0; i < MC_ARRAY_LEN(key_usages); i++)
        names[i] = key_usages[i].name;
    const char *near = text_suggest(name, names, MC_ARRAY_LEN(names));
    error_set(err, ERROR_INPUT, "unknown key usage \"%s\"", name);
    if (near)
        error_hint(err, "did you mean %s?", near);
    return -1;
}

static int add_key_usage(X509 *x, const struct pki_profile *profile, struct error **err)
{
    if (profile->key_usage.count == 0)
        return 0;
    ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
    if (!bits)
        return pki_openssl_error(err, ERROR_INTERNAL, "make a key usage");
    int rc = 0;
    for (size_t i = 0; i < profile->key_usage.count && rc == 0; i++) {
        int bit = usage_bit(profile->key_usage.items[i]);
        if (bit < 0)
            rc = unknown_usage(profile->key_usage.items[i], err);
        else if (!ASN1_BIT_STRING_set_bit(bits, bit, 1))
            rc = pki_openssl_error(err, ERROR_INTERNAL, "make a key usage");
    }
    if (rc == 0)
        rc = pki_extension_add(x, NID_key_usage, bits, profile->key_usage_critical, err);
    ASN1_BIT_STRING_free(bits);
    return rc;
}

static GENERAL_NAME *name_new(int type, const char *text)
{
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_IA5STRING *string = ASN1_IA5STRING_new();
    if (name && string && ASN1_STRING_set(string, text, -1)) {
        GENERAL_NAME_set0_value(name, type, string);
        return name;
    }
    ASN1_IA5STRING_free(string);
    GENERAL_NAME_free(name);
    return NULL;
}

static int push_name(GENERAL_NAMES *all, int type, const char *text, struct error **err)
{
    GENERAL_NAME *name = name_new(type, text);
    if (name && sk_GENERAL_NAME_push(all, name))
        return 0;
    GENERAL_NAME_free(name);
    return pki_openssl_error(err, ERROR_INTERNAL, "make alternative names");
}

static bool is_dns_name(const char *text)
{
    return text_is_dns_subdomain(text_has_prefix(text, "*.") ? text + 2 : text);
}

static int push_names(GENERAL_NAMES *all, const struct pki_profile *profile, struct error **err)
{
    for (size_t i = 0; i < profile->dns_names.count; i++) {
        const char *text = profile->dns_names.items[i];
        if (!is_dns_name(text))
            return error_set(err, ERROR_INPUT, "\"%s\" is no DNS name", text);
        if (push_name(all, GEN_DNS, text, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < profile->uris.count; i++)
        if (push_name(all, GEN_URI, profile->uris.items[i], err) < 0)
            return -1;
    return 0;
}

/* Critical where there is no subject beside it (RFC 5280 4.2.1.6). */
static int add_names(X509 *x, const struct pki_profile *profile, struct error **err)
{
    size_t count = profile->dns_names.count + profile->uris.count;
    if (count == 0)
        return 0;
    if (count > PKI_MAX_NAMES)
        return error_set(err, ERROR_INPUT, "more than %d names in one certificate", PKI_MAX_NAMES);
    GENERAL_NAMES *all = GENERAL_NAMES_new();
    int rc = all ? push_names(all, profile, err)
                 : pki_openssl_error(err, ERROR_INTERNAL, "make alternative names");
    if (rc == 0)
        rc = pki_extension_add(x, NID_subject_alt_name, all, profile->subject.count == 0, err);
    GENERAL_NAMES_free(all);
    return rc;
}

static int add_ext_key_usage(X509 *x, const struct strlist *usages, struct error **err)
{
    if (usages->count == 0)
        return 0;
    EXTENDED_KEY_USAGE *all = sk_ASN1_OBJECT_new_null();
    int rc = all ? 0 : pki_openssl_error(err, ERROR_INTERNAL, "make an extended key usage");
    for (size_t i = 0; i < usages->count && rc == 0; i++) {
        int nid = OBJ_sn2nid(usages->items[i]);
        if (nid == NID_undef)
            rc = error_set(err, ERROR_INPUT, "unknown extended key usage \"%s\"", usages->items[i]);
        else if (!sk_ASN1_OBJECT_push(all, OBJ_nid2obj(nid)))
            rc = pki_openssl_error(err, ERROR_INTERNAL, "make an extended key usage");
    }
    if (rc == 0)
        rc = pki_extension_add(x, NID_ext_key_usage, all, false, err);
    sk_ASN1_OBJECT_free(all); /* the objects are OpenSSL's own */
    return rc;
}

int pki_extensions_add(X509 *x, const struct pki_profile *profile, X509 *issuer, struct error **err)
{
    if (add_subject_key_id(x, err) < 0 || add_basic_constraints(x, profile, err) < 0 ||
        add_key_usage(x, profile, err) < 0 ||
        add_ext_key_usage(x, &profile->ext_key_usage, err) < 0 || add_names(x, profile, err) < 0)
        return -1;
    return issuer ? add_authority_key_id(x, issuer, err) : 0;
}
