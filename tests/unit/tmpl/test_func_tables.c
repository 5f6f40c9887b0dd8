/* Which functions there are and what their parameters are: tests/golden/tmpl/functions.txt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "func.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"

static const struct tfunc *const tables[] = {
    tfunc_flow,  tfunc_strings,  tfunc_lists,  tfunc_dicts,  tfunc_numbers,
    tfunc_types, tfunc_encoding, tfunc_toml,   tfunc_regex,  tfunc_paths,
    tfunc_dates, tfunc_decimals, tfunc_crypto, tfunc_random,
};

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
        const struct tfunc *f = tfunc_find(line, len);
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
    AUTO_STRLIST lines = STRLIST_INIT;
    (void)state;
    read_lines(&lines);
    for (size_t t = 0; t < MC_ARRAY_LEN(tables); t++) {
        for (const struct tfunc *f = tables[t]; f->name; f++) {
            AUTO_FREE char *line = mem_printf("%s %s", f->name, f->params);
            if (!strlist_has(&lines, line))
                fail_msg("Helm has no \"%s\"", line);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(helms_functions_are_there),
        cmocka_unit_test(no_other_functions_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
