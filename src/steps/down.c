/* What is taken off: all that is the mesh's in a cluster, found by records, marks and names, each
 * with its owner looked at; and what stays, and why. A cluster that stays in the mesh loses only its
 * links to those that go. Nothing is deleted here. */
#include "down.h"

#include <stdlib.h>
#include <string.h>

#include "apis.h"
#include "kept.h"
#include "meshctl/base/text.h"
#include "meshctl/helm/release_change.h"
#include "meshctl/mesh/objects.h"
#include "proof.h"
#include "unlink.h"

static bool goes(const struct lane *lane)
{
    return lane->mode == LANE_WRITE && !lane->steps->options.keep_mesh;
}

static void add_stay(struct lane *lane, const struct kube_ref *ref, const char *why)
{
    json_t *row = json_pack("{s:s*, s:s, s:s*, s:s, s:s}", "apiVersion", ref->api_version, "kind",
                            ref->kind, "namespace", ref->namespace_, "name", ref->name, "why", why);
    json_array_append_new(lane->stays, row);
}

/* What happens to the object; NULL when nothing does. Borrowed. */
static const struct change *change_of(const struct lane *lane, const char *uid)
{
    for (int id = 0; id < UNITS_COUNT; id++)
        for (size_t i = 0; i < lane->units[id].count; i++)
            if (text_equal(lane->units[id].changes[i].uid, uid))
                return &lane->units[id].changes[i];
    return NULL;
}

static bool is_deleted(const struct lane *lane, const json_t *object)
{
    const struct change *change = change_of(lane, json_dig_str(object, "metadata", "uid", NULL));
    return change && change->action == CHANGE_DELETE;
}

static bool is_named_deleted(const struct lane *lane, const char *kind, const char *namespace_,
                             const char *name)
{
    for (int id = 0; id < UNITS_COUNT; id++)
        for (size_t i = 0; i < lane->units[id].count; i++) {
            const struct change *change = &lane->units[id].changes[i];
            if (change->action == CHANGE_DELETE && strcmp(change->kind, kind) == 0 &&
                text_equal(change->namespace_, namespace_) && text_equal(change->name, name))
                return true;
        }
    return false;
}

static void add_delete(struct lane *lane, enum unit_id id, const json_t *live, const char *why)
{
    struct unit *unit = &lane->units[id];
    struct kube_ref ref = kube_ref_of(live);
    const char *uid = json_dig_str(live, "metadata", "uid", NULL);
    if (!uid || change_of(lane, uid))
        return;
    struct change *change = unit_add(unit, CHANGE_DELETE, &ref);
    change->uid = mem_strdup(uid);
    change->why = mem_strdup(why);
}

/* ---- releases -------------------------------------------------------------------------------- */

static void take_crd(struct lane *lane, enum unit_id id, const struct kube_ref *ref,
                     const json_t *live)
{
    if (lane->steps->options.delete_crds)
        add_delete(lane, id, live, "--delete-crds, with every object of the kind");
    else
        add_stay(lane, ref, "objects of its kind may be somebody's (--delete-crds)");
}

static void take_object(struct lane *lane, enum unit_id id, const struct lane_release *r,
                        const struct release_object *object, const json_t *live)
{
    AUTO_ERROR struct error *why = NULL;
    struct kube_ref ref = {object->api_version, object->kind, object->namespace_, object->name};
    bool is_crd = strcmp(object->kind, "CustomResourceDefinition") == 0;
    AUTO_FREE char *text = mem_printf("of release %s", r->name);
    switch (release_fate_of(object, live, r->name, r->namespace_, true, &why)) {
    case RELEASE_FATE_GONE:
        break;
    case RELEASE_FATE_KEPT:
        if (is_crd)
            take_crd(lane, id, &ref, live);
        else
            add_stay(lane, &ref, "its resource policy says keep");
        break;
    case RELEASE_FATE_FOREIGN:
        add_stay(lane, &ref, why->message);
        break;
    case RELEASE_FATE_DELETE:
        add_delete(lane, id, live, text);
        break;
    }
}

