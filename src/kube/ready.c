/* The ready-made predicates of kube/wait.h, but for the roll-out of a Deployment. */
#include "meshctl/kube/wait.h"

#include <stdlib.h>
#include <string.h>

#include "client_internal.h"
#include "condition.h"
#include "events.h"
#include "meshctl/base/text.h"

#define MAX_TEXT 400

static bool missing(char **ret_reason)
{
    *ret_reason = mem_strdup("it does not exist");
    return false;
}

bool kube_exists(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                 struct error **err)
{
    (void)c;
    (void)ctx;
    (void)err;
    return object || missing(ret_reason);
}

bool kube_is_gone(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                  struct error **err)
{
    (void)c;
    (void)ctx;
    (void)err;
    if (!object)
        return true;
    /* What a Namespace says about its remains. */
    static const char *const remains[] = {
        "NamespaceFinalizersRemaining", "NamespaceContentRemaining",
        "NamespaceDeletionContentFailure", "NamespaceDeletionDiscoveryFailure"};
    for (size_t i = 0; i < MC_ARRAY_LEN(remains); i++) {
        const json_t *condition = kube_condition(object, remains[i]);
        if (kube_condition_is(condition, "True")) {
            *ret_reason = kube_condition_text_dup(condition);
            return false;
        }
    }
    const char *finalizer = json_dig_str(object, "metadata", "finalizers", "0", NULL);
    AUTO_BUF out = BUF_INIT;
    buf_appends(&out, json_dig(object, "metadata", "deletionTimestamp", NULL)
                          ? "it is being deleted"
                          : "it is still there");
    if (finalizer) {
        buf_appends(&out, ", finalizer ");
        text_append_clean(&out, finalizer, strnlen(finalizer, MAX_TEXT));
    }
    *ret_reason = buf_detach(&out, NULL);
    return false;
}

bool kube_is_established(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                         struct error **err)
{
    (void)ctx;
    if (!object)
        return missing(ret_reason);
    const json_t *names = kube_condition(object, "NamesAccepted");
    const json_t *established = kube_condition(object, "Established");
    if (kube_condition_is(established, "True")) {
        /* Its kind is served from now on, so what discovery said before is out of date. */
        kube_kinds_forget(c, true);
        return true;
    }
    if (kube_condition_is(names, "False")) {
        AUTO_FREE char *text = kube_condition_text_dup(names);
        error_set(err, ERROR_CONFLICT, "its names are taken: %s", text);
        return false;
    }
    *ret_reason =
        established ? kube_condition_text_dup(established) : mem_strdup("not established yet");
    return false;
}

/* What one entry of a load balancer's status says; NULL when that is nothing yet. */
static const char *ingress_address(const json_t *ingress)
{
    const char *ip = json_dig_str(ingress, "ip", NULL);
    const char *hostname = json_dig_str(ingress, "hostname", NULL);
    return ip && *ip ? ip : hostname && *hostname ? hostname : NULL;
}

const char *kube_service_address(const json_t *service)
{
    size_t i;
    json_t *ingress;
    json_array_foreach(json_dig(service, "status", "loadBalancer", "ingress", NULL), i, ingress)
        if (ingress_address(ingress))
            return ingress_address(ingress);
    return json_dig_str(service, "spec", "externalIPs", "0", NULL);
}

void kube_service_addresses(const json_t *service, struct strlist *out)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_dig(service, "status", "loadBalancer", "ingress", NULL), i, entry) {
        const char *address = ingress_address(entry);
        if (address && !strlist_has(out, address))
            strlist_add(out, address);
    }
    json_array_foreach(json_dig(service, "spec", "externalIPs", NULL), i, entry) {
        const char *address = json_string_value(entry);
        if (address && *address && !strlist_has(out, address))
            strlist_add(out, address);
    }
}

bool kube_has_address(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                      struct error **err)
{
    (void)ctx;
    if (!object)
        return missing(ret_reason);
    const char *type = json_dig_str(object, "spec", "type", NULL);
    if (kube_service_address(object))
        return true;
    if (!text_equal(type, "LoadBalancer")) {
        AUTO_BUF clean = BUF_INIT;
        text_append_clean(&clean, type ? type : "", type ? strnlen(type, 64) : 0);
        error_set(err, ERROR_INPUT, "its type is %s, which gets no address from outside",
                  clean.len > 0 ? buf_str(&clean) : "ClusterIP");
        return false;
    }
    struct kube_memo *memo = kube_memo_of(&c->memo, object);
    if (!kube_memo_serves(memo)) {
        struct kube_ref ref = kube_ref_of(object);
        kube_memo_set_take(memo, kube_newest_warning_dup(c, &ref, object));
    }
    *ret_reason = mem_printf("no load balancer has given it an address%s%s", memo->text ? ": " : "",
                             memo->text ? memo->text : "");
    return false;
}

bool kube_has_keys(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                   struct error **err)
{
    (void)c;
    (void)err;
    if (!object)
        return missing(ret_reason);
    for (const char *const *key = ctx; *key; key++) {
        const char *value = json_dig_str(object, "data", *key, NULL);
        if (!value || !*value) {
            *ret_reason = mem_printf("it has no %s yet", *key);
            return false;
        }
    }
    return true;
}
