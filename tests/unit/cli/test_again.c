/* Printed commands have the flags that this one was given, ready for a shell. */
#include "cli.h"
#include "support.h"

static struct strlist words;

static void pastes(const char *command, const char *line, const char *text, const char *wanted)
{
    struct cli cli = {.program = "meshctl", .command = cli_find_command(command)};
    struct error *err = NULL;
    strlist_release(&words);
    words = (struct strlist)STRLIST_INIT;
    strlist_split(&words, line, ' ');
    must(options_parse(&cli.command->options, (int)words.count, words.items, &cli.typed, &err),
         &err);
    AUTO_FREE char *got = cli_pasteable_dup(&cli, text);
    assert_string_equal(got, wanted);
    options_release(&cli.typed);
}

static void flags_stand_where_they_were_promised(void **state)
{
    (void)state;
    pastes("check", "--west w.yaml --east e.yaml -q", "meshctl expose with the same flags",
           "meshctl expose --west w.yaml --east e.yaml");
    pastes("check", "--cluster a=b@c --network a=n",
           "do this; then meshctl check with the same flags.",
           "do this; then meshctl check --cluster a=b@c --network a=n.");
    pastes("up", "--west w --charts ./charts --istio-version 1.30.1 --timeout 5m",
           "meshctl gateway with the same flags, or meshctl verify with the same flags",
           "meshctl gateway --west w --istio-version 1.30.1 --charts ./charts, or meshctl verify "
           "--west w");
}

/* What a command refuses is not printed for it: words about charts and images where it only looks. */
static void what_is_pasted_is_taken(void **state)
{
    (void)state;
    pastes("up", "--west w --hub h --manifests m --field-manager me --only w",
           "meshctl verify with the same flags", "meshctl verify --west w --only w");
    pastes("up", "--west w --charts c --ca-dir d --hub h", "meshctl check with the same flags",
           "meshctl check --west w");
}

static void words_are_as_a_shell_reads_them(void **state)
{
    (void)state;
    pastes("check", "--west a\tb'c --mesh-id ", "meshctl check with the same flags",
           "meshctl check --west 'a\tb'\\''c' --mesh-id ''");
    pastes("check", "--west ~/w;reboot", "meshctl check with the same flags",
           "meshctl check --west '~/w;reboot'");
}

/* A command that has to know more than this one was told, or a value that may be a secret. */
static void what_is_not_whole_is_only_named(void **state)
{
    (void)state;
    pastes("check", "--west w", "meshctl gateway with the same flags",
           "meshctl gateway with the same flags");
    pastes("check", "--pre --west w --charts ./charts", "meshctl up with the same flags",
           "meshctl up --west w --charts ./charts");
    pastes("check", "--pre --west w", "meshctl check --pre with the same flags",
           "meshctl check --pre --west w");
    pastes("up", "--west w --set istiod.password=hunter2", "meshctl gateway with the same flags",
           "meshctl gateway with the same flags");
    pastes("up", "--west w --charts https://me:hunter2@charts.example.com",
           "meshctl gateway with the same flags", "meshctl gateway with the same flags");
    pastes("check", "--west w", "with the same flags", "with the same flags");
    pastes("check", "--west w", "meshctl nosuch with the same flags",
           "meshctl nosuch with the same flags");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_stand_where_they_were_promised),
        cmocka_unit_test(what_is_pasted_is_taken),
        cmocka_unit_test(words_are_as_a_shell_reads_them),
        cmocka_unit_test(what_is_not_whole_is_only_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
