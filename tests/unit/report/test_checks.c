/* What check found, as people read it. */
#include "meshctl/report/checks.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "scratch.h"

static const struct term plain = {.fd = -1, .unicode = true};

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

#define OK(ID, CLUSTER, CATEGORY, CHECK, FOUND)                                                    \
    "{'id': '" ID "', 'cluster': '" CLUSTER "', 'level': 'ok', 'category': '" CATEGORY             \
    "', 'check': '" CHECK "', 'found': '" FOUND "'}"
#define FAULT(ID, CLUSTER, LEVEL, FOUND, MORE)                                                     \
    "{'id': '" ID "', 'cluster': '" CLUSTER "', 'level': '" LEVEL                                  \
    "', 'category': 'gateways', 'check': 'gateway', 'found': '" FOUND                              \
    "', 'wanted': 'w', 'title': 't', 'effect': 'e', 'fix': 'f'" MORE "}"
#define FOUND(CHECKS) "{'clusters': [{'name': 'west'}, {'name': 'east'}], 'checks': [" CHECKS "]}"

static const char mixed[] = FOUND(FAULT("MC501", "east", "error", "none in east", "") "," OK(
    "MC502", "west", "gateways", "gateway address",
    "192.0.2.1") "," OK("MC201", "west", "trust", "shared root",
                        "root 1234abcd") "," OK("MC201", "east", "trust", "shared root",
                                                "root 1234abcd") "," FAULT("MC601", "west", "error",
                                                                           "syncing",
                                                                           ", 'follows': true"));

static void shows(const struct term *term, const char *found, const char *wanted)
{
    json_auto_t *value = parse(found);
    AUTO_BUF out = BUF_INIT;
    report_checks(term, "meshctl", value, &out);
    assert_string_equal(buf_str(&out), wanted);
}

/* A terminal so wide. */
static struct term tty_of(int columns, int *ret_other)
{
    int fd;
    struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = 40};
    assert_int_equal(openpty(ret_other, &fd, NULL, NULL, &size), 0);
    return (struct term){.fd = fd, .is_tty = true, .unicode = true};
}

#define PROBLEMS                                                                                   \
    "\n✗ MC501 east: t\n"                                                                        \
    "    found    none in east\n"                                                                  \
    "    wanted   w\n"                                                                             \
    "    effect   e\n"                                                                             \
    "    fix      f\n"                                                                             \
    "    explain  meshctl explain MC501\n"                                                         \
    "\nlikely follows from that:\n"                                                                \
    "  ✗ MC601 west: syncing\n"

static void off_a_terminal_each_finding_is_a_line(void **state)
{
    (void)state;
    shows(&plain, mixed,
          "✓ MC201 west trust, shared root: root 1234abcd\n"
          "✓ MC201 east trust, shared root: root 1234abcd\n"
          "✗ MC501 east gateways, gateway: none in east\n"
          "✓ MC502 west gateways, gateway address: 192.0.2.1\n"
          "✗ MC601 west gateways, gateway: syncing\n" PROBLEMS);
}

static void a_wide_terminal_has_a_column_a_cluster(void **state)
{
    (void)state;
    int other;
    struct term term = tty_of(100, &other);
    shows(&term, mixed,
          "check                   west                                  east\n"
          "trust\n"
          "  shared root           ✓ root 1234abcd                       ✓ root 1234abcd\n"
          "gateways\n"
          "  gateway                                                     ✗ none in east\n"
          "  gateway address       ✓ 192.0.2.1                           \n"
          "  gateway               ✗ syncing                             \n" PROBLEMS);
    close(term.fd);
    close(other);
}

static void a_narrow_one_has_a_row_a_cluster(void **state)
{
    (void)state;
    int other;
    struct term term = tty_of(60, &other);
    shows(&term,
          FOUND(OK("MC502", "west", "gateways", "gateway address", "192.0.2.1, 192.0.2.2") "," OK(
              "MC502", "east", "gateways", "gateway address", "192.0.2.3")),
          "check                   cluster         found\n"
          "gateways\n"
          "  gateway address       west            ✓ 192.0.2.1, 192.0.\n"
          "  gateway address       east            ✓ 192.0.2.3\n");
    close(term.fd);
    close(other);
}

/* What several clusters have in common is said once; the worst of a cluster's rows is shown. */
static void effect_and_fix_are_said_once(void **state)
{
    (void)state;
    int other;
    struct term term = tty_of(100, &other);
    shows(
        &term,
        FOUND(FAULT("MC501", "west", "warning", "little", "") "," FAULT(
            "MC501", "west", "error", "much", "") "," FAULT("MC501", "west", "error", "more", "")),
        "check                   west                                  east\n"
        "gateways\n"
        "  gateway               ✗ much (1 more)                       \n"
        "\n‼ MC501 west: t\n"
        "    found    little\n"
        "    wanted   w\n"
        "    effect   e\n"
        "    fix      f\n"
        "    explain  meshctl explain MC501\n"
        "\n✗ MC501 west: t\n"
        "    found    much\n"
        "    wanted   w\n"
        "\n✗ MC501 west: t\n"
        "    found    more\n"
        "    wanted   w\n");
    close(term.fd);
    close(other);
}

static void texts_stay_on_their_line(void **state)
{
    (void)state;
    shows(&plain, FOUND(OK("MC201", "west", "trust", "shared root", "a\\nb\\u001b[31m")),
          "✓ MC201 west trust, shared root: a b\\u001b[31m\n");
}

static void counts_are_words(void **state)
{
    (void)state;
    json_auto_t *found = parse("{'counts': {'ok': 3, 'warning': 1, 'error': 2}}");
    json_auto_t *good = parse("{'counts': {'ok': 3, 'warning': 0, 'error': 0}}");
    AUTO_BUF out = BUF_INIT;
    report_check_counts(found, &out);
    buf_appendc(&out, '|');
    report_check_counts(good, &out);
    assert_string_equal(buf_str(&out), "3 good, 1 warning, 2 errors|3 good");
}

static void the_first_cause_is_an_error(void **state)
{
    (void)state;
    json_auto_t *found = parse(FOUND(
        FAULT("MC105", "west", "warning", "x", "") "," FAULT("MC502", "east", "error", "y", "")));
    json_auto_t *good = parse(FOUND(FAULT("MC105", "west", "warning", "x", "")));
    assert_string_equal(json_dig_str(report_first_cause(found), "id", NULL), "MC502");
    assert_null(report_first_cause(good));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(off_a_terminal_each_finding_is_a_line),
        cmocka_unit_test(a_wide_terminal_has_a_column_a_cluster),
        cmocka_unit_test(a_narrow_one_has_a_row_a_cluster),
        cmocka_unit_test(effect_and_fix_are_said_once),
        cmocka_unit_test(texts_stay_on_their_line),
        cmocka_unit_test(counts_are_words),
        cmocka_unit_test(the_first_cause_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
