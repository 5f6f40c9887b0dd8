/* The CA folder: what is in it is read and held together, what is missing is made and written in an
 * order that a cut run can go on from. */
#include "meshctl/ca/authority.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/fs.h"
#include "profile.h"

#define ROOT_PROFILE "certs/root.yaml"
#define INTERMEDIATE_PROFILE "certs/intermediate.yaml"
#define ROOT_KEY "root-key.pem"
/* A new root's key is called so until its certificate is written: whatever a cut run leaves, a new
 * one can go on from, and a person's root-key.pem is never taken for such a remainder. */
#define ROOT_KEY_NEW "root-key.pem.new"

struct authority {
    char *dir;
    char *istio_namespace;
    struct pki_cert *root;
    struct pki_key *root_key;
    char *root_pem;
    char *fingerprint;
    bool root_is_new;
    bool key_is_unnamed; /* root_key is still in ROOT_KEY_NEW */
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

/* What a run that was cut left between writing the certificate and naming the key. */
static void read_unnamed_key(struct authority *a)
{
    AUTO_ERROR struct error *ignored = NULL;
    AUTO_FREE char *path = fs_join_dup(a->dir, ROOT_KEY_NEW);
    AUTO_SECRET char *pem = read_optional(path, &ignored);
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    if (!pem || pki_key_read(pem, strlen(pem), path, &key, &ignored) < 0 ||
        !pki_cert_matches(a->root, key))
        return;
    a->root_key = TAKE(key);
    a->key_is_unnamed = true;
}

static int read_root_key(struct authority *a, struct error **err)
{
    AUTO_FREE char *path = fs_join_dup(a->dir, ROOT_KEY);
    AUTO_SECRET char *pem = read_optional(path, err);
    if (!pem) {
        if (!*err)
            read_unnamed_key(a);
        return *err ? -1 : 0;
    }
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

/* Counting such a folder as an empty one would overwrite the key with a new root's. */
static int refuse_lone_key(const struct authority *a, struct error **err)
{
    AUTO_FREE char *path = fs_join_dup(a->dir, ROOT_KEY);
    if (!fs_exists(path))
        return 0;
    error_set(err, ERROR_INPUT, "%s has no root-cert.pem beside it", path);
    error_where(err, "%s", path);
    return error_hint(err, "put the key's root-cert.pem beside it, or name another folder with "
                           "--ca-dir; a key that nothing uses can be moved away");
}

static int read_root(struct authority *a, struct error **err)
{
    AUTO_FREE char *path = fs_join_dup(a->dir, "root-cert.pem");
    AUTO_FREE char *pem = read_optional(path, err);
    struct pki_cert **certs = NULL;
    size_t count = 0;
    if (!pem)
        return *err ? -1 : refuse_lone_key(a, err);
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

static int refuse_signing(const struct authority *a, struct error **err)
{
    error_set(err, ERROR_INPUT, "%s holds a root certificate without its key", a->dir);
    error_id(err, "MC203");
    return error_hint(err, "put root-key.pem beside it, or name another folder with --ca-dir");
}

static int sign_intermediate(struct authority *a, const char *cluster, const struct pki_key *key,
                             struct authority_files *files, struct error **err)
{
    const struct mesh_var vars[] = {
        {"cluster", cluster}, {"istio_namespace", a->istio_namespace}, {NULL, NULL}};
    struct pki_profile profile = {0};
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *cert = NULL;
    AUTO_SECRET_BUF key_pem = BUF_INIT;
    if (!authority_can_sign(a))
        return refuse_signing(a, err);
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

/* ---- checking what the folder holds ---------------------------------------------------------- */

struct certs {
    struct pki_cert **items;
    size_t count;
};

static void certs_release(struct certs *c)
{
    pki_certs_free(c->items, c->count);
}

static int read_certs(const char *dir, const char *file, const char *pem, struct certs *ret_certs,
                      struct error **err)
{
    AUTO_FREE char *path = fs_join_dup(dir, file);
    return pki_certs_read(pem, strlen(pem), path, &ret_certs->items, &ret_certs->count, err);
}

static bool has_fingerprint(const struct pki_cert *cert, const char *fingerprint)
{
    AUTO_FREE char *own = pki_cert_fingerprint_dup(cert);
    return strcmp(own, fingerprint) == 0;
}

/* ca-cert.pem by itself: the key's, a CA's, this cluster's. Certificates of other tools may name no
 * cluster. */
static int check_signer(const char *dir, const char *cluster, const struct pki_cert *cert,
                        const char *key_pem, struct error **err)
{
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    AUTO_FREE char *path = fs_join_dup(dir, "ca-key.pem");
    AUTO_FREE char *locality = pki_cert_locality_dup(cert);
    if (pki_key_read(key_pem, strlen(key_pem), path, &key, err) < 0)
        return -1;
    if (!pki_cert_matches(cert, key))
        return error_set(err, ERROR_INPUT, "ca-key.pem is not the key of ca-cert.pem");
    if (!pki_cert_is_ca(cert))
        return error_set(err, ERROR_INPUT, "ca-cert.pem is no CA certificate and cannot sign");
    if (locality && strcmp(locality, cluster) != 0)
        return error_set(err, ERROR_INPUT, "ca-cert.pem was made for another cluster: \"%s\"",
                         locality);
    return 0;
}

static int check_chain(const struct authority *a, const char *dir, const struct pki_cert *cert,
                       const char *chain_pem, struct error **err)
{
    MC_CLEANUP(certs_release) struct certs chain = {0};
    struct pki_cert *const roots[] = {a->root};
    AUTO_FREE char *fingerprint = pki_cert_fingerprint_dup(cert);
    if (read_certs(dir, "cert-chain.pem", chain_pem, &chain, err) < 0)
        return -1;
    if (pki_cert_verify(cert, chain.items, chain.count, roots, 1, PKI_USE_SERVER, err) < 0)
        return error_wrap(err, "ca-cert.pem");
    if (!has_fingerprint(chain.items[0], fingerprint))
        return error_set(err, ERROR_INPUT, "cert-chain.pem does not begin with ca-cert.pem");
    return 0;
}

static int check_root(const struct authority *a, const char *dir, const char *root_pem,
                      struct error **err)
{
    MC_CLEANUP(certs_release) struct certs roots = {0};
    if (read_certs(dir, "root-cert.pem", root_pem, &roots, err) < 0)
        return -1;
    if (roots.count != 1 || !has_fingerprint(roots.items[0], a->fingerprint))
        return error_set(err, ERROR_INPUT, "root-cert.pem is not the root certificate in %s",
                         a->dir);
    return 0;
}

static int check_files(const struct authority *a, const char *dir, const char *cluster,
                       const struct authority_files *files, struct error **err)
{
    MC_CLEANUP(certs_release) struct certs own = {0};
    if (read_certs(dir, "ca-cert.pem", files->ca_cert, &own, err) < 0 ||
        check_signer(dir, cluster, own.items[0], files->ca_key, err) < 0 ||
        check_chain(a, dir, own.items[0], files->cert_chain, err) < 0)
        return -1;
    return check_root(a, dir, files->root_cert, err);
}

/* What the folder holds must be usable by istiod: it refuses an incomplete or wrong set at
 * start-up. Here the files are input, whichever check they fail. */
static int verify_files(const struct authority *a, const char *dir, const char *cluster,
                        const struct authority_files *files, struct error **err)
{
    if (check_files(a, dir, cluster, files, err) == 0)
        return 0;
    if ((*err)->kind == ERROR_CHECK)
        (*err)->kind = ERROR_INPUT;
    if (!(*err)->where)
        error_where(err, "%s", dir);
    if (!(*err)->hint)
        error_hint(err, "remove the folder %s to have a new intermediate signed", dir);
    return -1;
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
    return verify_files(a, dir, cluster, files, err);
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

static int write_root(const struct authority *a, struct error **err)
{
    AUTO_SECRET_BUF key = BUF_INIT;
    if (fs_mkdirs(a->dir, 0700, err) < 0 || pki_key_write(&key, a->root_key, err) < 0 ||
        write_file(a->dir, ROOT_KEY_NEW, buf_str(&key), err) < 0)
        return -1;
    return write_file(a->dir, "root-cert.pem", a->root_pem, err);
}

int authority_save_root(struct authority *a, struct error **err)
{
    AUTO_FREE char *unnamed = fs_join_dup(a->dir, ROOT_KEY_NEW);
    AUTO_FREE char *named = fs_join_dup(a->dir, ROOT_KEY);
    if (!a->root_is_new && !a->key_is_unnamed)
        return 0;
    if ((a->root_is_new && write_root(a, err) < 0) || fs_rename(unnamed, named, err) < 0)
        return -1;
    a->root_is_new = false;
    a->key_is_unnamed = false;
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
