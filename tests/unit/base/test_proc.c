#include "support.h"

#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/proc.h"
#include "meshctl/base/strlist.h"
#include "scratch.h"

#define SHELL(script) ((const char *const[]){"sh", "-c", script, NULL})

static struct proc_spec shell(const char *const *argv)
{
    return (struct proc_spec){.argv = argv, .timeout_ms = 20000, .max_output = 1 << 20};
}

static void output_is_appended(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct proc_spec spec = shell(SHELL("printf 'a\\000b'; printf c"));
    buf_appends(&out, "x");
    assert_int_equal(proc_run(&spec, &out, &err), 0);
    assert_int_equal(out.len, 5);
    assert_memory_equal(out.data, "xa\0bc", 5);
}

static void standard_input_is_empty(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct proc_spec spec = shell(SHELL("cat; echo done"));
    assert_int_equal(proc_run(&spec, &out, &err), 0);
    assert_string_equal(buf_str(&out), "done\n");
}

/* Arguments are not given to a shell; ours is the shell here. */
static void arguments_stay_whole(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUF out = BUF_INIT;
    static const char *const argv[] = {"printf", "[%s]", "a b", "$HOME;'\"", "", NULL};
    struct proc_spec spec = shell(argv);
    assert_int_equal(proc_run(&spec, &out, &err), 0);
    assert_string_equal(buf_str(&out), "[a b][$HOME;'\"][]");
}

static void environment_is_added_and_replaced(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUF out = BUF_INIT;
    static const char *const env[] = {"MC_TEST_OLD=new", "MC_TEST_ADDED=1", NULL};
    setenv("MC_TEST_OLD", "old", 1);
    setenv("MC_TEST_KEPT", "kept", 1);
    struct proc_spec spec = shell(SHELL("echo $MC_TEST_OLD $MC_TEST_ADDED $MC_TEST_KEPT"));
    spec.env = env;
    assert_int_equal(proc_run(&spec, &out, &err), 0);
    assert_string_equal(buf_str(&out), "new 1 kept\n");
}

static void relative_program_is_found_in_its_folder(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUF out = BUF_INIT;
    static const char *const argv[] = {"./sh", "-c", "echo here", NULL};
    struct proc_spec spec = shell(argv);
    spec.dir = "/bin";
    assert_int_equal(proc_run(&spec, &out, &err), 0);
    assert_string_equal(buf_str(&out), "here\n");
}

static void failures_have_their_kind(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    AUTO_ERR *missing = NULL;
    AUTO_ERR *exit_code = NULL;
    AUTO_ERR *by_signal = NULL;
    static const char *const argv[] = {"meshctl-no-such-program", NULL};
    struct proc_spec none = shell(argv);
    struct proc_spec failing = shell(SHELL("echo secret-token; exit 7"));
    struct proc_spec killed = shell(SHELL("kill -KILL $$"));
    assert_int_equal(proc_run(&none, &out, &missing), -1);
    assert_int_equal(missing->kind, ERROR_NOT_FOUND);
    assert_int_equal(proc_run(&failing, &out, &exit_code), -1);
    assert_int_equal(exit_code->kind, ERROR_DENIED);
    assert_non_null(strstr(exit_code->message, "7"));
    assert_null(strstr(exit_code->message, "secret-token"));
    assert_int_equal(proc_run(&killed, &out, &by_signal), -1);
    assert_int_equal(by_signal->kind, ERROR_DENIED);
    assert_non_null(strstr(by_signal->message, "signal 9"));
}

static void output_is_bounded(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct proc_spec spec = shell(SHELL("echo 12345"));
    spec.max_output = 6;
    assert_int_equal(proc_run(&spec, &out, &err), 0);
    spec.max_output = 5;
    assert_int_equal(proc_run(&spec, &out, &err), -1);
    assert_int_equal(err->kind, ERROR_INPUT);
}

