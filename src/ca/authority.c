/* The CA folder's root: opened, made, tried, and what it signs; and the writing of both. */
#include "meshctl/ca/authority.h"

#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/fs.h"
#include "meshctl/pki/gox509.h"
#include "profile.h"

#define ROOT_PROFILE "certs/root.yaml"
#define INTERMEDIATE_PROFILE "certs/intermediate.yaml"
#define ROOT_CERT "root-cert.pem"
#define ROOT_KEY "root-key.pem"
/* A new root's key is called so until its certificate is written: whatever a cut run leaves, a new
 * one can go on from, and a person's root-key.pem is never taken for such a remainder. */
#define ROOT_KEY_NEW "root-key.pem.new"
/* What a root has left when it signs: with less, who signs now will have to make a new root soon. With
 * more, a certificate that ends with a root some years old is in order. */
#define SHORT_ROOT_SECONDS ((time_t)365 * SECONDS_A_DAY)
#define SECONDS_A_DAY 86400

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
    fs_close(&a->dir_fd);
    free(a->dir);
    free(a->istio_namespace);
    free(a->trust_domain);
    pki_certs_free(a->certs, a->certs_count);
    pki_key_free(a->root_key);
    free(a->root_file);
    free(a->root_pem);
    free(a->fingerprint);
    ca_roots_release(&a->roots);
    strlist_release(&a->intermediates);
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

const char *authority_root_file(const struct authority *a)
{
    return a->root_file;
}

const struct ca_roots *authority_roots(const struct authority *a)
{
    return &a->roots;
}

