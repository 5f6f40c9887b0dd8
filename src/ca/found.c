/* A cluster's signing CA out of its objects: which form istiod would take, and what is in it. */
#include "meshctl/ca/found.h"

#include <stdlib.h>
#include <string.h>

#include "bundle.h"
#include "meshctl/base/base64.h"
#include "meshctl/golang/strconv.h"

#define MAX_FILE PKI_MAX_PEM /* bytes of one value of a Secret */

static const char *const form_texts[] = {
    [CA_FORM_NONE] = "none yet",
    [CA_FORM_ISTIO] = "Secret cacerts",
    [CA_FORM_TLS] = "Secret cacerts (tls.crt, tls.key, ca.crt)",
    [CA_FORM_OWN] = "a root that istiod made itself",
    [CA_FORM_OUTSIDE] = "a CA outside istiod",
};

const char *ca_form_text(enum ca_form form)
{
    return form_texts[form];
}

/* ---- files ----------------------------------------------------------------------------------- */

/* A value of a Secret; NULL when the Secret has none. What is no base64 counts as an empty file. It
 * may be a key. */
static char *file_dup(const json_t *secret, const char *name, size_t *ret_len)
{
    const json_t *value = json_dig(secret, "data", name, NULL);
    AUTO_SECRET_BUF bytes = BUF_INIT_MAX(MAX_FILE);
    *ret_len = 0;
    if (!json_is_string(value))
        return NULL;
    if (base64_decode(&bytes, json_string_value(value), json_string_length(value)) < 0)
        buf_clear(&bytes);
    *ret_len = bytes.len;
    return buf_detach(&bytes, NULL);
}

static bool has_file(const json_t *secret, const char *name)
{
    return json_dig(secret, "data", name, NULL) != NULL;
}

/* The texts that a bundle borrows. */
struct files {
    char *cert, *key, *chain, *root, *crl;
};

static void files_release(struct files *f)
{
    free(f->cert);
    mem_free_secret(f->key);
    free(f->chain);
    free(f->root);
    free(f->crl);
}

static char *take(const json_t *secret, const char *name, struct bundle_text *text)
{
    char *data = file_dup(secret, name, &text->len);
    text->name = name;
    text->data = data;
    return data;
}

static void open_istio(const json_t *secret, struct files *f, struct bundle *b)
{
    f->cert = take(secret, "ca-cert.pem", &b->cert);
    f->key = take(secret, "ca-key.pem", &b->key);
    f->chain = take(secret, "cert-chain.pem", &b->chain);
    f->root = take(secret, "root-cert.pem", &b->root);
    f->crl = take(secret, "ca-crl.pem", &b->crl);
}

/* One of the two files is enough for istiod to have a chain; a CRL is not looked for. */
static void open_tls(const json_t *secret, struct files *f, struct bundle *b)
{
    f->cert = take(secret, "tls.crt", &b->cert);
    f->key = take(secret, "tls.key", &b->key);
    f->root = take(secret, "ca.crt", &b->root);
    AUTO_BUF chain = BUF_INIT;
    buf_append(&chain, b->cert.data ? b->cert.data : "", b->cert.len);
    buf_append(&chain, b->root.data ? b->root.data : "", b->root.len);
    b->chain = (struct bundle_text){"tls.crt", NULL, chain.len};
    f->chain = buf_detach(&chain, NULL);
    b->chain.data = f->chain;
}

/* loadSelfSignedCaSecret: the certificate is the root, and there is no chain. */
static void open_own(const json_t *secret, struct files *f, struct bundle *b)
{
    f->cert = take(secret, "ca-cert.pem", &b->cert);
    f->key = take(secret, "ca-key.pem", &b->key);
    f->root = take(secret, "ca-cert.pem", &b->root);
    b->chain = (struct bundle_text){"cert-chain.pem", "", 0};
    b->is_own = true;
}

/* ---- which form ------------------------------------------------------------------------------ */

/* The value of an environment variable in istiod's first container that has it, or NULL. */
static const char *env_of(const json_t *deployment, const char *name)
{
    const json_t *containers = json_dig(deployment, "spec", "template", "spec", "containers", NULL);
    size_t i, k;
    json_t *container, *env;
    json_array_foreach(containers, i, container) {
        json_array_foreach(json_dig(container, "env", NULL), k, env) {
            const char *key = json_dig_str(env, "name", NULL);
            if (key && strcmp(key, name) == 0)
                return json_dig_str(env, "value", NULL);
        }
    }
    return NULL;
}

/* As istiod reads them; what is no bool is the default. */
static bool env_bool(const json_t *deployment, const char *name, bool fallback)
{
    const char *value = env_of(deployment, name);
    bool given = fallback;
    return value && gobool_parse(value, &given) ? given : fallback;
}

/* maybeCreateCA: without its CA server, or with another one behind it (EXTERNAL_CA, a Kubernetes
 * signer), istiod loads no key. */
static bool is_outside(const struct ca_found_input *input)
{
    const char *external = env_of(input->deployment, "EXTERNAL_CA");
    return input->is_outside || !env_bool(input->deployment, "ENABLE_CA_SERVER", true) ||
           (external && *external);
}

/* istiod's own root may lie in Secret cacerts, marked. */
static bool is_own_in_cacerts(const struct ca_found_input *input)
{
    return has_file(input->cacerts, "istio-generated") &&
           env_bool(input->deployment, "USE_CACERTS_FOR_SELF_SIGNED_CA", false);
}

