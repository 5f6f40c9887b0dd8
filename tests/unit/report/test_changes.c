/* The list of changes as people and scripts read it. */
#include "meshctl/report/changes.h"

#include "meshctl/base/strlist.h"
#include "scratch.h"

static const struct term plain = {.fd = -1, .unicode = true};
static const struct term ascii = {.fd = -1, .ascii = true};
static const struct term colored = {.fd = -1, .unicode = true, .color = true};

/* Single quotes stand for double ones. */
static json_t *parse(const char *text)
{
    AUTO_FREE char *copy = mem_strdup(text);
    struct error *err = NULL;
    json_t *value = NULL;
    for (char *p = copy; *p; p++)
        if (*p == '\'')
            *p = '"';
    must(json_read(copy, strlen(copy), "test", &value, &err), &err);
    return value;
}

static void shows(const struct term *term, const char *list, const char *wanted)
{
    json_auto_t *value = parse(list);
    AUTO_BUF out = BUF_INIT;
    report_changes(term, value, &out);
    assert_string_equal(buf_str(&out), wanted);
}

#define ONE(CHANGE) "{'clusters': [{'name': 'west', 'changes': [" CHANGE "]}]}"
#define UPDATE(FIELDS)                                                                             \
    ONE("{'action': 'update', 'kind': 'Service', 'namespace': 'n', 'name': 's', 'fields': "        \
        "[" FIELDS "]}")

static void every_action_has_its_sign(void **state)
{
    (void)state;
    shows(&plain,
          "{'clusters': [{'name': 'west', 'changes': ["
          "{'action': 'create', 'kind': 'Deployment', 'namespace': 'istio-system', 'name': "
          "'istiod', 'why': 'it is not there'},"
          "{'action': 'update', 'kind': 'Namespace', 'name': 'istio-system'},"
          "{'action': 'delete', 'kind': 'ConfigMap', 'namespace': 'a', 'name': 'b', 'why': 'gone'},"
          "{'action': 'record', 'kind': 'Secret', 'namespace': 'a', 'name': 'c', 'why': 'r'}]},"
          "{'name': 'east', 'changes': []}]}",
          "west\n"
          "  + Deployment istio-system/istiod"
          "                                it is not there\n"
          "  ~ Namespace istio-system\n"
          "  - ConfigMap a/b                                                 gone\n"
          "  * Secret a/c                                                    r\n"
          "east: nothing to do\n");
}

static void reasons_stand_in_one_column(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    AUTO_STRLIST lines = STRLIST_INIT;
    json_auto_t *list =
        parse("{'clusters': [{'name': 'west', 'changes': ["
              "{'action': 'create', 'kind': 'A', 'name': 'b', 'why': 'why'},"
              "{'action': 'create', 'kind': 'A', 'name': 'bürger', 'why': 'why'}]}]}");
    report_changes(&plain, list, &out);
    strlist_split(&lines, buf_str(&out), '\n');
    /* In columns, not in bytes: the second name has one more of these. */
    assert_int_equal(strstr(lines.items[1], "why") - lines.items[1], 64 + 2);
    assert_int_equal(strstr(lines.items[2], "why") - lines.items[2], 64 + 3);
}

static void a_long_name_keeps_its_distance(void **state)
{
    (void)state;
    shows(&plain,
          ONE("{'action': 'delete', 'kind': 'ValidatingWebhookConfiguration', 'name': "
              "'istio-validator-of-a-rather-long-name-istio-system', 'why': 'w'}"),
          "west\n  - ValidatingWebhookConfiguration "
          "istio-validator-of-a-rather-long-name-istio-system  w\n");
}

static void fields_stand_below_their_object(void **state)
{
    (void)state;
    static const char list[] =
        UPDATE("{'path': 'spec.replicas', 'before': 1, 'after': 2},"
               "{'path': 'spec.type', 'before': null, 'after': 'LoadBalancer'},"
               "{'path': 'metadata.labels', 'before': {'b': 1, 'a': '<x>'}, 'after': null}");
    shows(&plain, list,
          "west\n  ~ Service n/s\n"
          "      spec.replicas: 1 \u2192 2\n"
          "      spec.type: nothing \u2192 \"LoadBalancer\"\n"
          "      metadata.labels: {\"b\":1,\"a\":\"<x>\"} \u2192 nothing\n");
    shows(&ascii, list,
          "west\n  ~ Service n/s\n"
          "      spec.replicas: 1 -> 2\n"
          "      spec.type: nothing -> \"LoadBalancer\"\n"
          "      metadata.labels: {\"b\":1,\"a\":\"<x>\"} -> nothing\n");
}

