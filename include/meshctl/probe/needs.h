/* What a user must be allowed to do: one table, out of which come the ClusterRoles that are enough and
 * the questions whether somebody may. Immutable. */
#ifndef MESHCTL_PROBE_NEEDS_H
#define MESHCTL_PROBE_NEEDS_H

#include "meshctl/base/strlist.h"
#include "meshctl/probe/probe.h"

enum need_use {
    NEED_CHECK = 1 << 0,  /* check and status: reading, and port-forwarding to pods */
    NEED_VERIFY = 1 << 1, /* verify, without the sample */
    NEED_UP = 1 << 2,     /* everything that makes a mesh and takes it off */
};

/* Appends the ClusterRole "meshctl-NAME" of one use as YAML. */
void needs_append_role(struct buf *out, const char *name, enum need_use use);
/* The rights of a use that the user of the probe's client lacks, asked for all at once in the namespaces of the
 * mesh: "create deployments.apps in istio-system". Kinds that the server does not have yet are asked
 * for as well. */
int needs_missing(const struct probe *p, enum need_use use, struct strlist *missing,
                  struct error **err) MC_WARN_UNUSED;

#endif
