/* Values that die together: apart from those made outside, from those of scopes within and from
 * those of other threads. ASan and LSan see what is read too late or never given back. */
#include "support.h"

#include <pthread.h>

#include "meshctl/data/json_scratch.h"
#include "meshctl/data/yaml.h"

static json_t *read_yaml(const char *text)
{
    struct error *err = NULL;
    json_t *value = NULL;
    if (yaml_read(text, strlen(text), "t", 0, &value, &err) < 0)
        fail_msg("%s", err->message);
    return value;
}

static void what_is_kept_outlives_the_scope(void **state)
{
    (void)state;
    json_t *kept;
    {
        AUTO_JSON_SCRATCH(outer);
        json_t *tree = read_yaml("a: [1, two, {b: c}]\n");
        {
            AUTO_JSON_SCRATCH(inner);
            json_t *other = read_yaml("x: why\n");
            assert_string_equal(json_dig_str(other, "x", NULL), "why");
            json_decref(other);
        }
        json_object_set_new(tree, "more", json_string("text"));
        kept = json_scratch_keep(tree);
        json_decref(tree);
    }
    json_object_set_new(kept, "later", json_array());
    assert_string_equal(json_dig_str(kept, "a", "2", "b", NULL), "c");
    assert_string_equal(json_dig_str(kept, "more", NULL), "text");
    json_decref(kept);
}

static void *make_and_give_back(void *arg)
{
    json_auto_t *tree = read_yaml("k: {l: [m, no way]}\n");
    assert_string_equal(json_dig_str(tree, "k", "l", "1", NULL), "no way");
    return arg;
}

static void other_threads_do_not_notice(void **state)
{
    (void)state;
    AUTO_JSON_SCRATCH(scratch);
    json_t *tree = read_yaml("a: b\n");
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, make_and_give_back, NULL), 0);
    pthread_join(thread, NULL);
    assert_string_equal(json_dig_str(tree, "a", NULL), "b");
}

static void errors_leave_nothing(void **state)
{
    (void)state;
    AUTO_JSON_SCRATCH(scratch);
    struct error *err = NULL;
    json_t *value = NULL;
    const char *text = "a: 1\nb: {c: d}\ne: [f\n";
    assert_int_equal(yaml_read(text, strlen(text), "t", 0, &value, &err), -1);
    error_free(err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_outlives_the_scope),
        cmocka_unit_test(other_threads_do_not_notice),
        cmocka_unit_test(errors_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
