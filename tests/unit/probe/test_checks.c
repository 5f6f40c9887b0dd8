#include "meshctl/probe/checks.h"

#include <ctype.h>
#include <glob.h>

#include "scratch.h"

static void ids_are_in_order_and_complete(void **state)
{
    (void)state;
    size_t count;
    const struct check_info *all = check_all(&count);
    assert_true(count > 10);
    for (size_t i = 0; i < count; i++) {
        const char *id = all[i].id;
        assert_true(id[0] == 'M' && id[1] == 'C' && id[2] >= '1' && id[2] <= '8');
        assert_true(isdigit((unsigned char)id[3]) && isdigit((unsigned char)id[4]) && !id[5]);
        if (i)
            assert_true(strcmp(all[i - 1].id, id) < 0);
        /* Titles stand in one line of a table, after the id. */
        assert_true(all[i].title[0] && strlen(all[i].title) <= 90);
        assert_null(strchr(all[i].title, '\n'));
        assert_true(all[i].effect[0] && all[i].fix[0]);
        /* What is looked at stands in a column. */
        assert_true(all[i].what[0] && strlen(all[i].what) <= 21);
        assert_ptr_equal(check_find(id), &all[i]);
    }
}

/* Scripts and people remember them: what an id means never changes. */
static void ids_keep_their_meaning(void **state)
{
    (void)state;
    static const struct {
        const char *id, *word;
    } rows[] = {
        {"MC101", "same cluster"},  {"MC201", "different root"}, {"MC203", "key"},
        {"MC301", "network"},       {"MC303", "label"},          {"MC401", "ServiceAccount"},
        {"MC402", "remote secret"}, {"MC501", "Gateway"},        {"MC502", "address"},
        {"MC601", "sync"},          {"MC701", "never answered"}, {"MC702", "requests failed"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++)
        assert_non_null(strstr(check_find(rows[i].id)->title, rows[i].word));
}

static void hundreds_are_categories(void **state)
{
    (void)state;
    assert_string_equal(check_category("MC101"), "access");
    assert_string_equal(check_category("MC405"), "peers");
    assert_string_equal(check_category("MC804"), "versions");
}

static void rows_say_what_is_unusual_of_them(void **state)
{
    (void)state;
    assert_int_equal(check_find("MC201")->level, CHECK_ERROR);
    assert_int_equal(check_find("MC106")->level, CHECK_FATAL);
    assert_string_equal(check_level_name(check_find("MC210")->level), "warning");
    assert_int_equal(check_find("MC402")->settle_ms, 0);
    assert_true(check_find("MC601")->settle_ms >= 30000); /* as long as istiod tries */
    assert_string_equal(check_need_name(check_find("MC601")->needs),
                        "get and create pods/portforward");
}

static void unknown_ids_are_null(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "MC", "MC999", "mc101", "MC101 ", "MC1011"};
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++)
        assert_null(check_find(bad[i]));
}

static size_t check_file(const char *path)
{
    AUTO_FREE char *text = content_dup(path);
    size_t found = 0;
    for (const char *p = text; (p = strstr(p, "\"MC")); p += 3) {
        AUTO_FREE char *id = mem_strndup(p + 1, 5);
        if (!check_find(id))
            fail_msg("%s uses %s, which explain does not know", path, id);
        found++;
    }
    return found;
}

/* Every id that the program says can be explained. */
static void every_id_in_use_is_in_the_table(void **state)
{
    (void)state;
    glob_t files;
    size_t found = 0;
    assert_int_equal(glob(TEST_DATA_DIR "/../src/*/*.c", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        found += check_file(files.gl_pathv[i]);
    globfree(&files);
    assert_true(found > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_in_order_and_complete),
        cmocka_unit_test(ids_keep_their_meaning),
        cmocka_unit_test(hundreds_are_categories),
        cmocka_unit_test(unknown_ids_are_null),
        cmocka_unit_test(every_id_in_use_is_in_the_table),
        cmocka_unit_test(rows_say_what_is_unusual_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
