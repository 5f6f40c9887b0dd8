#include "cli.h"
#include "meshctl/base/text.h"

#include "support.h"
#include "test_server.h"

/* README, "Exit codes": by kind, whatever the message. */
static void every_error_kind_has_its_exit_code(void **state)
{
    (void)state;
    static const struct {
        enum error_kind kind;
        int code;
    } rows[] = {
        {ERROR_INTERNAL, 1}, {ERROR_USAGE, 64}, {ERROR_INPUT, 65},      {ERROR_NOT_FOUND, 1},
        {ERROR_CONFLICT, 1}, {ERROR_DENIED, 4}, {ERROR_UNREACHABLE, 4}, {ERROR_TIMEOUT, 3},
        {ERROR_REMOTE, 1},   {ERROR_CHECK, 1},  {ERROR_REFUSED, 5},     {ERROR_CANCELLED, 130},
    };
    assert_int_equal(MC_ARRAY_LEN(rows), ERROR_CANCELLED + 1);
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++)
        assert_int_equal(exit_code_of(rows[i].kind), rows[i].code);
}

/* "| 64 | the command line is wrong |" of the README as `explain exit-codes` has it. */
static void append_row(struct buf *out, const char *row)
{
    int code;
    char *text;
    code = (int)strtol(row + 2, &text, 10);
    size_t len = strlen(text);
    if (code == 0 && row[2] != '0')
        return; /* the table's head */
    assert_true(len > 5 && strcmp(text + len - 2, " |") == 0);
    AUTO_FREE char *meaning = mem_strndup(text + 3, len - 5);
    buf_appendf(out, "%-4d ", code);
    for (const char *p = meaning; *p; p++)
        if (*p != '`')
            buf_appendc(out, *p);
    buf_appendc(out, '\n');
}

static void exit_codes_are_those_of_the_readme(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_BUF text = BUF_INIT, wanted = BUF_INIT;
    AUTO_STRLIST lines = STRLIST_INIT;
    must(fs_read(TEST_DATA_DIR "/../README.md", 1 << 20, &text, &err), &err);
    const char *section = strstr(buf_str(&text), "\n## Exit codes\n");
    assert_non_null(section);
    strlist_split(&lines, section + 1, '\n');
    for (size_t i = 1; i < lines.count && strncmp(lines.items[i], "## ", 3) != 0; i++)
        if (lines.items[i][0] == '|')
            append_row(&wanted, lines.items[i]);
    AUTO_OUTCOME o = run_line("meshctl explain exit-codes");
    assert_string_equal(o.out, buf_str(&wanted));
}

/* What each command's help must have, whatever it says. */
static void every_command_has_a_usable_help(void **state)
{
    (void)state;
    size_t count;
    const struct command *all = cli_commands(&count);
    assert_true(count >= 14);
    for (size_t i = 0; i < count; i++) {
        AUTO_STRLIST lines = STRLIST_INIT;
        AUTO_FREE char *line = mem_printf("meshctl %s --help", all[i].name);
        AUTO_FREE char *usage = mem_printf("\nUsage: meshctl %s ", all[i].name);
        AUTO_FREE char *example = mem_printf("\nExamples:\n  meshctl %s ", all[i].name);
        AUTO_OUTCOME o = run_line(line);
        assert_int_equal(o.code, 0);
        assert_string_equal(o.err, "");
        if (!strstr(o.out, usage) || !strstr(o.out, example) || !strstr(o.out, "--help"))
            fail_msg("%s:\n%s", line, o.out);
        strlist_split(&lines, o.out, '\n');
        for (size_t j = 0; j < lines.count; j++)
            if (strlen(lines.items[j]) > 100)
                fail_msg("%s: wider than 100 columns: %s", line, lines.items[j]);
        /* The same by the other two ways. */
        AUTO_FREE char *short_line = mem_printf("meshctl %s -h", all[i].name);
        AUTO_FREE char *help_line = mem_printf("meshctl help %s", all[i].name);
        AUTO_OUTCOME by_letter = run_line(short_line), by_command = run_line(help_line);
        assert_string_equal(by_letter.out, o.out);
        assert_string_equal(by_command.out, o.out);
    }
}

