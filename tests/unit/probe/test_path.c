/* What a caller says of its requests, taken apart and counted. */
#include "meshctl/probe/path.h"

#include "scratch.h"

static struct mesh *mesh;

static int set_up(void **state)
{
    (void)state;
    mesh = mesh_new();
    mesh_add_member(mesh, "west", NULL, NULL);
    mesh_add_member(mesh, "east", NULL, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mesh_free(mesh);
    return 0;
}

static bool reads(const char *text, struct path_answer *ret)
{
    static char copy[512];
    snprintf(copy, sizeof(copy), "%s", text);
    return path_answer_read(copy, ret);
}

static void an_answer_is_taken_apart(void **state)
{
    (void)state;
    struct path_answer a;
    assert_true(
        reads("west - 200 5 east echo-6489c47-n4dmq By=spiffe://td/ns/n/sa/verify;Hash=495d;"
              "Subject=\"\";URI=spiffe://td/ns/n/sa/caller",
              &a));
    assert_int_equal(a.status, 200);
    assert_int_equal(a.ms, 5);
    assert_string_equal(a.flags, "-");
    assert_string_equal(a.member, "east");
    assert_string_equal(a.server, "spiffe://td/ns/n/sa/verify");
    assert_string_equal(a.client, "spiffe://td/ns/n/sa/caller");
    /* Another proxy may have added its own element. */
    assert_true(reads("west - 200 5 east pod URI=a,By=b;URI=c", &a));
    assert_string_equal(a.client, "a");
    assert_null(a.server);
}

static void an_answer_of_no_echo_names_none(void **state)
{
    (void)state;
    struct path_answer a;
    assert_true(reads("west UH 0 ", &a));
    assert_int_equal(a.status, 0);
    assert_int_equal(a.ms, -1);
    assert_string_equal(a.flags, "UH");
    assert_null(a.member);
    assert_true(reads("west - 200 0 east echo-1 -", &a));
    assert_int_equal(a.ms, 0);
    assert_string_equal(a.member, "east");
    assert_null(a.server);
    assert_false(reads("", &a));
    assert_false(reads("west", &a));
    assert_false(reads("west UH", &a));
    assert_false(reads("west - x 3 east pod", &a));
}

static void count(struct path *p, const struct mesh_member *wanted, const char *text)
{
    struct kube_pod_answer answer = {.status = 503, .mark = mem_strdup(text)};
    path_count(p, mesh, wanted, &answer);
    free(answer.mark);
}

static void what_fails_is_counted_by_what_it_was(void **state)
{
    (void)state;
    MC_CLEANUP(path_release) struct path p = {0};
    const struct mesh_member *east = &mesh->members[1];
    count(&p, east, "west - 200 1 east e By=b;URI=u");
    count(&p, east, "west UH 0 ");
    count(&p, east, "west UH 0 ");
    count(&p, east, "west - 504 - -");
    count(&p, east, "west - 200 1 west e By=b;URI=u");  /* the wrong one */
    count(&p, east, "west - 200 1 north e By=b;URI=u"); /* nobody of the mesh */
    assert_int_equal(p.requests, 6);
    assert_int_equal(p.failed, 5);
    assert_int_equal(p.answered[1], 1);
    AUTO_FREE char *text = path_failures_dup(&p);
    assert_string_equal(text, "HTTP 503 UH (2), HTTP 504 (1), answered by west (1), HTTP 200 (1)");
    assert_int_equal(p.plain, 0);
    count(&p, east, "west - 200 1 east e -");
    assert_int_equal(p.plain, 1);
    for (int i = 0; i < 2 * PATH_MAX_FAILURES; i++) {
        AUTO_FREE char *one = mem_printf("west - %d - -", 600 + i);
        count(&p, east, one);
    }
    assert_int_equal(p.failures_count, PATH_MAX_FAILURES);
    assert_int_equal(p.failed, 5 + 2 * PATH_MAX_FAILURES);
}

static void what_never_came_to_the_caller_is_no_request(void **state)
{
    (void)state;
    MC_CLEANUP(path_release) struct path p = {0};
    struct kube_pod_answer answer = {0};
    error_set(&answer.error, ERROR_REMOTE, "no way");
    path_count(&p, mesh, NULL, &answer);
    assert_null(answer.error);
    assert_int_equal(p.requests, 0);
    assert_string_equal(p.unasked->message, "no way");
}

static void the_common_echo_is_answered_by_any(void **state)
{
    (void)state;
    MC_CLEANUP(path_release) struct path p = {0};
    count(&p, NULL, "west - 200 1 east e By=b;URI=u");
    count(&p, NULL, "west - 200 1 west e By=b;URI=u");
    assert_int_equal(p.failed, 0);
    assert_int_equal(p.answered[0], 1);
    assert_int_equal(p.answered[1], 1);
}

/* By nearest rank: of 100 times 1..100 the 99th is 99, of one time it is that one. */
static void percentiles(void **state)
{
    (void)state;
    MC_CLEANUP(path_release) struct path p = {0};
    assert_int_equal(path_percentile(&p, 50), -1);
    count(&p, NULL, "west - 200 7 east e By=b;URI=u");
    assert_int_equal(path_percentile(&p, 50), 7);
    assert_int_equal(path_percentile(&p, 99), 7);
    path_release(&p);
    for (int i = 100; i > 0; i--) {
        AUTO_FREE char *text = mem_printf("west - 200 %d east e By=b;URI=u", i);
        count(&p, NULL, text);
    }
    assert_int_equal(path_percentile(&p, 50), 50);
    assert_int_equal(path_percentile(&p, 99), 99);
    json_auto_t *json = path_json(&p);
    assert_int_equal(json_dig_int(json, 0, "p99Ms", NULL), 99);
    assert_string_equal(json_dig_str(json, "serverIdentity", NULL), "b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_taken_apart),
        cmocka_unit_test(an_answer_of_no_echo_names_none),
        cmocka_unit_test(what_fails_is_counted_by_what_it_was),
        cmocka_unit_test(what_never_came_to_the_caller_is_no_request),
        cmocka_unit_test(the_common_echo_is_answered_by_any),
        cmocka_unit_test(percentiles),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
