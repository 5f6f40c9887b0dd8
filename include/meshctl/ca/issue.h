/* Signing certificates for clusters that have none, out of the CA folder. Two steps, since keys take
 * seconds to make: ca_issue_begin decides everything that can be decided and starts the keys,
 * ca_issue_finish signs, verifies, saves and gives one cluster's files.
 *
 *     struct ca_issue *issue;
 *     ca_issue_begin(&options, &issue, err)      once, for all clusters that need files
 *     ca_issue_finish(issue, cluster, &files, err)   once a cluster, from any thread
 *     ca_issue_free(issue)
 *
 * What begin refuses, nothing was written for: a folder that cannot serve every cluster (a root
 * without its key, intermediates without a root), another root than the mesh has, a root whose
 * signatures would not be accepted (tried with a certificate for a workload). A key that is in the
 * folder is never written over, and a root is never made beside intermediates.
 *
 * From begin to the last finish the folder is locked (see ca_lock_take) if anything has to be made:
 * ERROR_CHECK names who holds it. A folder that has everything may be read-only and is not locked. */
#ifndef MESHCTL_CA_ISSUE_H
#define MESHCTL_CA_ISSUE_H

#include "meshctl/base/cancel.h"
#include "meshctl/base/strlist.h"
#include "meshctl/ca/authority.h"
#include "meshctl/ca/roots.h"

struct ca_issue;

/* Everything is borrowed until ca_issue_begin returns, `cancel` until ca_issue_free does. */
struct ca_issue_options {
    const char *dir;
    const char *istio_namespace;
    const char *trust_domain;    /* of the mesh; NULL: cluster.local */
    const char *const *clusters; /* ids, not names: as they stand in the folder */
    size_t clusters_count;
    const struct ca_roots *in_use; /* what other clusters of the mesh hold; NULL: none does */
    const char *in_use_by;         /* one of those, for errors: "west" */
    struct cancel *cancel;         /* nobody waits for keys any more; or NULL */
};

/* Errors: ERROR_INPUT (the folder, with `where`), MC202 (another root is in use), MC203 (a root
 * without its key), ERROR_CHECK (busy). */
int ca_issue_begin(const struct ca_issue_options *options, struct ca_issue **ret_issue,
                   struct error **err) MC_WARN_UNUSED;
/* The folder as begin found it; its root is NULL until the first finish made one. Borrowed. */
const struct authority *ca_issue_authority(const struct ca_issue *issue);
/* Moves what is worth knowing though it works ("the root ends 2026-11-29, and so does ..."), as far as
 * it was not taken yet, behind what `out` holds. From any thread. */
void ca_issue_take_warnings(struct ca_issue *issue, struct strlist *out);
/* Makes and saves the root when the folder has none. ca_issue_finish does so by itself. Both end with
 * ERROR_CANCELLED when that is set while they wait. */
int ca_issue_root(struct ca_issue *issue, struct error **err) MC_WARN_UNUSED;
/* Waits for the keys that it needs; what was made is on disk when it returns. `cluster` is one of
 * the options'. A root that could not be made is the same error for every cluster. */
int ca_issue_finish(struct ca_issue *issue, const char *cluster, struct authority_files **ret_files,
                    struct error **err) MC_WARN_UNUSED;
/* Keys that are still being made are given up within milliseconds. NULL is fine. */
void ca_issue_free(struct ca_issue *issue);

MC_DEFINE_CLEANUP(ca_issue_cleanup, struct ca_issue, ca_issue_free);

#endif
