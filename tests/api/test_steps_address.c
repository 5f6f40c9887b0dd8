/* What the other clusters are told of an API server is tried first: with what the cluster itself says
 * vouches for it, with what the kubeconfig knows, with the reader's token. */
#include "address.h"

#include "fakeapi_fixture.h"
#include "meshctl/base/base64.h"
#include "scratch.h"
#include "test_certs.h"

static struct fakeapi_fixture x;
static struct test_authority *stranger;
static struct mesh *mesh;
static struct steps steps;
static struct lane lanes[2];
static struct kube_config config; /* x.config's, to be changed */
static char *config_server;
static struct facts *facts;
static json_t *reader; /* Secret */
static struct strlist warnings;

static char *text_of(const char *s)
{
    return (char *)(uintptr_t)s;
}

/* The first cluster is shown to the second. */
static int set_up(void **state)
{
    (void)state;
    const struct fakeapi_fixture_options options = {.api.token = "good", .token = "good"};
    fakeapi_fixture_start(&x, &options);
    stranger = test_authority_new("stranger");
    mesh = mesh_new();
    mesh_add_member(mesh, "west", NULL, NULL);
    mesh_add_member(mesh, "east", NULL, NULL);
    config = *x.config;
    config_server = fakeapi_far_url_dup(x.api);
    config.server = config_server;
    facts = mem_zalloc(sizeof(*facts));
    memset(&steps, 0, sizeof(steps));
    memset(lanes, 0, sizeof(lanes));
    steps.mesh = mesh;
    steps.options.mesh = mesh;
    steps.lanes = lanes;
    steps.lanes_count = MC_ARRAY_LEN(lanes);
    for (size_t i = 0; i < MC_ARRAY_LEN(lanes); i++)
        lanes[i] = (struct lane){.steps = &steps, .member = &mesh->members[i], .index = i};
    lanes[0].mode = LANE_READ;
    lanes[0].config = &config;
    lanes[0].client = x.client;
    lanes[0].facts = facts;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(config_server);
    json_decref(TAKE(reader));
    free(facts);
    mesh_free(mesh);
    test_authority_free(stranger);
    strlist_release(&warnings);
    fakeapi_fixture_stop(&x);
    return 0;
}

static void hold_reader(const char *ca_pem, const char *token)
{
    AUTO_FREE char *ca = base64_encode_dup(ca_pem, strlen(ca_pem));
    AUTO_FREE char *coded = base64_encode_dup(token, strlen(token));
    reader = json_pack("{s:{s:s,s:s}}", "data", "ca.crt", ca, "token", coded);
    facts->reader_token = reader;
}

static void hold_root_ca(const char *pem)
{
    json_auto_t *map = json_pack("{s:s,s:s,s:{s:s,s:s},s:{s:s}}", "apiVersion", "v1", "kind",
                                 "ConfigMap", "metadata", "name", "kube-root-ca.crt", "namespace",
                                 "kube-system", "data", "ca.crt", pem);
    AUTO_FREE char *text = json_dumps(map, 0);
    fakeapi_put(x.api, text);
}

/* Runs the task as a plan does; its warnings are kept. */
static int run_task(plan_fn fn, struct error **err)
{
    struct plan *plan = plan_new();
    struct event_queue *events = event_queue_new();
    bool ended = false;
    plan_add_lane(plan, "west");
    plan_add_task(plan, 0, "check", fn, &lanes[0]);
    must(plan_run_start(plan, events, NULL, err), err);
    while (!ended) {
        struct event *e = event_queue_next(events, 60000);
        assert_non_null(e);
        ended = e->kind == EVENT_ENDED;
        if (e->kind == EVENT_WARNING)
            strlist_add(&warnings, e->text);
        event_free(e);
    }
    plan_run_join(plan);
    const struct error *why = plan_task_error(plan, 0);
    if (why)
        *err = error_dup(why);
    plan_free(plan);
    event_queue_free(events);
    lanes[0].task = NULL;
    return *err ? -1 : 0;
}

