/* Install and uninstall order by kind (pkg/releaseutil/kind_sorter.go 3.22,
 * pkg/release/v1/util/kind_sorter.go 4.3). */
#ifndef MESHCTL_HELM_MANIFEST_SORT_H
#define MESHCTL_HELM_MANIFEST_SORT_H

#include <stddef.h>

/* Writes the stable order of the kinds: order[i] is the index of what comes i-th. Unknown kinds are
 * last, by name; "" is a kind like any other unknown one. */
void sort_kinds(const char *const *kinds, size_t count, int helm_major, size_t *order);
/* The same for taking off. It is not the install order backwards: a Service goes before what it
 * leads to, webhooks (Helm 4) before everything. */
void sort_kinds_uninstall(const char *const *kinds, size_t count, int helm_major, size_t *order);

#endif
