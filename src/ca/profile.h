/* Certificate profiles: certs/NAME.yaml as struct pki_profile. */
#ifndef MESHCTL_CA_PROFILE_H
#define MESHCTL_CA_PROFILE_H

#include "meshctl/mesh/fill.h"
#include "meshctl/pki/cert.h"

/* `name` is a tree name ("certs/root.yaml"); placeholders are filled from `vars`. */
int profile_load(const char *name, const struct mesh_var *vars, struct pki_profile *ret_profile,
                 struct error **err) MC_WARN_UNUSED;

#endif
