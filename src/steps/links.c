/* Remote secrets, as `istioctl create-remote-secret` makes them. */
#include "links.h"

#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "fleet.h"

/* The Secret that shows this cluster to the others, out of its reader's token. */
static int make(const struct lane *lane, const struct reader *reader, json_t **ret_secret,
                struct error **err)
{
    const struct mesh *mesh = lane->steps->mesh;
    struct mesh_server server = lane_server(lane, buf_str(&reader->ca));
    *ret_secret = mesh_remote_secret(mesh, lane->member, &server, buf_str(&reader->token));
    if (*ret_secret)
        return 0;
    return error_set(err, ERROR_REMOTE, "%s: Secret %s/%s holds a token that is no text",
                     lane_name(lane), mesh->istio_namespace, MESH_READER_TOKEN);
}

static int make_found(const struct lane *lane, json_t **ret_secret, struct error **err)
{
    AUTO_READER reader = {BUF_INIT, BUF_INIT};
    return reader_read(lane, lane->facts->reader_token, &reader, err) < 0
               ? -1
               : make(lane, &reader, ret_secret, err);
}

/* ---- what shall be --------------------------------------------------------------------------- */

/* The reader's ServiceAccount comes with chart base; without it there is no Istio there. */
static int check_reader(const struct lane *lane, struct error **err)
{
    const struct steps *s = lane->steps;
    if (lane->facts->has_reader || (lane->mode == LANE_WRITE && steps_include(s, STEP_INSTALL)))
        return 0;
    error_set(err, ERROR_NOT_FOUND, "%s: there is no ServiceAccount %s/%s", lane_name(lane),
              s->mesh->istio_namespace, MESH_READER_ACCOUNT);
    error_id(err, "MC401");
    return error_hint(err, "run meshctl install first");
}

/* A peer that this run does not write to can only give what it has. */
static int check_peer(const struct lane *lane, const struct lane *peer, struct error **err)
{
    if (peer->mode == LANE_ABSENT) {
        error_set(err, ERROR_UNREACHABLE, "%s needs a token of %s, which cannot be looked at: %s",
                  lane_name(lane), lane_name(peer), peer->absent->message);
        return error_id(err, "MC403");
    }
    if (check_reader(peer, err) < 0)
        return -1;
    if (peer->mode == LANE_WRITE || reader_is_there(peer))
        return 0;
    error_set(err, ERROR_CHECK,
              "%s has no reader's token for %s, and this run writes nothing there", lane_name(peer),
              lane_name(lane));
    error_id(err, "MC403");
    return error_hint(err, "leave --only out, or run meshctl remote-secret --only %s first",
                      lane_name(peer));
}

static int add_link(const struct lane *peer, json_t *objects, struct error **err)
{
    const struct mesh *mesh = peer->steps->mesh;
    json_t *secret = NULL;
    if (reader_is_there(peer)) {
        if (make_found(peer, &secret, err) < 0)
            return -1;
    } else {
        AUTO_FREE char *name = mesh_remote_secret_name_dup(peer->member);
        secret = mesh_secret_unmade(mesh, name);
    }
    json_array_append_new(objects, secret);
    return 0;
}

/* What is there goes on working while its cluster is away; what is not there can wait for it where the
 * other clusters are mesh enough. */
static bool is_left_out(const struct lane *lane, const struct lane *peer)
{
    if (lane_is_in(peer))
        return false;
    if (facts_link(lane->facts, peer->member->cluster))
        plan_warn(lane->task, "%s is out: what %s knows of it stays as it is", lane_name(peer),
                  lane_name(lane));
    else if (peer->mode == LANE_ABSENT)
        return false;
    else
        plan_note(lane->task, "%s is out: %s does not get to know it", lane_name(peer),
                  lane_name(lane));
    return true;
}

int lane_desire_links(struct lane *lane, json_t **ret_objects, struct error **err)
{
    const struct steps *s = lane->steps;
    json_auto_t *objects = json_array();
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *peer = &s->lanes[i];
        if (!lane_learns(lane, peer) || is_left_out(lane, peer))
            continue;
        if (check_peer(lane, peer, err) < 0 || add_link(peer, objects, err) < 0)
            return -1;
    }
    *ret_objects = json_incref(objects);
    return 0;
}

