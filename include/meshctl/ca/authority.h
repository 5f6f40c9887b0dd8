/* The mesh's certificate authority in a folder: one root, one intermediate a cluster, in the layout
 * of Istio's tools/certs: DIR/root-cert.pem, DIR/root-key.pem and
 * DIR/CLUSTER/{ca-cert,ca-key,cert-chain,root-cert}.pem. Folders are 0700, files 0600, each written
 * atomically. One thread at a time. */
#ifndef MESHCTL_CA_AUTHORITY_H
#define MESHCTL_CA_AUTHORITY_H

#include "meshctl/mesh/mesh.h"
#include "meshctl/pki/cert.h"

struct authority;

/* The four texts of Secret cacerts. */
struct authority_files {
    char *ca_cert;
    char *ca_key; /* a secret */
    char *cert_chain;
    char *root_cert;
    bool is_new; /* made in this run: not yet in the folder */
};
void authority_files_free(struct authority_files *f);

/* Opens the folder: its root when it holds one (certificate and key must match, else ERROR_INPUT).
 * A certificate without its key is an authority that cannot sign (unless the key is the one that a
 * cut run left in root-key.pem.new, which authority_save_root then names); a key without its
 * certificate is ERROR_INPUT, since a new root would overwrite it. A missing folder is an empty
 * one. `istio_namespace` stands in the intermediates' alternative name. */
int authority_open(const char *dir, const char *istio_namespace, struct authority **ret_authority,
                   struct error **err) MC_WARN_UNUSED;
const char *authority_dir(const struct authority *a);
void authority_free(struct authority *a);
bool authority_has_root(const struct authority *a);
bool authority_can_sign(const struct authority *a);
/* SHA-256 of the root; NULL without one. Borrowed. */
const char *authority_fingerprint(const struct authority *a);
/* The root itself, or NULL; borrowed. */
const struct pki_cert *authority_root(const struct authority *a);
/* Makes a root in memory out of `key`, which it takes over. There must be none yet. */
int authority_make_root_take(struct authority *a, struct pki_key *key, struct error **err)
    MC_WARN_UNUSED;
/* The cluster's intermediate: from the folder when it is there, else signed for `key` (a new key
 * for it, see authority_key_new). ERROR_INPUT when the four files of the folder do not belong
 * together, to this cluster and to the root, or have expired; and (MC203) when one has to be signed
 * without the root's key. */
int authority_intermediate(struct authority *a, const char *cluster, const struct pki_key *key,
                           struct authority_files **ret_files, struct error **err) MC_WARN_UNUSED;
/* Whether the folder already holds files for that cluster. */
bool authority_has_intermediate(const struct authority *a, const char *cluster);
/* A key as the intermediate's profile wants it: seconds of work, needs no authority. */
int authority_key_new(struct pki_key **ret_key, struct error **err) MC_WARN_UNUSED;
/* Writes what is new: the root, and the cluster's files. */
int authority_save_root(struct authority *a, struct error **err) MC_WARN_UNUSED;
int authority_save_intermediate(struct authority *a, const char *cluster,
                                struct authority_files *files, struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(authority_cleanup, struct authority, authority_free);
MC_DEFINE_CLEANUP(authority_files_cleanup, struct authority_files, authority_files_free);

#endif
