/* Another version of Istio, cluster by cluster: what goes before, between and after the steps that it shares with
 * `up`. */
#include "upgrade.h"

#include <stdlib.h>
#include <string.h>

#include "look.h"
#include "meshctl/base/semver.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/upgrade.h"
#include "proof.h"

int task_upgrade_check(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct look look;
    look_begin(lane, &look);
    look.facts[lane->index] = lane->facts;
    upgrade_check(&look.probe, mesh_version_of(lane->steps->mesh, lane->member));
    return look_end(lane, &look, err);
}

int task_upgrade_turn(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct steps *s = lane->steps;
    (void)err;
    for (size_t i = 0; i < s->lanes_count; i++) {
        json_array_clear(s->lanes[i].checks);
        json_array_clear(s->lanes[i].endpoints);
        lane_proof_free(TAKE(s->lanes[i].proof));
    }
    free(TAKE(s->proof_namespace));
    proof_new(s);
    return 0;
}

int task_upgrade_outdated(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct look look;
    look_begin(lane, &look);
    json_decref(lane->outdated);
    lane->outdated = NULL;
    if (upgrade_find_outdated(&look.probe, mesh_version_of(lane->steps->mesh, lane->member),
                              &lane->outdated, err) < 0)
        return -1;
    return look_end(lane, &look, err);
}

/* ---- back ------------------------------------------------------------------------------------ */

static const char *chart_version(const struct release *record)
{
    return record ? json_dig_str(record->chart, "metadata", "version", NULL) : NULL;
}

/* A revision whose body was not read with the facts. */
static int read_revision(const struct lane *lane, const struct lane_release *r,
                         const struct release_revision *revision, char **ret_version,
                         struct error **err)
{
    const struct kube_ref ref = {"v1", "Secret", r->namespace_, revision->secret};
    MC_CLEANUP(release_cleanup) struct release *record = NULL;
    json_auto_t *secret = NULL;
    if (kube_get_opt(lane->client, &ref, &secret, err) < 0 ||
        (secret && release_from_secret(secret, &record, err) < 0))
        return -1;
    *ret_version = mem_strdup_opt(chart_version(record));
    return 0;
}

static bool is_later(const char *a, const char *b)
{
    AUTO_ERROR struct error *ignored = NULL;
    struct semver x, y;
    return semver_parse(a, &x, &ignored) == 0 && semver_parse(b, &y, &ignored) == 0 &&
           semver_compare(&x, &y) > 0;
}

static const char *newest_version(const struct lane *lane, enum mesh_component c)
{
    const struct release_revision *newest = release_history_newest(lane->facts->releases[c]);
    return newest ? chart_version(newest->record) : NULL;
}

/* The latest of all components': going forth base comes first, going back it comes last. */
static const char *latest_version(const struct lane *lane)
{
    const char *latest = NULL;
    for (int c = 0; c < MESH_COMPONENTS; c++) {
        const char *version = newest_version(lane, (enum mesh_component)c);
        if (version && (!latest || is_later(version, latest)))
            latest = version;
    }
    return latest;
}

/* The version that istiod ran in before the one it has; NULL without one. Yours to free. */
static int find_other(const struct lane *lane, const char *own, char **ret_version,
                      struct error **err)
{
    const struct release_history *h = lane->facts->releases[MESH_ISTIOD];
    *ret_version = NULL;
    for (size_t i = 0; i < h->count; i++) {
        const struct release_revision *r = &h->items[i];
        AUTO_FREE char *version = mem_strdup_opt(chart_version(r->record));
        if (r->status != RELEASE_DEPLOYED && r->status != RELEASE_SUPERSEDED)
            continue;
        if (!version && read_revision(lane, &lane->releases[MESH_ISTIOD], r, &version, err) < 0)
            return -1;
        if (version && strcmp(version, own) != 0) {
            *ret_version = TAKE(version);
            return 0;
        }
    }
    return 0;
}

/* A cluster that went back last is where it came from: the same command again changes nothing there. */
int task_upgrade_former(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    const char *own = newest_version(lane, MESH_ISTIOD), *latest = latest_version(lane);
    AUTO_FREE char *other = NULL;
    if (own && find_other(lane, own, &other, err) < 0)
        return -1;
    lane->version = mem_strdup_opt(own ? latest : NULL);
    if (own && is_later(latest, own))
        lane->former = mem_strdup(own);
    else if (other)
        lane->former = mem_strdup(is_later(other, own) ? own : other);
    plan_result(task, "%s, before %s", lane->version ? lane->version : "no release",
                lane->former ? lane->former : "none");
    return 0;
}

int steps_former(const struct steps *s, const char **ret_newest, const char **ret_former,
                 struct error **err)
{
    const char *newest = NULL, *former = NULL;
    for (size_t i = 0; i < s->lanes_count; i++) {
        const char *version = s->lanes[i].version;
        if (version && (!newest || is_later(version, newest)))
            newest = version;
    }
    for (size_t i = 0; i < s->lanes_count && newest; i++) {
        const struct lane *lane = &s->lanes[i];
        const char *before = text_equal(lane->version, newest) ? lane->former : lane->version;
        if (before && former && strcmp(before, former) != 0) {
            error_set(err, ERROR_CHECK, "the clusters come from different versions: %s and %s",
                      former, before);
            return error_hint(err, "name the one to go to: meshctl upgrade --to VERSION "
                                   "--allow-downgrade, with --only CLUSTER");
        }
        if (before)
            former = before;
    }
    if (!former) {
        error_set(err, ERROR_CHECK, "no release of istiod remembers another version than %s",
                  newest ? newest : "none");
        return error_hint(err, "name the one to go to: meshctl upgrade --to VERSION "
                               "--allow-downgrade");
    }
    *ret_newest = newest;
    *ret_former = former;
    return 0;
}
