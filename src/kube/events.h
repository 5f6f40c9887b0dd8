/* Warning events: what the cluster's own components complain about. */
#ifndef KUBE_EVENTS_H
#define KUBE_EVENTS_H

#include "meshctl/kube/client.h"

/* The newest of a list of Events whose object's name starts with `prefix` (NULL: any), as "REASON:
 * MESSAGE", cleaned and cut; NULL when there is none. Pure. */
char *kube_event_text_dup(const json_t *events, const char *prefix);

/* Asks for the object's newest Warning event; `object` (may be NULL) narrows it to that one of
 * several objects of the name in time. NULL when there is none or it cannot be had. */
char *kube_newest_warning_dup(struct kube_client *c, const struct kube_ref *ref,
                              const json_t *object);

/* Events of any object of the kind in the namespace whose name starts with `prefix`. */
char *kube_newest_warning_of_dup(struct kube_client *c, const char *namespace_, const char *kind,
                                 const char *prefix);

#endif
