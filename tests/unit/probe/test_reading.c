/* istiod's counter of failed requests, in the text that Prometheus reads. */
#include "reading.h"

#include "scratch.h"

static void only_that_cluster_counts(void **state)
{
    (void)state;
    static const char metrics[] =
        "# HELP controller_sync_errors_total Total number of errorMetric syncing controllers.\n"
        "# TYPE controller_sync_errors_total counter\n"
        "controller_sync_errors_total{cluster=\"east\"} 12\n"
        "controller_sync_errors_total{cluster=\"east-2\"} 7\n"
        "controller_sync_errors_total{more=\"x\",cluster=\"east\"} 1e+03\n"
        "other_total{cluster=\"east\"} 5\n";
    assert_true(reading_failures(metrics, "east") == 1012);
    assert_true(reading_failures(metrics, "east-2") == 7);
    assert_true(reading_failures(metrics, "west") == 0);
}

static void what_is_no_counter_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "\n\n",
                                        "controller_sync_errors_total{",
                                        "controller_sync_errors_total{cluster=\"east\"",
                                        "controller_sync_errors_total{cluster=\"east\"} x",
                                        "controller_sync_errors_total 3"};
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++)
        assert_true(reading_failures(texts[i], "east") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_that_cluster_counts),
        cmocka_unit_test(what_is_no_counter_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
