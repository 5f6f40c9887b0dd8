/* The mesh's certificate authority in a folder: one root, one intermediate a cluster, in the layout
 * of Istio's tools/certs: DIR/root-cert.pem, DIR/root-key.pem and
 * DIR/CLUSTER/{ca-cert,ca-key,cert-chain,root-cert}.pem. Folders are 0700, files 0600, each written
 * atomically; a key is never written over. What a person brings is held to what istiod and the
 * proxies want and to nothing else: any subject, any chain, several roots. One thread at a time;
 * who makes something holds the folder's lock (see issue.h, which does all this in order). */
#ifndef MESHCTL_CA_AUTHORITY_H
#define MESHCTL_CA_AUTHORITY_H

#include "meshctl/base/strlist.h"
#include "meshctl/ca/roots.h"
#include "meshctl/mesh/mesh.h"
#include "meshctl/pki/cert.h"

#define AUTHORITY_MAX_ENTRIES 4096 /* names in a CA folder that are looked at */

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

/* Opens the folder: its root when it holds one. Of several certificates in root-cert.pem the one
 * that root-key.pem belongs to signs; a key that belongs to none is ERROR_INPUT. A certificate
 * without its key is an authority that cannot sign (unless the key is the one that a cut run left in
 * root-key.pem.new, which authority_save_root then names); a key without its certificate is
 * ERROR_INPUT, since a new root would overwrite it. Without root-cert.pem the roots are those of the
 * intermediates that are there, and nothing can be signed. A missing folder is an empty one.
 * `istio_namespace` stands in the intermediates' alternative name; `trust_domain` (NULL:
 * cluster.local) in the names of the workloads that they sign for. */
int authority_open(const char *dir, const char *istio_namespace, const char *trust_domain,
                   struct authority **ret_authority, struct error **err) MC_WARN_UNUSED;
const char *authority_dir(const struct authority *a);
void authority_free(struct authority *a);
bool authority_has_root(const struct authority *a);
bool authority_can_sign(const struct authority *a);
/* SHA-256 of the root that signs (of the first one where there is no key); NULL without one.
 * Borrowed. */
const char *authority_fingerprint(const struct authority *a);
/* That root itself, or NULL; borrowed. */
const struct pki_cert *authority_root(const struct authority *a);
/* The file that it stands in, or would stand in. Borrowed. */
const char *authority_root_file(const struct authority *a);
/* All roots of the folder. Borrowed. */
const struct ca_roots *authority_roots(const struct authority *a);
/* The sub-folders that hold a ca-cert.pem, sorted, whether the mesh knows them or not. Borrowed. */
const struct strlist *authority_intermediates(const struct authority *a);

/* Makes a root in memory out of `key`, which it takes over. There must be none yet, and no
 * intermediates. */
int authority_make_root_take(struct authority *a, struct pki_key *key, struct error **err)
    MC_WARN_UNUSED;
/* Signs a throw-away intermediate and with that a workload's certificate, and verifies both as
 * istiod and the proxies would: whether this root can be a mesh's is known before anything is
 * written. Milliseconds. ERROR_INPUT. */
int authority_try(const struct authority *a, struct error **err) MC_WARN_UNUSED;
/* The cluster's intermediate: from the folder when it is there, else signed for `key` and verified.
 * ERROR_INPUT when the files of the folder are incomplete, would be refused by istiod or by proxies,
 * or know none of the folder's roots; and (MC203) when one has to be signed without the root's key.
 * `warnings` (NULL is fine) gets what works and is worth knowing. */
int authority_intermediate(struct authority *a, const char *cluster, const struct pki_key *key,
                           struct strlist *warnings, struct authority_files **ret_files,
                           struct error **err) MC_WARN_UNUSED;
/* Whether the folder holds the cluster's ca-cert.pem; the other files come before it. */
bool authority_has_intermediate(const struct authority *a, const char *cluster);
/* The key of a cluster that has no certificate yet (a run was cut, or a person put it there), or
 * NULL: what is signed is signed for it. ERROR_INPUT when it does not read. */
int authority_waiting_key(const struct authority *a, const char *cluster, struct pki_key **ret_key,
                          struct error **err) MC_WARN_UNUSED;
/* A key as the intermediate's profile wants it: seconds of work, needs no authority. Gives up with
 * ERROR_CANCELLED within milliseconds once `cancel` (NULL is fine) is set. */
int authority_key_new(struct cancel *cancel, struct pki_key **ret_key, struct error **err)
    MC_WARN_UNUSED;
/* MC203: what is there, and that `cluster` cannot be signed for. Returns -1. */
int authority_refuse_signing(const struct authority *a, const char *cluster, struct error **err);

/* Writes what is new: the root, and the cluster's files. */
int authority_save_root(struct authority *a, struct error **err) MC_WARN_UNUSED;
int authority_save_intermediate(struct authority *a, const char *cluster,
                                struct authority_files *files, struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(authority_cleanup, struct authority, authority_free);
MC_DEFINE_CLEANUP(authority_files_cleanup, struct authority_files, authority_files_free);

#endif
