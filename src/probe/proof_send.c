/* Sends the requests of verify's own: through the API server to the caller, which sends them on. */
#include "meshctl/probe/proof.h"

#include <stdlib.h>
#include <string.h>

#include "facts_traffic.h"
#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/proxy.h"
#include "object.h"
#include "proof_reach.h"
#include "settle.h"

#define QUIET_MS 15000 /* endpoints and certificates reach proxies within seconds, or do not */
#define POLL_MS 200
#define LOOK_REQUESTS 2     /* a path, each look */
#define ASK_TIMEOUT_MS 8000 /* the caller itself gives up after 5 s */
#define ASK_PARALLEL 8      /* so few that waiting for each other is not what is measured */
#define MAX_BATCH 2000

void proof_release(struct proof *f)
{
    for (size_t i = 0; i < MESH_MAX_MEMBERS; i++) {
        path_release(&f->paths[i]);
        json_decref(f->hosts[i]);
    }
    path_release(&f->load);
    proof_targets_release(f);
    ca_roots_release(&f->roots);
    free(f->namespace_);
    free(f->caller);
    *f = (struct proof){0};
}

/* Where no gateway is for other clusters, or for the mesh's Gateways: any ready proxy, of gateways or else of
 * workloads. */
static int any_proxy(struct probe *p, bool of_gateways, json_t **ret_pod, struct error **err)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    size_t i;
    json_t *pod;
    json_array_foreach(t ? t->pods : NULL, i, pod) {
        const struct kube_ref ref = {"v1", "Pod", namespace_of(pod), name_of(pod)};
        const json_t *notes = json_dig(pod, "metadata", "annotations", NULL);
        json_auto_t *live = NULL;
        if (!json_object_get(notes, "sidecar.istio.io/status") ||
            text_equal(json_dig_str(notes, "inject.istio.io/templates", NULL), "gateway") !=
                of_gateways)
            continue;
        if (kube_get_opt(p->client, &ref, &live, err) < 0)
            return -1;
        if (!live || !proxy_is_ready(live))
            continue;
        *ret_pod = TAKE(live);
        return 0;
    }
    return 0;
}

int proof_model(struct probe *p, json_t **ret_pod, struct error **err)
{
    json_auto_t *pods = NULL;
    if (gateways_pods(p, &pods, err) < 0)
        return -1;
    *ret_pod = json_array_size(pods) ? json_incref(json_array_get(pods, 0)) : NULL;
    for (int workloads = 0; workloads <= 1 && !*ret_pod; workloads++)
        if (any_proxy(p, !workloads, ret_pod, err) < 0)
            return -1;
    return 0;
}

int proof_caller(struct probe *p, const char *namespace_, char **ret_pod, struct error **err)
{
    json_auto_t *pods = NULL;
    if (proxy_pods(p->client, namespace_, "app=caller", &pods, err) < 0)
        return -1;
    *ret_pod = mem_strdup_opt(json_dig_str(json_array_get(pods, 0), "metadata", "name", NULL));
    return 0;
}

/* ---- asking ---------------------------------------------------------------------------------- */

/* One path that is asked, and the header that says so to the caller. */
struct aim {
    struct path *path;
    const struct mesh_member *wanted; /* NULL: any */
    char *header;
};

struct aims {
    struct aim rows[MESH_MAX_MEMBERS + 1];
    size_t count;
};

static void aims_release(struct aims *a)
{
    for (size_t i = 0; i < a->count; i++)
        free(a->rows[i].header);
}

static void add_aim(struct aims *a, const struct proof *f, struct path *path,
                    const struct mesh_member *wanted)
{
    a->rows[a->count++] =
        (struct aim){path, wanted,
                     mem_printf(PATH_HOST_HEADER ": echo%s%s.%s.svc", wanted ? "-" : "",
                                wanted ? wanted->name : "", f->namespace_)};
}

/* Those that have not failed; all when `failed` too. Where one path fails, the common echo does for those
 * requests that go there: each would be waited for. */
static void aim(const struct probe *p, struct proof *f, bool failed, struct aims *ret_aims)
{
    bool any_failed = f->load.failed;
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        any_failed = any_failed || f->paths[i].failed;
        if (f->to[i] && (failed || !f->paths[i].failed))
            add_aim(ret_aims, f, &f->paths[i], &p->mesh->members[i]);
    }
    if (failed || !any_failed)
        add_aim(ret_aims, f, &f->load, NULL);
}