/* An example that does not parse is worse than none. */
static void every_example_parses(void **state)
{
    (void)state;
    size_t count;
    const struct command *all = cli_commands(&count);
    for (size_t i = 0; i < count; i++) {
        AUTO_STRLIST lines = STRLIST_INIT;
        AUTO_FREE char *text = mem_strdup(all[i].examples);
        for (char *p; (p = strstr(text, "\\\n"));)
            p[0] = p[1] = ' ';
        strlist_split(&lines, text, '\n');
        for (size_t j = 0; j + 1 < lines.count; j++) {
            AUTO_STRLIST words = STRLIST_INIT;
            struct cli cli = {.command = &all[i]};
            struct error *err = NULL;
            char *remark = strstr(lines.items[j], "      ");
            if (remark)
                *remark = '\0';
            split_words(&words, lines.items[j]);
            assert_string_equal(words.items[0], "meshctl");
            assert_string_equal(words.items[1], all[i].name);
            must(options_parse(&all[i].options, (int)words.count - 2, words.items + 2, &cli.options,
                               &err),
                 &err);
            must(cli_choose_verb(&cli, &err), &err);
            options_release(&cli.options);
        }
    }
}

/* What an engine of rows takes for granted. */
static void every_command_names_each_option_once(void **state)
{
    (void)state;
    size_t count;
    const struct command *all = cli_commands(&count);
    for (size_t i = 0; i < count; i++) {
        AUTO_STRLIST names = STRLIST_INIT;
        const struct option_set *set = &all[i].options;
        for (size_t f = 0; set->families[f]; f++) {
            assert_true(set->families[f]->size <= OPTIONS_MAX_STRUCT);
            for (size_t r = 0; r < set->families[f]->count; r++) {
                const struct option *opt = &set->families[f]->rows[r];
                AUTO_FREE char *letter = mem_printf("-%c", opt->letter);
                if (strlist_has(&names, opt->name) || (opt->letter && strlist_has(&names, letter)))
                    fail_msg("%s has two options --%s or -%c", all[i].name, opt->name, opt->letter);
                strlist_add(&names, opt->name);
                if (opt->letter)
                    strlist_add(&names, letter);
                assert_true(opt->type == OPTION_TEXT || opt->type == OPTION_LIST
                                ? opt->argument != NULL
                                : opt->argument == NULL);
            }
        }
        assert_true(names.count <= OPTIONS_MAX_ROWS);
        /* The form that nobody has to ask for is one for people. */
        assert_true(text_has_prefix(set->forms, "text") || text_has_prefix(set->forms, "ascii"));
    }
}

static void plugin_calls_itself_by_its_name(void **state)
{
    (void)state;
    AUTO_OUTCOME overview = run_line("/opt/bin/kubectl-istio_mesh");
    assert_int_equal(overview.code, 0);
    assert_non_null(strstr(overview.out, "kubectl istio-mesh makes one verified"));
    assert_non_null(strstr(overview.out, "\n  kubectl istio-mesh up --west"));
    assert_null(strstr(overview.out, "meshctl"));
    AUTO_OUTCOME help = run_line("kubectl-istio_mesh ca --help");
    assert_non_null(strstr(help.out, "\n  kubectl istio-mesh ca init --west"));
    assert_non_null(strstr(
        help.out,
        "Usage: kubectl istio-mesh ca [flags]\n       kubectl istio-mesh ca init [flags]\n"));
    assert_null(strstr(help.out, "  meshctl "));
    AUTO_OUTCOME other = run_line("/opt/bin/some-link help");
    assert_non_null(strstr(other.out, "meshctl up"));
}

static void help_of_help_is_help(void **state)
{
    (void)state;
    AUTO_OUTCOME plain = run_line("meshctl");
    static const char *const same[] = {"meshctl help", "meshctl --help", "meshctl -h",
                                       "meshctl help --help", "meshctl help -h"};
    for (size_t i = 0; i < MC_ARRAY_LEN(same); i++) {
        AUTO_OUTCOME o = run_line(same[i]);
        assert_int_equal(o.code, 0);
        assert_string_equal(o.out, plain.out);
    }
    AUTO_OUTCOME markdown = run_line("meshctl help options-markdown");
    assert_non_null(strstr(markdown.out, "| option | meaning |"));
}

