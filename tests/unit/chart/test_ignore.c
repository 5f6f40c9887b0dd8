/* .helmignore. Expected values are those of Helm's own tests. */
#include "charts.h"

#include "ignore.h"

/* helm pkg/ignore/rules_test.go TestIgnore. */
static void helmignore(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *path;
        bool is_dir, ignored;
    } rows[] = {
        {"helm.txt", "helm.txt", false, true},
        {"helm.*", "helm.txt", false, true},
        {"helm.*", "rudder.txt", false, false},
        {"*.txt", "tiller.txt", false, true},
        {"*", "helm.txt", false, true},
        {"*", "x", true, true},
        {"?helm.txt", "helm.txt", false, false},
        {"cargo", "cargo", true, true},
        {"cargo/", "cargo", true, true},
        {"cargo/", "mast/cargo", true, true},
        {"cargo/", "cargo", false, false},
        {"cargo/a.txt", "cargo/a.txt", false, true},
        {"/a.txt", "a.txt", false, true},
        {"/a.txt", "cargo/a.txt", false, false},
        {"cargo/*", "cargo/x", false, true},
        {"ac/*", "cargo/x", false, false},
        {"!helm.txt", "helm.txt", false, false},
        {"!helm.txt", "tiller.txt", false, true},
        {"!*.txt", "cargo", true, true},
        {"!cargo/", "mast/", true, true},
        {"/*.txt\n!a.txt", "b.txt", false, true},
        {"# c\n\n  \nx", "x", false, true},
        {"", "templates/.hidden", false, true},
        {"", "templates/a", false, false},
        {"", "charts/templates/.hidden", false, false},
        {"*", ".", true, false},
    };
    struct error *err = NULL;
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        MC_CLEANUP(ignore_cleanup) struct ignore *rules = NULL;
        OK(ignore_parse(rows[i].rule, strlen(rows[i].rule), &rules, &err));
        if (ignore_matches(rules, rows[i].path, rows[i].is_dir) != rows[i].ignored)
            fail_msg("%s on %s", rows[i].rule, rows[i].path);
    }
    struct ignore *none = NULL;
    FAILS(ignore_parse("**/foo", 6, &none, &err), "double-star (**) syntax is not supported");
    FAILS(ignore_parse("[a", 2, &none, &err), "syntax error in pattern");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(helmignore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
