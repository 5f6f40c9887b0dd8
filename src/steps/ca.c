/* Trust: one root in all clusters. What a cluster holds is kept; one that has nothing gets an
 * intermediate out of the CA folder, made before any cluster depends on it. */
#include "ca.h"

#include <stdlib.h>
#include <string.h>

#include "fleet.h"
#include "meshctl/mesh/objects.h"

static bool has_ca(const struct lane *lane)
{
    return lane->facts && lane->facts->ca.form != CA_FORM_NONE;
}

static bool needs_files(const struct lane *lane)
{
    return lane->mode == LANE_WRITE && lane_is_in(lane) && !has_ca(lane);
}

/* ---- what is there --------------------------------------------------------------------------- */

static int check_found(const struct lane *lane, struct error **err)
{
    const char *namespace_ = lane->steps->mesh->istio_namespace;
    const struct ca_found *found = &lane->facts->ca;
    if (found->form == CA_FORM_OWN) {
        error_set(err, ERROR_CHECK,
                  "%s: istiod signs with a root that it made itself (Secret %s/istio-ca-secret)",
                  lane_name(lane), namespace_);
        error_id(err, "MC204");
        error_where(err, "%s/Secret/%s/istio-ca-secret", lane_name(lane), namespace_);
        return error_hint(
            err,
            "its workloads trust that root: plan a new start of them, make files with "
            "meshctl ca init, create Secret %s/" MESH_CACERTS " of them, restart istiod "
            "and then the workloads; that Secret comes first, so this one can stay",
            namespace_);
    }
    if (!lane->facts->ca_problem)
        return 0;
    *err = error_dup(lane->facts->ca_problem);
    return -1;
}

/* The first lane that has a CA, before `end`. */
static const struct lane *holder_before(const struct steps *s, size_t end)
{
    for (size_t i = 0; i < end; i++)
        if (has_ca(&s->lanes[i]))
            return &s->lanes[i];
    return NULL;
}

static int check_same(struct lane *lane, const struct lane *holder, struct error **err)
{
    const struct ca_roots *mine = &lane->facts->ca.roots, *theirs = &holder->facts->ca.roots;
    enum ca_overlap overlap = ca_roots_compare(mine, theirs);
    AUTO_FREE char *mine_text = ca_roots_text_dup(mine);
    AUTO_FREE char *theirs_text = ca_roots_text_dup(theirs);
    if (overlap == CA_ROOTS_OVERLAP)
        plan_warn(lane->task, "%s trusts the roots %s, %s trusts %s: a rotation is under way",
                  lane_name(holder), theirs_text, lane_name(lane), mine_text);
    if (overlap != CA_ROOTS_DISJOINT)
        return 0;
    error_set(err, ERROR_CHECK, "%s and %s have different root certificates: %s and %s",
              lane_name(holder), lane_name(lane), theirs_text, mine_text);
    error_id(err, "MC201");
    return error_hint(err,
                      "one mesh has one root: decide which cluster keeps its own, and give the "
                      "other one an intermediate that is signed by it");
}

/* An istiod that starts without cacerts makes a root of its own, which no other cluster trusts. */
static int check_will_have(const struct lane *lane, struct error **err)
{
    const struct steps *s = lane->steps;
    if (s->lanes_count < 2 || !needs_files(lane) || steps_include(s, STEP_CA) ||
        !steps_include(s, STEP_INSTALL))
        return 0;
    error_set(err, ERROR_CHECK,
              "%s has no Secret %s/%s: istiod would sign with a root of its own, which the other "
              "clusters do not trust",
              lane_name(lane), s->mesh->istio_namespace, MESH_CACERTS);
    error_id(err, "MC206");
    return error_hint(err, "run meshctl ca with the same clusters first");
}

/* As the first istiod has it; NULL: its default. */
static const char *trust_domain_of(const struct steps *s)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        if (s->lanes[i].facts && s->lanes[i].facts->trust_domain)
            return s->lanes[i].facts->trust_domain;
    return NULL;
}

static void tell_warnings(struct lane *lane)
{
    AUTO_STRLIST warnings = STRLIST_INIT;
    ca_issue_take_warnings(lane->steps->issue, &warnings);
    for (size_t i = 0; i < warnings.count; i++)
        plan_warn(lane->task, "%s", warnings.items[i]);
}