static bool has_any_file(const json_t *cacerts)
{
    return has_file(cacerts, "ca-cert.pem") || has_file(cacerts, "ca-key.pem") ||
           has_file(cacerts, "cert-chain.pem") || has_file(cacerts, "root-cert.pem");
}

static enum ca_form own_form(const struct ca_found_input *input)
{
    return input->own ? CA_FORM_OWN : CA_FORM_NONE;
}

static enum ca_form form_of(const struct ca_found_input *input)
{
    if (is_outside(input))
        return CA_FORM_OUTSIDE;
    if (!input->cacerts)
        return own_form(input);
    if (is_own_in_cacerts(input))
        return CA_FORM_OWN;
    /* detectSigningCABundleAndCRL: one file decides. */
    if (has_file(input->cacerts, "tls.crt"))
        return CA_FORM_TLS;
    return has_any_file(input->cacerts) ? CA_FORM_ISTIO : own_form(input);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void read_config_map(const json_t *config_map, struct ca_roots *out)
{
    struct pki_cert **certs = NULL;
    size_t count = 0;
    const char *pem = json_dig_str(config_map, "data", "root-cert.pem", NULL);
    if (!pem || strlen(pem) > PKI_MAX_PEM)
        return;
    AUTO_ERROR struct error *ignored = NULL;
    if (pki_certs_read(pem, strlen(pem), "root-cert.pem", &certs, &count, &ignored) < 0)
        return;
    for (size_t i = 0; i < count; i++)
        ca_roots_add(out, certs[i]);
    pki_certs_free(certs, count);
}

static void note_cacerts(const struct ca_found_input *input, struct ca_found *found)
{
    struct ca_problems *problems = &found->problems;
    if (found->form == CA_FORM_TLS && has_any_file(input->cacerts))
        problem_add(problems, CA_FAULT_TWO_FORMS, "there are tls.crt and files of Istio's form");
    if (found->form == CA_FORM_ISTIO && has_file(input->cacerts, "istio-generated"))
        problem_add(problems, CA_FAULT_GENERATED, "the Secret has the mark istio-generated");
    if (input->cacerts &&
        (found->form == CA_FORM_NONE || (found->form == CA_FORM_OWN && !is_own_in_cacerts(input))))
        problem_add(problems, CA_FAULT_EMPTY, "Secret cacerts has none of the files of a CA");
}

/* Where the form's files lie; istio-ca-secret comes first, as NewSelfSignedIstioCAOptions looks. */
static void open_form(const struct ca_found_input *input, enum ca_form form, struct files *f,
                      struct bundle *b)
{
    if (form == CA_FORM_ISTIO)
        open_istio(input->cacerts, f, b);
    else if (form == CA_FORM_TLS)
        open_tls(input->cacerts, f, b);
    else
        open_own(input->own ? input->own : input->cacerts, f, b);
}

void ca_found_read(const struct ca_found_input *input, struct ca_found *ret_found)
{
    MC_CLEANUP(files_release) struct files f = {0};
    struct bundle bundle = {.trust_domain = input->trust_domain};
    struct bundle_facts facts = {0};
    *ret_found = (struct ca_found){.form = form_of(input)};
    read_config_map(input->root_cert, &ret_found->handed_out);
    ret_found->has_crl = json_dig(input->crl, "data", "ca-crl.pem", NULL) != NULL;
    note_cacerts(input, ret_found);
    if (ret_found->form == CA_FORM_NONE || ret_found->form == CA_FORM_OUTSIDE) {
        read_config_map(input->root_cert, &ret_found->roots);
        return;
    }
    open_form(input, ret_found->form, &f, &bundle);
    bundle_check(&bundle, &facts, &ret_found->problems);
    ret_found->roots = facts.roots;
    ret_found->signer_fingerprint = facts.signer_fingerprint;
    ret_found->signer_subject = facts.signer_subject;
    ret_found->signer_issuer = facts.signer_issuer;
    ret_found->signer_not_before = facts.signer_not_before;
    ret_found->signer_not_after = facts.signer_not_after;
    ret_found->chain_count = facts.chain_count;
    ret_found->key_fits = facts.key_fits;
}

void ca_found_release(struct ca_found *found)
{
    ca_roots_release(&found->roots);
    ca_roots_release(&found->handed_out);
    free(found->signer_fingerprint);
    free(found->signer_subject);
    free(found->signer_issuer);
    ca_problems_release(&found->problems);
    *found = (struct ca_found){0};
}

bool ca_found_is_usable(const struct ca_found *found)
{
    const struct ca_problem *worst = ca_problems_worst(&found->problems);
    return !worst || worst->effect == CA_EFFECT_NOTE;
}

int ca_found_check(const struct ca_found *found, const struct ca_found_input *input,
                   struct error **err)
{
    const struct ca_problem *worst = ca_problems_worst(&found->problems);
    if (ca_found_is_usable(found))
        return 0;
    const char *secret = found->form == CA_FORM_OWN && input->own ? "istio-ca-secret" : "cacerts";
    error_set(err, ERROR_CHECK, "%s: Secret %s/%s: %s: %s", input->cluster, input->istio_namespace,
              secret, worst->what, worst->istiod);
    error_where(err, "%s/Secret/%s/%s", input->cluster, input->istio_namespace, secret);
    return error_hint(err, "%s", worst->fix);
}
