/* The program on a terminal, with two clusters whose exec plug-ins ask a person: who reads the
 * terminal here is that person. */
#include "person.h"

/* `exec` is the rest of the plug-in's entry. */
static void save_cluster(const char *name, const char *exec)
{
    AUTO_FREE char *config = mem_printf("%s.yaml", name);
    AUTO_FREE char *text = mem_printf(
        "apiVersion: v1\nkind: Config\ncurrent-context: main\n"
        "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        "users: [{name: %s-user, user: {exec: {apiVersion: client.authentication.k8s.io/v1,\n"
        "  command: ./plugin, %s}}}]\n"
        "contexts: [{name: main, context: {cluster: c, user: %s-user}}]\n",
        name, exec, name);
    save(config, text);
}

static void save_plugin(const char *script)
{
    struct error *err = NULL;
    AUTO_FREE char *text = mem_printf("#!/bin/sh\n%s\n", script);
    must(fs_write("plugin", text, strlen(text), 0755, &err), &err);
}

static const char *const verify[] = {"meshctl", "verify",    "--west", "west.yaml",
                                     "--east",  "east.yaml", NULL};

/* Asks on standard error without ending the line, and shows no answer, as for a password. */
#define ASK                                                                                        \
    "stty -echo; printf 'code of %s: ' \"$1\" >&2; read -r code; stty echo; "                      \
    "echo \"$1 $code\" >>codes; "
#define ANSWER                                                                                     \
    "echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","       \
    "\"status\":{\"token\":\"t\"}}'"

static void clusters_ask_one_after_the_other(void **state)
{
    (void)state;
    static const char *const prompts[] = {"code of west: ", "code of east: "};
    static const char *const answers[] = {"one\n", "two\n"};
    struct person p;
    save_cluster("west", "args: [west], interactiveMode: Always");
    save_cluster("east", "args: [east], interactiveMode: IfAvailable");
    save_plugin("printf %s \"$KUBERNETES_EXEC_INFO\" >\"$1.info\"; " ASK ANSWER);
    person_begins(&p, verify);
    int first = person_waits_for(&p, prompts, 2), second = !first;
    assert_null(strstr(p.seen.data, prompts[second]));
    person_sees_nothing_new(&p);
    person_types(&p, answers[first]);
    person_waits_for(&p, &prompts[second], 1);
    person_sees_nothing_new(&p);
    size_t asked = p.seen.len;
    person_types(&p, answers[second]);
    assert_int_not_equal(person_ends(&p), 0); /* there is no such server */
    AUTO_FREE char *codes = content_dup("codes");
    assert_string_equal(codes, first == 0 ? "west one\neast two\n" : "east two\nwest one\n");
    AUTO_FREE char *west = content_dup("west.info"), *east = content_dup("east.info");
    assert_non_null(strstr(west, "\"interactive\":true"));
    assert_non_null(strstr(east, "\"interactive\":true"));
    /* Who asks stands above the prompt, and the rows are drawn again below it. */
    assert_non_null(strstr(p.seen.data, "west: exec plug-in ./plugin, for user west-user in "));
    assert_non_null(strstr(p.seen.data, "east: exec plug-in ./plugin, for user east-user in "));
    assert_non_null(strstr(p.seen.data + asked, "STEP"));
    buf_release(&p.seen);
    unlink("codes");
}

static void same_answer_is_asked_for_once(void **state)
{
    (void)state;
    static const char *const prompts[] = {"code of both: "};
    struct person p;
    save_cluster("west", "args: [both], interactiveMode: Always");
    save_cluster("east", "args: [both], interactiveMode: Always");
    save_plugin(ASK ANSWER);
    person_begins(&p, verify);
    person_waits_for(&p, prompts, 1);
    person_types(&p, "one\n");
    assert_int_not_equal(person_ends(&p), 0);
    AUTO_FREE char *codes = content_dup("codes");
    assert_string_equal(codes, "both one\n");
    assert_non_null(strstr(p.seen.data, "127.0.0.1")); /* it went on to the servers */
    buf_release(&p.seen);
    unlink("codes");
}

/* The other cluster's plug-in, which waits for its turn, is not started any more. */
static void ctrl_c_at_a_prompt(void **state)
{
    (void)state;
    static const char *const prompts[] = {"code of west: ", "code of east: "};
    struct person p;
    save_cluster("west", "args: [west], interactiveMode: Always");
    save_cluster("east", "args: [east], interactiveMode: Always");
    save_plugin("echo $1 >>started; " ASK ANSWER);
    person_begins(&p, verify);
    int first = person_waits_for(&p, prompts, 2);
    person_types(&p, "\003");
    assert_int_equal(person_ends(&p), 130);
    AUTO_FREE char *started = content_dup("started");
    assert_string_equal(started, first == 0 ? "west\n" : "east\n");
    assert_null(strstr(p.seen.data, prompts[!first]));
    buf_release(&p.seen);
}

/* What must ask is not started and its flag is named; what can do without is told to. */
static void nobody_is_asked(void **state)
{
    (void)state;
    static const char *const words[] = {"meshctl",   "verify", "--no-input", "--west",
                                        "west.yaml", "--east", "east.yaml",  NULL};
    struct person p;
    save_cluster("west", "args: [west], interactiveMode: Always");
    save_cluster("east", "args: [east], interactiveMode: IfAvailable");
    save_plugin("printf %s \"$KUBERNETES_EXEC_INFO\" >\"$1.told\"; if test -t 0; then " ASK
                "fi; " ANSWER);
    person_begins(&p, words);
    assert_int_equal(person_ends(&p), 5);
    assert_non_null(strstr(p.seen.data, "./plugin must ask a person, and nobody may be asked"));
    assert_non_null(strstr(p.seen.data, "run this without --no-input"));
    assert_null(strstr(p.seen.data, "code of"));
    assert_false(fs_exists("west.told"));
    AUTO_FREE char *east = content_dup("east.told");
    assert_non_null(strstr(east, "\"interactive\":false"));
    buf_release(&p.seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clusters_ask_one_after_the_other),
        cmocka_unit_test(same_answer_is_asked_for_once),
        cmocka_unit_test(ctrl_c_at_a_prompt),
        cmocka_unit_test(nobody_is_asked),
    };
    return cmocka_run_group_tests(tests, find_program, leave_folder);
}
