/* The ingress stands at port 80, which a test cannot have: the requests take the way through
 * http_proxy to a server of the test. */
#include "meshctl/probe/traffic.h"

#include <pthread.h>
#include <stdatomic.h>

#include "scratch.h"
#include "test_server.h"

#define PATH "/api/v1/products/0/reviews"

static const char v2_west[] = "{\"id\":\"0\",\"podname\":\"reviews-v2-6b9f8-x7z\","
                              "\"clustername\":\"west-cluster\",\"reviews\":[{\"rating\":{"
                              "\"stars\":5,\"color\":\"black\"}}]}";
static const char v3_east[] = "{\"podname\":\"reviews-v3-5d-a\",\"clustername\":\"east-cluster\","
                              "\"reviews\":[{\"rating\":{\"stars\":5,\"color\":\"red\"}}]}";
static const char v3_no_stars[] =
    "{\"podname\":\"reviews-v3-5d-a\",\"clustername\":\"east-cluster\",\"reviews\":[{\"rating\":{"
    "\"error\":\"Ratings service is currently unavailable\"}}]}";
static const char v1_east[] = "{\"podname\":\"reviews-v1-5f-a\",\"clustername\":\"east-cluster\","
                              "\"reviews\":[{\"reviewer\":\"Reviewer1\",\"text\":\"...\"}]}";
static const char v2_without_cluster[] = "{\"podname\":\"reviews\",\"reviews\":[]}";

struct answers {
    const struct answer {
        int status; /* 0: the connection is cut */
        const char *body;
    } * list;
    size_t count, next;
    pthread_mutex_t lock;
    bool bad_target;
};

static bool answer_next(void *ctx, struct test_conn *conn, const struct test_request *request)
{
    struct answers *a = ctx;
    pthread_mutex_lock(&a->lock);
    const struct answer *answer = &a->list[a->next++ % a->count];
    a->bad_target |= strcmp(request->target, "http://ingress.test" PATH) != 0 &&
                     strcmp(request->target, "http://ingress.test/productpage") != 0;
    pthread_mutex_unlock(&a->lock);
    if (answer->status == 0) {
        test_conn_reset(conn);
        return false;
    }
    return test_conn_reply(conn, answer->status, NULL, answer->body);
}

struct ingress {
    struct answers answers;
    struct test_server *server;
};

static void ingress_start(struct ingress *in, const struct answer *list, size_t count)
{
    in->answers = (struct answers){.list = list, .count = count};
    pthread_mutex_init(&in->answers.lock, NULL);
    struct test_server_options options = {.handler = answer_next, .ctx = &in->answers};
    in->server = test_server_start(&options);
    setenv("http_proxy", test_server_url(in->server), 1);
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
}

static void ingress_stop(struct ingress *in)
{
    test_server_stop(in->server);
    assert_false(in->answers.bad_target);
    pthread_mutex_destroy(&in->answers.lock);
    unsetenv("http_proxy");
}

static unsigned count_of(const struct traffic *t, const char *version, const char *cluster,
                         const char *color)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->rows[i].version, version) == 0 && strcmp(t->rows[i].cluster, cluster) == 0 &&
            strcmp(t->rows[i].color, color) == 0)
            return t->rows[i].count;
    return 0;
}

static void counts_who_answered(void **state)
{
    (void)state;
    static const struct answer list[] = {
        {200, v2_west}, {200, v3_east}, {200, v2_west}, {200, v3_no_stars}};
    struct error *err = NULL;
    struct ingress in;
    AUTO_TRAFFIC t = {0};
    ingress_start(&in, list, MC_ARRAY_LEN(list));
    must(traffic_send("ingress.test", 8, NULL, NULL, &t, &err), &err);
    assert_int_equal(t.requests, 8);
    assert_int_equal(t.failed, 0);
    assert_int_equal(t.no_stars, 2);
    assert_int_equal(t.count, 3);
    assert_int_equal(count_of(&t, "reviews-v2", "west-cluster", "black"), 4);
    assert_int_equal(count_of(&t, "reviews-v3", "east-cluster", "red"), 2);
    assert_int_equal(count_of(&t, "reviews-v3", "east-cluster", ""), 2);
    assert_int_equal(traffic_from(&t, "east-cluster"), 4);
    assert_int_equal(traffic_from(&t, "north-cluster"), 0);
    must(traffic_send("ingress.test", 4, NULL, NULL, &t, &err), &err); /* goes on counting */
    assert_int_equal(t.requests, 12);
    assert_int_equal(t.count, 3);
    ingress_stop(&in);
}