static int take_objects(struct lane *lane, enum unit_id id, struct lane_release *r,
                        struct error **err)
{
    struct release_scopes scopes = lane_scopes(lane);
    struct release_objects *objects = &r->recorded;
    if (release_objects_add_history(objects, lane->facts->releases[r->component], NULL, &scopes,
                                    err) < 0)
        return -1;
    release_objects_sort_uninstall(objects, STEPS_HELM_MAJOR);
    struct kube_read *reads = mem_array(objects->count, sizeof(*reads));
    for (size_t i = 0; i < objects->count; i++)
        reads[i].ref = (struct kube_ref){objects->items[i].api_version, objects->items[i].kind,
                                         objects->items[i].namespace_, objects->items[i].name};
    int rc = kube_read_many(lane->client, reads, objects->count, err);
    for (size_t i = 0; i < objects->count && rc == 0; i++) {
        *err = TAKE(reads[i].error);
        if (*err)
            rc = -1;
        else
            take_object(lane, id, r, &objects->items[i], reads[i].found);
    }
    kube_reads_release(reads, objects->count);
    free(reads);
    return rc;
}

static int take_release(struct lane *lane, enum unit_id id, struct error **err)
{
    struct lane_release *r = &lane->releases[unit_info(id)->component];
    const struct release_history *h = lane->facts->releases[r->component];
    if (release_check_lock(h, err) < 0 || take_objects(lane, id, r, err) < 0)
        return error_wrap(err, "%s: release %s", lane_name(lane), r->name);
    for (size_t i = 0; i < h->count; i++) {
        struct kube_ref ref = {"v1", "Secret", r->namespace_, h->items[i].secret};
        struct change *change = unit_add(&lane->units[id], CHANGE_DELETE, &ref);
        change->uid = mem_strdup_opt(h->items[i].uid);
        change->why = mem_printf("record of release %s", r->name);
    }
    return 0;
}

/* Kinds outlive their release by its own policy, and then no record tells of them. */
static int take_left_crds(struct lane *lane, struct error **err)
{
    const struct lane_release *r = &lane->releases[MESH_BASE];
    struct kube_ref ref = {"apiextensions.k8s.io/v1", "CustomResourceDefinition", NULL, NULL};
    json_auto_t *crds = NULL;
    size_t i;
    json_t *crd;
    if (release_history_newest(lane->facts->releases[MESH_BASE]))
        return 0;
    if (kube_list_metadata(lane->client, &ref, "app.kubernetes.io/managed-by=Helm", NULL, &crds,
                           err) < 0)
        return -1;
    json_array_foreach(crds, i, crd) {
        struct kube_ref found = kube_ref_of(crd);
        if (release_owner_of(crd, r->name, r->namespace_) == RELEASE_OWNER_SELF)
            take_crd(lane, UNIT_BASE, &found, crd);
    }
    return 0;
}

/* ---- our own objects ------------------------------------------------------------------------- */

static enum unit_id unit_by_name(const char *name)
{
    for (int id = 0; id < UNITS_COUNT; id++)
        if (text_equal(unit_info((enum unit_id)id)->name, name))
            return (enum unit_id)id;
    return UNIT_EXPOSE;
}

static bool is_namespace(const json_t *object)
{
    return text_equal(json_dig_str(object, "kind", NULL), "Namespace");
}

/* A Secret of links is judged by its keys. */
static bool is_link(const struct lane *lane, const char *name)
{
    size_t i;
    json_t *secret;
    json_array_foreach(lane->facts->links, i, secret)
        if (text_equal(json_dig_str(secret, "metadata", "name", NULL), name))
            return json_object_size(json_object_get(secret, "data")) > 0;
    return false;
}

/* Whatever carries the mark, of whatever kind: also what an earlier version made. */
static int take_marked(struct lane *lane, struct error **err)
{
    AUTO_FREE char *selector = mem_printf(MESH_MARK "=%s", lane->steps->mesh->id);
    json_auto_t *marked = NULL;
    size_t i;
    json_t *object;
    if (kube_list_contents(lane->client, NULL, selector, &marked, err) < 0)
        return -1;
    json_array_foreach(marked, i, object) {
        struct kube_ref ref = kube_ref_of(object);
        bool is_lock = text_equal(ref.kind, "Lease");
        bool was_judged = text_equal(ref.kind, "Secret") &&
                          text_equal(ref.namespace_, lane->steps->mesh->istio_namespace) &&
                          is_link(lane, ref.name);
        if (!is_namespace(object) && !is_lock && !was_judged)
            add_delete(
                lane,
                unit_by_name(json_dig_str(object, "metadata", "labels", MESH_MARK_UNIT, NULL)),
                object, "carries the mesh's mark");
    }
    return 0;
}

static const char *why_foreign(const json_t *live)
{
    return mesh_owner(live) ? "belongs to another mesh"
                            : "carries no mark of the mesh (--take-ownership)";
}

