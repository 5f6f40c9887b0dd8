/* One round of requests: builds them, sends them, looks at the answers. Used by call.c alone. */
#ifndef KUBE_REQUEST_H
#define KUBE_REQUEST_H

#include "client_internal.h"

/* Sends calls[pending[i]] and fills in replies[pending[i]] (released before). A reply of a failed
 * answer has no error yet but for a lost connection. -1 (with an error in each) when credentials
 * cannot be had or it was cancelled. */
int kube_request_round(struct kube_client *c, const struct kube_call *calls, const size_t *pending,
                       size_t count, struct kube_reply *replies, struct error **err) MC_WARN_UNUSED;

#endif
