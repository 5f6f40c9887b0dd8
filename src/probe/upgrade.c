/* Before and after a change of Istio's version: whether the step is one that Istio supports, and which proxies
 * still are of the former version. */
#include "meshctl/probe/upgrade.h"

#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"
#include "observe.h"
#include "versions.h"

#define MAX_FIXES 16
#define PROXY "istio-proxy"
/* What the injector puts on every pod that it gives a proxy, or makes one. */
#define PROXY_LABEL "service.istio.io/canonical-name"

/* While it lasts, clusters of both versions are one mesh; and Istio does not test larger steps (istio.io,
 * Upgrade). */
static void check_path(struct probe *p, const char *to)
{
    const struct facts_istiod *istiod = facts_istiod_of(probe_facts(p), p->mesh->istio_namespace);
    AUTO_ERROR struct error *unread = NULL;
    struct semver from, target;
    if (!istiod || !istiod->version || semver_parse_strict(istiod->version, &from, &unread) < 0 ||
        semver_parse_strict(to, &target, &unread) < 0)
        return;
    if (versions_are_near(&from, &target)) {
        finding_ok(p, "MC806", "%s to %s", istiod->version, to);
        return;
    }
    finding_bad(p, "MC806", "at most one minor version at a time", "istiod %s, to %s",
                istiod->version, to);
}

void upgrade_check(struct probe *p, const char *to)
{
    access_judge_version(p, to);
    check_path(p, to);
}

/* ---- proxies --------------------------------------------------------------------------------- */

static const char *image_among(const json_t *containers)
{
    size_t i;
    json_t *container;
    json_array_foreach(containers, i, container)
        if (text_equal(json_dig_str(container, "name", NULL), PROXY))
            return json_dig_str(container, "image", NULL);
    return NULL;
}

/* Of the pod's proxy, which may be a native sidecar. */
static char *version_dup(const json_t *pod)
{
    const char *image = image_among(json_dig(pod, "spec", "containers", NULL));
    return facts_image_tag_dup(image ? image
                                     : image_among(json_dig(pod, "spec", "initContainers", NULL)));
}

static json_t *row_of(json_t *rows, const struct probe *p, const json_t *pod, const char *version)
{
    const char *namespace_ = json_dig_str(pod, "metadata", "namespace", NULL);
    AUTO_FREE char *workload = gateways_workload_dup(pod);
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
        if (text_equal(json_dig_str(row, "namespace", NULL), namespace_) &&
            text_equal(json_dig_str(row, "workload", NULL), workload) &&
            text_equal(json_dig_str(row, "version", NULL), version))
            return row;
    AUTO_STRLIST restart = STRLIST_INIT;
    gateways_add_restart(&restart, pod);
    row = json_pack("{s:s, s:s, s:s?, s:s, s:i, s:s?}", "cluster", probe_name(p), "namespace",
                    namespace_, "workload", workload, "version", version, "pods", 0, "restart",
                    restart.count ? restart.items[0] : NULL);
    json_array_append_new(rows, row);
    return row;
}

int upgrade_find_outdated(struct probe *p, const char *version, json_t **ret_rows,
                          struct error **err)
{
    const struct kube_ref pods = {"v1", "Pod", NULL, NULL};
    json_auto_t *items = NULL, *rows = json_array();
    AUTO_STRLIST names = STRLIST_INIT, fixes = STRLIST_INIT;
    size_t i, count = 0;
    json_t *pod, *row;
    if (kube_list(p->client, &pods, PROXY_LABEL, NULL, &items, err) < 0)
        return -1;
    json_array_foreach(items, i, pod) {
        AUTO_FREE char *has = version_dup(pod);
        if (!has || json_dig(pod, "metadata", "deletionTimestamp", NULL))
            continue;
        count++;
        if (strcmp(has, version) == 0)
            continue;
        row = row_of(rows, p, pod, has);
        json_object_set_new(row, "pods", json_integer(json_dig_int(row, 0, "pods", NULL) + 1));
    }
    json_array_foreach(rows, i, row) {
        const char *workload = json_dig_str(row, "workload", NULL);
        strlist_addf(&names, "%s/%s (%s)", json_dig_str(row, "namespace", NULL),
                     workload ? workload : "a pod of its own", json_dig_str(row, "version", NULL));
        if (json_dig_str(row, "restart", NULL) && fixes.count < MAX_FIXES)
            strlist_add(&fixes, json_dig_str(row, "restart", NULL));
    }
    AUTO_FREE char *text = strlist_join_dup(&names, ", ");
    if (names.count) {
        finding_bad(p, "MC807", version, "%s", text);
        gateways_fix_by_restart(p, &fixes);
    } else {
        finding_ok(p, "MC807", "%zu proxies of %s", count, version);
    }
    *ret_rows = TAKE(rows);
    return 0;
}