/* A full disk must not look like success. */
static void what_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "meshctl version", "meshctl version -o json", "meshctl help",         "meshctl up --help",
        "meshctl explain", "meshctl explain ports",   "meshctl explain MC101"};
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0);
    for (size_t i = 0; i < MC_ARRAY_LEN(lines); i++) {
        AUTO_STRLIST words = STRLIST_INIT;
        split_words(&words, lines[i]);
        AUTO_OUTCOME o = run_words_to(full, &words);
        assert_int_equal(o.code, 1);
        assert_non_null(strstr(o.err, "standard output could not be written"));
    }
    close(full);
}

/* Whatever --color says, nobody's data has escapes in it off a terminal; errors follow --color. */
static void colour_is_where_it_was_asked_for(void **state)
{
    (void)state;
    AUTO_OUTCOME none = run_line("meshctl ca show --west x --ca-dir none");
    assert_null(strchr(none.err, '\033'));
    AUTO_OUTCOME always = run_line("meshctl ca show --west x --ca-dir none --color always");
    assert_non_null(strstr(always.err, "\033[31m"));
    AUTO_OUTCOME help = run_line("meshctl help");
    assert_null(strchr(help.out, '\033'));
}

static bool forbid(void *ctx, struct test_conn *conn, const struct test_request *request)
{
    (void)ctx;
    (void)request;
    return test_conn_reply(conn, 403, "Content-Type: application/json\r\n",
                           "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\","
                           "\"message\":\"no \\u001b[31maccess\",\"reason\":\"Forbidden\","
                           "\"code\":403}");
}

/* A cluster that lets nobody in: exit 4, a document that says so, and nothing was written. */
static void denied_cluster_is_exit_4(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *doc = NULL;
    struct test_server_options options = {.handler = forbid};
    struct test_server *server = test_server_start(&options);
    AUTO_FREE char *config =
        mem_printf("apiVersion: v1\nkind: Config\ncurrent-context: main\n"
                   "clusters: [{name: c, cluster: {server: '%s'}}]\n"
                   "users: [{name: u, user: {token: secret-token}}]\n"
                   "contexts: [{name: main, context: {cluster: c, user: u}}]\n",
                   test_server_url(server));
    save("denied.yaml", config);
    AUTO_OUTCOME o = run_line("meshctl up --west denied.yaml -o json -vv");
    test_server_stop(server);
    assert_int_equal(o.code, 4);
    must(json_read(o.out, strlen(o.out), "stdout", &doc, &err), &err);
    assert_string_equal(json_dig_str(doc, "apiVersion", NULL), "meshctl.io/v1");
    assert_true(json_is_false(json_dig(doc, "ok", NULL)));
    assert_int_equal(json_dig_int(doc, 0, "exitCode", NULL), 4);
    assert_string_equal(json_dig_str(doc, "errors", "0", "kind", NULL), "access denied");
    assert_string_equal(json_dig_str(doc, "errors", "0", "cluster", NULL), "west");
    assert_non_null(strstr(o.err, "no \\u001b[31maccess"));
    assert_non_null(strstr(o.err, "nothing was written"));
    assert_null(strstr(o.err, "secret-token"));
    assert_null(strstr(o.out, "secret-token"));
    assert_null(strchr(o.err, '\033'));
    assert_null(strchr(o.err, '\r'));
    assert_false(fs_exists("mesh-ca"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_kind_has_its_exit_code),
        cmocka_unit_test(exit_codes_are_those_of_the_readme),
        cmocka_unit_test(every_command_has_a_usable_help),
        cmocka_unit_test(every_example_parses),
        cmocka_unit_test(every_command_names_each_option_once),
        cmocka_unit_test(plugin_calls_itself_by_its_name),
        cmocka_unit_test(help_of_help_is_help),
        cmocka_unit_test(what_cannot_be_written_is_an_error),
        cmocka_unit_test(colour_is_where_it_was_asked_for),
        cmocka_unit_test(denied_cluster_is_exit_4),
    };
    return cmocka_run_group_tests(tests, enter_home, leave_folder);
}
