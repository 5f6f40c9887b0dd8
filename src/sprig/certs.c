/* genCA, genSignedCert and their kin. */
#include "certs.h"

#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/pki/gopem.h"
#include "meshctl/pki/gox509.h"
#include "util.h"

/* What making a key costs: about its time in steps of the executor. */
#define STEPS_RSA_2048 1000000
#define STEPS_RSA_4096 10000000
#define STEPS_DSA 10000000
#define STEPS_CURVE 10000
/* Reading a key is checking it. */
#define STEPS_READ 10000

#define AUTO_KEY MC_CLEANUP(pki_key_cleanup) struct pki_key
#define AUTO_CERT MC_CLEANUP(pki_cert_cleanup) struct pki_cert

/* ---- sprig.certificate ---- */

struct certificate {
    struct tval cert;
    struct tval key;
};

static int certificate_member(struct arena *a, const struct tobject *self, const char *name,
                              const struct tval *args, size_t argc, struct tval *ret,
                              struct error **err)
{
    const struct certificate *c = self->data;
    (void)a, (void)args, (void)argc, (void)err;
    if (strcmp(name, "Cert") == 0)
        *ret = c->cert;
    else if (strcmp(name, "Key") == 0)
        *ret = c->key;
    else
        return 0;
    return 1;
}

static bool certificate_equal(const struct tobject *x, const struct tobject *y, bool deep)
{
    const struct certificate *a = x->data, *b = y->data;
    (void)deep;
    return tval_deep_equal(a->cert, b->cert) && tval_deep_equal(a->key, b->key);
}

static const struct tobject_method no_methods[] = {{NULL, NULL}};
static const char *const certificate_fields[] = {"Cert", "Key", NULL};
static const struct tobject_type certificate_type = {
    .go_type = "sprig.certificate",
    .methods = no_methods,
    .fields = certificate_fields,
    .is_secret = true,
    .member = certificate_member,
    .equal = certificate_equal,
};

static struct tval certificate_value(struct arena *a, const struct buf *cert, const struct buf *key)
{
    struct certificate *c = arena_alloc(a, sizeof(*c));
    c->cert = tval_string(a, buf_str(cert), cert->len);
    c->key = tval_string(a, buf_str(key), key->len);
    return tval_object(a, &certificate_type, c);
}

/* ---- keys ---- */

static const struct {
    const char *name;
    enum gox509_key_type type;
    uint64_t steps;
} key_types[] = {
    {"", GOX509_RSA_4096, STEPS_RSA_4096},    {"rsa", GOX509_RSA_4096, STEPS_RSA_4096},
    {"dsa", GOX509_DSA_2048, STEPS_DSA},      {"ecdsa", GOX509_ECDSA_P256, STEPS_CURVE},
    {"ed25519", GOX509_ED25519, STEPS_CURVE},
};

static int new_private_key(struct tcall *call, enum gox509_key_type type, uint64_t steps,
                           struct tval *ret, struct error **err)
{
    AUTO_KEY *key = NULL;
    AUTO_SECRET_BUF pem = BUF_INIT;
    if (call_spend(call, steps, err) < 0 || gox509_key_new(type, &key, err) < 0 ||
        gox509_key_write(&pem, key, err) < 0)
        return -1;
    return result_buf(call, &pem, ret, err);
}

/* An unknown type is no error, but the result says so. */
int func_gen_private_key(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    AUTO_BUF text = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    struct tval_string name = args[0].s;
    (void)argc;
    for (size_t i = 0; i < MC_ARRAY_LEN(key_types); i++)
        if (strlen(key_types[i].name) == name.len &&
            memcmp(key_types[i].name, name.data, name.len) == 0)
            return new_private_key(call, key_types[i].type, key_types[i].steps, ret, err);
    buf_appends(&text, "Unknown type ");
    buf_append(&text, name.data, name.len);
    return result_buf(call, &text, ret, err);
}

static int read_key(struct tcall *call, struct tval_string pem, const char *what,
                    struct pki_key **ret_key, struct error **err)
{
    if (call_spend(call, STEPS_READ, err) < 0)
        return -1;
    if (gox509_key_read(pem.data, pem.len, ret_key, err) < 0)
        return error_wrap(err, "%s", what);
    return 0;
}

/* ---- names ---- */

static int fail_item(struct tcall *call, const char *before, struct tval item, const char *after,
                     struct error **err)
{
    AUTO_BUF text = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    tprint_value(&text, call->a, item);
    return error_set(err, ERROR_INPUT, "%s: %s%s", before, buf_str(&text), after);
}

/* sprig's getNetIPs. */
static int read_ips(struct tcall *call, const struct tlist *list, struct gox509_template *template,
                    struct error **err)
{
    struct gox509_ip *ips = arena_alloc(call->a, (list->count + 1) * sizeof(*ips));
    for (size_t i = 0; i < list->count; i++) {
        struct tval item = list->items[i];
        if (item.kind != TVAL_STRING)
            return fail_item(call, "error parsing ip", item, " is not a string", err);
        if (!gox509_ip_parse(item.s.data, item.s.len, &ips[i]))
            return fail_item(call, "error parsing ip", item, "", err);
    }
    template->ips = ips;
    template->ips_count = list->count;
    return 0;
}

/* sprig's getAlternateDNSStrs. */
static int read_dns_names(struct tcall *call, const struct tlist *list,
                          struct gox509_template *template, struct error **err)
{
    struct gox509_text *names = arena_alloc(call->a, (list->count + 1) * sizeof(*names));
    for (size_t i = 0; i < list->count; i++) {
        struct tval item = list->items[i];
        if (item.kind != TVAL_STRING)
            return fail_item(call, "error processing alternate dns name", item, " is not a string",
                             err);
        names[i] = (struct gox509_text){item.s.data, item.s.len};
    }
    template->dns_names = names;
    template->dns_names_count = list->count;
    return 0;
}