/* `each` requests on each path, in turn. */
static int ask(struct probe *p, const struct proof *f, const struct aims *a, size_t each,
               struct error **err)
{
    const struct kube_pod_port to = {f->namespace_, f->caller, PATH_CALLER_PORT, PATH_ANSWER_HEADER,
                                     ASK_TIMEOUT_MS};
    size_t count = a->count * each;
    AUTO_FREE const char **headers = mem_array(count, sizeof(*headers));
    struct kube_pod_answer *answers = NULL;
    for (size_t i = 0; i < count; i++)
        headers[i] = a->rows[i % a->count].header;
    if (kube_pod_ask_many(p->client, &to, headers, count, ASK_PARALLEL, &answers, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct aim *row = &a->rows[i % a->count];
        path_count(row->path, p->mesh, row->wanted, &answers[i]);
    }
    kube_pod_answers_free(answers, count);
    return 0;
}

/* ---- until it answers ------------------------------------------------------------------------ */

static void forget(struct proof *f)
{
    for (size_t i = 0; i < MESH_MAX_MEMBERS; i++)
        path_release(&f->paths[i]);
    path_release(&f->load);
}

/* Why the caller could not be asked; NULL when it could. Borrowed. */
static const struct error *unasked(const struct proof *f)
{
    for (size_t i = 0; i < MESH_MAX_MEMBERS; i++)
        if (f->paths[i].unasked)
            return f->paths[i].unasked;
    return f->load.unasked;
}

/* What is not worth waiting for is left out: what a peer does not get, or istiod does not know, since
 * something is silent. */
static char *problem_dup(const struct probe *p, const struct proof *f)
{
    const struct error *why = unasked(f);
    if (why)
        return mem_strdup(why->message);
    bool silent = false;
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        AUTO_FREE char *text = path_failures_dup(&f->paths[i]);
        silent = silent || proof_is_silent(f, i);
        if (f->paths[i].failed && !proof_is_silent(f, i))
            return mem_printf("%s to %s: %s", probe_name(p), p->mesh->members[i].name, text);
    }
    AUTO_FREE char *text = path_failures_dup(&f->load);
    return f->load.failed && !silent ? mem_printf("%s to any echo: %s", probe_name(p), text) : NULL;
}

static int settle(struct probe *p, struct proof *f, struct error **err)
{
    AUTO_SETTLE settle = {.probe = p, .quiet_ms = QUIET_MS, .poll_ms = POLL_MS};
    for (bool again = true; again;) {
        MC_CLEANUP(aims_release) struct aims aims = {0};
        forget(f);
        aim(p, f, true, &aims);
        if (ask(p, f, &aims, LOOK_REQUESTS, err) < 0)
            return -1;
        AUTO_FREE char *problem = problem_dup(p, f);
        const struct error *why = unasked(f);
        again = false;
        if (!problem || (why && why->kind == ERROR_DENIED))
            return 0;
        if (settle_wait(&settle, problem, &again, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- counting -------------------------------------------------------------------------------- */

static void tell_unasked(struct probe *p, const struct error *why)
{
    if (why->kind == ERROR_DENIED)
        finding_warn(p, "MC105", "get pods/proxy", "no request was sent: %s", why->message);
    else
        finding_warn(p, "MC736", "an answer of the caller through the API server",
                     "no request was sent: %s", why->message);
}

int proof_send(struct probe *p, struct proof *f, unsigned requests, struct error **err)
{
    MC_CLEANUP(aims_release) struct aims aims = {0};
    if (settle(p, f, err) < 0)
        return -1;
    if (unasked(f)) {
        tell_unasked(p, unasked(f));
        return 0;
    }
    /* The first ones have made connections, which is not what is measured. */
    aim(p, f, false, &aims);
    for (size_t i = 0; i < aims.count; i++)
        path_release(aims.rows[i].path);
    for (unsigned left = requests, each; aims.count && left; left -= each) {
        each = MAX_BATCH / (unsigned)aims.count;
        each = each > left ? left : each ? each : 1;
        if (ask(p, f, &aims, each, err) < 0)
            return -1;
    }
    return 0;
}