static void passes(void)
{
    struct error *err = NULL;
    must(run_task(task_try_address, &err), &err);
}

static void fails(const char *id, const char *says, const char *hint)
{
    struct error *err = NULL;
    int rc = run_task(task_try_address, &err);
    assert_int_equal(rc, -1);
    assert_string_equal(err->id, id);
    if (!strstr(err->hint, hint))
        fail_msg("%s", err->hint);
    refused(rc, &err, ERROR_CHECK, "west: ", says, NULL);
}

static const char *told_ca(const char *of_the_cluster)
{
    return lane_server(&lanes[0], of_the_cluster).ca_pem;
}

static const char *server_ca(void)
{
    return x.config->tls.ca_pem;
}

/* ---- with a reader's token ------------------------------------------------------------------- */

static void good_address_passes(void **state)
{
    (void)state;
    hold_reader(server_ca(), "good");
    passes();
    assert_true(lanes[0].tried);
    assert_string_equal(told_ca("cluster's"), "cluster's");
    assert_int_equal(warnings.count, 0);
    assert_int_equal(fakeapi_count(x.api, "GET", "/version"), 1);
}

static void void_token_is_refused(void **state)
{
    (void)state;
    hold_reader(server_ca(), "stale");
    fails("MC405", "refuses the token", "delete secret");
}

/* A load balancer with a certificate of its own stands in front: the kubeconfig's authority, which
 * brought us here, is the one that the others need. */
static void kubeconfigs_authority_is_shown_where_it_vouches(void **state)
{
    (void)state;
    hold_reader(test_authority_pem(stranger), "good");
    passes();
    assert_string_equal(told_ca("cluster's"), server_ca());
}

static void kubeconfigs_authority_brings_no_other_mercy(void **state)
{
    (void)state;
    hold_reader(test_authority_pem(stranger), "stale");
    fails("MC405", "refuses the token", "delete secret");
}

/* It is for the kubeconfig's address alone. */
static void address_of_the_persons_own_has_its_own_authority(void **state)
{
    (void)state;
    hold_reader(test_authority_pem(stranger), "good");
    mesh_set(&mesh->members[0].server, config_server);
    fails("MC404", "signed by an unknown authority", "--server-ca west=FILE");
    assert_string_equal(told_ca("cluster's"), "cluster's");
    mesh_set(&mesh->members[0].server_ca, server_ca());
    passes();
    assert_string_equal(told_ca("cluster's"), server_ca());
}

static void kubeconfig_that_looks_away_is_told(void **state)
{
    (void)state;
    hold_reader(test_authority_pem(stranger), "good");
    config.tls.insecure = true;
    config.tls.ca_pem = NULL;
    fails("MC404", "signed by an unknown authority", "the kubeconfig skips this check");
}

static void name_of_the_kubeconfig_is_shown(void **state)
{
    (void)state;
    hold_reader(server_ca(), "good");
    config.tls.server_name = text_of("kubernetes");
    passes();
    assert_string_equal(lane_server(&lanes[0], NULL).tls_name, "kubernetes");
    lanes[0].tried = false;
    mesh_set(&mesh->members[0].server_tls_name, "elsewhere");
    fails("MC404", "for other names", "--server-tls-name west=HOST");
}

static void address_that_is_not_reached_is_a_warning(void **state)
{
    (void)state;
    hold_reader(server_ca(), "good");
    mesh_set(&mesh->members[0].server, "https://" FAKEAPI_NAME ":1");
    passes();
    assert_int_equal(warnings.count, 1);
    assert_non_null(strstr(warnings.items[0], "Connection refused"));
    assert_true(lanes[0].tried); /* and not waited for a second time */
}

static void address_of_the_machine_itself_is_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    hold_reader(server_ca(), "good");
    config.server = x.config->server;
    int rc = run_task(task_try_address, &err);
    refused(rc, &err, ERROR_INPUT, "of the machine itself", NULL);
    assert_int_equal(fakeapi_count(x.api, NULL, "/version"), 0);
}

