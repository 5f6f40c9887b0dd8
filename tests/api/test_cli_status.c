/* status as a person or a script meets it: the same exit code in every form, one line in short, and
 * nothing written. */
#include "steps_fixture.h"
#include "support.h"

static struct clusters c;
static char *words; /* of the clusters */

static int set_up(void **state)
{
    (void)state;
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TERM", "dumb", 1);
    unsetenv("KUBECONFIG");
    setlocale(LC_CTYPE, "");
    clusters_start(&c, 2);
    words = clusters_words_dup(&c);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(words);
    clusters_stop(&c);
    return 0;
}

static struct outcome run(const char *line, int code)
{
    AUTO_FREE char *whole = mem_printf("meshctl %s --window 10ms %s", line, words);
    struct outcome o = run_line(whole);
    if (o.code != code)
        fail_msg("%s: exit code %d, wanted %d: %s%s", line, o.code, code, o.out, o.err);
    return o;
}

static void says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not said: %s", part, text);
}

static void every_form_has_the_same_code(void **state)
{
    (void)state;
    static const struct {
        const char *line, *part;
    } rows[] = {
        {"status", "✗ west cluster: west-cluster\n"},
        {"status -o wide", "✗ MC604 west: no istiod is ready: "},
        {"status -o short", "mesh error clusters=0/2 links="},
        {"status -o json", "\"kind\": \"MeshStatus\""},
        {"status -o jsonl", "\"kind\":\"MeshStatus\""},
        {"status -o yaml", "kind: MeshStatus\n"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_OUTCOME bad = run(rows[i].line, 1);
        says(bad.out, rows[i].part);
        assert_string_equal(bad.err, "");
    }
    fakeapi_add(c.apis[1], &(struct fakeapi_rule){.path = "*", .status = 403});
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_OUTCOME away = run(rows[i].line, 4);
        says(away.out, rows[i].part);
    }
    assert_int_equal(clusters_writes(&c), 0);
}

static void what_it_came_to_is_the_last_line(void **state)
{
    (void)state;
    AUTO_OUTCOME o = run("status", 1);
    says(o.out, "\nnot healthy: ");
    says(o.out, "\nNext: meshctl check --cluster west=");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_form_has_the_same_code),
        CASE(what_it_came_to_is_the_last_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