/* With --delete-crds, whose objects the server deletes with their kind. */
static bool goes_with_kind(const struct lane *lane, const json_t *object)
{
    struct kube_ref ref = kube_ref_of(object);
    struct kube_right right;
    if (!lane->steps->options.delete_crds || !kube_right_of(lane->client, "delete", &ref, &right))
        return false;
    AUTO_FREE char *crd = mem_printf("%s.%s", right.resource, right.group);
    return is_named_deleted(lane, "CustomResourceDefinition", NULL, crd);
}

/* A token, which Kubernetes deletes with its account, whoever made it. */
static bool goes_with_account(const struct lane *lane, const json_t *live)
{
    return text_equal(json_dig_str(live, "type", NULL), "kubernetes.io/service-account-token") &&
           is_named_deleted(lane, "ServiceAccount",
                            json_dig_str(live, "metadata", "namespace", NULL),
                            json_dig_str(live, "metadata", "annotations",
                                         "kubernetes.io/service-account.name", NULL));
}

static void take_named(struct lane *lane, enum unit_id id, const json_t *live)
{
    struct kube_ref ref = kube_ref_of(live);
    if (lane->steps->options.take_ownership || lane_owns(lane, live))
        add_delete(lane, id, live, "of the mesh");
    else if (goes_with_account(lane, live))
        add_delete(lane, id, live, "goes with its ServiceAccount");
    else if (unit_info(id)->kind != UNIT_KIND_SAMPLE && !goes_with_kind(lane, live))
        add_stay(lane, &ref, why_foreign(live));
}

/* Under the names that the mesh would give: made by hand, or by a version that marked nothing. */
static int take_unit(struct lane *lane, enum unit_id id, const json_t *objects, struct error **err)
{
    size_t count = json_array_size(objects);
    struct kube_read *reads = mem_array(count, sizeof(*reads));
    for (size_t i = 0; i < count; i++)
        reads[i].ref = kube_ref_of(json_array_get(objects, i));
    int rc = kube_read_many(lane->client, reads, count, err);
    for (size_t i = 0; i < count && rc == 0; i++) {
        *err = TAKE(reads[i].error);
        if (*err)
            rc = -1;
        else if (reads[i].found)
            take_named(lane, id, reads[i].found);
    }
    kube_reads_release(reads, count);
    free(reads);
    return rc;
}

/* `ids` are the clusters that leave. With the whole mesh goes, too, what it made under an id of
 * before. */
static void take_link(struct lane *lane, const json_t *secret, const struct strlist *ids)
{
    AUTO_STRLIST gone = STRLIST_INIT, others = STRLIST_INIT;
    struct kube_ref ref = kube_ref_of(secret);
    bool ours = lane_owns(lane, secret);
    const char *own = goes(lane) ? link_own_key(lane, secret) : NULL;
    const char *key;
    json_t *text;
    json_object_foreach(json_object_get(secret, "data"), key, text)
        strlist_add(strlist_has(ids, key) || text_equal(own, key) ? &gone : &others, key);
    if (gone.count && (ours || lane->steps->options.take_ownership)) {
        link_drop_keys(lane, &lane->units[UNIT_LINKS], secret, &gone,
                       "it shows a cluster that leaves");
        return;
    }
    AUTO_FREE char *names = strlist_join_dup(gone.count ? &gone : &others, ", ");
    AUTO_FREE char *why = gone.count
                              ? mem_printf("%s; it shows %s", why_foreign(secret), names)
                              : mem_printf("it shows %s, which the mesh did not put there", names);
    if (gone.count || (ours && goes(lane) && others.count))
        add_stay(lane, &ref, why);
}

/* The Secrets by which this cluster knows those that go, whoever named them. */
static int take_links(struct lane *lane, struct error **err)
{
    const struct steps *s = lane->steps;
    AUTO_STRLIST ids = STRLIST_INIT;
    json_auto_t *objects = json_array();
    size_t n;
    json_t *secret;
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *peer = &s->lanes[i];
        if (peer == lane || (!lane_is_named(peer) && !goes(lane)))
            continue;
        strlist_add(&ids, peer->member->cluster);
        AUTO_FREE char *name = mesh_remote_secret_name_dup(peer->member);
        if (!is_link(lane, name))
            json_array_append_new(objects, mesh_secret_unmade(s->mesh, name));
    }
    json_array_foreach(lane->facts->links, n, secret)
        take_link(lane, secret, &ids);
    return take_unit(lane, UNIT_LINKS, objects, err);
}

