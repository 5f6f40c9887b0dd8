/* Asks for what keeps pods from being ready or from ending well. */
#include "pod_reason.h"

#include <stdlib.h>
#include <string.h>

#include "client_internal.h"
#include "events.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "pod_log.h"

/* It only embellishes a reason: it must not hold up the wait. */
#define ASK_MS 5000

json_t *kube_pods_of(struct kube_client *c, const json_t *object)
{
    struct kube_ref ref = {"v1", "Pod", json_dig_str(object, "metadata", "namespace", NULL), NULL};
    AUTO_ERROR struct error *ignored = NULL;
    AUTO_BUF selector = BUF_INIT;
    json_t *pods = NULL;
    if (!kube_selector_append(&selector, json_dig(object, "spec", "selector", NULL)) ||
        kube_list_versioned(c, &ref, buf_str(&selector), NULL, clock_now_ms() + ASK_MS, &pods, NULL,
                            &ignored) < 0)
        return NULL;
    return pods;
}

char *kube_pod_reason_dup(struct kube_client *c, const struct kube_pod_finding *f, const char *text)
{
    struct kube_ref ref = {"v1", "Pod", json_dig_str(f->pod, "metadata", "namespace", NULL),
                           json_dig_str(f->pod, "metadata", "name", NULL)};
    AUTO_FREE char *line = f->ended || f->restarts
                               ? kube_pod_log_line_dup(c, f->pod, f->container, f->restarts)
                               : NULL;
    /* What it said itself tells more than that it is started again and again. */
    if (line)
        return mem_printf("%s; its log says: %s", text, line);
    AUTO_FREE char *event = kube_newest_warning_dup(c, &ref, f->pod);
    if (f->probed)
        return kube_pod_probed_dup(text, event);
    if (!event)
        return mem_strdup(text);
    const char *message = strstr(event, ": ");
    /* The pod's own words and the event's are often the same. */
    if (strstr(text, message ? message + 2 : event))
        return mem_strdup(text);
    return mem_printf("%s; %s", text, event);
}

static char *trouble_hint_dup(const struct kube_pod_finding *f)
{
    const char *ns = json_dig_str(f->pod, "metadata", "namespace", NULL);
    const char *name = json_dig_str(f->pod, "metadata", "name", NULL);
    if (f->trouble == KUBE_TROUBLE_IMAGE)
        return mem_strdup("is the image's name right, and may the cluster's nodes pull it? --hub "
                          "takes it from another registry");
    if (!ns || !text_is_dns_label(ns) || !name || !text_is_dns_subdomain(name) || !f->container ||
        !text_is_dns_label(f->container))
        return mem_strdup("its log tells more");
    return mem_printf("its log tells more: kubectl -n %s logs %s -c %s --previous", ns, name,
                      f->container);
}

/* A pod that ends again and again runs in between, and one whose image is pulled again waits in
 * between: only one that is well, or another pod, begins the count anew. */
void kube_pod_note_trouble(struct kube_memo *memo, const struct kube_pod_finding *f)
{
    const char *uid = json_dig_str(f->pod, "metadata", "uid", NULL);
    struct kube_trouble_memo *t = &memo->trouble;
    t->standing = f->trouble != KUBE_TROUBLE_NONE;
    if (!text_equal(t->pod_uid, uid))
        free(TAKE(t->pod_uid));
    if (!t->standing || !uid)
        return;
    free(t->hint);
    t->hint = trouble_hint_dup(f);
    if (t->pod_uid)
        return;
    t->pod_uid = mem_strdup(uid);
    t->since_ms = clock_now_ms();
}

bool kube_pod_is_hopeless(const struct kube_memo *memo, const char *reason, struct error **err)
{
    if (kube_memo_patience_ms(memo) != 0)
        return false;
    error_set(err, ERROR_CHECK, "waiting will not help: %s", reason);
    error_hint(err, "%s", memo->trouble.hint);
    return true;
}
