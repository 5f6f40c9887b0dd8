/* Two states of one object compared for a person: field by field, without what the server itself
 * writes, and without any secret. Pure. */
#ifndef MESHCTL_KUBE_DIFF_H
#define MESHCTL_KUBE_DIFF_H

#include <stdbool.h>

#include "meshctl/data/json.h"

#define KUBE_DIFF_MAX_CHANGES 1000 /* of one object; more are counted */
#define KUBE_DIFF_MAX_DEPTH 64     /* deeper values are one change */
#define KUBE_MASK "***"            /* what stands in a secret's place */

/* One field. `before` or `after` is NULL where there was or will be none; a field that is new or
 * gone with all that is in it is one change. */
struct kube_field_change {
    char *path; /* `spec.ports[name=tls].port`, `metadata.labels["istio.io/rev"]`; cleaned */
    json_t *before;
    json_t *after;
    bool masked; /* something of both was replaced by KUBE_MASK: equal masks are different values */
};

struct kube_changes {
    struct kube_field_change *items;
    size_t count;
    size_t cap;
    size_t more; /* changes that are left out */
};

/* Adds to `out` what differs. Left out are status and, of metadata, what only the server sets
 * (managedFields, resourceVersion, uid, generation, selfLink, timestamps of creation and deletion).
 *
 * Items of lists are matched by the key by which server-side apply knows them, where each has one
 * (name, mountPath, containerPort, port, key, ip, type, topologyKey, uid; ports with the protocol
 * where needed), otherwise by their index; that the items stand in another order is a change of the
 * list, shown as their keys. A list of plain values is one field.
 *
 * Masked: data and stringData of a Secret, kubectl's copy of the last applied object, private keys,
 * tokens and passwords as far as their name or form shows it, and texts that hold such. */
void kube_diff(const json_t *before, const json_t *after, struct kube_changes *out);
void kube_changes_release(struct kube_changes *c);

/* The object with everything masked that kube_diff would mask; yours to decref. */
json_t *kube_masked(const json_t *object);
/* The same for a value that is no object of the API: an answer of istiod or a proxy. */
json_t *kube_masked_value(const json_t *value);
/* Appends text with KUBE_MASK for each line that is, or holds, what looks like a key, a token or a
 * password; of a PEM block of a private key all lines. */
void kube_mask_lines(struct buf *out, const char *text, size_t len);

#define AUTO_KUBE_CHANGES MC_CLEANUP(kube_changes_release) struct kube_changes

#endif
