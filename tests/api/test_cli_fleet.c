/* A fleet of which one cluster is out, as a person or a script meets it: who is in, who is out, why, and the exit
 * code; and a cluster that joins. */
#include "cli_fixture.h"

#define CHARTS " --charts " TEST_DATA_DIR "/api/charts"

static const struct fakeapi_rule denies = {.path = "/*", .fault = FAKEAPI_REPLY, .status = 403};

static int set_up_three(void **state)
{
    set_up_clusters(state);
    clusters_stop(&c);
    free(words);
    clusters_start(&c, 3);
    words = clusters_words_dup(&c);
    return 0;
}

static void the_verdict_says_who_is_out(void **state)
{
    (void)state;
    fakeapi_add(c.apis[2], &denies);
    AUTO_OUTCOME o = run_with("up --to expose", CHARTS, 4);
    says(o.err, "north check\n");
    says(o.err, "up of mesh is done in west, east; north is out: 2 of 3 clusters");
    fakeapi_clear_rules(c.apis[2]);
    AUTO_OUTCOME again = run_with("up --to expose", CHARTS, 0);
    says(again.err, "up of mesh is done: 3 clusters");
}

static void the_document_says_so_too(void **state)
{
    (void)state;
    static const bool wanted[] = {true, true, false};
    size_t i;
    json_t *cluster;
    fakeapi_add(c.apis[2], &denies);
    AUTO_OUTCOME o = run_with("up --to expose -o json", CHARTS, 4);
    json_auto_t *doc = document_of(&o, "Report");
    assert_true(json_is_false(json_object_get(doc, "ok")));
    json_array_foreach(json_object_get(doc, "clusters"), i, cluster)
        assert_int_equal(json_is_true(json_object_get(cluster, "in")), wanted[i]);
    assert_int_equal(i, 3);
    assert_string_equal(json_dig_str(doc, "errors", "0", "cluster", NULL), "north");
}

static void plan_lists_what_can_be_done(void **state)
{
    (void)state;
    fakeapi_add(c.apis[2], &denies);
    AUTO_OUTCOME o = run_with("plan --to expose", CHARTS, 4);
    says(o.out, "+ Deployment istio-system/istiod");
    says(o.err, "north is out: 2 of 3 clusters");
    assert_int_equal(clusters_writes(&c), 0);
}

static void one_joins(void **state)
{
    (void)state;
    AUTO_FREE char *all = words;
    char *north = strstr(all, " --cluster north=");
    assert_non_null(north);
    AUTO_FREE char *rest = mem_strdup(north + strlen(" --cluster "));
    words = mem_strndup(all, (size_t)(north - all));
    AUTO_OUTCOME made = run_with("up --to expose -q", CHARTS, 0);
    (void)made;
    /* "north=FILE --server north=..." */
    AUTO_FREE char *line =
        mem_printf("add %.*s --no-traffic --dry-run=server", (int)strcspn(rest, " "), rest);
    AUTO_FREE char *more = mem_printf("%s" CHARTS, rest + strcspn(rest, " "));
    AUTO_OUTCOME o = run_with(line, more, 0);
    says(o.out,
         "west\n  + Secret istio-system/istio-remote-secret-north-cluster         the token is "
         "made on the way\neast\n  + Secret istio-system/istio-remote-secret-north-cluster    "
         "     the token is made on the way\nnorth\n");
    AUTO_OUTCOME typo = run_with("add nroth", CHARTS, 64);
    says(typo.err, "add: there is no cluster \"nroth\"");
    says(typo.err, "meshctl add nroth=FILE");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up_three, tear_down_clusters)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_verdict_says_who_is_out),
        CASE(the_document_says_so_too),
        CASE(plan_lists_what_can_be_done),
        CASE(one_joins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
