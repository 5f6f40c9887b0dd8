/* What only the program itself can show: its process, not cli_main. */
#include <dlfcn.h>
#include <errno.h>
#include <gnu/libc-version.h>
#include <signal.h>
#include <sys/wait.h>

#include "program.h"

struct streams {
    bool close_in, close_out, close_err;
    const char *locale;
    const char *library_path;
};

/* Runs `meshctl LINE` with standard output in the file "out"; returns the exit code. */
static int run_program(const char *line, const struct streams *s)
{
    AUTO_STRLIST words = STRLIST_INIT;
    strlist_add(&words, "meshctl");
    split_words(&words, line);
    AUTO_FREE char **argv = mem_array(words.count + 1, sizeof(*argv));
    memcpy(argv, words.items, words.count * sizeof(*argv));
    pid_t pid = fork();
    if (pid == 0) {
        int out = open("out", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        int err = open("err", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        if (s->close_in)
            close(STDIN_FILENO);
        if (s->close_out)
            close(STDOUT_FILENO);
        if (s->close_err)
            close(STDERR_FILENO);
        if (s->locale)
            setenv("LC_ALL", s->locale, 1);
        if (s->library_path)
            setenv("LD_LIBRARY_PATH", s->library_path, 1);
        execv(program, argv);
        _exit(99);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void says_its_version(void **state)
{
    (void)state;
    assert_int_equal(run_program("version", &(struct streams){0}), 0);
    AUTO_FREE char *out = content_dup("out");
    assert_string_equal(out, "meshctl " MESHCTL_VERSION "\n");
}

/* With standard output closed, the first file that the program opens would take its number. */
static void closed_standard_output_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(run_program("version", &(struct streams){.close_out = true}), 1);
    AUTO_FREE char *err = content_dup("err");
    assert_non_null(strstr(err, "standard output could not be written"));
    struct streams both = {.close_in = true, .close_out = true};
    assert_int_equal(run_program("version", &both), 1);
    struct streams all = {.close_in = true, .close_out = true, .close_err = true};
    assert_int_equal(run_program("version", &all), 1);
    /* Only what is needed is needed. */
    struct streams others = {.close_in = true, .close_err = true};
    assert_int_equal(run_program("version", &others), 0);
}

static void a_locale_that_is_not_installed_is_no_error(void **state)
{
    (void)state;
    assert_int_equal(run_program("nosuch", &(struct streams){.locale = "xx_YY.UTF-8"}), 64);
    AUTO_FREE char *plain = content_dup("err");
    assert_non_null(strstr(plain, "  XX there is no command"));
    assert_int_equal(run_program("nosuch", &(struct streams){.locale = "C.UTF-8"}), 64);
    AUTO_FREE char *utf8 = content_dup("err");
    assert_non_null(strstr(utf8, "  \342\234\227 there is no command"));
}

static void reader_that_went_away_is_an_error(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    close(fds[0]);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGPIPE, SIG_DFL);
        dup2(fds[1], STDOUT_FILENO);
        if (!freopen("err", "w", stderr))
            _exit(98);
        execl(program, "meshctl", "help", (char *)NULL);
        _exit(99);
    }
    int status = 0;
    close(fds[1]);
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status)); /* not killed by SIGPIPE in the middle of its work */
    assert_int_equal(WEXITSTATUS(status), 1);
}

/* Ctrl-C: an orderly end with its own exit code. */
static void ctrl_c_is_exit_130(void **state)
{
    (void)state;
    save_kubeconfig("dead.yaml");
    (void)unlink("err"); /* another test's would be taken for this run's */
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen("out", "w", stdout))
            _exit(98);
        if (!freopen("err", "w", stderr))
            _exit(98);
        execl(program, "meshctl", "up", "--west", "dead.yaml", (char *)NULL);
        _exit(99);
    }
    /* The run has begun when it has said so; then it tries again for some seconds. */
    for (int i = 0; i < 500; i++) {
        struct stat st;
        if (stat("err", &st) == 0 && st.st_size > 0)
            break;
        usleep(10000);
    }
    usleep(100000);
    kill(pid, SIGINT);
    int status = 0;
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 130);
    AUTO_FREE char *err = content_dup("err");
    assert_non_null(strstr(err, "Interrupted after"));
    assert_non_null(strstr(err, "run the same command to go on"));
}

/* libcurl is opened when it is first needed: what does not need it goes on without, the rest says
 * which package is wanted. What has its name in the library path comes before the real one. */
static void check_libcurl(const char *reason)
{
    const struct streams hidden = {.library_path = "lib"};
    save_kubeconfig("dead.yaml");
    assert_int_equal(run_program("version", &hidden), 0);
    assert_int_equal(run_program("up --west dead.yaml", &hidden), 1);
    AUTO_FREE char *err = content_dup("err");
    assert_non_null(strstr(err, "libcurl.so.4 cannot be loaded: "));
    assert_non_null(strstr(err, reason));
    assert_non_null(strstr(err, "Debian's package is libcurl4"));
    assert_non_null(strstr(err, "nothing was written"));
}

static void libcurl_that_cannot_be_opened_is_an_error_with_its_package(void **state)
{
    (void)state;
    assert_int_equal(mkdir("lib", 0700), 0);
    save("lib/libcurl.so.4", "not a library");
    check_libcurl("lib/libcurl.so.4: ");
}

/* As in one that is too old. */
static void libcurl_that_lacks_a_function_is_an_error_with_its_package(void **state)
{
    (void)state;
    Dl_info other;
    assert_int_not_equal(dladdr((void *)(uintptr_t)gnu_get_libc_version, &other), 0);
    assert_int_equal(unlink("lib/libcurl.so.4"), 0);
    assert_int_equal(symlink(other.dli_fname, "lib/libcurl.so.4"), 0);
    check_libcurl("undefined symbol: curl_");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_its_version),
        cmocka_unit_test(closed_standard_output_is_an_error),
        cmocka_unit_test(a_locale_that_is_not_installed_is_no_error),
        cmocka_unit_test(reader_that_went_away_is_an_error),
        cmocka_unit_test(ctrl_c_is_exit_130),
        cmocka_unit_test(libcurl_that_cannot_be_opened_is_an_error_with_its_package),
        cmocka_unit_test(libcurl_that_lacks_a_function_is_an_error_with_its_package),
    };
    return cmocka_run_group_tests(tests, find_program, leave_folder);
}
