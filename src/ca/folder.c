/* What a CA folder holds for its clusters: listed, read and checked. */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/fs.h"

int folder_open(struct authority *a, struct error **err)
{
    if (guard_open_folder(AT_FDCWD, a->dir, a->dir, &a->dir_fd, err) == 0)
        return guard_check_parents(a->dir_fd, a->dir, err);
    if ((*err)->kind != ERROR_NOT_FOUND || fs_exists(a->dir))
        return -1;
    error_clear(err);
    return 0;
}

/* Appends a file that is there; one that is not is ERROR_NOT_FOUND. */
static int read_file(const struct authority *a, const char *cluster, const char *file,
                     enum guard guard, struct buf *text, struct error **err)
{
    AUTO_FD sub = -1;
    AUTO_FREE char *dir = cluster ? fs_join_dup(a->dir, cluster) : mem_strdup(a->dir);
    AUTO_FREE char *path = fs_join_dup(dir, file);
    if (cluster && guard_open_folder(a->dir_fd, cluster, dir, &sub, err) < 0)
        return -1;
    return fs_read_guarded(cluster ? sub : a->dir_fd, file, path, PKI_MAX_PEM, guard, text, err);
}

char *folder_read_optional(const struct authority *a, const char *cluster, const char *file,
                           enum guard guard, struct error **err)
{
    AUTO_SECRET_BUF text = BUF_INIT_MAX(PKI_MAX_PEM);
    if (a->dir_fd < 0)
        return NULL;
    if (read_file(a, cluster, file, guard, &text, err) == 0)
        return buf_detach(&text, NULL);
    if ((*err)->kind == ERROR_NOT_FOUND)
        error_clear(err);
    return NULL;
}

char *folder_cluster_path_dup(const struct authority *a, const char *cluster, const char *file)
{
    return mem_printf("%s/%s/%s", a->dir, cluster, file);
}

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

int folder_list_intermediates(const struct authority *a, struct strlist *out, struct error **err)
{
    size_t seen = 0;
    if (a->dir_fd < 0)
        return 0;
    int fd = openat(a->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    MC_CLEANUP(close_dir) DIR *open = fd < 0 ? NULL : fdopendir(fd);
    if (!open)
        return error_errno(err, fs_error_kind(errno), errno, "open %s", a->dir);
    for (struct dirent *entry; (entry = readdir(open));) {
        AUTO_FREE char *file = mem_printf("%s/ca-cert.pem", entry->d_name);
        if (seen++ == AUTHORITY_MAX_ENTRIES)
            return error_set(err, ERROR_INPUT, "%s holds more than %d names", a->dir,
                             AUTHORITY_MAX_ENTRIES);
        if (entry->d_name[0] != '.' && faccessat(a->dir_fd, file, F_OK, 0) == 0)
            strlist_add(out, entry->d_name);
    }
    strlist_sort(out);
    return 0;
}

static struct bundle bundle_of(const struct authority_files *f)
{
    return (struct bundle){
        .cert = {"ca-cert.pem", f->ca_cert, strlen(f->ca_cert)},
        .key = {"ca-key.pem", f->ca_key, strlen(f->ca_key)},
        .chain = {"cert-chain.pem", f->cert_chain, strlen(f->cert_chain)},
        .root = {"root-cert.pem", f->root_cert, strlen(f->root_cert)},
    };
}

int folder_refuse_weak(const char *what, struct error **err)
{
    error_set(err, ERROR_INPUT, "%s: what it vouches for can be forged", what);
    return error_hint(err,
                      "put a CA there whose keys are longer (RSA from 2048 bits on, signed with "
                      "SHA-256), or name a new folder with --ca-dir");
}

int folder_check_files(const struct authority *a, const struct authority_files *files,
                       struct strlist *warnings, struct error **err)
{
    MC_CLEANUP(bundle_facts_release) struct bundle_facts facts = {0};
    MC_CLEANUP(ca_problems_release) struct ca_problems problems = {0};
    struct bundle bundle = bundle_of(files);
    bundle.trust_domain = a->trust_domain;
    bundle_check(&bundle, &facts, &problems);
    const struct ca_problem *worst = ca_problems_worst(&problems);
    if (worst && worst->effect != CA_EFFECT_NOTE)
        return error_set(err, ERROR_INPUT, "%s: %s", worst->what, worst->istiod);
    for (size_t i = 0; i < problems.count; i++)
        if (problems.items[i].fault == CA_FAULT_WEAK)
            return folder_refuse_weak(problems.items[i].what, err);
    for (size_t i = 0; warnings && i < problems.count; i++)
        strlist_addf(warnings, "%s: %s", problems.items[i].what, problems.items[i].istiod);
    return 0;
}

/* A cluster that trusts none of the folder's roots would be another mesh. */
static int check_roots(const struct authority *a, const char *dir,
                       const struct authority_files *files, struct error **err)
{
    MC_CLEANUP(ca_roots_release) struct ca_roots own = {0};
    AUTO_FREE char *path = fs_join_dup(dir, "root-cert.pem");
    if (ca_roots_add_pem(&own, files->root_cert, strlen(files->root_cert), path, err) < 0)
        return -1;
    if (ca_roots_compare(&own, &a->roots) != CA_ROOTS_DISJOINT)
        return 0;
    AUTO_FREE char *found = ca_roots_text_dup(&own), *wanted = ca_roots_text_dup(&a->roots);
    return error_set(err, ERROR_INPUT, "%s holds root %s, %s holds %s", path, found, a->root_file,
                     wanted);
}

static int hint_mend(const struct authority *a, const char *dir, struct error **err)
{
    if (a->root_key)
        return error_hint(err,
                          "put files there that belong together; or move %s out of the CA folder "
                          "and keep it (its key may be the only one): a new intermediate is signed "
                          "then",
                          dir);
    return error_hint(err, "put files there that belong together, or name another folder with "
                           "--ca-dir");
}

static int read_all(const struct authority *a, const char *cluster, struct authority_files *files,
                    struct error **err)
{
    const struct {
        const char *file;
        enum guard guard;
        char **slot;
    } parts[] = {
        {"ca-cert.pem", GUARD_WRITE, &files->ca_cert},
        {"ca-key.pem", GUARD_READ, &files->ca_key},
        {"cert-chain.pem", GUARD_WRITE, &files->cert_chain},
        {"root-cert.pem", GUARD_WRITE, &files->root_cert},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(parts); i++) {
        AUTO_FREE char *path = folder_cluster_path_dup(a, cluster, parts[i].file);
        *parts[i].slot = folder_read_optional(a, cluster, parts[i].file, parts[i].guard, err);
        if (*err)
            return -1;
        if (!*parts[i].slot)
            return error_set(err, ERROR_INPUT, "%s is missing", path);
    }
    return 0;
}

int folder_read_files(const struct authority *a, const char *cluster, struct strlist *warnings,
                      struct authority_files *files, struct error **err)
{
    AUTO_FREE char *dir = fs_join_dup(a->dir, cluster);
    if (read_all(a, cluster, files, err) == 0 && folder_check_files(a, files, warnings, err) == 0 &&
        check_roots(a, dir, files, err) == 0)
        return 0;
    if (!(*err)->where)
        error_where(err, "%s", dir);
    if (!(*err)->hint)
        hint_mend(a, dir, err);
    return -1;
}
