#include "authority.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/fs.h"
#include "profile.h"

#define ROOT_PROFILE "certs/root.yaml"
#define INTERMEDIATE_PROFILE "certs/intermediate.yaml"

struct authority {
    char *dir;
    char *istio_namespace;
    struct pki_cert *root;
    struct pki_key *root_key;
    char *root_pem;
    char *fingerprint;
    bool root_is_new;
};

void authority_files_free(struct authority_files *f)
{
    if (!f)
        return;
    free(f->ca_cert);
    mem_free_secret(f->ca_key);
    free(f->cert_chain);
    free(f->root_cert);
    free(f);
}

void authority_free(struct authority *a)
{
    if (!a)
        return;
    free(a->dir);
    free(a->istio_namespace);
    pki_cert_free(a->root);
    pki_key_free(a->root_key);
    free(a->root_pem);
    free(a->fingerprint);
    free(a);
}

const char *authority_dir(const struct authority *a)
{
    return a->dir;
}

const struct pki_cert *authority_root(const struct authority *a)
{
    return a->root;
}

bool authority_has_root(const struct authority *a)
{
    return a->root != NULL;
}

bool authority_can_sign(const struct authority *a)
{
    return a->root && a->root_key;
}

const char *authority_fingerprint(const struct authority *a)
{
    return a->fingerprint;
}

/* ---- reading the folder ---------------------------------------------------------------------- */

/* A file's text, or NULL without *err when there is none. */
static char *read_optional(const char *path, struct error **err)
{
    AUTO_SECRET_BUF text = BUF_INIT_MAX(PKI_MAX_PEM);
    if (fs_read(path, PKI_MAX_PEM, &text, err) == 0)
        return buf_detach(&text, NULL);
    if ((*err)->kind == ERROR_NOT_FOUND)
        error_clear(err);
    return NULL;
}

static int read_root_key(struct authority *a, struct error **err)
{
    AUTO_FREE char *path = fs_join_dup(a->dir, "root-key.pem");
    AUTO_SECRET char *pem = read_optional(path, err);
    if (!pem)
        return *err ? -1 : 0;
    if (pki_key_read(pem, strlen(pem), path, &a->root_key, err) < 0)
        return -1;
    if (pki_cert_matches(a->root, a->root_key))
        return 0;
    error_set(err, ERROR_INPUT, "%s is not the key of root-cert.pem beside it", path);
    return error_where(err, "%s", path);
}

static void set_root(struct authority *a, struct pki_cert *root_take, char *pem_take)
{
    a->root = root_take;
    a->root_pem = pem_take;
    a->fingerprint = pki_cert_fingerprint_dup(root_take);
}

static int read_root(struct authority *a, struct error **err)
{
    AUTO_FREE char *path = fs_join_dup(a->dir, "root-cert.pem");
    AUTO_FREE char *pem = read_optional(path, err);
    struct pki_cert **certs = NULL;
    size_t count = 0;
    if (!pem)
        return *err ? -1 : 0;
    if (pki_certs_read(pem, strlen(pem), path, &certs, &count, err) < 0)
        return -1;
    if (count != 1 || !pki_cert_is_ca(certs[0])) {
        pki_certs_free(certs, count);
        error_set(err, ERROR_INPUT, "%s must hold one CA certificate", path);
        return error_where(err, "%s", path);
    }
    set_root(a, certs[0], TAKE(pem));
    free(certs);
    return read_root_key(a, err);
}

int authority_open(const char *dir, const char *istio_namespace, struct authority **ret_authority,
                   struct error **err)
{
    MC_CLEANUP(authority_cleanup) struct authority *a = mem_zalloc(sizeof(*a));
    a->dir = mem_strdup(dir);
    a->istio_namespace = mem_strdup(istio_namespace);
    if (read_root(a, err) < 0)
        return -1;
    *ret_authority = TAKE(a);
    return 0;
}

static char *cluster_path_dup(const struct authority *a, const char *cluster, const char *file)
{
    return mem_printf("%s/%s/%s", a->dir, cluster, file);
}

bool authority_has_intermediate(const struct authority *a, const char *cluster)
{
    AUTO_FREE char *path = cluster_path_dup(a, cluster, "ca-cert.pem");
    return a->root && fs_exists(path);
}

/* ---- making ---------------------------------------------------------------------------------- */

int authority_key_new(struct pki_key **ret_key, struct error **err)
{
    struct pki_profile profile = {0};
    const struct mesh_var vars[] = {{"cluster", ""}, {"istio_namespace", ""}, {NULL, NULL}};
    if (profile_load(INTERMEDIATE_PROFILE, vars, &profile, err) < 0)
        return -1;
    int rc = pki_key_new(profile.key_bits, ret_key, err);
    pki_profile_release(&profile);
    return rc;
}

static int cert_text(const struct pki_cert *cert, char **ret_pem, struct error **err)
{
    AUTO_BUF pem = BUF_INIT;
    if (pki_cert_write(&pem, cert, err) < 0)
        return -1;
    *ret_pem = buf_detach(&pem, NULL);
    return 0;
}

int authority_make_root_take(struct authority *a, struct pki_key *key, struct error **err)
{
    const struct mesh_var none[] = {{NULL, NULL}};
    struct pki_profile profile = {0};
    struct pki_cert *root = NULL;
    char *pem = NULL;
    a->root_key = key;
    if (profile_load(ROOT_PROFILE, none, &profile, err) < 0)
        return -1;
    int rc = pki_cert_issue(&profile, a->root_key, NULL, NULL, &root, err);
    if (rc == 0)
        rc = cert_text(root, &pem, err);
    pki_profile_release(&profile);
    if (rc < 0) {
        pki_cert_free(root);
        return -1;
    }
    set_root(a, root, pem);
    a->root_is_new = true;
    return 0;
}