static int take_own(struct lane *lane, struct error **err)
{
    static const enum unit_id built[] = {UNIT_READER_TOKEN, UNIT_EXPOSE, UNIT_BOOKINFO};
    json_auto_t *cacerts = json_array();
    if (take_marked(lane, err) < 0)
        return -1;
    for (size_t i = 0; i < MC_ARRAY_LEN(built); i++) {
        json_auto_t *objects = NULL;
        if (unit_info(built[i])->build(lane, &objects, err) < 0 ||
            take_unit(lane, built[i], objects, err) < 0)
            return -1;
    }
    json_array_append_new(cacerts, mesh_secret_unmade(lane->steps->mesh, MESH_CACERTS));
    return take_unit(lane, UNIT_CACERTS, cacerts, err);
}

/* ---- what istiod made itself ----------------------------------------------------------------- */

/* Copies of the root in every namespace, its locks for electing a leader. */
static bool is_of_istiod(const json_t *object)
{
    const json_t *fields = json_dig(object, "metadata", "managedFields", NULL);
    size_t i;
    json_t *entry;
    json_array_foreach(fields, i, entry)
        if (!text_equal(json_dig_str(entry, "manager", NULL), "pilot-discovery"))
            return false;
    return json_array_size(fields) > 0;
}

static void take_left(struct lane *lane, const json_t *objects)
{
    size_t i;
    json_t *object;
    json_array_foreach(objects, i, object) {
        struct kube_ref ref = kube_ref_of(object);
        if (!is_of_istiod(object))
            continue;
        if (strcmp(ref.kind, "Secret") == 0)
            add_stay(lane, &ref, "istiod made it, and it may hold a key");
        else
            add_delete(lane, UNIT_ISTIOD, object, "istiod made it");
    }
}

static int take_leftovers(struct lane *lane, struct error **err)
{
    struct kube_ref maps = {"v1", "ConfigMap", NULL, NULL};
    json_auto_t *roots = NULL;
    if (kube_list_metadata(lane->client, &maps, "istio.io/config=true", NULL, &roots, err) < 0)
        return -1;
    take_left(lane, roots);
    return 0;
}

/* What verify was told to keep, and what a killed one left. */
static void take_proofs(struct lane *lane)
{
    size_t i;
    json_t *live;
    json_array_foreach(lane->facts->namespaces, i, live)
        if (proof_is_own(lane, live))
            add_delete(lane, UNIT_BOOKINFO, live, "verify made it");
}

/* ---- namespaces ------------------------------------------------------------------------------ */

/* What a namespace gets from Kubernetes by itself, or goes with what owns it. */
static bool comes_by_itself(const json_t *object)
{
    static const char *const names[] = {"default", "kube-root-ca.crt"};
    const char *kind = json_dig_str(object, "kind", NULL);
    const char *name = json_dig_str(object, "metadata", "name", NULL);
    if (json_array_size(json_dig(object, "metadata", "ownerReferences", NULL)))
        return true;
    return (text_equal(kind, "ServiceAccount") && text_equal(name, names[0])) ||
           (text_equal(kind, "ConfigMap") && text_equal(name, names[1])) ||
           (text_equal(kind, "Lease") && text_equal(name, FACTS_LEASE));
}

/* A namespace that was there before gets back what it had: the labels that we set go. */
static void give_back(struct lane *lane, enum unit_id id, const struct kube_ref *ref,
                      const json_t *live, const char *why)
{
    if (!lane_applied(lane, live))
        return;
    struct change *change = unit_add(&lane->units[id], CHANGE_UPDATE, ref);
    change->object = json_pack("{s:s, s:s, s:{s:s}}", "apiVersion", "v1", "kind", "Namespace",
                               "metadata", "name", ref->name);
    change->why = mem_printf("%s: the labels that the mesh set go", why);
}

static int take_namespace(struct lane *lane, enum unit_id id, const char *name, struct error **err)
{
    const json_t *live = facts_namespace(lane->facts, name);
    struct kube_ref ref = {"v1", "Namespace", NULL, name};
    json_auto_t *contents = NULL;
    size_t i, others = 0;
    json_t *object;
    if (!live)
        return 0;
    /* Of a run that was cut, mostly; the mesh is off when it is gone. */
    if (json_dig(live, "metadata", "deletionTimestamp", NULL)) {
        if (text_equal(mesh_owner(live), lane->steps->mesh->id))
            add_delete(lane, id, live, "the mesh made it, and its deletion is under way");
        return 0;
    }
    if (kube_list_contents(lane->client, name, NULL, &contents, err) < 0)
        return -1;
    if (id == UNIT_ISTIO_NAMESPACE)
        take_left(lane, contents);
    if (!text_equal(mesh_owner(live), lane->steps->mesh->id)) {
        add_stay(lane, &ref, "the mesh did not make it");
        give_back(lane, id, &ref, live, "the mesh did not make it");
        return 0;
    }
    AUTO_STRLIST texts = STRLIST_INIT;
    json_array_foreach(contents, i, object) {
        if (comes_by_itself(object) || goes_with_kind(lane, object) || is_deleted(lane, object))
            continue;
        others++;
        struct kube_ref other = kube_ref_of(object);
        AUTO_FREE char *text = kube_ref_text_dup(&other);
        if (texts.count < 3)
            strlist_add(&texts, text);
    }
    if (!others) {
        add_delete(lane, id, live, "the mesh made it, and nothing else is in it");
        return 0;
    }
    AUTO_FREE char *text = strlist_join_dup(&texts, ", ");
    AUTO_FREE char *why = mem_printf("it holds %zu things of others: %s", others, text);
    add_stay(lane, &ref, why);
    give_back(lane, id, &ref, live, "others use it");
    return 0;
}