static void hear(void *ctx, const char *line)
{
    strlist_add(ctx, line);
}

/* Far more than a pipe holds on one stream must not keep the other, nor the end, from coming; what
 * a program of its own keeps open after the end is not waited for. */
static void error_lines_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        size_t lines;
        const char *first, *last;
    } cases[] = {
        {"echo one >&2; printf 'two\\r\\nthree' >&2", 3, "one", "three"},
        {"exec >&-; yes error | head -n 50000 >&2", 50000, "error", "error"},
        {"echo 1 >&2; sleep 16 >/dev/null & echo 2 >&2; exit 3", 2, "1", "2"},
        {"true", 0, NULL, NULL},
        {"head -c 5000 /dev/zero | tr '\\0' x >&2", 2, NULL, NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_ERR *err = NULL;
        AUTO_BUF out = BUF_INIT;
        AUTO_STRLIST lines = STRLIST_INIT;
        int64_t start = clock_now_ms();
        struct proc_spec spec = shell(SHELL(cases[i].script));
        spec.on_error_line = hear;
        spec.ctx = &lines;
        assert_int_equal(proc_run(&spec, &out, &err), strstr(cases[i].script, "exit") ? -1 : 0);
        assert_int_equal(lines.count, cases[i].lines);
        if (cases[i].first) {
            assert_string_equal(lines.items[0], cases[i].first);
            assert_string_equal(lines.items[lines.count - 1], cases[i].last);
        }
        assert_true(clock_now_ms() - start < 15000);
    }
}

/* The program is ended while no echo is on, as under a password. */
static void one_that_asks_has_the_terminal(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_ERR *late = NULL;
    AUTO_BUF out = BUF_INIT;
    struct termios modes;
    int master;
    pid_t child = forkpty(&master, NULL, NULL, NULL);
    if (child == 0) {
        struct proc_spec spec =
            shell(SHELL("stty -echo; read line; stty echo; echo \"got $line\""));
        spec.asks = true;
        if (proc_run(&spec, &out, &err) < 0 || strcmp(buf_str(&out), "got secret\n") != 0)
            _exit(1);
        spec = shell(SHELL("stty -echo; exec sleep 60"));
        spec.asks = true;
        spec.timeout_ms = 300;
        if (proc_run(&spec, &out, &late) == 0 || tcgetattr(STDIN_FILENO, &modes) < 0)
            _exit(2);
        _exit(modes.c_lflag & ECHO ? 0 : 3);
    }
    int status = 0;
    assert_int_equal(write(master, "secret\n", 7), 7);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(master);
}

/* A child of its child that has all streams: told by its pid, which it writes first. */
static bool is_alive(const char *pid_file)
{
    AUTO_ERR *err = NULL;
    AUTO_BUF text = BUF_INIT;
    must(fs_read(pid_file, 64, &text, &err), &err);
    pid_t pid = (pid_t)strtol(buf_str(&text), NULL, 10);
    assert_true(pid > 1);
    AUTO_FREE char *path = mem_printf("/proc/%ld/stat", (long)pid);
    for (int i = 0; i < 50; i++) {
        AUTO_BUF stat = BUF_INIT;
        AUTO_ERR *gone = NULL;
        /* Whoever takes care of orphans may not have collected it yet. */
        if (fs_read(path, 4096, &stat, &gone) < 0 || strstr(buf_str(&stat), ") Z "))
            return false;
        (void)clock_sleep(10, NULL);
    }
    return true;
}

static void *cancel_soon(void *cancel)
{
    (void)clock_sleep(400, NULL);
    cancel_set(cancel);
    return NULL;
}

