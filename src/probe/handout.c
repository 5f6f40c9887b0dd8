/* Asks whether workloads are given the root that istiod signs with, once istiod had time for it. */
#include "handout.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/proxy.h"
#include "settle.h"

/* One istiod writes the ConfigMaps of all namespaces. The next one does so when the lease is its own, for
 * which it waits 30 s where the former one did not give it back, and looks every 7.5 s (istio
 * pilot/pkg/leaderelection/leaderelection.go). */
#define YOUNG_S 60
#define POLL_MS 500

static bool is_young(const json_t *pod, time_t now)
{
    size_t i;
    json_t *condition;
    json_array_foreach(json_dig(pod, "status", "conditions", NULL), i, condition) {
        const char *text = json_dig_str(condition, "lastTransitionTime", NULL);
        time_t since;
        if (text_equal(json_dig_str(condition, "type", NULL), "Ready"))
            return clock_read_rfc3339(text, &since) && now - since < YOUNG_S;
    }
    return false;
}

static int has_young_istiod(const struct probe *p, bool *ret_young, struct error **err)
{
    json_auto_t *pods = NULL;
    json_t *pod;
    size_t i;
    *ret_young = false;
    if (proxy_pods(p->client, p->mesh->istio_namespace, ISTIOD_SELECTOR, &pods, err) < 0)
        return -1;
    json_array_foreach(pods, i, pod)
        *ret_young = *ret_young || is_young(pod, time(NULL));
    return 0;
}

static int read_again(const struct probe *p, struct ca_roots *roots, struct error **err)
{
    struct kube_ref ref = {"v1", "ConfigMap", p->mesh->istio_namespace, MESH_ROOT_MAP};
    AUTO_ERROR struct error *unread = NULL;
    json_auto_t *map = NULL;
    ca_roots_release(roots);
    *roots = (struct ca_roots){0};
    if (kube_get_opt(p->client, &ref, &map, err) < 0)
        return -1;
    const char *pem = json_dig_str(map, "data", "root-cert.pem", NULL);
    if (pem)
        (void)!ca_roots_add_pem(roots, pem, strlen(pem), MESH_ROOT_MAP, &unread);
    return 0;
}

/* What is wrong with what is handed out; NULL when nothing is. Without an istiod there is nobody to
 * hand something out. Yours to free. */
static char *problem_dup(const struct probe *p, bool has_istiod, const struct ca_roots *handed_out)
{
    const struct facts *f = probe_facts(p);
    if (!handed_out->count)
        return has_istiod
                   ? mem_printf("no ConfigMap %s/%s", p->mesh->istio_namespace, MESH_ROOT_MAP)
                   : NULL;
    return ca_roots_compare(&f->ca.roots, handed_out) == CA_ROOTS_DISJOINT
               ? ca_roots_text_dup(handed_out)
               : NULL;
}

static void tell(struct probe *p, const char *problem, bool young)
{
    AUTO_FREE char *wanted = ca_roots_text_dup(&probe_facts(p)->ca.roots);
    if (!young) {
        finding_bad(p, "MC205", wanted, "%s", problem);
        return;
    }
    finding_warn(p, "MC205", wanted, "%s, and istiod is ready for less than a minute", problem);
    finding_fix(p, "look again in a minute: a new istiod takes so long to hand out its root");
}

int handout_check(struct probe *p, bool has_istiod, struct error **err)
{
    MC_CLEANUP(ca_roots_release) struct ca_roots newest = {0};
    AUTO_SETTLE settle = {.probe = p, .quiet_ms = -1, .poll_ms = POLL_MS};
    AUTO_FREE char *problem = problem_dup(p, has_istiod, &probe_facts(p)->ca.handed_out);
    while (problem) {
        bool young, again = false;
        if (has_young_istiod(p, &young, err) < 0 ||
            (young && settle_wait(&settle, problem, &again, err) < 0))
            return -1;
        if (!again) {
            tell(p, problem, young);
            return 0;
        }
        if (read_again(p, &newest, err) < 0)
            return -1;
        free(problem);
        problem = problem_dup(p, has_istiod, &newest);
    }
    return 0;
}