static void long_values_are_cut_between_characters(void **state)
{
    (void)state;
    AUTO_BUF list = BUF_INIT, wanted = BUF_INIT;
    buf_appends(&list,
                "{'clusters': [{'name': 'west', 'changes': [{'action': 'update', 'kind': 'S', "
                "'name': 's', 'fields': [{'path': 'p', 'before': '");
    buf_appends(&wanted, "west\n  ~ S s\n      p: \"");
    /* A quote and 98 letters; the 100th byte would be the first half of the umlaut. */
    buf_pad(&list, 'x', 98);
    buf_pad(&wanted, 'x', 98);
    buf_appends(&list, "\u00fcber', 'after': '");
    buf_appends(&wanted, "... \u2192 \"");
    buf_pad(&list, 'y', 98);
    buf_pad(&wanted, 'y', 98);
    buf_appends(&list, "'}]}]}]}");
    buf_appends(&wanted, "\"\n"); /* just as long as may be */
    shows(&plain, buf_str(&list), buf_str(&wanted));
}

/* What a server sends must neither move a cursor nor make lines of its own. */
static void hostile_text_stays_in_its_line(void **state)
{
    (void)state;
    shows(&plain,
          "{'clusters': [{'name': 'west', 'changes': ["
          "{'action': 'update', 'kind': 'K\\u001b[2J', 'name': 'n\\r\\u0007', 'why': "
          "'one\\ntwo\\u001b', 'fields': [{'path': 'a\\u001b\\nb', 'before': 'x\\u001b\\ny', "
          "'after': '\\u009b'}]}],"
          "'stays': [{'kind': 'K', 'name': 'n\\u001b', 'why': 'it\\u001b\\nis'}]}]}",
          "west\n"
          "  ~ K\\u001b[2J n\\u000d\\u0007                                      one two\\u001b\n"
          "      a\\u001b b: \"x\\u001b\\ny\" \u2192 \"\\u009b\"\n"
          "  = K n\\u001b                                                     it\\u001b is\n");
}

static void what_stays_has_its_reason(void **state)
{
    (void)state;
    shows(&plain,
          "{'clusters': [{'name': 'west', 'changes': [], 'stays': ["
          "{'kind': 'Namespace', 'name': 'shop', 'why': 'it holds 2 things'}]}]}",
          "west: nothing to do\n"
          "  = Namespace shop                                                it holds 2 things\n");
}

static void colour_is_reset_behind_each_part(void **state)
{
    (void)state;
    shows(&colored, ONE("{'action': 'create', 'kind': 'A', 'name': 'b'}"),
          "\033[1mwest\033[0m\n  \033[32m+\033[0m A b\n");
}

/* The column of reasons is where it is without colour. */
static void colour_takes_no_columns(void **state)
{
    (void)state;
    static const char list[] = ONE("{'action': 'create', 'kind': 'A', 'name': 'b', 'why': 'w'}");
    AUTO_BUF with = BUF_INIT, without = BUF_INIT, stripped = BUF_INIT;
    json_auto_t *value = parse(list);
    report_changes(&colored, value, &with);
    report_changes(&plain, value, &without);
    for (const char *p = buf_str(&with); *p; p++) {
        if (*p == '\033')
            p += strcspn(p, "m");
        else
            buf_appendc(&stripped, *p);
    }
    assert_string_equal(buf_str(&stripped), buf_str(&without));
}

static void counts(void **state)
{
    (void)state;
    static const struct {
        const char *list, *wanted;
    } rows[] = {
        {"{'counts': {'create': 61, 'update': 0, 'delete': 0, 'record': 0, 'keep': 5}}",
         "to create 61, to change 0, to delete 0"},
        {"{'counts': {'create': 0, 'update': 2, 'delete': 3, 'record': 4}}",
         "to create 0, to change 2, to delete 3, releases to record 4"},
        {"{}", "to create 0, to change 0, to delete 0"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_BUF out = BUF_INIT;
        json_auto_t *list = parse(rows[i].list);
        report_change_counts(list, &out);
        assert_string_equal(buf_str(&out), rows[i].wanted);
    }
}

static void names_are_a_line_each(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    json_auto_t *list =
        parse("{'clusters': [{'name': 'west', 'changes': ["
              "{'action': 'create', 'kind': 'Deployment', 'namespace': 'a', 'name': 'b', 'why': "
              "'x'},"
              "{'action': 'record', 'kind': 'Secret', 'namespace': 'a', 'name': 'c\\n'}],"
              "'stays': [{'kind': 'Namespace', 'name': 'n', 'why': 'w'}]},"
              "{'name': 'east', 'changes': [{'action': 'delete', 'kind': 'Namespace', 'name': "
              "'n'}]}]}");
    report_change_names(list, &out);
    assert_string_equal(buf_str(&out), "west create Deployment a/b\n"
                                       "west record Secret a/c \n"
                                       "east delete Namespace n\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_has_its_sign),
        cmocka_unit_test(reasons_stand_in_one_column),
        cmocka_unit_test(a_long_name_keeps_its_distance),
        cmocka_unit_test(fields_stand_below_their_object),
        cmocka_unit_test(long_values_are_cut_between_characters),
        cmocka_unit_test(hostile_text_stays_in_its_line),
        cmocka_unit_test(what_stays_has_its_reason),
        cmocka_unit_test(colour_is_reset_behind_each_part),
        cmocka_unit_test(colour_takes_no_columns),
        cmocka_unit_test(counts),
        cmocka_unit_test(names_are_a_line_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