static void its_children_end_with_it(void **state)
{
    (void)state;
    static const char *const scripts[] = {
        "sleep 60 & echo $! >pid; wait",
        "sh -c \"trap '' TERM INT; echo \\$\\$ >pid; while :; do sleep 0.1; done\" & sleep 60",
        "sleep 60 & echo $! >pid; sleep 0.1; echo more than allowed; wait",
    };
    struct cancel cancel;
    assert_int_equal(cancel_init(&cancel), 0);
    for (size_t i = 0; i < 2 * MC_ARRAY_LEN(scripts); i++) {
        AUTO_ERR *err = NULL;
        AUTO_BUF out = BUF_INIT;
        struct proc_spec spec = shell(SHELL(scripts[i / 2]));
        spec.timeout_ms = i % 2 ? 500 : 20000;
        spec.max_output = i / 2 == 2 ? 4 : 1 << 20;
        spec.cancel = i % 2 ? NULL : &cancel;
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel), 0);
        int64_t start = clock_now_ms();
        assert_int_equal(proc_run(&spec, &out, &err), -1);
        pthread_join(thread, NULL);
        assert_false(is_alive("pid"));
        assert_true(clock_now_ms() - start < 2500);
        cancel_release(&cancel);
        assert_int_equal(cancel_init(&cancel), 0);
    }
    cancel_release(&cancel);
}

/* The answer is what it printed; who else has the pipe does not matter, and goes on. */
static void a_child_of_it_is_not_waited_for(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUF out = BUF_INIT;
    int64_t start = clock_now_ms();
    struct proc_spec spec =
        shell(SHELL("sleep 60 2>/dev/null & echo $! >pid; head -c 50000 /dev/zero | tr '\\0' x"));
    assert_int_equal(proc_run(&spec, &out, &err), 0);
    assert_int_equal(out.len, 50000);
    assert_true(clock_now_ms() - start < 5000);
    assert_true(is_alive("pid"));
    AUTO_BUF text = BUF_INIT;
    must(fs_read("pid", 64, &text, &err), &err);
    kill((pid_t)strtol(buf_str(&text), NULL, 10), SIGKILL);
}

/* What a person types reaches the one that asks, alone; the terminal comes back afterwards. */
static void ctrl_c_cancels_what_asked(void **state)
{
    (void)state;
    int master;
    pid_t child = forkpty(&master, NULL, NULL, NULL);
    if (child == 0) {
        struct cancel cancel;
        struct error *err = NULL;
        AUTO_BUF out = BUF_INIT;
        struct proc_spec spec = shell(SHELL("echo asking >&2; sleep 60"));
        spec.asks = true;
        spec.cancel = &cancel;
        if (cancel_init(&cancel) < 0 || proc_run(&spec, &out, &err) == 0)
            _exit(1);
        if (err->kind != ERROR_CANCELLED || !cancel_is_set(&cancel))
            _exit(2);
        _exit(tcgetpgrp(STDIN_FILENO) == getpgrp() ? 0 : 3);
    }
    char text[64];
    int status = 0;
    assert_true(read(master, text, sizeof(text)) > 0);
    /* A shell that is just about to start a program may lose one. */
    pid_t ended = 0;
    for (int i = 0; i < 100 && ended == 0; i++) {
        assert_int_equal(write(master, "\003", 1), 1);
        (void)clock_sleep(50, NULL);
        ended = waitpid(child, &status, WNOHANG);
    }
    assert_int_equal(ended, child);
    assert_int_equal(status, 0);
    close(master);
}

/* The shell of a terminal, for one job: puts it in front, continues it as soon as it has stopped, and
 * ends with its exit code; 100: it never stopped. */
static _Noreturn void be_shell(pid_t job)
{
    int status, stops = 0;
    signal(SIGTTOU, SIG_IGN);
    (void)setpgid(job, job);
    (void)tcsetpgrp(STDIN_FILENO, job);
    for (;;) {
        if (waitpid(job, &status, WUNTRACED) < 0)
            _exit(101);
        if (!WIFSTOPPED(status))
            _exit(stops && WIFEXITED(status) ? WEXITSTATUS(status) : 100);
        /* Who stops has given the terminal back. */
        if (tcgetpgrp(STDIN_FILENO) != job)
            _exit(102);
        stops++;
        (void)tcsetpgrp(STDIN_FILENO, job);
        (void)kill(-job, SIGCONT);
    }
}

