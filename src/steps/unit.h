/* What shall be in a cluster, in pieces that are compared, applied and taken off as one. The pieces
 * are rows of one table; what they hold in one cluster is made by their row's function out of the
 * mesh and the facts, nothing is written for it. */
#ifndef MESHCTL_STEPS_UNIT_H
#define MESHCTL_STEPS_UNIT_H

#include "meshctl/data/json.h"
#include "meshctl/kube/apply.h"
#include "meshctl/mesh/mesh.h"
#include "meshctl/steps/steps.h"

struct lane;

/* In the order in which they are put into a cluster. */
enum unit_id {
    UNIT_ISTIO_NAMESPACE,
    UNIT_BASE,
    UNIT_CACERTS,
    UNIT_ISTIOD,
    UNIT_INGRESS_NAMESPACE,
    UNIT_INGRESS,
    UNIT_EASTWEST,
    UNIT_ADDRESS,
    UNIT_READER_TOKEN,
    UNIT_LINKS,
    UNIT_EXPOSE,
    UNIT_BOOKINFO_NAMESPACE,
    UNIT_BOOKINFO,
    UNITS_COUNT,
};

enum unit_kind {
    UNIT_KIND_NAMESPACE, /* ours only when we made it */
    UNIT_KIND_RELEASE,   /* a chart, recorded as Helm does */
    UNIT_KIND_CREATED,   /* created once, then kept as it is: an authority, a token */
    UNIT_KIND_OBJECTS,
    UNIT_KIND_SAMPLE, /* objects; somebody's own under these names will do as well */
};

struct unit_info {
    const char *name; /* label meshctl.io/unit of its objects, and in the list of changes */
    enum step_id step;
    enum unit_kind kind;
    enum mesh_component component; /* UNIT_KIND_RELEASE */
    /* Array of the objects that shall be; complete but for the marks. */
    int (*build)(struct lane *lane, json_t **ret_objects, struct error **err);
};
const struct unit_info *unit_info(enum unit_id id);

enum change_action {
    CHANGE_KEEP, /* there as it shall be, or somebody's that will do */
    CHANGE_CREATE,
    CHANGE_UPDATE,
    CHANGE_DELETE,
    CHANGE_RECORD, /* a revision of a release */
    CHANGE_ACTIONS,
};
const char *change_action_name(enum change_action action);

/* One object, or one record, and what happens to it. */
struct change {
    enum change_action action;
    char *api_version, *kind, *namespace_, *name; /* namespace_ NULL without one */
    char *why;
    json_t *object; /* to apply; NULL when it is deleted, or made on the way (keys, tokens) */
    json_t *fields; /* CHANGE_UPDATE: array of {path, before, after}; secrets are masked */
    json_t *patch;  /* CHANGE_UPDATE: a merge patch, where that is what is sent and not `object` */
    bool of_status; /* the patch is of the subresource status */
    char *uid;      /* CHANGE_DELETE, and with a patch: of what was looked at */
    char *version;  /* CHANGE_DELETE: its resourceVersion, where the content decided; or NULL */
    /* What the object was compared with, which its apply is bound to. */
    struct kube_comparison found;
    bool is_compared;
    bool is_settled; /* CHANGE_KEEP: nothing is to be waited for */
};

struct unit {
    const struct unit_info *info;
    bool wanted; /* part of this run, in this cluster */
    bool done;   /* in this run */
    json_t *objects;
    struct change *changes;
    size_t count, cap;
};
/* Strings are copied. The pointer is good until the next one is added. */
struct change *unit_add(struct unit *u, enum change_action action, const struct kube_ref *ref);
void unit_release(struct unit *u);

#endif
