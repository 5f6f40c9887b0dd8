#include "steps_fixture.h"

#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/pki/cert.h"
#include "meshctl/plan/plan.h"
#include "scratch.h"

#define RUN_TIMEOUT_MS 60000

/* ---- clusters -------------------------------------------------------------------------------- */

static char *pem_dup(const struct pki_cert *cert, const struct pki_key *key)
{
    struct buf text = BUF_INIT;
    struct error *err = NULL;
    int rc = cert ? pki_cert_write(&text, cert, &err) : pki_key_write(&text, key, &err);
    must(rc, &err);
    return buf_detach(&text, NULL);
}

/* A root with an intermediate, made once: Secret cacerts of every cluster. */
static char *cacerts;

static void make_cacerts(void)
{
    MC_CLEANUP(pki_key_cleanup) struct pki_key *root_key = NULL;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *root = NULL;
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *cert = NULL;
    MC_CLEANUP(mesh_cleanup) struct mesh *m = mesh_new();
    struct pki_profile profile = {
        .key_bits = 2048, .days = 1, .is_ca = true, .path_length = -1, .key_usage_critical = true};
    struct error *err = NULL;
    strlist_add(&profile.subject, "O=Istio");
    strlist_add(&profile.key_usage, "keyCertSign");
    must(pki_key_new(2048, &root_key, &err), &err);
    must(pki_key_new(2048, &key, &err), &err);
    must(pki_cert_issue(&profile, root_key, NULL, NULL, &root, &err), &err);
    strlist_add(&profile.subject, "CN=Intermediate CA");
    must(pki_cert_issue(&profile, key, root, root_key, &cert, &err), &err);
    pki_profile_release(&profile);
    AUTO_FREE char *root_pem = pem_dup(root, NULL);
    AUTO_FREE char *cert_pem = pem_dup(cert, NULL);
    AUTO_FREE char *key_pem = pem_dup(NULL, key);
    AUTO_FREE char *chain = mem_printf("%s%s", cert_pem, root_pem);
    json_auto_t *secret = mesh_cacerts(m, cert_pem, key_pem, root_pem, chain);
    cacerts = json_dumps(secret, 0);
}

static void free_cacerts(void) __attribute__((destructor));
static void free_cacerts(void)
{
    free(cacerts);
}

static void start_one(struct clusters *c, const char *name)
{
    struct error *err = NULL;
    struct fakeapi *api = c->apis[c->count] = fakeapi_start(NULL);
    AUTO_FREE char *path = mem_printf("%s/%s.kubeconfig", c->folder, name);
    AUTO_FREE char *server = fakeapi_far_url_dup(api);
    AUTO_FREE char *config = fakeapi_kubeconfig_dup(api, NULL);
    struct kube_config *loaded = fakeapi_config(api, NULL);
    must(fs_write(path, config, strlen(config), 0600, &err), &err);
    fakeapi_put(api, "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":"
                     "\"istio-system\"}}");
    fakeapi_put(api, cacerts);
    size_t at = mesh_add_member(c->mesh, name, path, NULL);
    mesh_set(&c->mesh->members[at].server, server);
    mesh_set(&c->mesh->members[at].server_ca, loaded->tls.ca_pem);
    kube_config_free(loaded);
    c->count++;
}

void clusters_start(struct clusters *c, size_t count)
{
    static const char *const names[] = {"west",  "east",  "north", "south",
                                        "tokyo", "osaka", "paris", "cairo"};
    *c = (struct clusters){.mesh = mesh_new(), .folder = "/tmp/meshctl-steps-XXXXXX"};
    if (!cacerts)
        make_cacerts();
    if (!mkdtemp(c->folder) || chdir(c->folder) < 0)
        abort();
    while (c->count < count) {
        AUTO_FREE char *other = mem_printf("c%zu", c->count + 1);
        start_one(c, c->count < MC_ARRAY_LEN(names) ? names[c->count] : other);
    }
}

char *clusters_words_dup(const struct clusters *c)
{
    AUTO_STRLIST words = STRLIST_INIT;
    for (size_t i = 0; i < c->count; i++) {
        const struct mesh_member *m = &c->mesh->members[i];
        struct error *err = NULL;
        AUTO_FREE char *file = mem_printf("%s.pem", m->name);
        must(fs_write(file, m->server_ca, strlen(m->server_ca), 0600, &err), &err);
        strlist_addf(&words, "--cluster %s=%s --server %s=%s --server-ca %s=%s", m->name,
                     m->kubeconfig, m->name, m->server, m->name, file);
    }
    return strlist_join_dup(&words, " ");
}

void clusters_stop(struct clusters *c)
{
    for (size_t i = 0; i < c->count; i++)
        fakeapi_stop(c->apis[i]);
    mesh_free(c->mesh);
    if (chdir("/") < 0)
        abort();
    remove_tree(c->folder);
}

/* ---- runs ------------------------------------------------------------------------------------ */

const struct steps_options up_options = {.from = STEP_CA, .to = STEP_EXPOSE};
const struct steps_options plan_options = {.from = STEP_CA, .to = STEP_EXPOSE, .list_only = true};
const struct steps_options down_options = {
    .verb = STEPS_DOWN, .from = STEP_CA, .to = STEP_VERIFY, .list_only = true};

