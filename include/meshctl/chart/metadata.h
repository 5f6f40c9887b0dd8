/* Chart.yaml (helm pkg/chart/metadata.go, dependency.go). */
#ifndef MESHCTL_CHART_METADATA_H
#define MESHCTL_CHART_METADATA_H

#include "meshctl/data/json.h"

/* Reads a Chart.yaml or requirements.yaml text over `metadata` (an object). */
int metadata_read(const char *text, size_t len, const char *name, json_t *metadata,
                  struct error **err) MC_WARN_UNUSED;
/* Chart.lock or requirements.lock: new reference. */
int metadata_read_lock(const char *text, size_t len, const char *name, json_t **ret_lock,
                       struct error **err) MC_WARN_UNUSED;
/* Replaces blanks and drops what does not print, then checks; "validation: chart.metadata.name is
 * required". */
int metadata_validate(json_t *metadata, struct error **err) MC_WARN_UNUSED;

/* The keys of the metadata in Helm's order with the names of the Go fields, for .Chart; ended by a
 * NULL key. */
struct metadata_key {
    const char *key, *go_name;
    enum { METADATA_TEXT, METADATA_FLAG, METADATA_LIST, METADATA_MAP } shape;
};
extern const struct metadata_key metadata_keys[];
extern const struct metadata_key metadata_maintainer_keys[];
extern const struct metadata_key metadata_dependency_keys[];

#endif
