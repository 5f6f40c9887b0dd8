/* The controllers' part, at once and without failing:
 *   Namespace                  phase Active
 *   Deployment                 all replicas updated and available
 *   DaemonSet                  ready on one node
 *   Job                        complete
 *   Service of LoadBalancer    the address 127.0.0.10
 *   CustomResourceDefinition   Established, NamesAccepted
 *   Secret of an account       a token and the CA
 *   SelfSubjectAccessReview    allowed */
#include "fakeapi_internal.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/data/json.h"

static void set_status(json_t *object, json_t *status)
{
    json_t *all = json_object_get(object, "status");
    if (!json_is_object(all))
        json_object_set_new(object, "status", json_object());
    json_object_update_new(json_object_get(object, "status"), status);
}

static void live_namespace(json_t *object)
{
    set_status(object, json_pack("{s:s}", "phase", "Active"));
}

static void live_deployment(json_t *object)
{
    json_int_t n = json_dig_int(object, 1, "spec", "replicas", NULL);
    json_int_t generation = json_dig_int(object, 1, "metadata", "generation", NULL);
    set_status(object, json_pack("{s:I,s:I,s:I,s:I,s:I,s:[{s:s,s:s}]}", "observedGeneration",
                                 generation, "replicas", n, "updatedReplicas", n, "readyReplicas",
                                 n, "availableReplicas", n, "conditions", "type", "Available",
                                 "status", "True"));
}

static void live_daemonset(json_t *object)
{
    json_int_t generation = json_dig_int(object, 1, "metadata", "generation", NULL);
    set_status(object,
               json_pack("{s:I,s:i,s:i,s:i,s:i,s:i}", "observedGeneration", generation,
                         "currentNumberScheduled", 1, "desiredNumberScheduled", 1,
                         "updatedNumberScheduled", 1, "numberReady", 1, "numberAvailable", 1));
}

static void live_job(json_t *object)
{
    set_status(object, json_pack("{s:i,s:[{s:s,s:s}]}", "succeeded", 1, "conditions", "type",
                                 "Complete", "status", "True"));
}

static void live_service(json_t *object)
{
    if (text_equal(json_dig_str(object, "spec", "type", NULL), "LoadBalancer") &&
        !json_dig(object, "spec", "loadBalancerClass", NULL))
        set_status(object,
                   json_pack("{s:{s:[{s:s}]}}", "loadBalancer", "ingress", "ip", "127.0.0.10"));
}

static void live_crd(json_t *object)
{
    set_status(object, json_pack("{s:[{s:s,s:s},{s:s,s:s}]}", "conditions", "type", "NamesAccepted",
                                 "status", "True", "type", "Established", "status", "True"));
}

static void live_secret(json_t *object)
{
    if (!text_equal(json_dig_str(object, "type", NULL), "kubernetes.io/service-account-token"))
        return;
    /* "token-of-the-account", "authority" */
    json_put(object, json_string("dG9rZW4tb2YtdGhlLWFjY291bnQ="), "data", "token", NULL);
    json_put(object, json_string("YXV0aG9yaXR5"), "data", "ca.crt", NULL);
}

static void live_review(json_t *object)
{
    set_status(object, json_pack("{s:b}", "allowed", 1));
}

static const struct {
    const char *kind;
    void (*live)(json_t *object);
} controllers[] = {
    {"Namespace", live_namespace}, {"Deployment", live_deployment},
    {"DaemonSet", live_daemonset}, {"Job", live_job},
    {"Service", live_service},     {"CustomResourceDefinition", live_crd},
    {"Secret", live_secret},       {"SelfSubjectAccessReview", live_review},
};

void fakeapi_alive(json_t *object)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(controllers); i++)
        if (text_equal(json_dig_str(object, "kind", NULL), controllers[i].kind))
            controllers[i].live(object);
}