static void note(struct run_result *o, const struct event *e)
{
    if (e->kind == EVENT_FAILED)
        strlist_addf(&o->events, "%s %s failed: %s", e->cluster, e->step, e->error->message);
    else if (e->text && e->cluster)
        strlist_addf(&o->events, "%s %s %s: %s", e->cluster, e->step, event_kind_name(e->kind),
                     e->text);
}

static void run_plan(struct run_result *o)
{
    struct plan *plan = steps_plan(o->steps);
    struct event_queue *queue = event_queue_new();
    struct error *err = NULL;
    bool ended = false;
    must(plan_run_start(plan, queue, o->cancel, &err), &err);
    while (!ended) {
        struct event *e = event_queue_next(queue, 2 * RUN_TIMEOUT_MS);
        if (!e) {
            fprintf(stderr, "fixture: nothing happens any more\n");
            abort();
        }
        note(o, e);
        ended = e->kind == EVENT_ENDED;
        event_free(e);
    }
    plan_run_join(plan);
    (void)!steps_end(o->steps, &err);
    for (int i = 0; i < plan_tasks(plan) && !o->error; i++)
        o->error = error_dup(plan_task_error(plan, i));
    if (o->error)
        error_free(err);
    else
        o->error = err;
    json_decref(o->changes);
    json_decref(o->report);
    o->changes = steps_changes(o->steps);
    o->report = steps_report(o->steps);
    event_queue_free(queue);
}

void run_steps(const struct clusters *c, const struct steps_options *options,
               struct run_result *ret)
{
    struct steps_options own = *options;
    *ret = (struct run_result){.cancel = options->cancel};
    if (cancel_init(&ret->own_cancel) < 0)
        abort();
    if (!ret->cancel)
        ret->cancel = &ret->own_cancel;
    own.mesh = c->mesh;
    own.charts = own.charts ? own.charts : TEST_DATA_DIR "/api/charts";
    own.ca_dir = "ca";
    own.timeout_ms = own.timeout_ms ? own.timeout_ms : RUN_TIMEOUT_MS;
    own.cancel = ret->cancel;
    if (steps_new(&own, &ret->steps, &ret->error) == 0)
        run_plan(ret);
}

void run_proceed(struct run_result *o)
{
    if (steps_proceed(o->steps, &o->error) == 0)
        run_plan(o);
}

void run_result_release(struct run_result *o)
{
    steps_free(o->steps);
    cancel_release(&o->own_cancel);
    strlist_release(&o->events);
    error_free(o->error);
    json_decref(o->changes);
    json_decref(o->report);
}

/* ---- looking --------------------------------------------------------------------------------- */

static bool has_written(const char *request)
{
    static const char *const methods[] = {"POST ", "PUT ", "PATCH ", "DELETE "};
    AUTO_FREE char *line = mem_strndup(request, strcspn(request, "\n"));
    for (size_t i = 0; i < MC_ARRAY_LEN(methods); i++)
        if (strncmp(line, methods[i], strlen(methods[i])) == 0)
            return !strstr(line, "selfsubjectaccessreviews") && !strstr(line, "dryRun=All") &&
                   !strstr(line, "/leases");
    return false;
}

int clusters_writes(const struct clusters *c)
{
    int count = 0;
    for (size_t i = 0; i < c->count; i++) {
        char *request;
        for (int n = 0; (request = fakeapi_request_dup(c->apis[i], NULL, "/*", n)); n++) {
            count += has_written(request);
            free(request);
        }
    }
    return count;
}

const json_t *change_of(const json_t *changes, const char *cluster, const char *kind,
                        const char *name)
{
    size_t i, k;
    json_t *one, *change;
    json_array_foreach(json_object_get(changes, "clusters"), i, one)
        json_array_foreach(json_object_get(one, "changes"), k, change)
            if (text_equal(json_dig_str(one, "name", NULL), cluster) &&
                text_equal(json_dig_str(change, "kind", NULL), kind) &&
                text_equal(json_dig_str(change, "name", NULL), name))
                return change;
    return NULL;
}

char *counts_dup(const json_t *changes)
{
    static const char *const names[] = {"create", "update", "delete", "record"};
    AUTO_STRLIST texts = STRLIST_INIT;
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++)
        strlist_addf(&texts, "%s %lld", names[i],
                     (long long)json_dig_int(changes, -1, "counts", names[i], NULL));
    return strlist_join_dup(&texts, ", ");
}

bool has_event(const struct run_result *o, const char *part)
{
    for (size_t i = 0; i < o->events.count; i++)
        if (strstr(o->events.items[i], part))
            return true;
    return false;
}

void run_ended_well(const struct run_result *o)
{
    if (o->error)
        fail_msg("%s", o->error->message);
}

void clusters_up(const struct clusters *c)
{
    AUTO_RUN_RESULT o = {0};
    run_steps(c, &up_options, &o);
    run_ended_well(&o);
}

void secret_change_is(const struct run_result *o, const char *name, const char *action,
                      const char *why)
{
    const json_t *change = change_of(o->changes, "west", "Secret", name);
    assert_non_null(change);
    assert_string_equal(json_dig_str(change, "action", NULL), action);
    if (!strstr(json_dig_str(change, "why", NULL), why))
        fail_msg("%s", json_dig_str(change, "why", NULL));
}