int steps_settle_trust(struct lane *lane, struct error **err)
{
    struct steps *s = lane->steps;
    /* Other steps neither give certificates nor start an istiod. */
    if (!steps_include(s, STEP_CA) && !steps_include(s, STEP_INSTALL))
        return 0;
    for (size_t i = 0; i < s->lanes_count; i++) {
        struct lane *other = &s->lanes[i];
        const struct lane *holder = holder_before(s, i);
        if (!other->facts)
            continue;
        if (check_found(other, err) < 0 || check_will_have(other, err) < 0)
            return -1;
        if (holder && has_ca(other) && check_same(other, holder, err) < 0)
            return -1;
    }
    return 0;
}

/* When all changes are known, and before the first of them: the folder is looked at and locked, and
 * the keys are begun. */
int task_issue(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct steps *s = lane->steps;
    const char *clusters[PLAN_MAX_LANES];
    size_t count = 0;
    if (steps_check_enough(s, err) < 0)
        return -1;
    for (size_t i = 0; i < s->lanes_count; i++)
        if (needs_files(&s->lanes[i]))
            clusters[count++] = s->lanes[i].member->cluster;
    if (!count)
        return 0;
    const struct lane *holder = holder_before(s, s->lanes_count);
    struct ca_issue_options options = {
        .dir = s->options.ca_dir,
        .istio_namespace = s->mesh->istio_namespace,
        .clusters = clusters,
        .clusters_count = count,
        .in_use = holder ? &holder->facts->ca.roots : NULL,
        .trust_domain = trust_domain_of(s),
        .in_use_by = holder ? lane_name(holder) : NULL,
        .cancel = s->options.cancel,
    };
    if (ca_issue_begin(&options, &s->issue, err) < 0)
        return -1;
    tell_warnings(lane);
    return 0;
}

/* ---- what shall be --------------------------------------------------------------------------- */

/* Its content is not known before it is signed. */
int lane_desire_cacerts(struct lane *lane, json_t **ret_objects, struct error **err)
{
    (void)err;
    *ret_objects = json_array();
    if (needs_files(lane))
        json_array_append_new(*ret_objects, mesh_secret_unmade(lane->steps->mesh, MESH_CACERTS));
    return 0;
}

/* ---- doing it -------------------------------------------------------------------------------- */

static json_t *cacerts_new(struct lane *lane, const struct authority_files *files)
{
    const struct mesh *m = lane->steps->mesh;
    json_t *secret =
        mesh_cacerts(m, files->ca_cert, files->ca_key, files->root_cert, files->cert_chain);
    mesh_mark(secret, m, unit_info(UNIT_CACERTS)->name);
    return secret;
}

/* Created, never applied: whoever comes second must not change what istiod may have read. */
static int create(struct lane *lane, const json_t *secret, struct error **err)
{
    json_auto_t *live = NULL;
    if (kube_create(lane->client, secret, &live, err) == 0) {
        struct kube_ref ref = kube_ref_of(secret);
        lane_count(lane, CHANGE_CREATE, &ref);
        return 0;
    }
    if ((*err)->kind != ERROR_CONFLICT)
        return -1;
    error_hint(err, "another run has given the cluster its certificates meanwhile: run the same "
                    "command again, it goes on with those");
    return error_id(err, "MC207");
}

int task_ca(struct plan_task *task, void *ctx, struct error **err)
{
    static const enum unit_id namespace[] = {UNIT_ISTIO_NAMESPACE};
    struct lane *lane = lane_begin(task, ctx);
    struct unit *unit = &lane->units[UNIT_CACERTS];
    MC_CLEANUP(authority_files_cleanup) struct authority_files *files = NULL;
    if (lane_apply_units(lane, namespace, 1, err) < 0)
        return -1;
    if (!needs_files(lane)) {
        AUTO_FREE char *roots = ca_roots_text_dup(&lane->facts->ca.roots);
        plan_result(task, "root %s, %s", roots,
                    lane->facts->ca.form == CA_FORM_OUTSIDE ? "of an outside CA" : "kept");
        unit->done = true;
        return 0;
    }
    if (ca_issue_finish(lane->steps->issue, lane->member->cluster, &files, err) < 0)
        return error_wrap(err, "%s", lane_name(lane));
    tell_warnings(lane);
    json_auto_t *secret = cacerts_new(lane, files);
    if (create(lane, secret, err) < 0)
        return -1;
    unit->done = true;
    plan_result(task, "root %.8s", authority_fingerprint(ca_issue_authority(lane->steps->issue)));
    return 0;
}
