/* Merging of maps as dario.cat/mergo 1.0.1 does it for map[string]interface {}: merge.go deepMerge
 * with and without WithOverride. */
#ifndef MESHCTL_VALUE_MERGE_H
#define MESHCTL_VALUE_MERGE_H

#include "meshctl/value/value.h"

#define MERGE_MAX_DEPTH 1000

/* Changes `into`. What it takes from `from` is shared with it, not copied. */
int merge_maps(struct arena *a, struct tmap *into, const struct tmap *from, bool overwrite,
               struct error **err) MC_WARN_UNUSED;

#endif