static int sign_intermediate(struct authority *a, const char *cluster, const struct pki_key *key,
                             struct authority_files *files, struct error **err)
{
    const struct mesh_var vars[] = {
        {"cluster", cluster}, {"istio_namespace", a->istio_namespace}, {NULL, NULL}};
    struct pki_profile profile = {0};
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *cert = NULL;
    AUTO_SECRET_BUF key_pem = BUF_INIT;
    if (profile_load(INTERMEDIATE_PROFILE, vars, &profile, err) < 0)
        return -1;
    int rc = pki_cert_issue(&profile, key, a->root, a->root_key, &cert, err);
    pki_profile_release(&profile);
    if (rc < 0 || cert_text(cert, &files->ca_cert, err) < 0 ||
        pki_key_write(&key_pem, key, err) < 0)
        return -1;
    files->ca_key = buf_detach(&key_pem, NULL);
    files->cert_chain = mem_printf("%s%s", files->ca_cert, a->root_pem);
    files->root_cert = mem_strdup(a->root_pem);
    files->is_new = true;
    return 0;
}

/* What the folder holds must be usable by istiod: it refuses an incomplete or wrong set at
 * start-up. */
static int verify_files(const struct authority *a, const char *where,
                        const struct authority_files *files, struct error **err)
{
    struct pki_cert **certs = NULL;
    size_t count = 0;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    struct pki_cert *const roots[] = {a->root};
    if (pki_certs_read(files->ca_cert, strlen(files->ca_cert), where, &certs, &count, err) < 0)
        return -1;
    int rc = pki_key_read(files->ca_key, strlen(files->ca_key), where, &key, err);
    if (rc == 0 && !pki_cert_matches(certs[0], key))
        rc = error_set(err, ERROR_INPUT, "ca-key.pem is not the key of ca-cert.pem");
    if (rc == 0)
        rc = pki_cert_verify(certs[0], NULL, 0, roots, 1, err);
    pki_certs_free(certs, count);
    if (rc == 0)
        return 0;
    error_where(err, "%s", where);
    return error_hint(err, "remove the folder %s to have a new intermediate signed", where);
}

static int read_intermediate(struct authority *a, const char *cluster,
                             struct authority_files *files, struct error **err)
{
    const struct {
        const char *file;
        char **slot;
    } parts[] = {
        {"ca-cert.pem", &files->ca_cert},
        {"ca-key.pem", &files->ca_key},
        {"cert-chain.pem", &files->cert_chain},
        {"root-cert.pem", &files->root_cert},
    };
    AUTO_FREE char *dir = fs_join_dup(a->dir, cluster);
    for (size_t i = 0; i < MC_ARRAY_LEN(parts); i++) {
        AUTO_FREE char *path = cluster_path_dup(a, cluster, parts[i].file);
        *parts[i].slot = read_optional(path, err);
        if (*err)
            return -1;
        if (!*parts[i].slot) {
            error_set(err, ERROR_INPUT, "%s is missing", path);
            return error_hint(err, "remove the folder %s to have a new intermediate signed", dir);
        }
    }
    return verify_files(a, dir, files, err);
}

int authority_intermediate(struct authority *a, const char *cluster, const struct pki_key *key,
                           struct authority_files **ret_files, struct error **err)
{
    MC_CLEANUP(authority_files_cleanup) struct authority_files *files = mem_zalloc(sizeof(*files));
    int rc = authority_has_intermediate(a, cluster) && !a->root_is_new
                 ? read_intermediate(a, cluster, files, err)
                 : sign_intermediate(a, cluster, key, files, err);
    if (rc < 0)
        return error_wrap(err, "certificate of %s", cluster);
    *ret_files = TAKE(files);
    return 0;
}

/* ---- writing --------------------------------------------------------------------------------- */

static int write_file(const char *dir, const char *name, const char *text, struct error **err)
{
    AUTO_FREE char *path = fs_join_dup(dir, name);
    return fs_write(path, text, strlen(text), 0600, err);
}

int authority_save_root(struct authority *a, struct error **err)
{
    AUTO_SECRET_BUF key = BUF_INIT;
    if (!a->root_is_new)
        return 0;
    if (fs_mkdirs(a->dir, 0700, err) < 0 || pki_key_write(&key, a->root_key, err) < 0)
        return -1;
    /* The key first: a certificate without its key would look like a root kept elsewhere. */
    if (write_file(a->dir, "root-key.pem", buf_str(&key), err) < 0 ||
        write_file(a->dir, "root-cert.pem", a->root_pem, err) < 0)
        return -1;
    a->root_is_new = false;
    return 0;
}

int authority_save_intermediate(struct authority *a, const char *cluster,
                                struct authority_files *files, struct error **err)
{
    AUTO_FREE char *dir = fs_join_dup(a->dir, cluster);
    if (!files->is_new)
        return 0;
    /* ca-cert.pem last: its presence says that the set is complete. */
    if (fs_mkdirs(dir, 0700, err) < 0 || write_file(dir, "ca-key.pem", files->ca_key, err) < 0 ||
        write_file(dir, "root-cert.pem", files->root_cert, err) < 0 ||
        write_file(dir, "cert-chain.pem", files->cert_chain, err) < 0 ||
        write_file(dir, "ca-cert.pem", files->ca_cert, err) < 0)
        return -1;
    files->is_new = false;
    return 0;
}
