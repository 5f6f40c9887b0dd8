/* What an API server's failed answer says, as an error. Pure. */
#ifndef KUBE_STATUS_H
#define KUBE_STATUS_H

#include <stdbool.h>

#include "meshctl/data/json.h"
#include "meshctl/kube/apply.h"
#include "meshctl/net/http.h"

#define KUBE_MAX_MESSAGE 2000 /* bytes of server text in an error */

/* A meta/v1 Status, or what stands in its place (plain text of a proxy, nothing at all). */
struct kube_status {
    int code;      /* the HTTP status */
    char *message; /* cleaned, cut, never NULL nor empty */
    json_t *json;  /* the Status; NULL when the body was none */
};
void kube_status_read(const struct http_response *response, struct kube_status *ret_status);
void kube_status_release(struct kube_status *s);
#define AUTO_KUBE_STATUS MC_CLEANUP(kube_status_release) struct kube_status

/* Adds the fields that other managers own, of the answer to an apply; none when it is about
 * something else. Cleaned. */
void kube_status_conflicts(const struct kube_status *status, struct kube_conflicts *out);
/* Sets *err to what such a list says, in words. Returns -1. */
int kube_conflicts_error(const struct kube_conflicts *conflicts, struct error **err);

/* Whether a write was refused because it would change what is immutable. */
bool kube_status_is_immutable(const struct kube_status *status);

/* Sets *err by the rules at the head of kube/client.h, without the cluster and the object's name:
 * those are the caller's. Returns -1. */
int kube_status_error(const struct kube_status *status, long retry_after_ms, struct error **err);

#endif
