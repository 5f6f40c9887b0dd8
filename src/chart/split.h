/* A rendered file into its YAML documents, byte for byte as Helm cuts it
 * (pkg/releaseutil/manifest.go 3.22, pkg/release/v1/util/manifest.go 4.3). */
#ifndef MESHCTL_CHART_SPLIT_H
#define MESHCTL_CHART_SPLIT_H

#include "meshctl/base/strlist.h"

void split_manifests(const char *text, size_t len, int helm_major, struct strlist *documents);

#endif
