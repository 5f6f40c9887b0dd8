/* Whether what several clusters have under one name is in the mesh in each of them, and the same. */
#include "policy.h"

#include <stdlib.h>
#include <string.h>

#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"
#include "spans.h"

#define INJECT "sidecar.istio.io/inject"

/* ---- injection ------------------------------------------------------------------------------- */

/* Whether new pods of a namespace come into the mesh. */
static bool is_injected(const struct facts *f, const char *namespace_)
{
    const json_t *namespace = facts_namespace(f, namespace_);
    return text_equal(
               json_dig_str(namespace, "metadata", "labels", "istio.io/dataplane-mode", NULL),
               "ambient") ||
           facts_is_injected(namespace);
}

/* Another cluster in which a Service's pods are in the mesh. */
static bool is_elsewhere_in_mesh(const struct probe *p, const struct facts_service *s,
                                 size_t *ret_peer)
{
    return s->pods > s->in_mesh && spans_out(p, s, ret_peer);
}

/* The label that brings a namespace's pods to this cluster's istiod. */
static char *injection_label_dup(const struct probe *p)
{
    const struct facts_istiod *istiod = facts_istiod_of(probe_facts(p), p->mesh->istio_namespace);
    if (!istiod || strcmp(istiod->revision, "default") == 0)
        return mem_strdup("istio-injection=enabled");
    return mem_printf("istio.io/rev=%s", istiod->revision);
}

static void check_namespaces(struct probe *p)
{
    const struct facts *f = probe_facts(p);
    AUTO_STRLIST out = STRLIST_INIT;
    AUTO_FREE char *label = injection_label_dup(p);
    size_t peer = 0;
    for (size_t i = 0; i < f->traffic->by_name_count; i++) {
        const struct facts_service *s = &f->traffic->by_name[i];
        if (s->in_mesh || is_injected(f, s->namespace_) || !is_elsewhere_in_mesh(p, s, &peer) ||
            strlist_has(&out, s->namespace_))
            continue;
        strlist_add(&out, s->namespace_);
        finding_bad(p, "MC716", label,
                    "namespace %s without injection; in %s its pods are in the mesh", s->namespace_,
                    p->mesh->members[peer].name);
        finding_fix(p,
                    "kubectl label namespace %s %s --overwrite && kubectl rollout restart "
                    "deployment -n %s",
                    s->namespace_, label, s->namespace_);
    }
    if (!out.count)
        finding_ok(p, "MC716", "the same as elsewhere");
}

/* ---- pods ------------------------------------------------------------------------------------ */

/* What brings a pod's workload into the mesh, NULL where nothing is known to. Yours to free. */
static char *pod_fix_dup(const json_t *pod)
{
    const char *namespace_ = namespace_of(pod);
    static const char *const places[] = {"labels", "annotations"};
    AUTO_FREE char *workload = gateways_workload_dup(pod);
    if (!workload)
        return NULL;
    for (size_t i = 0; i < MC_ARRAY_LEN(places); i++)
        if (text_equal(json_dig_str(pod, "metadata", places[i], INJECT, NULL), "false"))
            return mem_printf("kubectl patch %s -n %s --type=json -p '[{\"op\":\"remove\",\"path\":"
                              "\"/spec/template/metadata/%s/sidecar.istio.io~1inject\"}]'",
                              workload, namespace_, places[i]);
    return mem_printf("kubectl rollout restart %s -n %s", workload, namespace_);
}

static void judge_pods(struct probe *p, const struct facts_service *s, size_t peer)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    const json_t *selector = json_dig(s->object, "spec", "selector", NULL);
    AUTO_NAMED bare = {0};
    AUTO_FREE char *fix = NULL;
    size_t i;
    json_t *pod;
    json_array_foreach(t->pods, i, pod) {
        if (!text_equal(namespace_of(pod), s->namespace_) || !gateways_selects(selector, pod) ||
            facts_is_in_mesh(t, pod))
            continue;
        named_add(&bare, "%s", name_of(pod));
        if (!fix)
            fix = pod_fix_dup(pod);
    }
    AUTO_FREE char *names = named_text_dup(&bare);
    AUTO_FREE char *wanted = mem_printf("a proxy in each pod of Service %s/%s, as in %s",
                                        s->namespace_, s->name, p->mesh->members[peer].name);
    /* Others answer in their place. */
    (s->in_mesh ? finding_warn : finding_bad)(p, "MC717", wanted, "none in %zu of %zu: %s",
                                              bare.count, s->pods, names);
    if (fix)
        finding_fix(p, "%s", fix);
}

static void check_pods(struct probe *p)
{
    const struct facts *f = probe_facts(p);
    size_t before = finding_count(p), in_mesh = 0, peer = 0, i;
    json_t *pod;
    for (i = 0; i < f->traffic->by_name_count; i++) {
        const struct facts_service *s = &f->traffic->by_name[i];
        if ((s->in_mesh || is_injected(f, s->namespace_)) && is_elsewhere_in_mesh(p, s, &peer))
            judge_pods(p, s, peer);
    }
    json_array_foreach(f->traffic->pods, i, pod)
        in_mesh += facts_is_in_mesh(f->traffic, pod);
    if (finding_count(p) == before)
        finding_ok(p, "MC717", "%zu in the mesh", in_mesh);
}

/* ---- Services -------------------------------------------------------------------------------- */

/* Whether a pod here is meant for a Service that only another cluster has: in the mesh, of its
 * selector, and behind no Service of this cluster. */
