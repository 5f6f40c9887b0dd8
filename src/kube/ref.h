/* Names of objects: as text, as place in errors, as path of a request. Pure. */
#ifndef KUBE_REF_H
#define KUBE_REF_H

#include "kinds.h"
#include "meshctl/kube/client.h"

/* "CLUSTER/KIND/NS/NAME" without the parts that are not there; cleaned; yours to free. */
char *kube_ref_place_dup(const char *cluster, const struct kube_ref *ref);

/* Appends the path of the collection ("/apis/apps/v1/namespaces/x/deployments") or, with `name`, of
 * the object. A namespaced collection without namespace is that of all namespaces. */
void kube_ref_path(struct buf *out, const struct kube_kind *kind, const char *namespace_,
                   const char *name);

/* Appends "?KEY=VALUE" or "&KEY=VALUE", escaped; nothing when `value` is NULL or empty. */
void kube_query_add(struct buf *path, const char *key, const char *value);

#endif
