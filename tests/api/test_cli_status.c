/* status as a person or a script meets it: the same exit code in every form, one line in short, and
 * nothing written. */
#include "cli_fixture.h"

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
        AUTO_OUTCOME bad = run_with(rows[i].line, " --window 10ms", 1);
        says(bad.out, rows[i].part);
        assert_string_equal(bad.err, "");
    }
    fakeapi_add(c.apis[1], &(struct fakeapi_rule){.path = "*", .status = 403});
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_OUTCOME away = run_with(rows[i].line, " --window 10ms", 4);
        says(away.out, rows[i].part);
    }
    assert_int_equal(clusters_writes(&c), 0);
}

static void what_it_came_to_is_the_last_line(void **state)
{
    (void)state;
    AUTO_OUTCOME o = run_with("status", " --window 10ms", 1);
    says(o.out, "\nnot healthy: ");
    says(o.out, "\nNext: meshctl check --cluster west=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_CLUSTERS(every_form_has_the_same_code),
        ON_CLUSTERS(what_it_came_to_is_the_last_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
