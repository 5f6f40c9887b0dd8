/* Fields that a manager owns by Update (an object written by a client, as Helm 3 and `kubectl
 * apply` do) taken over into what it owns by Apply. Pure. Matches client-go util/csaupgrade
 * UpgradeManagedFieldsPatch with one manager for both and no subresource. */
#ifndef KUBE_ADOPT_H
#define KUBE_ADOPT_H

#include <stddef.h>

#include "meshctl/data/json.h"

/* A JSON Patch (RFC 6902) of metadata.managedFields for the live object, bound to its
 * resourceVersion; NULL when the manager owns nothing by Update. Yours to free. */
char *kube_adopt_patch_dup(const json_t *live, const char *manager, size_t *ret_len);

/* The managedFields that the patch sets, or NULL; a new reference. */
json_t *kube_adopted_fields(const json_t *live, const char *manager);

#endif
