/* Where charts come from. One thread at a time.
 *
 * A source text is a folder that holds NAME/Chart.yaml or NAME-VERSION.tgz or NAME.tgz, an
 * http(s):// repository with index.yaml, or oci://HOST[:PORT]/PATH, below which NAME is a
 * repository and each version a tag ('+' written as '_', as Helm does). Archives from a repository
 * are verified against the index's digest, those from a registry against the manifest's; they are
 * kept in a cache by digest (XDG_CACHE_HOME/istio-meshctl/charts/SHA256.tgz) that several runs may
 * share. Transient HTTP failures are retried three times.
 *
 * Registries: with the token that the registry hands out, to anybody or to the user that `helm
 * registry login` or `docker login` wrote down (no credential helpers are started); https, but http
 * with plain_http and where a registry on this machine speaks nothing else. A credential is sent to
 * the host it was given for and to where that host sends for tokens, and appears in no message. */
#ifndef MESHCTL_SOURCE_SOURCE_H
#define MESHCTL_SOURCE_SOURCE_H

#include "meshctl/base/cancel.h"
#include "meshctl/base/strlist.h"
#include "meshctl/chart/chart.h"

struct chart_source;

/* All borrowed for the source's life; a zeroed one is fine. As Helm's options of these names. */
struct chart_source_options {
    const char *cache_dir; /* NULL: the XDG folder */
    struct cancel *cancel;
    const char *ca_file; /* PEM; trusted instead of the system's authorities */
    const char *cert_file, *key_file;
    bool insecure_skip_tls_verify;
    bool plain_http; /* for oci:// */
};

/* Checks only the text's form; nothing is fetched yet. */
int chart_source_new(const char *source, const struct chart_source_options *options,
                     struct chart_source **ret_source, struct error **err) MC_WARN_UNUSED;
void chart_source_free(struct chart_source *s);
/* Its text without credentials; borrowed. */
const char *chart_source_shown(const struct chart_source *s);

/* The chart NAME in a version: exact text, a semver constraint, or NULL/"" for the newest stable (a
 * folder has one version, which must satisfy the constraint). Errors name what there is: "chart
 * "istiod" version "1.99.0" not found in URL" with the nearest versions as hint; a wrong digest is
 * ERROR_INPUT and says both digests. */
int chart_source_get(struct chart_source *s, const char *name, const char *version,
                     struct chart **ret_chart, struct error **err) MC_WARN_UNUSED;
/* The same, and the archive's bytes in `archive` (its maximum is set here). A folder's unpacked
 * charts have none: ERROR_INPUT. */
int chart_source_get_archive(struct chart_source *s, const char *name, const char *version,
                             struct buf *archive, struct chart **ret_chart, struct error **err)
    MC_WARN_UNUSED;

/* Versions of a chart, newest first. */
int chart_source_versions(struct chart_source *s, const char *name, struct strlist *out,
                          struct error **err) MC_WARN_UNUSED;
/* Names of the charts, sorted. *ret_known is false when the source cannot tell (a registry). */
int chart_source_names(struct chart_source *s, struct strlist *out, bool *ret_known,
                       struct error **err) MC_WARN_UNUSED;

/* What helm template takes for CHART (action/install.go LocateChart): with `charts` (a source's
 * text, else NULL) the chart of that name in it; else a folder or .tgz that exists, an http(s)://
 * URL of a .tgz, or oci://HOST/PATH/NAME[:TAG][@DIGEST]. `version` (may be NULL) is for names and
 * oci://; as in Helm it says nothing about a file or URL. */
int chart_source_open_ref(const char *ref, const char *version, const char *charts,
                          const struct chart_source_options *options, struct chart **ret_chart,
                          struct error **err) MC_WARN_UNUSED;

/* Appends what an http(s):// URL answers, at most `max` bytes, reached as a source is. */
int chart_source_read_url(const char *url, const struct chart_source_options *options, size_t max,
                          struct buf *out, struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(chart_source_cleanup, struct chart_source, chart_source_free);

#endif
