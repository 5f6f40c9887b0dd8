/* All of one cluster that somebody who shall find a fault in the mesh needs, as files: the mesh's objects,
 * events, the ends of logs, what istiod and the proxies say of themselves. Reads only, and goes on
 * whatever cannot be read. No secret is among it: of Secrets the metadata alone is asked for, and what
 * looks like a key, a token or a password is masked (kube_masked, kube_mask_lines). Limits: 40 pods' logs,
 * 8 istiods and 24 proxies a cluster, and those of struct files. */
#ifndef MESHCTL_PROBE_COLLECT_H
#define MESHCTL_PROBE_COLLECT_H

#include "meshctl/base/files.h"
#include "meshctl/probe/probe.h"

struct collect_options {
    const struct strlist
        *namespaces; /* of applications: their objects and their proxies too; borrowed */
    unsigned lines;  /* of each log */
};

/* Adds to `files`, below a folder of the member's name; p->facts of the member must be there. -1 only
 * when it was cancelled. */
int probe_collect(const struct probe *p, const struct collect_options *options, struct files *files,
                  struct error **err) MC_WARN_UNUSED;

#endif