static void ctrl_z_stops_us_too(void **state)
{
    (void)state;
    int master, status = 0;
    pid_t child = forkpty(&master, NULL, NULL, NULL);
    if (child == 0) {
        pid_t job = fork();
        if (job > 0)
            be_shell(job);
        struct error *err = NULL;
        AUTO_BUF out = BUF_INIT;
        struct proc_spec spec =
            shell(SHELL("echo asking >&2; read line; read line; echo \"got $line\""));
        spec.asks = true;
        /* In front only when the shell has said so. */
        (void)setpgid(0, 0);
        for (int i = 0; i < 200 && tcgetpgrp(STDIN_FILENO) != getpid(); i++)
            (void)clock_sleep(10, NULL);
        _exit(proc_run(&spec, &out, &err) == 0 && strcmp(buf_str(&out), "got it\n") == 0 ? 0 : 1);
    }
    char text[64];
    assert_true(read(master, text, sizeof(text)) > 0);
    assert_int_equal(write(master, "one\n", 4), 4);
    (void)clock_sleep(200, NULL);
    assert_int_equal(write(master, "\032", 1), 1);
    (void)clock_sleep(300, NULL);
    assert_int_equal(write(master, "it\n", 3), 3);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(master);
}

/* The first waits with its output open, the second closes it and goes on, the third does not listen
 * to SIGTERM. */
static void deadline_ends_it(void **state)
{
    (void)state;
    struct proc_spec specs[] = {
        shell(SHELL("exec sleep 60")),
        shell(SHELL("exec sleep 60 >/dev/null")),
        shell(SHELL("trap '' TERM; while :; do sleep 0.1; done")),
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(specs); i++) {
        AUTO_ERR *err = NULL;
        AUTO_BUF out = BUF_INIT;
        int64_t start = clock_now_ms();
        specs[i].timeout_ms = 200;
        assert_int_equal(proc_run(&specs[i], &out, &err), -1);
        assert_int_equal(err->kind, ERROR_TIMEOUT);
        assert_true(clock_now_ms() - start < 15000);
    }
}

static void cancel_ends_it(void **state)
{
    (void)state;
    struct cancel cancel;
    assert_int_equal(cancel_init(&cancel), 0);
    cancel_set(&cancel);
    struct proc_spec specs[] = {shell(SHELL("exec sleep 60")), shell(SHELL("exec sleep 60 >&-"))};
    for (size_t i = 0; i < MC_ARRAY_LEN(specs); i++) {
        AUTO_ERR *err = NULL;
        AUTO_BUF out = BUF_INIT;
        int64_t start = clock_now_ms();
        specs[i].cancel = &cancel;
        assert_int_equal(proc_run(&specs[i], &out, &err), -1);
        assert_int_equal(err->kind, ERROR_CANCELLED);
        assert_true(clock_now_ms() - start < 15000);
    }
    cancel_release(&cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_is_appended),
        cmocka_unit_test(standard_input_is_empty),
        cmocka_unit_test(arguments_stay_whole),
        cmocka_unit_test(environment_is_added_and_replaced),
        cmocka_unit_test(relative_program_is_found_in_its_folder),
        cmocka_unit_test(failures_have_their_kind),
        cmocka_unit_test(output_is_bounded),
        cmocka_unit_test(error_lines_are_told),
        cmocka_unit_test(one_that_asks_has_the_terminal),
        cmocka_unit_test_setup_teardown(its_children_end_with_it, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(a_child_of_it_is_not_waited_for, enter_folder,
                                        leave_folder),
        cmocka_unit_test(ctrl_c_cancels_what_asked),
        cmocka_unit_test(ctrl_z_stops_us_too),
        cmocka_unit_test(deadline_ends_it),
        cmocka_unit_test(cancel_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
