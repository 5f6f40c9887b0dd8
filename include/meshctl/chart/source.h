/* Where charts come from. One thread at a time.
 *
 * A source text is a folder that holds NAME/Chart.yaml or NAME-VERSION.tgz or NAME.tgz, or an
 * http(s):// repository with index.yaml. Archives from a repository are verified against the
 * index's digest and kept in a cache by digest (XDG_CACHE_HOME/istio-meshctl/charts/SHA256.tgz).
 * Transient HTTP failures are retried three times. */
#ifndef MESHCTL_CHART_SOURCE_H
#define MESHCTL_CHART_SOURCE_H

#include "meshctl/base/cancel.h"
#include "meshctl/base/strlist.h"
#include "meshctl/chart/chart.h"

struct chart_source;

/* Checks only the text's form; nothing is fetched yet. `cache_dir` NULL: the XDG folder. */
int chart_source_new(const char *source, const char *cache_dir, struct cancel *cancel,
                     struct chart_source **ret_source, struct error **err) MC_WARN_UNUSED;
void chart_source_free(struct chart_source *s);

/* The chart NAME in a version: exact text, a semver constraint, or NULL/"" for the newest stable (a
 * folder has one version, which must satisfy the constraint). Errors name what there is: "chart
 * "istiod" version "1.99.0" not found in URL" with the nearest versions as hint; a wrong digest is
 * ERROR_INPUT and says both digests. */
int chart_source_get(struct chart_source *s, const char *name, const char *version,
                     struct chart **ret_chart, struct error **err) MC_WARN_UNUSED;

/* Versions of a chart, newest first. */
int chart_source_versions(struct chart_source *s, const char *name, struct strlist *out,
                          struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(chart_source_cleanup, struct chart_source, chart_source_free);

#endif