/* ---- making ---- */

/* The arguments of one of the functions; what it does not have is NULL. */
struct request {
    const struct tval *name;
    const struct tval *ips;
    const struct tval *dns_names;
    const struct tval *days;
    const struct tval *ca;
    const struct tval *key;
    bool is_ca;
};

static int read_template(struct tcall *call, const struct request *r,
                         struct gox509_template *template, struct error **err)
{
    *template = (struct gox509_template){
        .common_name = {r->name->s.data, r->name->s.len},
        .days = r->days->i,
        .is_ca = r->is_ca,
        .quote = goquote_append,
    };
    if (r->ips && read_ips(call, r->ips->list, template, err) < 0)
        return -1;
    return r->dns_names ? read_dns_names(call, r->dns_names->list, template, err) : 0;
}

/* `field` is what sprig calls the decoded block in its error. */
static int read_cert(struct tval_string pem, const char *field, struct pki_cert **ret_cert,
                     struct error **err)
{
    AUTO_GOPEM block = {0};
    if (!gopem_decode(pem.data, pem.len, &block))
        return error_set(err, ERROR_INPUT, "unable to decode certificate");
    if (gox509_cert_read((const unsigned char *)buf_str(&block.der), block.der.len, ret_cert, err) <
        0)
        return error_wrap(err, "error parsing certificate: %s", field);
    return 0;
}

static int read_ca(struct tcall *call, const struct tval *ca, struct pki_cert **ret_cert,
                   struct pki_key **ret_key, struct error **err)
{
    const struct certificate *c = ca->object->data;
    if (read_cert(c->cert.s, "decodedSignerCert.Bytes", ret_cert, err) < 0)
        return -1;
    return read_key(call, c->key.s, "error parsing private key", ret_key, err);
}

/* What the functions have in common, in sprig's order but for a new key, which is made last: no
 * error of the arguments waits for it. */
static int make(struct tcall *call, const struct request *r, struct tval *ret, struct error **err)
{
    AUTO_KEY *key = NULL;
    AUTO_KEY *ca_key = NULL;
    AUTO_CERT *ca = NULL;
    AUTO_CERT *cert = NULL;
    AUTO_BUF cert_pem = BUF_INIT;
    AUTO_SECRET_BUF key_pem = BUF_INIT;
    struct gox509_template template;
    if (r->key && read_key(call, r->key->s, "parsing private key", &key, err) < 0)
        return -1;
    if (r->ca && read_ca(call, r->ca, &ca, &ca_key, err) < 0)
        return -1;
    if (read_template(call, r, &template, err) < 0)
        return -1;
    if (!key && (call_spend(call, STEPS_RSA_2048, err) < 0 ||
                 gox509_key_new(GOX509_RSA_2048, &key, err) < 0))
        return -1;
    if (gox509_cert_issue(&template, key, ca, ca_key, &cert, err) < 0)
        return error_wrap(err, "error creating certificate");
    if (pki_cert_write(&cert_pem, cert, err) < 0 || gox509_key_write(&key_pem, key, err) < 0)
        return -1;
    *ret = certificate_value(call->a, &cert_pem, &key_pem);
    return 0;
}

int func_gen_ca(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    (void)argc;
    const struct request r = {.name = &args[0], .days = &args[1], .is_ca = true};
    return make(call, &r, ret, err);
}

int func_gen_ca_with_key(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)argc;
    const struct request r = {.name = &args[0], .days = &args[1], .key = &args[2], .is_ca = true};
    return make(call, &r, ret, err);
}

static struct request request_of(const struct tval *args)
{
    return (struct request){
        .name = &args[0], .ips = &args[1], .dns_names = &args[2], .days = &args[3]};
}

int func_gen_self_signed_cert(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    (void)argc;
    const struct request r = request_of(args);
    return make(call, &r, ret, err);
}

int func_gen_self_signed_cert_with_key(struct tcall *call, const struct tval *args, size_t argc,
                                       struct tval *ret, struct error **err)
{
    (void)argc;
    struct request r = request_of(args);
    r.key = &args[4];
    return make(call, &r, ret, err);
}

int func_gen_signed_cert(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)argc;
    struct request r = request_of(args);
    r.ca = &args[4];
    return make(call, &r, ret, err);
}

int func_gen_signed_cert_with_key(struct tcall *call, const struct tval *args, size_t argc,
                                  struct tval *ret, struct error **err)
{
    (void)argc;
    struct request r = request_of(args);
    r.ca = &args[4];
    r.key = &args[5];
    return make(call, &r, ret, err);
}

/* ---- from the outside ---- */

int func_build_custom_cert(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err)
{
    AUTO_BUF cert_pem = BUF_INIT;
    AUTO_SECRET_BUF key_pem = BUF_INIT;
    AUTO_CERT *cert = NULL;
    AUTO_KEY *key = NULL;
    (void)argc;
    if (base64_decode(&cert_pem, args[0].s.data, args[0].s.len) < 0)
        return error_set(err, ERROR_INPUT, "unable to decode base64 certificate");
    if (base64_decode(&key_pem, args[1].s.data, args[1].s.len) < 0)
        return error_set(err, ERROR_INPUT, "unable to decode base64 private key");
    const struct tval_string cert_text = {buf_str(&cert_pem), cert_pem.len};
    const struct tval_string key_text = {buf_str(&key_pem), key_pem.len};
    if (read_cert(cert_text, "decodedCert.Bytes", &cert, err) < 0 ||
        read_key(call, key_text, "error parsing private key", &key, err) < 0)
        return -1;
    *ret = certificate_value(call->a, &cert_pem, &key_pem);
    return 0;
}
