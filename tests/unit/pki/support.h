/* What the tests of this room share: a temporary folder, the openssl program, profiles. */
#ifndef PKI_SUPPORT_H
#define PKI_SUPPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/proc.h"
#include "meshctl/pki/cert.h"
#include "must.h"

static char test_folder[64];

static inline int folder_setup(void **state)
{
    (void)state;
    snprintf(test_folder, sizeof(test_folder), "/tmp/pki-test-XXXXXX");
    return mkdtemp(test_folder) ? 0 : -1;
}

static inline int run_program(const char *const *argv, struct buf *out, struct error **err)
{
    struct proc_spec spec = {.argv = argv, .timeout_ms = 60000, .max_output = 1 << 20};
    return proc_run(&spec, out, err);
}

static inline int folder_teardown(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    struct error *err = NULL;
    const char *argv[] = {"rm", "-rf", test_folder, NULL};
    int rc = run_program(argv, &out, &err);
    error_free(err);
    buf_release(&out);
    return rc;
}

/* The program's standard output; fails the test when it fails. Yours to free. */
static inline char *run_dup(const char *const *argv)
{
    struct buf out = BUF_INIT;
    struct error *err = NULL;
    must(run_program(argv, &out, &err), &err);
    return buf_detach(&out, NULL);
}
#define RUN_DUP(...) run_dup((const char *const[]){__VA_ARGS__, NULL})

static inline char *path_dup(const char *name)
{
    return fs_join_dup(test_folder, name);
}

static inline char *read_dup(const char *path)
{
    struct buf out = BUF_INIT;
    struct error *err = NULL;
    must(fs_read(path, 1 << 20, &out, &err), &err);
    return buf_detach(&out, NULL);
}

static inline char *golden_dup(const char *name)
{
    AUTO_FREE char *path = mem_printf(TEST_DATA_DIR "/golden/pki/%s", name);
    return read_dup(path);
}

/* Writes `text` to a file of the test folder and returns its path. */
static inline char *save_dup(const char *name, const char *text)
{
    char *path = path_dup(name);
    struct error *err = NULL;
    must(fs_write(path, text, strlen(text), 0600, &err), &err);
    return path;
}

static inline char *cert_pem_dup(const struct pki_cert *cert)
{
    struct buf out = BUF_INIT;
    struct error *err = NULL;
    must(pki_cert_write(&out, cert, &err), &err);
    return buf_detach(&out, NULL);
}

static inline struct pki_cert *golden_cert(const char *name)
{
    AUTO_FREE char *pem = golden_dup(name);
    struct pki_cert **certs = NULL;
    size_t count = 0;
    struct error *err = NULL;
    must(pki_certs_read(pem, strlen(pem), name, &certs, &count, &err), &err);
    struct pki_cert *first = TAKE(certs[0]);
    for (size_t i = 1; i < count; i++)
        pki_cert_free(certs[i]);
    free(certs);
    return first;
}

/* As Istio's root-ca.conf and intermediate.conf, but for the size of the key. */
static inline struct pki_profile root_profile(void)
{
    struct pki_profile p = {.key_bits = 2048,
                            .days = 3650,
                            .is_ca = true,
                            .path_length = -1,
                            .key_usage_critical = true};
    strlist_split(&p.subject, "O=Istio,CN=Root CA", ',');
    strlist_split(&p.key_usage, "digitalSignature,nonRepudiation,keyEncipherment,keyCertSign", ',');
    return p;
}

static inline struct pki_profile intermediate_profile(const char *cluster)
{
    struct pki_profile p = root_profile();
    strlist_release(&p.subject);
    strlist_split(&p.subject, "O=Istio,CN=Intermediate CA", ',');
    strlist_addf(&p.subject, "L=%s", cluster);
    p.path_length = 0;
    strlist_add(&p.dns_names, "istiod.istio-system.svc");
    return p;
}

static inline struct pki_key *new_key(unsigned bits)
{
    struct pki_key *key = NULL;
    struct error *err = NULL;
    must(pki_key_new(bits, &key, &err), &err);
    return key;
}

static inline struct pki_cert *issue(const struct pki_profile *profile, const struct pki_key *key,
                                     const struct pki_cert *issuer,
                                     const struct pki_key *issuer_key)
{
    struct pki_cert *cert = NULL;
    struct error *err = NULL;
    must(pki_cert_issue(profile, key, issuer, issuer_key, &cert, &err), &err);
    return cert;
}

/* The error must be of this kind and contain the text; frees it. */
static inline void expect_error(int rc, struct error **err, enum error_kind kind, const char *text)
{
    assert_int_equal(rc, -1);
    assert_non_null(*err);
    if (!strstr((*err)->message, text))
        fail_msg("\"%s\" does not say \"%s\"", (*err)->message, text);
    assert_int_equal((*err)->kind, kind);
    error_clear(err);
}

#define AUTO_KEY MC_CLEANUP(pki_key_cleanup) struct pki_key
#define AUTO_CERT MC_CLEANUP(pki_cert_cleanup) struct pki_cert
#define AUTO_PROFILE MC_CLEANUP(pki_profile_release) struct pki_profile

#endif