static bool is_waiting(const struct facts_traffic *t, const struct facts_service *there,
                       const json_t *pod)
{
    if (!text_equal(namespace_of(pod), there->namespace_) || !facts_is_in_mesh(t, pod) ||
        !gateways_selects(json_dig(there->object, "spec", "selector", NULL), pod))
        return false;
    for (size_t i = 0; i < t->by_name_count; i++)
        if (strcmp(t->by_name[i].namespace_, there->namespace_) == 0 &&
            gateways_selects(json_dig(t->by_name[i].object, "spec", "selector", NULL), pod))
            return false;
    return true;
}

static size_t count_waiting(const struct facts_traffic *t, const struct facts_service *there)
{
    size_t i, count = 0;
    json_t *pod;
    json_array_foreach(t->pods, i, pod)
        count += is_waiting(t, there, pod);
    return count;
}

/* As much of a Service as another cluster can have, too. */
static json_t *portable_service(const struct facts_service *s)
{
    json_t *ports = json_array(), *row;
    size_t i;
    json_array_foreach(json_dig(s->object, "spec", "ports", NULL), i, row) {
        json_t *port = json_copy(row);
        json_object_del(port, "nodePort");
        json_array_append_new(ports, port);
    }
    return json_pack("{s:s, s:s, s:{s:s, s:s}, s:{s:O, s:o}}", "apiVersion", "v1", "kind",
                     "Service", "metadata", "name", s->name, "namespace", s->namespace_, "spec",
                     "selector", json_dig(s->object, "spec", "selector", NULL), "ports", ports);
}

static void tell_missing(struct probe *p, const struct facts_service *there, size_t peer,
                         size_t waiting)
{
    json_auto_t *service = portable_service(there);
    AUTO_FREE char *text = json_write_dup(service, JSON_WRITE_NO_ESCAPE);
    AUTO_FREE char *wanted = mem_printf("Service %s/%s as in %s", there->namespace_, there->name,
                                        p->mesh->members[peer].name);
    finding_bad(p, "MC718", wanted, "none, with %zu pods of its labels that no Service leads to",
                waiting);
    if (!strchr(text, '\''))
        finding_fix(p, "echo '%s' | kubectl apply -f -", text);
}

static bool has_pods_in_mesh(const struct facts_traffic *t, const char *namespace_)
{
    size_t i;
    json_t *pod;
    json_array_foreach(t->pods, i, pod)
        if (text_equal(namespace_of(pod), namespace_) && facts_is_in_mesh(t, pod))
            return true;
    return false;
}

/* What another cluster has and this one does not: bad where pods wait for it, else worth knowing, as DNS
 * does not know the name here. */
static void compare_with(struct probe *p, size_t peer, struct named *elsewhere)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    const struct facts_traffic *theirs = p->facts[peer]->traffic;
    for (size_t i = 0; i < theirs->by_name_count; i++) {
        const struct facts_service *there = &theirs->by_name[i];
        if (!there->in_mesh || facts_service_find(t, there->namespace_, there->name) ||
            !has_pods_in_mesh(t, there->namespace_))
            continue;
        size_t waiting = count_waiting(t, there);
        if (waiting)
            tell_missing(p, there, peer, waiting);
        else
            named_add(elsewhere, "%s/%s", there->namespace_, there->name);
    }
}

static void check_services(struct probe *p)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    size_t before = finding_count_bad(p), shared = 0;
    AUTO_NAMED elsewhere = {0};
    for (size_t i = 0; i < p->mesh->members_count; i++)
        if (i != p->at && p->facts[i] && p->facts[i]->traffic)
            compare_with(p, i, &elsewhere);
    for (size_t i = 0; i < t->by_name_count; i++)
        shared += spans(p, &t->by_name[i]);
    AUTO_FREE char *names = named_text_dup(&elsewhere);
    if (finding_count_bad(p) == before)
        finding_ok(p, "MC718", "%zu shared%s%s", shared, elsewhere.count ? "; only elsewhere " : "",
                   names);
}

/* ---- ports ----------------------------------------------------------------------------------- */

static bool is_headless(const struct facts_service *s)
{
    return text_equal(json_dig_str(s->object, "spec", "clusterIP", NULL), "None");
}

static bool share_port(const struct facts_service *a, const struct facts_service *b)
{
    size_t i, j;
    json_t *x, *y;
    json_array_foreach(json_dig(a->object, "spec", "ports", NULL), i, x)
        json_array_foreach(json_dig(b->object, "spec", "ports", NULL), j, y)
            if (json_dig_int(x, 0, "port", NULL) == json_dig_int(y, -1, "port", NULL))
                return true;
    return false;
}

static void check_ports(struct probe *p)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    size_t before = finding_count(p), peer = 0;
    for (size_t i = 0; i < t->by_name_count; i++) {
        const struct facts_service *s = &t->by_name[i];
        if (!spans_out(p, s, &peer))
            continue;
        const char *name = p->mesh->members[peer].name;
        const struct facts_service *there =
            facts_service_find(p->facts[peer]->traffic, s->namespace_, s->name);
        AUTO_FREE char *wanted = mem_printf("the same as in %s", name);
        if (!share_port(s, there))
            finding_bad(p, "MC719", wanted, "Service %s/%s has no port in common with it",
                        s->namespace_, s->name);
        else if (is_headless(s) != is_headless(there))
            finding_warn(p, "MC719", wanted, "Service %s/%s is headless in one of them only",
                         s->namespace_, s->name);
    }
    if (finding_count(p) == before)
        finding_ok(p, "MC719", "the same as elsewhere");
}

void policy_check_parity(struct probe *p)
{
    /* Without gateways on the way, a pod without a proxy is sent what it takes. */
    if (mesh_needs_eastwest(p->mesh, probe_member(p))) {
        check_namespaces(p);
        check_pods(p);
    }
    check_services(p);
    check_ports(p);
}