/* The first version of reviews shows no stars in any mesh: Istio's own sample has it everywhere. */
static void version_without_ratings_needs_no_stars(void **state)
{
    (void)state;
    static const struct answer list[] = {{200, v1_east}, {200, v3_no_stars}};
    struct error *err = NULL;
    struct ingress in;
    AUTO_TRAFFIC t = {0};
    ingress_start(&in, list, MC_ARRAY_LEN(list));
    must(traffic_send("ingress.test", 4, NULL, NULL, &t, &err), &err);
    assert_int_equal(t.failed, 0);
    assert_int_equal(t.no_stars, 2);
    assert_int_equal(traffic_from(&t, "east-cluster"), 4);
    ingress_stop(&in);
}

/* Istio's own manifests give reviews no CLUSTER_NAME: its Java says "null" then. */
static void cluster_is_known_by_the_pod(void **state)
{
    (void)state;
    static const struct answer list[] = {
        {200, "{\"podname\":\"reviews-v2-6b-x\",\"clustername\":\"null\"}"},
        {200, "{\"podname\":\"reviews-v3-5d-a\",\"clustername\":null}"},
        {200, "{\"podname\":\"reviews-v3-5d-a\"}"},
        {200, "{\"podname\":\"reviews-v3-5d-a\",\"clustername\":\"north-cluster\"}"},
        {200, "{\"podname\":\"reviews-0\",\"clustername\":\"\"}"},
        {200, "{\"podname\":\"reviews-v9-7e-b\",\"clustername\":\"null\"}"},
    };
    json_auto_t *pods = json_pack("{s:s, s:s, s:n}", "reviews-v2-6b-x", "west-cluster",
                                  "reviews-v3-5d-a", "east-cluster", "reviews-0");
    struct error *err = NULL;
    struct ingress in;
    AUTO_TRAFFIC t = {0};
    ingress_start(&in, list, MC_ARRAY_LEN(list));
    must(traffic_send("ingress.test", MC_ARRAY_LEN(list), pods, NULL, &t, &err), &err);
    assert_int_equal(t.failed, 0);
    assert_int_equal(traffic_from(&t, "west-cluster"), 1);
    assert_int_equal(traffic_from(&t, "east-cluster"), 2);
    assert_int_equal(traffic_from(&t, "north-cluster"), 1);
    assert_int_equal(traffic_from(&t, ""), 2);
    ingress_stop(&in);
}

static void failures_are_counted_not_errors(void **state)
{
    (void)state;
    static const struct answer list[] = {
        {503, "no healthy upstream"}, {200, "<html>"}, {200, "{}"}, {200, v2_without_cluster}};
    struct error *err = NULL;
    struct ingress in;
    AUTO_TRAFFIC t = {0};
    ingress_start(&in, list, MC_ARRAY_LEN(list));
    must(traffic_send("ingress.test", 4, NULL, NULL, &t, &err), &err);
    assert_int_equal(t.requests, 4);
    assert_int_equal(t.failed, 3);
    assert_int_equal(count_of(&t, "HTTP 503", "", ""), 1);
    assert_int_equal(count_of(&t, "an answer without podname", "", ""), 2);
    assert_int_equal(count_of(&t, "reviews", "", ""), 1);
    assert_int_equal(traffic_from(&t, "west-cluster"), 0);
    ingress_stop(&in);
}

static void cut_connections_are_counted(void **state)
{
    (void)state;
    static const struct answer list[] = {{0, ""}};
    struct error *err = NULL;
    struct ingress in;
    AUTO_TRAFFIC t = {0};
    ingress_start(&in, list, 1);
    must(traffic_send("ingress.test", 3, NULL, NULL, &t, &err), &err);
    assert_int_equal(t.requests, 3);
    assert_int_equal(t.failed, 3);
    assert_true(t.count >= 1);
    assert_string_equal(t.rows[0].cluster, "");
    assert_true(strlen(t.rows[0].version) > 10 && strlen(t.rows[0].version) <= 120);
    ingress_stop(&in);
}

/* A server that says something else each time cannot fill the memory. */
static bool say_another(void *ctx, struct test_conn *conn, const struct test_request *request)
{
    static atomic_int n;
    (void)ctx;
    (void)request;
    AUTO_FREE char *body =
        mem_printf("{\"podname\":\"a-b%d-c\",\"clustername\":\"x\"}", atomic_fetch_add(&n, 1));
    return test_conn_reply(conn, 200, NULL, body);
}