static int take_namespaces(struct lane *lane, struct error **err)
{
    const struct mesh *m = lane->steps->mesh;
    return take_namespace(lane, UNIT_BOOKINFO_NAMESPACE, m->bookinfo_namespace, err) < 0 ||
                   take_namespace(lane, UNIT_INGRESS_NAMESPACE, m->ingress_namespace, err) < 0 ||
                   take_namespace(lane, UNIT_ISTIO_NAMESPACE, m->istio_namespace, err) < 0
               ? -1
               : 0;
}

/* ---- what will miss it ----------------------------------------------------------------------- */

/* Workloads whose sidecars lose their istiod: they go on with what they have until they restart. */
static int tell_injected(struct lane *lane, struct error **err)
{
    struct kube_ref pods = {"v1", "Pod", NULL, NULL};
    json_auto_t *items = NULL, *counts = json_object();
    size_t i;
    json_t *pod, *count;
    const char *namespace_;
    if (kube_list_metadata(lane->client, &pods, NULL, NULL, &items, err) < 0)
        return -1;
    json_array_foreach(items, i, pod) {
        namespace_ = json_dig_str(pod, "metadata", "namespace", NULL);
        if (!json_dig(pod, "metadata", "annotations", "sidecar.istio.io/status", NULL) ||
            text_equal(namespace_, lane->steps->mesh->ingress_namespace) ||
            is_named_deleted(lane, "Namespace", NULL, namespace_))
            continue;
        json_int_t n = json_integer_value(json_object_get(counts, namespace_));
        json_object_set_new(counts, namespace_, json_integer(n + 1));
    }
    json_object_foreach(counts, namespace_, count) {
        struct kube_ref ref = {"v1", "Namespace", NULL, namespace_};
        AUTO_FREE char *why =
            mem_printf("%lld pods in it have sidecars of this mesh: restart them without injection",
                       (long long)json_integer_value(count));
        add_stay(lane, &ref, why);
    }
    return 0;
}

static void tell_kept(struct lane *lane)
{
    static const enum mesh_component gateways[] = {MESH_INGRESS, MESH_EASTWEST};
    for (size_t i = 0; i < MC_ARRAY_LEN(gateways); i++) {
        const json_t *service = lane_kept_gateway(lane, gateways[i]);
        struct kube_ref ref = kube_ref_of(service);
        if (service)
            add_stay(lane, &ref, "a gateway that somebody else installed");
    }
}

/* ---- all of it ------------------------------------------------------------------------------- */

static int compare_down(struct lane *lane, struct error **err)
{
    static const enum unit_id releases[] = {UNIT_EASTWEST, UNIT_INGRESS, UNIT_ISTIOD, UNIT_BASE};
    if (take_links(lane, err) < 0)
        return -1;
    if (!goes(lane))
        return 0;
    for (size_t i = 0; i < MC_ARRAY_LEN(releases); i++)
        if (take_release(lane, releases[i], err) < 0)
            return -1;
    take_proofs(lane);
    if (take_left_crds(lane, err) < 0 || take_own(lane, err) < 0 || take_leftovers(lane, err) < 0 ||
        take_namespaces(lane, err) < 0)
        return -1;
    tell_kept(lane);
    return tell_injected(lane, err);
}

int task_compare_down(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    unsigned count = 0;
    if (lane->mode == LANE_ABSENT)
        return 0;
    lane->stays = json_array();
    for (int id = 0; id < UNITS_COUNT; id++)
        lane->units[id].info = unit_info((enum unit_id)id);
    if (compare_down(lane, err) < 0)
        return -1;
    for (int id = 0; id < UNITS_COUNT; id++)
        count += (unsigned)lane->units[id].count;
    plan_result(task, "to take off %u, %zu stay", count, json_array_size(lane->stays));
    return 0;
}
