/* The rights that a run needs, read off its list of changes and asked for in one go before the first
 * write. */
#include "rights.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"

#define MAX_RIGHTS 1024

struct rights {
    struct kube_right rows[MAX_RIGHTS];
    size_t count;
};

static void add(struct rights *r, const struct kube_right *right)
{
    for (size_t i = 0; i < r->count; i++)
        if (text_equal(r->rows[i].verb, right->verb) &&
            text_equal(r->rows[i].group, right->group) &&
            text_equal(r->rows[i].resource, right->resource) &&
            text_equal(r->rows[i].subresource, right->subresource) &&
            text_equal(r->rows[i].namespace_, right->namespace_))
            return;
    if (r->count < MAX_RIGHTS)
        r->rows[r->count++] = *right;
}

/* An apply that creates needs both (apiserver's patch handler). */
static const char *const verbs[CHANGE_ACTIONS][3] = {
    [CHANGE_CREATE] = {"create", "patch", NULL},
    [CHANGE_UPDATE] = {"patch", NULL},
    [CHANGE_DELETE] = {"delete", NULL},
    [CHANGE_RECORD] = {"create", "update", "delete"},
};

static void add_change(struct lane *lane, struct rights *r, const struct change *change)
{
    struct kube_ref ref = {change->api_version, change->kind, change->namespace_, NULL};
    struct kube_right right;
    for (size_t v = 0; v < MC_ARRAY_LEN(verbs[0]) && verbs[change->action][v]; v++)
        if (kube_right_of(lane->client, verbs[change->action][v], &ref, &right)) {
            right.subresource = change->of_status ? "status" : NULL;
            add(r, &right);
        }
}

/* The lock, and what verify asks of istiod's pods. */
static void add_always(const struct lane *lane, struct rights *r)
{
    static const char *const lease[] = {"get", "create", "update", "delete"};
    /* A WebSocket begins with a GET; from Kubernetes 1.35 on create is asked for, too. */
    static const char *const forward[] = {"get", "create"};
    const struct steps *s = lane->steps;
    for (size_t i = 0; i < MC_ARRAY_LEN(lease); i++)
        add(r, &(struct kube_right){.verb = lease[i],
                                    .group = "coordination.k8s.io",
                                    .resource = "leases",
                                    .namespace_ = s->mesh->istio_namespace});
    for (size_t i = 0; i < MC_ARRAY_LEN(forward); i++)
        if (s->options.verb == STEPS_UP && steps_include(s, STEP_VERIFY))
            add(r, &(struct kube_right){.verb = forward[i],
                                        .resource = "pods",
                                        .subresource = "portforward",
                                        .namespace_ = s->mesh->istio_namespace});
}

int lane_fail_rights(const struct lane *lane, const struct strlist *missing, struct error **err)
{
    AUTO_FREE char *text = strlist_join_dup(missing, ", ");
    error_set(err, ERROR_DENIED, "%s: user %s of context %s may not: %s", lane_name(lane),
              lane->config->user_name, lane->config->context, text);
    error_id(err, "MC103");
    return error_hint(
        err,
        "meshctl explain rbac prints the ClusterRole that is enough; ask for it, or use "
        "another --cluster %s=FILE@CONTEXT",
        lane_name(lane));
}

int lane_missing_rights(struct lane *lane, struct strlist *missing, struct error **err)
{
    AUTO_FREE struct rights *r = mem_zalloc(sizeof(*r));
    for (int id = 0; id < UNITS_COUNT; id++)
        for (size_t i = 0; i < lane->units[id].count; i++)
            add_change(lane, r, &lane->units[id].changes[i]);
    add_always(lane, r);
    return kube_missing_rights(lane->client, r->rows, r->count, missing, err);
}

int lane_check_rights(struct lane *lane, struct error **err)
{
    AUTO_STRLIST missing = STRLIST_INIT;
    if (lane_missing_rights(lane, &missing, err) < 0)
        return -1;
    return missing.count ? lane_fail_rights(lane, &missing, err) : 0;
}
