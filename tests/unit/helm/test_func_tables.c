/* Which functions there are and what their parameters are: tests/golden/tmpl/functions.txt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"

/* "name params" lines, in the order of the file. */
static void read_lines(struct strlist *lines)
{
    AUTO_BUF text = BUF_INIT;
    AUTO_ERROR struct error *err = NULL;
    const char *path = TEST_DATA_DIR "/golden/tmpl/functions.txt";
    assert_int_equal(fs_read(path, 1 << 20, &text, &err), 0);
    strlist_split(lines, buf_str(&text), '\n');
    assert_true(lines->count > 200);
}

static bool is_function(const char *line)
{
    return line[0] != '\0' && line[0] != '#';
}

static void helms_functions_are_there(void **state)
{
    AUTO_STRLIST lines = STRLIST_INIT;
    (void)state;
    read_lines(&lines);
    for (size_t i = 0; i < lines.count; i++) {
        const char *line = lines.items[i];
        size_t len = strcspn(line, " ");
        if (!is_function(line))
            continue;
        const struct tfunc *f = tfuncs_find(helm_functions(4), line, len);
        const char *params = line + len + 1;
        if (strcmp(params, "-") == 0) {
            assert_null(f);
            continue;
        }
        if (!f)
            fail_msg("%s is missing", line);
        assert_string_equal(f->params, params);
    }
}

static void no_other_functions_are_there(void **state)
{
    static struct tfuncs builtins;
    AUTO_STRLIST lines = STRLIST_INIT;
    (void)state;
    tfuncs_init(&builtins, NULL, 0);
    read_lines(&lines);
    for (size_t i = 0; i < TFUNCS_SLOTS; i++) {
        const struct tfunc *f = helm_functions(4)->slots[i];
        if (!f || tfuncs_find(&builtins, f->name, strlen(f->name)) == f)
            continue;
        AUTO_FREE char *line = mem_printf("%s %s", f->name, f->params);
        if (!strlist_has(&lines, line))
            fail_msg("Helm has no \"%s\"", line);
    }
}

static void helm_3_has_two_functions_less(void **state)
{
    static const char *const names[] = {"mustToToml", "mustToYaml"};
    size_t less = 0;
    (void)state;
    for (size_t i = 0; i < TFUNCS_SLOTS; i++) {
        const struct tfunc *f = helm_functions(4)->slots[i];
        less += f && !tfuncs_find(helm_functions(3), f->name, strlen(f->name));
    }
    assert_int_equal(less, MC_ARRAY_LEN(names));
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++)
        assert_null(tfuncs_find(helm_functions(3), names[i], strlen(names[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(helms_functions_are_there),
        cmocka_unit_test(no_other_functions_are_there),
        cmocka_unit_test(helm_3_has_two_functions_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
