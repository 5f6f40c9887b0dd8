/* What the tests of kubeconfig and auth share: a temporary folder, files in it, the openssl
 * program. */
#ifndef KUBE_CONFIG_SUPPORT_H
#define KUBE_CONFIG_SUPPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/proc.h"
#include "meshctl/kube/kubeconfig.h"
#include "must.h"

#define GOLDEN TEST_DATA_DIR "/golden/kube/kubeconfig"

static char test_folder[64];

static inline int run_program(const char *const *argv, struct error **err)
{
    struct proc_spec spec = {.argv = argv, .timeout_ms = 60000, .max_output = 1 << 20};
    AUTO_BUF out = BUF_INIT;
    return proc_run(&spec, &out, err);
}

static inline int folder_setup(void **state)
{
    (void)state;
    snprintf(test_folder, sizeof(test_folder), "/tmp/kube-test-XXXXXX");
    /* The person's own settings have no say here. */
    unsetenv("KUBECONFIG");
    return mkdtemp(test_folder) ? setenv("HOME", test_folder, 1) : -1;
}

static inline int folder_teardown(void **state)
{
    (void)state;
    struct error *err = NULL;
    const char *argv[] = {"rm", "-rf", test_folder, NULL};
    int rc = run_program(argv, &err);
    error_free(err);
    return rc;
}

static inline char *read_dup(const char *path)
{
    struct buf out = BUF_INIT;
    struct error *err = NULL;
    must(fs_read(path, 1 << 20, &out, &err), &err);
    return buf_detach(&out, NULL);
}

/* Writes a file of the test folder; its path lives until the next call. */
static inline const char *save(const char *name, const char *text, mode_t mode)
{
    static char path[256];
    snprintf(path, sizeof(path), "%s/%s", test_folder, name);
    struct error *err = NULL;
    must(fs_write(path, text, strlen(text), mode, &err), &err);
    return path;
}

static inline struct kube_config *load(const char *path, const char *context)
{
    struct kube_config *config = NULL;
    struct error *err = NULL;
    must(kube_config_load(path, context, &config, &err), &err);
    return config;
}

/* A client certificate and its key, cert.pem and key.pem of the test folder; `days` may be
 * negative. */
static inline void make_cert(const char *days)
{
    char cert[128], key[128], csr[128];
    snprintf(cert, sizeof(cert), "%s/cert.pem", test_folder);
    snprintf(key, sizeof(key), "%s/key.pem", test_folder);
    snprintf(csr, sizeof(csr), "%s/csr.pem", test_folder);
    const char *request[] = {"openssl", "req",  "-newkey", "ed25519", "-noenc", "-keyout",
                             key,       "-out", csr,       "-subj",   "/CN=me", NULL};
    const char *sign[] = {"openssl", "x509",     "-req", "-in",  csr,  "-days",
                          days,      "-signkey", key,    "-out", cert, NULL};
    struct error *err = NULL;
    must(run_program(request, &err), &err);
    must(run_program(sign, &err), &err);
}

#define AUTO_CONFIG MC_CLEANUP(kube_config_cleanup) struct kube_config

#endif
