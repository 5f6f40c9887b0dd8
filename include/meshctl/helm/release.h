/* Release records as Helm 3 and 4 keep them: Secret sh.helm.release.v1.NAME.vN (pkg/storage/driver,
 * pkg/release). Pure functions on objects: reading and writing them is the caller's. */
#ifndef MESHCTL_HELM_RELEASE_H
#define MESHCTL_HELM_RELEASE_H

#include "meshctl/helm/render.h"

#define RELEASE_MAX_SECRET ((size_t)1048576) /* API server's limit for a Secret's data */
#define RELEASE_MAX_JSON ((size_t)64 * 1024 * 1024)

#define RELEASE_HOLDER "meshctl.io/holder"
#define RELEASE_OWN_KEY "meshctl-values" /* of a record's data: the JSON of release->own */

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
/* RELEASE_UNKNOWN for what is none of Helm's words, and for NULL. */
enum release_status release_status_of(const char *name);

struct release {
    char *name;
    char *namespace_;
    int version; /* revision, from 1 */
    enum release_status status;
    char *first_deployed; /* RFC 3339 with nanoseconds */
    char *last_deployed;
    char *description;
    json_t *manifest; /* a string; NULL once it was read or written: release_manifest */
    char *notes;
    json_t *config; /* the user's values alone; {} when none */
    /* {metadata, lock, templates, values, schema, files} as stored; of a record that was read or
     * written {metadata} alone, since charts are large: release_chart. */
    json_t *chart;
    json_t *hooks;         /* array or NULL */
    bool server_side;      /* apply_method "ssa" (Helm 4) */
    json_t *labels;        /* user labels of the record, or NULL */
    char *deleted;         /* RFC 3339, when an uninstall began; or NULL */
    int rollback_revision; /* what was rolled back to (Helm 4), or 0 */

    /* Ours, beside what Helm keeps. Helm writes its Secrets without annotations and with one key of
     * data, so that both are gone as soon as Helm has written the Secret, and no revision of Helm's
     * inherits them, as it does labels. */
    char *holder; /* who is at work: annotation RELEASE_HOLDER; or NULL */
    json_t *own;  /* the part of config that meshctl set; NULL: another program wrote this */

    /* Of the Secret as it was read or written last: writes are bound to it. NULL: not there yet. */
    char *uid, *resource_version;
    char *packed; /* its data.release without the Secret's own base64 */
};

/* A new record of a rendered chart, pending-install from now; release_follow makes it the next one
 * of a history. */
struct release *release_new(const char *name, const char *namespace_, int version,
                            const struct chart *chart, const struct chart_rendered *rendered,
                            const json_t *config);
void release_free(struct release *r);

/* "sh.helm.release.v1.NAME.vVERSION"; yours to free. */
char *release_secret_name_dup(const char *name, int version);
/* The whole Secret (apiVersion, kind, metadata with Helm's labels, type helm.sh/release.v1, data),
 * with uid and resourceVersion when the record has them: a PUT then fails with 409 where somebody
 * else wrote in between. Of a record that was read or written before, what becomes of it is told
 * anew (info, hooks); all else stays byte for byte what it was, also what is not known here. When
 * the record is over the API server's limit, the chart's files, then
 * its templates, then its schema are left out (no Helm command reads them back); *ret_trimmed says
 * so. `own` is left out when it does not fit beside the rest. */
int release_to_secret(const struct release *r, json_t **ret_secret, bool *ret_trimmed,
                      struct error **err) MC_WARN_UNUSED;
int release_from_secret(const json_t *secret, struct release **ret_release, struct error **err)
    MC_WARN_UNUSED;
/* Manifest and chart, which are megabytes, are from now on kept as they stand packed in `secret`, which
 * is the record's: release_manifest() and release_chart() tell them. */
void release_packed(struct release *r, const json_t *secret);
/* After a write of `secret`: the next one is bound to what the server made of it, of which `live` has the
 * metadata. */
void release_written(struct release *r, const json_t *secret, const json_t *live);

/* What is large of a record, also of one that was read or written, of which it is kept as it was
 * stored; yours to free. ERROR_INPUT when that is damaged. */
int release_chart(const struct release *r, json_t **ret_chart, struct error **err) MC_WARN_UNUSED;
int release_manifest(const struct release *r, json_t **ret_manifest, struct error **err)
    MC_WARN_UNUSED;

/* Sets Helm's ownership label and annotations on an object about to be applied. */
void release_own(json_t *object, const char *release, const char *namespace_);
/* Whether the live object is owned by that release; otherwise ERROR_CONFLICT with Helm's text
 * (pkg/action/validate.go). */
int release_check_owner(const json_t *live, const char *release, const char *namespace_,
                        struct error **err) MC_WARN_UNUSED;
/* The same, worded for what is to be deleted. */
int release_check_delete(const json_t *live, const char *release, const char *namespace_,
                         struct error **err) MC_WARN_UNUSED;

enum release_owner {
    RELEASE_OWNER_SELF,  /* all three marks are the release's */
    RELEASE_OWNER_NONE,  /* no release's name or namespace other than this one's is on it */
    RELEASE_OWNER_OTHER, /* another release's */
};
enum release_owner release_owner_of(const json_t *live, const char *release,
                                    const char *namespace_);
/* Whether a live object may be applied over, before anything is written: as
 * existingResourceConflict, and requireAdoption with --take-ownership. Helm asks only about objects
 * that the record it follows does not have (`is_recorded` false); one of the record's without marks
 * is its own, but one that has become another release's since is refused here too. ERROR_CONFLICT
 * with Helm's text, and who has it as the hint. */
int release_check_adopt(const json_t *live, const char *release, const char *namespace_,
                        bool is_recorded, bool take_ownership, struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(release_cleanup, struct release, release_free);

#endif
