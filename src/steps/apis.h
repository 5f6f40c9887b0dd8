/* The cluster as charts see it. */
#ifndef MESHCTL_STEPS_APIS_H
#define MESHCTL_STEPS_APIS_H

#include "internal.h"
#include "meshctl/helm/release_objects.h"

/* Scopes of kinds; the lane is borrowed. */
struct release_scopes lane_scopes(struct lane *lane);
/* .Capabilities.APIVersions: what the server has, and what chart base brings. */
int lane_api_versions(struct lane *lane, struct strlist *out, struct error **err) MC_WARN_UNUSED;
/* Helm's lookup; ctx is the lane. An object, or a List; what is not there is an empty map. */
int lane_lookup(void *ctx, const char *api_version, const char *kind, const char *namespace_,
                const char *name, json_t **ret_object, struct error **err);

#endif