/* ---- doing it -------------------------------------------------------------------------------- */

/* Makes the reader's token where it misses, and out of it the Secret for the other clusters. */
int task_token(struct plan_task *task, void *ctx, struct error **err)
{
    static const char *const keys[] = {"token", "ca.crt", NULL};
    static const enum unit_id units[] = {UNIT_READER_TOKEN};
    struct lane *lane = lane_begin(task, ctx);
    const char *namespace_ = lane->steps->mesh->istio_namespace;
    struct kube_ref ref = {"v1", "Secret", namespace_, MESH_READER_TOKEN};
    json_auto_t *secret = NULL;
    if (lane->mode != LANE_WRITE)
        return lane->mode == LANE_ABSENT || !reader_is_there(lane)
                   ? 0
                   : make_found(lane, &lane->remote_secret, err);
    if (lane_apply_units(lane, units, 1, err) < 0)
        return -1;
    AUTO_FREE char *what = mem_printf("Secret %s/%s to get its token", ref.namespace_, ref.name);
    if (lane_wait(lane, &ref, what, kube_has_keys, (void *)keys, &secret, err) < 0)
        return -1;
    AUTO_READER reader = {BUF_INIT, BUF_INIT};
    if (reader_read(lane, secret, &reader, err) < 0 || lane_try_reader(lane, &reader, err) < 0)
        return -1;
    return make(lane, &reader, &lane->remote_secret, err);
}

/* The links whose content was not known when the changes were listed. */
static void fill_unmade(struct lane *lane)
{
    const struct steps *s = lane->steps;
    struct unit *unit = &lane->units[UNIT_LINKS];
    for (size_t c = 0; c < unit->count; c++) {
        struct change *change = &unit->changes[c];
        for (size_t i = 0; i < s->lanes_count; i++) {
            const json_t *made = s->lanes[i].remote_secret;
            const char *name = json_dig_str(made, "metadata", "name", NULL);
            if (change->object || change->patch || !name || strcmp(name, change->name) != 0)
                continue;
            change->object = json_deep_copy(made);
            mesh_mark(change->object, s->mesh, unit->info->name);
        }
    }
}

/* What has failed since the changes were listed is not shown to anybody. */
static void leave_out(struct lane *lane)
{
    const struct steps *s = lane->steps;
    struct unit *unit = &lane->units[UNIT_LINKS];
    for (size_t i = 0; i < s->lanes_count; i++) {
        AUTO_FREE char *name = mesh_remote_secret_name_dup(s->lanes[i].member);
        if (&s->lanes[i] == lane || lane_is_in(&s->lanes[i]))
            continue;
        for (size_t c = 0; c < unit->count; c++)
            if (!unit->changes[c].patch && strcmp(unit->changes[c].name, name) == 0)
                unit->changes[c].action = CHANGE_KEEP;
    }
}

int task_links(struct plan_task *task, void *ctx, struct error **err)
{
    static const enum unit_id units[] = {UNIT_LINKS};
    struct lane *lane = lane_begin(task, ctx);
    const struct steps *s = lane->steps;
    AUTO_STRLIST known = STRLIST_INIT;
    leave_out(lane);
    fill_unmade(lane);
    /* Each patch is bound to the version that was listed, which an apply may end. */
    if (lane_patch_changes(lane, &lane->units[UNIT_LINKS], err) < 0 ||
        lane_apply_units(lane, units, 1, err) < 0 ||
        lane_delete_changes(lane, &lane->units[UNIT_LINKS], err) < 0)
        return -1;
    for (size_t i = 0; i < s->lanes_count; i++)
        if (lane_learns(lane, &s->lanes[i]) && lane_is_in(&s->lanes[i]))
            strlist_add(&known, lane_name(&s->lanes[i]));
    AUTO_FREE char *names = strlist_join_dup(&known, ", ");
    plan_result(task, "%s knows %s", lane_name(lane), known.count ? names : "no other");
    return 0;
}
