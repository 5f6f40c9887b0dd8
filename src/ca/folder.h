/* What the files about the CA folder share. */
#ifndef CA_FOLDER_H
#define CA_FOLDER_H

#include "bundle.h"
#include "meshctl/base/guard.h"
#include "meshctl/ca/authority.h"

struct authority {
    char *dir;
    int dir_fd; /* -1: there is none yet */
    char *istio_namespace;
    char *trust_domain;      /* or NULL */
    struct pki_cert **certs; /* all roots; `root` is one of them */
    size_t certs_count;
    struct pki_cert *root;
    struct pki_key *root_key;
    char *root_file; /* DIR/root-cert.pem, or an intermediate's */
    char *root_pem;  /* its whole text */
    char *fingerprint;
    struct ca_roots roots;
    struct strlist intermediates;
    bool root_is_new;
    bool key_is_unnamed; /* root_key is still in root-key.pem.new */
};

/* Opens the folder for what follows; one that is not there yet is fine. */
int folder_open(struct authority *a, struct error **err) MC_WARN_UNUSED;
/* The text of DIR/FILE, or of DIR/CLUSTER/FILE, or NULL without *err when there is none. It may be a
 * key. Folders and file are held to `guard`. */
char *folder_read_optional(const struct authority *a, const char *cluster, const char *file,
                           enum guard guard, struct error **err);
/* DIR/CLUSTER/FILE; yours to free. */
char *folder_cluster_path_dup(const struct authority *a, const char *cluster, const char *file);
/* The sub-folders that hold ca-cert.pem, sorted. */
int folder_list_intermediates(const struct authority *a, struct strlist *out, struct error **err)
    MC_WARN_UNUSED;
/* Whether istiod and proxies would take those files; ERROR_INPUT says what they would refuse. */
int folder_check_files(const struct authority *a, const struct authority_files *files,
                       struct strlist *warnings, struct error **err) MC_WARN_UNUSED;
/* ERROR_INPUT: nothing is signed with that, nor put into a cluster. */
int folder_refuse_weak(const char *what, struct error **err);
/* The cluster's four files, read and checked. */
int folder_read_files(const struct authority *a, const char *cluster, struct strlist *warnings,
                      struct authority_files *files, struct error **err) MC_WARN_UNUSED;

#endif
