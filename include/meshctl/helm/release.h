/* Release records as Helm 3 and 4 keep them: Secret sh.helm.release.v1.NAME.vN (pkg/storage/driver,
 * pkg/release). Pure functions on objects: reading and writing them is the caller's. */
#ifndef MESHCTL_HELM_RELEASE_H
#define MESHCTL_HELM_RELEASE_H

#include "meshctl/helm/render.h"

#define RELEASE_MAX_SECRET ((size_t)1048576) /* API server's limit for a Secret's data */
#define RELEASE_MAX_JSON ((size_t)64 * 1024 * 1024)

/* Helm's words: release_status_name. */
enum release_status {
    RELEASE_DEPLOYED,
    RELEASE_SUPERSEDED,
    RELEASE_FAILED,
    RELEASE_PENDING_INSTALL,
    RELEASE_PENDING_UPGRADE,
    RELEASE_PENDING_ROLLBACK,
    RELEASE_UNINSTALLING,
    RELEASE_UNINSTALLED,
    RELEASE_UNKNOWN,
};
const char *release_status_name(enum release_status s);

struct release {
    char *name;
    char *namespace_;
    int version; /* revision, from 1 */
    enum release_status status;
    char *first_deployed; /* RFC 3339 with nanoseconds */
    char *last_deployed;
    char *description;
    char *manifest;
    char *notes;
    json_t *config;   /* the user's values alone; {} when none */
    json_t *chart;    /* {metadata, lock, templates, values, schema, files} as stored */
    json_t *hooks;    /* array or NULL */
    bool server_side; /* apply_method "ssa" (Helm 4) */
    json_t *labels;   /* user labels of the record, or NULL */
};

/* A new record of a rendered chart: version, status and times as given. */
struct release *release_new(const char *name, const char *namespace_, int version,
                            const struct chart *chart, const struct chart_rendered *rendered,
                            const json_t *config);
void release_free(struct release *r);

/* The whole Secret (apiVersion, kind, metadata with Helm's labels, type helm.sh/release.v1, data).
 * When the record is over the API server's limit, the chart's files, then its templates, then its
 * schema are left out (no Helm command reads them back); *ret_trimmed says so. */
int release_to_secret(const struct release *r, json_t **ret_secret, bool *ret_trimmed,
                      struct error **err) MC_WARN_UNUSED;
int release_from_secret(const json_t *secret, struct release **ret_release, struct error **err)
    MC_WARN_UNUSED;
/* Of Secrets (an array, any order): the newest revision of the release NAME; NULL when there is
 * none. */
int release_newest(const json_t *secrets, const char *name, struct release **ret_release,
                   struct error **err) MC_WARN_UNUSED;
/* Sets Helm's ownership label and annotations on an object about to be applied. */
void release_own(json_t *object, const char *release, const char *namespace_);
/* Whether the live object is owned by that release; otherwise an error with Helm's text. */
int release_check_owner(const json_t *live, const char *release, const char *namespace_,
                        struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(release_cleanup, struct release, release_free);

#endif
