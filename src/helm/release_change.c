/* What a release's record goes through, in Helm's words, and what is refused beforehand. */
#include "meshctl/helm/release_change.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"

#define INSTALLED "Install complete"

/* ---- transitions ----------------------------------------------------------------------------- */

static void set(char **field, const char *text)
{
    char *copy = mem_strdup_opt(text);
    free(*field);
    *field = copy;
}

static void set_status(struct release *r, enum release_status status, const char *description)
{
    r->status = status;
    set(&r->description, description);
}

void release_follow(struct release *r, const struct release_history *h)
{
    const struct release_revision *base = release_history_base(h);
    const struct release_revision *newest = release_history_newest(h);
    r->version = release_history_next(h);
    if (!release_history_is_upgrade(h)) {
        set_status(r, RELEASE_PENDING_INSTALL, "Initial install underway");
        return;
    }
    if (newest->record) {
        json_decref(r->labels);
        r->labels = json_deep_copy(newest->record->labels);
    }
    if (!base->record)
        base = newest;
    if (base->record)
        set(&r->first_deployed, base->record->first_deployed);
    set_status(r, RELEASE_PENDING_UPGRADE, "Preparing upgrade");
}

void release_deployed(struct release *r)
{
    if (r->status == RELEASE_PENDING_INSTALL)
        set(&r->description, INSTALLED);
    else if (r->status != RELEASE_PENDING_ROLLBACK)
        set(&r->description, "Upgrade complete");
    r->status = RELEASE_DEPLOYED;
    set(&r->holder, NULL);
}

bool release_was_install(const struct release *r)
{
    return r->version == 1 || text_equal(r->description, INSTALLED);
}

void release_failed(struct release *r, const char *why)
{
    const char *what = r->status == RELEASE_PENDING_UPGRADE    ? "Upgrade"
                       : r->status == RELEASE_PENDING_ROLLBACK ? "Rollback"
                                                               : "Release";
    AUTO_FREE char *name = goquote_dup(r->name);
    AUTO_BUF text = BUF_INIT_MAX(RELEASE_MAX_REASON);
    size_t len = strlen(why);
    text_append_clean(&text, why, len < RELEASE_MAX_REASON ? len : RELEASE_MAX_REASON);
    AUTO_FREE char *description = mem_printf("%s %s failed: %s", what, name, buf_str(&text));
    set_status(r, RELEASE_FAILED, description);
    set(&r->holder, NULL);
}

void release_interrupted(struct release *r)
{
    release_failed(r, "context canceled");
}

void release_superseded(struct release *r)
{
    if (r->status == RELEASE_UNINSTALLED)
        set(&r->description, "superseded by new release");
    r->status = RELEASE_SUPERSEDED;
}

void release_uninstalling(struct release *r, const char *holder)
{
    set_status(r, RELEASE_UNINSTALLING, "Deletion in progress (or silently failed)");
    free(r->deleted);
    r->deleted = clock_now_rfc3339nano_dup();
    set(&r->holder, holder);
}

void release_uninstalled(struct release *r)
{
    set_status(r, RELEASE_UNINSTALLED, "Uninstallation complete");
    set(&r->holder, NULL);
}

/* ---- somebody else at work ------------------------------------------------------------------- */

static bool is_pending(enum release_status status)
{
    return status == RELEASE_PENDING_INSTALL || status == RELEASE_PENDING_UPGRADE ||
           status == RELEASE_PENDING_ROLLBACK;
}

enum release_lock release_lock_of(const struct release_history *h, const char **ret_holder,
                                  const char **ret_since)
{
    const struct release_revision *newest = release_history_newest(h);
    const struct release *record = newest ? newest->record : NULL;
    const char *holder = record && record->holder ? record->holder : "";
    if (ret_holder)
        *ret_holder = holder;
    if (ret_since)
        *ret_since = record ? record->last_deployed : "";
    if (!newest || !is_pending(newest->status))
        return RELEASE_LOCK_FREE;
    return holder[0] ? RELEASE_LOCK_OURS : RELEASE_LOCK_THEIRS;
}

/* Either Helm ends its pending record by these alone; neither looks for one. */
static int hint_lock(const struct release_history *h, struct error **err)
{
    const struct release *record = release_history_newest(h)->record;
    const struct release_revision *base = release_history_base(h);
    const char *namespace_ = record ? record->namespace_ : "NAMESPACE";
    if (base)
        return error_hint(err,
                          "let it end; if nobody runs it any more: helm rollback %s %d --namespace "
                          "%s",
                          h->name, base->version, namespace_);
    return error_hint(err,
                      "let it end; if nobody runs it any more: helm uninstall %s --namespace %s",
                      h->name, namespace_);
}

int release_check_lock(const struct release_history *h, struct error **err)
{
    const char *since;
    if (release_lock_of(h, NULL, &since) != RELEASE_LOCK_THEIRS)
        return 0;
    const struct release_revision *newest = release_history_newest(h);
    error_set(err, ERROR_CONFLICT,
              "another operation (install/upgrade/rollback) is in progress: revision %d of release "
              "%s is %s%s%s",
              newest->version, h->name, release_status_name(newest->status),
              since[0] ? " since " : "", since);
    return hint_lock(h, err);
}

/* ---- another chart, an older one ------------------------------------------------------------- */

static const char *metadata_of(const struct release_revision *r, const char *key)
{
    return r && r->record ? json_dig_str(r->record->chart, "metadata", key, NULL) : NULL;
}

int release_check_chart(const struct release_history *h, const char *chart, struct error **err)
{
    const struct release_revision *newest = release_history_newest(h);
    const char *have = metadata_of(newest, "name");
    const char *version = metadata_of(newest, "version");
    if (!have || strcmp(have, chart) == 0 || newest->status == RELEASE_UNINSTALLED)
        return 0;
    error_set(err, ERROR_CONFLICT,
              "release %s in namespace %s is of chart %s %s, not of chart %s; its objects would be "
              "deleted",
              h->name, newest->record->namespace_, have, version ? version : "", chart);
    return error_hint(err, "take another name for this release");
}

int release_check_downgrade(const struct release_history *h, const char *version,
                            struct error **err)
{
    const struct release_revision *base = release_history_base(h);
    const struct release_revision *newest = release_history_newest(h);
    const char *have = metadata_of(base ? base : newest, "version");
    AUTO_ERROR struct error *ignored = NULL;
    struct semver was, will;
    if (!have || newest->status == RELEASE_UNINSTALLED || semver_parse(have, &was, &ignored) < 0 ||
        semver_parse(version, &will, &ignored) < 0 || semver_compare(&will, &was) >= 0)
        return 0;
    error_set(err, ERROR_REFUSED, "release %s is of chart version %s, later than %s", h->name, have,
              version);
    return error_hint(err, "--allow-downgrade goes back to %s", version);
}