static void different_answers_are_bounded(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_TRAFFIC t = {0};
    struct test_server_options options = {.handler = say_another};
    struct test_server *server = test_server_start(&options);
    setenv("http_proxy", test_server_url(server), 1);
    must(traffic_send("ingress.test", TRAFFIC_MAX_ANSWERS + 20, NULL, NULL, &t, &err), &err);
    assert_int_equal(t.requests, TRAFFIC_MAX_ANSWERS + 20);
    assert_int_equal(t.count, TRAFFIC_MAX_ANSWERS);
    unsetenv("http_proxy");
    test_server_stop(server);
}

static void page_needs_reviews_on_it(void **state)
{
    (void)state;
    static const struct answer good[] = {{200, "<b>Reviews served by: reviews-v2-6b9f8</b>"}};
    static const struct answer none[] = {{200, "Sorry, product reviews are unavailable"}};
    static const struct answer bad[] = {{404, "reviews-v2"}};
    struct error *err = NULL;
    struct ingress in;
    ingress_start(&in, good, 1);
    must(traffic_page("ingress.test", NULL, &err), &err);
    ingress_stop(&in);
    ingress_start(&in, none, 1);
    refused(traffic_page("ingress.test", NULL, &err), &err, ERROR_CHECK,
            "http://ingress.test/productpage", "without reviews", NULL);
    ingress_stop(&in);
    ingress_start(&in, bad, 1);
    refused(traffic_page("ingress.test", NULL, &err), &err, ERROR_CHECK, "HTTP 404", NULL);
    ingress_stop(&in);
}

static void interrupted_is_an_error(void **state)
{
    (void)state;
    static const struct answer list[] = {{200, v2_west}};
    struct error *err = NULL;
    struct cancel cancel;
    struct ingress in;
    AUTO_TRAFFIC t = {0};
    assert_int_equal(cancel_init(&cancel), 0);
    cancel_set(&cancel);
    ingress_start(&in, list, 1);
    refused(traffic_send("ingress.test", 4, NULL, &cancel, &t, &err), &err, ERROR_CANCELLED, NULL);
    ingress_stop(&in);
    cancel_release(&cancel);
}

static void told_as_text_and_as_data(void **state)
{
    (void)state;
    struct traffic_row rows[] = {
        {(char[]){"reviews-v2"}, (char[]){"west-cluster"}, (char[]){"black"}, 21},
        {(char[]){"reviews-v3"}, (char[]){"east-cluster"}, (char[]){""}, 18},
        {(char[]){"HTTP 503"}, (char[]){""}, (char[]){""}, 1}};
    struct traffic t = {.rows = rows, .count = 3, .requests = 40, .failed = 1, .no_stars = 18};
    AUTO_FREE char *text = traffic_text_dup(&t);
    assert_string_equal(text, "reviews-v2 west-cluster 21, reviews-v3 east-cluster 18, HTTP 503 1");
    json_auto_t *data = traffic_json(&t);
    AUTO_FREE char *json = json_write_dup(data, 0);
    assert_string_equal(
        json,
        "{\"answers\":["
        "{\"cluster\":\"west-cluster\",\"count\":21,\"stars\":\"black\",\"version\":\"reviews-v2\"}"
        ","
        "{\"cluster\":\"east-cluster\",\"count\":18,\"stars\":\"\",\"version\":\"reviews-v3\"},"
        "{\"cluster\":\"\",\"count\":1,\"stars\":\"\",\"version\":\"HTTP 503\"}],"
        "\"failed\":1,\"requests\":40,\"withoutStars\":18}");
    struct traffic none = {0};
    AUTO_FREE char *nothing = traffic_text_dup(&none);
    assert_string_equal(nothing, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_who_answered),
        cmocka_unit_test(version_without_ratings_needs_no_stars),
        cmocka_unit_test(cluster_is_known_by_the_pod),
        cmocka_unit_test(failures_are_counted_not_errors),
        cmocka_unit_test(cut_connections_are_counted),
        cmocka_unit_test(different_answers_are_bounded),
        cmocka_unit_test(page_needs_reviews_on_it),
        cmocka_unit_test(interrupted_is_an_error),
        cmocka_unit_test(told_as_text_and_as_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
