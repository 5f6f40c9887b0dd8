/* Taking a mesh off at a terminal: the id is asked for there, but for --no-input. */
#include "person.h"
#include "steps_fixture.h"

static struct clusters c;

static int set_up(void **state)
{
    if (find_program(state) < 0)
        return -1;
    clusters_start(&c, 2);
    clusters_up(&c);
    return 0;
}

static int tear_down(void **state)
{
    clusters_stop(&c);
    return leave_folder(state);
}

/* "down --keep" with the clusters' words behind it. */
static void down_begins(struct person *p, const char *line)
{
    AUTO_STRLIST argv = STRLIST_INIT;
    AUTO_FREE char *clusters = clusters_words_dup(&c);
    AUTO_FREE char *whole = mem_printf("meshctl %s %s", line, clusters);
    strlist_split(&argv, whole, ' ');
    AUTO_FREE const char **words = mem_array(argv.count + 1, sizeof(*words));
    for (size_t i = 0; i < argv.count; i++)
        words[i] = argv.items[i];
    person_begins(p, words);
}

static void the_id_is_asked_for(void **state)
{
    (void)state;
    static const char *const question[] = {"Type the mesh's id (mesh) to take it off: "};
    struct person p;
    int writes = clusters_writes(&c);
    down_begins(&p, "down");
    person_waits_for(&p, question, 1);
    person_types(&p, "mush\n");
    assert_int_equal(person_ends(&p), 5);
    assert_int_equal(clusters_writes(&c), writes);
    buf_release(&p.seen);
    down_begins(&p, "down");
    person_waits_for(&p, question, 1);
    person_types(&p, "mesh\n");
    assert_int_equal(person_ends(&p), 0);
    assert_true(clusters_writes(&c) > writes);
    buf_release(&p.seen);
}

static void without_input_its_flag_is_named(void **state)
{
    (void)state;
    struct person p;
    int writes = clusters_writes(&c);
    down_begins(&p, "down --no-input");
    assert_int_equal(person_ends(&p), 5);
    assert_null(strstr(p.seen.data, "Type the mesh's id"));
    assert_non_null(strstr(p.seen.data, "--confirm mesh"));
    assert_int_equal(clusters_writes(&c), writes);
    buf_release(&p.seen);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_id_is_asked_for),
        CASE(without_input_its_flag_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