/* `--only` the cluster itself: nobody is told of it. */
static void address_that_nobody_is_told_is_not_asked(void **state)
{
    (void)state;
    hold_reader(test_authority_pem(stranger), "stale");
    config.server = x.config->server;
    lanes[0].mode = LANE_WRITE;
    lanes[1].mode = LANE_READ;
    passes();
    assert_int_equal(fakeapi_count(x.api, NULL, "/version"), 0);
}

/* ---- before there is one --------------------------------------------------------------------- */

static void bare_cluster_is_tried_by_its_root(void **state)
{
    (void)state;
    hold_root_ca(server_ca());
    passes();
    assert_int_equal(fakeapi_count(x.api, "GET", "/version"), 1);
    assert_false(lanes[0].tried); /* the token is still to come */
}

/* Nothing was written by then. */
static void bare_cluster_behind_another_authority_is_refused(void **state)
{
    (void)state;
    hold_root_ca(test_authority_pem(stranger));
    mesh_set(&mesh->members[0].server, config_server);
    fails("MC404", "signed by an unknown authority", "--server-ca west=FILE");
}

static void bare_cluster_without_a_root_is_tried_later(void **state)
{
    (void)state;
    passes();
    assert_int_equal(fakeapi_count(x.api, "GET", "/version"), 0);
    assert_false(lanes[0].tried);
}

static void root_that_may_not_be_read_is_no_error(void **state)
{
    (void)state;
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = "/api/v1/namespaces/kube-system/configmaps/*",
                                              .status = 403});
    passes();
    assert_int_equal(fakeapi_count(x.api, "GET", "/version"), 0);
}

/* ---- the token that was just made ------------------------------------------------------------ */

static int try_new_token(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = ctx;
    AUTO_READER r = {BUF_INIT, BUF_INIT};
    lane->task = task;
    return reader_read(lane, reader, &r, err) < 0 ? -1 : lane_try_reader(lane, &r, err);
}

static void new_token_is_tried_as_well(void **state)
{
    (void)state;
    struct error *err = NULL;
    hold_root_ca(server_ca());
    passes();
    hold_reader(server_ca(), "stale");
    int rc = run_task(try_new_token, &err);
    assert_string_equal(err->id, "MC405");
    refused(rc, &err, ERROR_CHECK, NULL);
    json_decref(TAKE(reader));
    hold_reader(server_ca(), "good");
    must(run_task(try_new_token, &err), &err);
    int asked = fakeapi_count(x.api, "GET", "/version");
    must(run_task(try_new_token, &err), &err);
    assert_int_equal(fakeapi_count(x.api, "GET", "/version"), asked);
}

static void secret_without_a_token_is_told(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_READER r = {BUF_INIT, BUF_INIT};
    json_auto_t *none = json_pack("{s:{s:s}}", "data", "ca.crt", "UEVN");
    refused(reader_read(&lanes[0], none, &r, &err), &err, ERROR_REMOTE,
            "west: Secret istio-system/", "has no usable token", NULL);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(good_address_passes),
        CASE(void_token_is_refused),
        CASE(kubeconfigs_authority_is_shown_where_it_vouches),
        CASE(kubeconfigs_authority_brings_no_other_mercy),
        CASE(address_of_the_persons_own_has_its_own_authority),
        CASE(kubeconfig_that_looks_away_is_told),
        CASE(name_of_the_kubeconfig_is_shown),
        CASE(address_that_is_not_reached_is_a_warning),
        CASE(address_of_the_machine_itself_is_refused),
        CASE(address_that_nobody_is_told_is_not_asked),
        CASE(bare_cluster_is_tried_by_its_root),
        CASE(bare_cluster_behind_another_authority_is_refused),
        CASE(bare_cluster_without_a_root_is_tried_later),
        CASE(root_that_may_not_be_read_is_no_error),
        CASE(new_token_is_tried_as_well),
        CASE(secret_without_a_token_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
