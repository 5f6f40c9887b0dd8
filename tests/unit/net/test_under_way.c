/* What is under way is told by a line each, cleaned and cut; a thread that does not come back is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sys/wait.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "under_way.h"

static char *told_dup(void)
{
    char text[64 * 1024];
    int fds[2];
    int status = 0;
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(fds[1], STDERR_FILENO);
        under_way_leave("", 7);
    }
    close(fds[1]);
    ssize_t len = 0, n;
    while ((n = read(fds[0], text + len, sizeof(text) - (size_t)len)) > 0)
        len += n;
    close(fds[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 7);
    return mem_strndup(text, (size_t)len);
}

static void what_is_under_way_is_told(void **state)
{
    (void)state;
    struct under_way *a = under_way_begin(), *b = under_way_begin();
    under_way_name(a, "west", "GET", "https://host/\033[31mversion");
    under_way_name(b, NULL, "GET", "https://first/");
    under_way_name(b, NULL, "POST", "https://second/");
    AUTO_FREE char *both = told_dup();
    assert_string_equal(both, "west: GET https://host/\\u001b[31mversion\nPOST https://second/\n");
    under_way_end(a);
    AUTO_FREE char *rest = told_dup();
    assert_string_equal(rest, "POST https://second/\n");
    under_way_end(b);
    AUTO_FREE char *none = told_dup();
    assert_string_equal(none, "");
}

static void lines_and_their_number_are_bounded(void **state)
{
    (void)state;
    struct under_way *taken[100];
    AUTO_BUF url = BUF_INIT;
    buf_pad(&url, 'x', 5000);
    for (size_t i = 0; i < MC_ARRAY_LEN(taken); i++) {
        taken[i] = under_way_begin();
        under_way_name(taken[i], "west", "GET", buf_str(&url));
        under_way_beat(taken[i]);
    }
    assert_non_null(taken[0]);
    assert_null(taken[MC_ARRAY_LEN(taken) - 1]);
    AUTO_FREE char *told = told_dup();
    assert_int_equal(strcspn(told, "\n"), 238);
    for (size_t i = 0; i < MC_ARRAY_LEN(taken); i++)
        under_way_end(taken[i]);
}

static void who_does_not_come_back_is_seen(void **state)
{
    (void)state;
    struct under_way *u = under_way_begin();
    under_way_name(u, "west", "GET", "https://host/");
    assert_false(under_way_is_stuck(10000));
    clock_sleep(30, NULL);
    assert_true(under_way_is_stuck(20));
    under_way_beat(u);
    assert_false(under_way_is_stuck(20));
    clock_sleep(30, NULL);
    under_way_end(u);
    assert_false(under_way_is_stuck(20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_under_way_is_told),
        cmocka_unit_test(lines_and_their_number_are_bounded),
        cmocka_unit_test(who_does_not_come_back_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