const struct strlist *authority_intermediates(const struct authority *a)
{
    return &a->intermediates;
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

/* ---- reading the root ------------------------------------------------------------------------ */

static struct pki_cert *root_of_key(const struct authority *a, const struct pki_key *key)
{
    for (size_t i = 0; i < a->certs_count; i++)
        if (pki_cert_matches(a->certs[i], key))
            return a->certs[i];
    return NULL;
}

/* What a run that was cut left between writing the certificate and naming the key. */
static void read_unnamed_key(struct authority *a)
{
    AUTO_ERROR struct error *ignored = NULL;
    AUTO_FREE char *path = fs_join_dup(a->dir, ROOT_KEY_NEW);
    AUTO_SECRET char *pem = folder_read_optional(a, NULL, ROOT_KEY_NEW, GUARD_READ, &ignored);
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    if (!pem || pki_key_read(pem, strlen(pem), path, &key, &ignored) < 0 || !root_of_key(a, key))
        return;
    a->root_key = TAKE(key);
    a->key_is_unnamed = true;
}

static int read_root_key(struct authority *a, struct error **err)
{
    AUTO_FREE char *path = fs_join_dup(a->dir, ROOT_KEY);
    AUTO_SECRET char *pem = folder_read_optional(a, NULL, ROOT_KEY, GUARD_READ, err);
    if (!pem) {
        if (!*err)
            read_unnamed_key(a);
        return *err ? -1 : 0;
    }
    if (pki_key_read(pem, strlen(pem), path, &a->root_key, err) < 0)
        return -1;
    if (root_of_key(a, a->root_key))
        return 0;
    error_set(err, ERROR_INPUT, "%s is not the key of " ROOT_CERT " beside it", path);
    return error_where(err, "%s", path);
}

/* Counting such a folder as an empty one would overwrite the key with a new root's. */
static int refuse_lone_key(const struct authority *a, struct error **err)
{
    AUTO_FREE char *path = fs_join_dup(a->dir, ROOT_KEY);
    if (!fs_exists(path))
        return 0;
    error_set(err, ERROR_INPUT, "%s has no " ROOT_CERT " beside it", path);
    error_where(err, "%s", path);
    return error_hint(err, "put the key's " ROOT_CERT " beside it, or name another folder with "
                           "--ca-dir; a key that nothing uses can be moved away");
}

static int read_roots_take(struct authority *a, char *path, char *pem, struct error **err)
{
    free(a->root_file);
    a->root_file = path;
    a->root_pem = pem;
    if (pki_certs_read(pem, strlen(pem), path, &a->certs, &a->certs_count, err) < 0)
        return -1;
    for (size_t i = 0; i < a->certs_count; i++) {
        AUTO_FREE char *subject = pki_cert_subject_dup(a->certs[i]);
        if (!pki_cert_is_ca(a->certs[i])) {
            error_set(err, ERROR_INPUT, "%s: certificate \"%s\" is no CA certificate", path,
                      subject);
            error_where(err, "%s", path);
            return error_hint(err, "put a certificate there that may sign others (CA:TRUE, and "
                                   "keyCertSign where it has a key usage)");
        }
        AUTO_FREE char *weakness = pki_cert_weakness_dup(a->certs[i]);
        AUTO_FREE char *what =
            weakness ? mem_printf("%s: certificate \"%s\": %s", path, subject, weakness) : NULL;
        if (what) {
            (void)folder_refuse_weak(what, err);
            return error_where(err, "%s", path);
        }
        ca_roots_add(&a->roots, a->certs[i]);
    }
    return 0;
}

static void choose_root(struct authority *a)
{
    a->root = a->root_key ? root_of_key(a, a->root_key) : a->certs[0];
    a->fingerprint = pki_cert_fingerprint_dup(a->root);
}

/* Without a root of its own the folder has those that its intermediates name. */
static int adopt_roots(struct authority *a, struct error **err)
{
    if (refuse_lone_key(a, err) < 0)
        return -1;
    for (size_t i = 0; i < a->intermediates.count && !a->root; i++) {
        AUTO_FREE char *path = folder_cluster_path_dup(a, a->intermediates.items[i], ROOT_CERT);
        char *pem = folder_read_optional(a, a->intermediates.items[i], ROOT_CERT, GUARD_WRITE, err);
        if (*err)
            return -1;
        if (!pem)
            continue;
        if (read_roots_take(a, TAKE(path), pem, err) < 0)
            return -1;
        choose_root(a);
    }
    return 0;
}

static int read_root(struct authority *a, struct error **err)
{
    a->root_file = fs_join_dup(a->dir, ROOT_CERT);
    char *pem = folder_read_optional(a, NULL, ROOT_CERT, GUARD_WRITE, err);
    if (!pem)
        return *err ? -1 : adopt_roots(a, err);
    if (read_roots_take(a, mem_strdup(a->root_file), pem, err) < 0 || read_root_key(a, err) < 0)
        return -1;
    choose_root(a);
    return 0;
}

int authority_open(const char *dir, const char *istio_namespace, const char *trust_domain,
                   struct authority **ret_authority, struct error **err)
{
    MC_CLEANUP(authority_cleanup) struct authority *a = mem_zalloc(sizeof(*a));
    a->dir = mem_strdup(dir);
    a->istio_namespace = mem_strdup(istio_namespace);
    a->trust_domain = mem_strdup_opt(trust_domain);
    a->dir_fd = -1;
    if (folder_open(a, err) < 0 || folder_list_intermediates(a, &a->intermediates, err) < 0 ||
        read_root(a, err) < 0)
        return -1;
    *ret_authority = TAKE(a);
    return 0;
}

bool authority_has_intermediate(const struct authority *a, const char *cluster)
{
    AUTO_FREE char *path = folder_cluster_path_dup(a, cluster, "ca-cert.pem");
    return fs_exists(path);
}

static int refuse_weak_key(const char *path, const struct pki_key *key, struct error **err)
{
    AUTO_FREE char *weakness = pki_key_weakness_dup(key);
    if (!weakness)
        return 0;
    AUTO_FREE char *what = mem_printf("%s: %s", path, weakness);
    (void)folder_refuse_weak(what, err);
    return error_where(err, "%s", path);
}

int authority_waiting_key(const struct authority *a, const char *cluster, struct pki_key **ret_key,
                          struct error **err)
{
    AUTO_FREE char *path = folder_cluster_path_dup(a, cluster, "ca-key.pem");
    AUTO_SECRET char *pem = folder_read_optional(a, cluster, "ca-key.pem", GUARD_READ, err);
    *ret_key = NULL;
    if (!pem)
        return *err ? -1 : 0;
    if (pki_key_read(pem, strlen(pem), path, ret_key, err) == 0)
        return refuse_weak_key(path, *ret_key, err);
    error_where(err, "%s", path);
    return (*err)->hint ? -1
                        : error_hint(err, "put the key there that shall be signed, or move the "
                                          "file out of the CA folder to have a new one made");
}

/* ---- making ---------------------------------------------------------------------------------- */

static int load_intermediate_profile(const struct authority *a, const char *cluster,
                                     struct pki_profile *ret_profile, struct error **err)
{
    const struct mesh_var vars[] = {
        {"cluster", cluster}, {"istio_namespace", a ? a->istio_namespace : ""}, {NULL, NULL}};
    return profile_load(INTERMEDIATE_PROFILE, vars, ret_profile, err);
}

int authority_key_new(struct cancel *cancel, struct pki_key **ret_key, struct error **err)
{
    MC_CLEANUP(pki_profile_release) struct pki_profile profile = {0};
    if (load_intermediate_profile(NULL, "", &profile, err) < 0)
        return -1;
    return pki_key_new_unless(profile.key_bits, cancel, ret_key, err);
}

static int cert_text(const struct pki_cert *cert, char **ret_pem, struct error **err)
{
    AUTO_BUF pem = BUF_INIT;
    if (pki_cert_write(&pem, cert, err) < 0)
        return -1;
    *ret_pem = buf_detach(&pem, NULL);
    return 0;
}

static int refuse_second_root(const struct authority *a, struct error **err)
{
    AUTO_FREE char *names = strlist_join_dup(&a->intermediates, ", ");
    return error_set(err, ERROR_INPUT, "%s holds intermediates (%s): no root is made beside them",
                     a->dir, names);
}

int authority_make_root_take(struct authority *a, struct pki_key *key, struct error **err)
{
    const struct mesh_var none[] = {{NULL, NULL}};
    MC_CLEANUP(pki_profile_release) struct pki_profile profile = {0};
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *root = NULL;
    char *pem = NULL;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *root_key = key;
    if (a->intermediates.count)
        return refuse_second_root(a, err);
    if (profile_load(ROOT_PROFILE, none, &profile, err) < 0 ||
        pki_cert_issue(&profile, root_key, NULL, NULL, &root, err) < 0 ||
        cert_text(root, &pem, err) < 0)
        return -1;
    a->root_pem = pem;
    a->root_key = TAKE(root_key);
    a->certs = mem_array(1, sizeof(*a->certs));
    a->certs[0] = TAKE(root);
    a->certs_count = 1;
    ca_roots_add(&a->roots, a->certs[0]);
    choose_root(a);
    a->root_is_new = true;
    return 0;
}

int authority_refuse_signing(const struct authority *a, const char *cluster, struct error **err)
{
    AUTO_FREE char *names = strlist_join_dup(&a->intermediates, ", ");
    AUTO_FREE char *path = fs_join_dup(a->dir, ROOT_CERT);
    if (fs_exists(path))
        error_set(err, ERROR_INPUT,
                  "%s holds a root certificate without its key: nothing can be signed for %s",
                  a->dir, cluster);
    else
        error_set(err, ERROR_INPUT,
                  "%s holds intermediates (%s) and no root: nothing can be signed for %s", a->dir,
                  names, cluster);
    error_where(err, "%s", a->dir);
    error_id(err, "MC203");
    return error_hint(err,
                      "put " ROOT_KEY " and " ROOT_CERT " of that root into the folder, or the "
                      "four files that it signed for %s into %s/%s, or name another folder with "
                      "--ca-dir",
                      cluster, a->dir, cluster);
}

/* The files that say what the signed certificate belongs to. */
static int fill_files(const struct authority *a, const struct pki_cert *cert,
                      const struct pki_key *key, struct authority_files *files, struct error **err)
{
    AUTO_SECRET_BUF key_pem = BUF_INIT;
    AUTO_FREE char *signer = NULL;
    if (cert_text(cert, &files->ca_cert, err) < 0 || cert_text(a->root, &signer, err) < 0 ||
        pki_key_write(&key_pem, key, err) < 0)
        return -1;
    files->ca_key = buf_detach(&key_pem, NULL);
    files->cert_chain = mem_printf("%s%s", files->ca_cert, signer);
    files->root_cert = mem_strdup(a->root_pem);
    files->is_new = true;
    return 0;
}

static void warn_short(const struct authority *a, const char *cluster, unsigned days,
                       struct strlist *warnings)
{
    time_t end = pki_cert_not_after(a->root);
    AUTO_FREE char *text = clock_rfc3339_dup(end);
    time_t left = end - time(NULL);
    if (warnings && left < SHORT_ROOT_SECONDS && left < (time_t)days * SECONDS_A_DAY)
        strlist_addf(warnings,
                     "the root in %s ends %s, and so does the certificate of %s that was meant to "
                     "live %u days",
                     a->root_file, text, cluster, days);
}

/* What istiod or a proxy would refuse is not worth writing: the root is what is wrong with it. */
static int refuse_root(const struct authority *a, struct error **err)
{
    (*err)->kind = ERROR_INPUT;
    error_wrap(err, "the root in %s cannot be a mesh's", a->root_file);
    error_where(err, "%s", a->root_file);
    return error_hint(err, "name a folder with another root with --ca-dir (nothing was written)");
}

static int sign(const struct authority *a, const char *cluster, const struct pki_key *key,
                struct strlist *warnings, struct authority_files *files, struct error **err)
{
    MC_CLEANUP(pki_profile_release) struct pki_profile profile = {0};
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *cert = NULL;
    if (load_intermediate_profile(a, cluster, &profile, err) < 0)
        return -1;
    if (pki_cert_issue(&profile, key, a->root, a->root_key, &cert, err) < 0)
        return refuse_root(a, err);
    if (fill_files(a, cert, key, files, err) < 0)
        return -1;
    if (folder_check_files(a, files, NULL, err) < 0)
        return refuse_root(a, err);
    warn_short(a, cluster, profile.days, warnings);
    return 0;
}

int authority_try(const struct authority *a, struct error **err)
{
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    MC_CLEANUP(authority_files_cleanup) struct authority_files *files = mem_zalloc(sizeof(*files));
    if (gox509_key_new(GOX509_ECDSA_P256, &key, err) < 0)
        return -1;
    return sign(a, "trial", key, NULL, files, err);
}

int authority_intermediate(struct authority *a, const char *cluster, const struct pki_key *key,
                           struct strlist *warnings, struct authority_files **ret_files,
                           struct error **err)
{
    MC_CLEANUP(authority_files_cleanup) struct authority_files *files = mem_zalloc(sizeof(*files));
    int rc;
    if (authority_has_intermediate(a, cluster))
        rc = folder_read_files(a, cluster, warnings, files, err);
    else if (authority_can_sign(a))
        rc = sign(a, cluster, key, warnings, files, err);
    else
        rc = authority_refuse_signing(a, cluster, err);
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
    return write_file(a->dir, ROOT_CERT, a->root_pem, err);
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

/* One that is there is the one that was signed for; see authority_waiting_key. */
static int write_key(const char *dir, const struct authority_files *files, struct error **err)
{
    AUTO_FREE char *path = fs_join_dup(dir, "ca-key.pem");
    if (fs_exists(path))
        return 0;
    return fs_write(path, files->ca_key, strlen(files->ca_key), 0600, err);
}

int authority_save_intermediate(struct authority *a, const char *cluster,
                                struct authority_files *files, struct error **err)
{
    AUTO_FREE char *dir = fs_join_dup(a->dir, cluster);
    if (!files->is_new)
        return 0;
    /* ca-cert.pem last: its presence says that the set is complete. */
    if (fs_mkdirs(dir, 0700, err) < 0 || write_key(dir, files, err) < 0 ||
        write_file(dir, ROOT_CERT, files->root_cert, err) < 0 ||
        write_file(dir, "cert-chain.pem", files->cert_chain, err) < 0 ||
        write_file(dir, "ca-cert.pem", files->ca_cert, err) < 0)
        return -1;
    files->is_new = false;
    return 0;
}
