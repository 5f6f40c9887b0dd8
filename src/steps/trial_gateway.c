/* Takes a cluster's east-west gateways away and gives them back. How many pods there were stands on the
 * Deployment itself, so that whoever comes after a killed run can give them back. */
#include "trial.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"

#define AWAY_S 120 /* no trial takes longer */

/* A Deployment of zero pods is left alone by its HorizontalPodAutoscaler (kubernetes
 * pkg/controller/podautoscaler/horizontal.go, reconcileAutoscaler). */
static int scale(struct kube_client *client, const json_t *live, json_int_t replicas,
                 json_t *remembered, json_t *until, struct error **err)
{
    struct kube_ref ref = kube_ref_of(live);
    json_auto_t *patch = json_pack("{s:{s:{s:o, s:o}, s:O*}, s:{s:I}}", "metadata", "annotations",
                                   MESH_REPLICAS, remembered, MESH_UNTIL, until, "resourceVersion",
                                   json_dig(live, "metadata", "resourceVersion", NULL), "spec",
                                   "replicas", replicas);
    return kube_patch(client, &ref, patch, NULL, err);
}

int trial_take_away(const struct lane *lane, struct kube_client *client, json_t *deployments,
                    struct error **err)
{
    AUTO_FREE char *until = clock_rfc3339_dup(time(NULL) + AWAY_S);
    size_t i;
    json_t *live;
    (void)lane;
    json_array_foreach(deployments, i, live) {
        json_int_t replicas = json_dig_int(live, 1, "spec", "replicas", NULL);
        AUTO_FREE char *text = mem_printf("%lld", (long long)replicas);
        if (replicas > 0 && scale(client, live, 0, json_string(text), json_string(until), err) < 0)
            return -1;
    }
    return 0;
}

/* How many pods a Deployment had before it was taken away; 0 when it was not, or by a run that lives. */
static json_int_t taken_away(const json_t *live, const char *now)
{
    const char *had = json_dig_str(live, "metadata", "annotations", MESH_REPLICAS, NULL);
    const char *until = json_dig_str(live, "metadata", "annotations", MESH_UNTIL, NULL);
    json_int_t replicas = had ? strtoll(had, NULL, 10) : 0;
    return now && until && strcmp(until, now) >= 0 ? 0 : replicas;
}

/* One namespace's. */
static int give_back(struct kube_client *client, const char *namespace_, const char *now,
                     json_t *given, struct error **err)
{
    const struct kube_ref ref = {"apps/v1", "Deployment", namespace_, NULL};
    json_auto_t *deployments = NULL;
    json_t *live;
    size_t i;
    if (kube_list(client, &ref, NULL, NULL, &deployments, err) < 0)
        return -1;
    json_array_foreach(deployments, i, live) {
        json_int_t replicas = taken_away(live, now);
        if (replicas <= 0)
            continue;
        /* Somebody may have given it pods meanwhile: then these are as many as they shall be. */
        json_int_t there = json_dig_int(live, 1, "spec", "replicas", NULL);
        if (scale(client, live, there ? there : replicas, json_null(), json_null(), err) < 0)
            return -1;
        json_array_append(given, live);
    }
    return 0;
}

int trial_give_back(const struct lane *lane, struct kube_client *client, bool over_only,
                    json_t **ret_given, struct error **err)
{
    AUTO_STRLIST namespaces = STRLIST_INIT;
    json_auto_t *given = json_array();
    AUTO_FREE char *now = clock_rfc3339_dup(time(NULL));
    size_t i;
    json_t *service;
    json_array_foreach(lane->facts->network_services, i, service) {
        const char *namespace_ = json_dig_str(service, "metadata", "namespace", NULL);
        if (!namespace_ || strlist_has(&namespaces, namespace_))
            continue;
        strlist_add(&namespaces, namespace_);
        if (give_back(client, namespace_, over_only ? now : NULL, given, err) < 0)
            return -1;
    }
    if (ret_given)
        *ret_given = TAKE(given);
    return 0;
}
