/* A run in one line a cluster. */
#include "meshctl/report/short.h"

#include "scratch.h"

#define CLUSTERS "[{\"name\":\"west\"},{\"name\":\"east\"}]"
#define ROW(id, cluster, level)                                                                    \
    "{\"id\":\"" id "\",\"cluster\":\"" cluster "\",\"level\":\"" level "\"}"
#define FOLLOWS(id, cluster)                                                                       \
    "{\"id\":\"" id "\",\"cluster\":\"" cluster "\",\"level\":\"error\",\"follows\":true}"

static void shows(const char *clusters, const char *findings, const char *errors, const char *text)
{
    json_auto_t *c = json_loads(clusters, 0, NULL);
    json_auto_t *f = findings ? json_loads(findings, 0, NULL) : NULL;
    json_auto_t *e = errors ? json_loads(errors, 0, NULL) : NULL;
    const struct report_short run = {c, f, e};
    AUTO_BUF out = BUF_INIT;
    assert_true(c && (f || !findings) && (e || !errors));
    report_short(&run, &out);
    assert_string_equal(buf_str(&out), text);
}

static void the_worst_ids_are_named_once(void **state)
{
    (void)state;
    shows(CLUSTERS,
          "[" ROW("MC201", "west", "ok") "," ROW("MC501", "west", "error") "," ROW(
              "MC210", "west", "warning") "," ROW("MC501", "west", "error") "," ROW("MC201", "east",
                                                                                    "ok") "]",
          NULL,
          "west error good=1 warning=1 error=2 MC501\n"
          "east ok good=1 warning=0 error=0\n");
    shows(CLUSTERS, "[" ROW("MC210", "east", "warning") "]", "[]",
          "west ok good=0 warning=0 error=0\n"
          "east warning good=0 warning=1 error=0 MC210\n");
}

/* A cluster in which nothing but consequences are seen names them. */
static void causes_stand_for_what_follows(void **state)
{
    (void)state;
    shows(CLUSTERS,
          "[" ROW("MC406", "west", "error") "," FOLLOWS("MC601", "west") "," FOLLOWS("MC602",
                                                                                     "east") "]",
          NULL,
          "west error good=0 warning=0 error=2 MC406\n"
          "east error good=0 warning=0 error=1 MC602\n");
}

static void a_step_that_failed_is_told_by_what_is_known_of_it(void **state)
{
    (void)state;
    shows("[{\"name\":\"west\",\"objects\":{\"created\":3,\"unchanged\":5}},{\"name\":\"east\","
          "\"objects\":{\"created\":0}}]",
          NULL,
          "[{\"cluster\":\"west\",\"kind\":\"timeout\"},{\"cluster\":\"east\",\"kind\":\"check\","
          "\"id\":\"MC104\"}]",
          "west error created=3 changed=0 unchanged=5 deleted=0 timeout\n"
          "east error MC104\n");
}

static void changes_are_counted(void **state)
{
    (void)state;
    json_auto_t *clusters = json_loads(
        "[{\"name\":\"west\",\"changes\":[{\"action\":\"create\"},{\"action\":\"create\"},"
        "{\"action\":\"record\"}]},{\"name\":\"east\",\"changes\":[]},{\"name\":\"north\"}]",
        0, NULL);
    json_auto_t *errors = json_loads("[{\"cluster\":\"north\",\"id\":\"MC106\"}]", 0, NULL);
    const struct report_short run = {clusters, NULL, errors};
    AUTO_BUF out = BUF_INIT;
    report_short_changes(&run, &out);
    assert_string_equal(buf_str(&out), "west differs create=2 update=0 delete=0 record=1\n"
                                       "east same create=0 update=0 delete=0 record=0\n"
                                       "north error create=0 update=0 delete=0 record=0 MC106\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_ids_are_named_once),
        cmocka_unit_test(causes_stand_for_what_follows),
        cmocka_unit_test(a_step_that_failed_is_told_by_what_is_known_of_it),
        cmocka_unit_test(changes_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
