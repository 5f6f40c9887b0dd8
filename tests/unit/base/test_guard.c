#include "support.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/guard.h"
#include "scratch.h"

static void modes_decide(void **state)
{
    (void)state;
    static const struct {
        mode_t mode;
        enum guard guard;
        const char *said, *fix; /* NULL: fine */
    } rows[] = {
        {0600, GUARD_READ, NULL, NULL},
        {0400, GUARD_READ, NULL, NULL},
        {0644, GUARD_WRITE, NULL, NULL},
        {0666, GUARD_NONE, NULL, NULL},
        {0604, GUARD_READ, "read it (mode 0604)", "chmod go= key"},
        {0640, GUARD_READ, "read it (mode 0640)", "chmod go= key"},
        {0622, GUARD_READ, "written by other users (mode 0622)", "chmod go= key"},
        {0664, GUARD_WRITE, "written by other users (mode 0664)", "chmod go-w key"},
        {0602, GUARD_WRITE, "written by other users (mode 0602)", "chmod go-w key"},
    };
    save("key", "x");
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_ERR *err = NULL;
        AUTO_BUF out = BUF_INIT;
        assert_int_equal(chmod("key", rows[i].mode), 0);
        int rc = fs_read_guarded(AT_FDCWD, "key", "key", 10, rows[i].guard, &out, &err);
        assert_int_equal(rc, rows[i].said ? -1 : 0);
        if (!rows[i].said)
            continue;
        assert_non_null(strstr(err->message, rows[i].said));
        assert_string_equal(err->hint, rows[i].fix);
        /* What is printed mends it. */
        assert_int_equal(system(rows[i].fix), 0);
        error_clear(&err);
        must(fs_read_guarded(AT_FDCWD, "key", "key", 10, rows[i].guard, &out, &err), &err);
    }
}

static void owners_decide(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_FD fd = -1;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chmod(".", 0711), 0);
    assert_int_equal(mkdir("theirs", 0700), 0);
    assert_int_equal(chown("theirs", 4242, 4242), 0);
    refused(guard_open_folder(AT_FDCWD, "theirs", "theirs", &fd, &err), &err, ERROR_INPUT,
            "belongs to another user (uid 4242", NULL);
    assert_int_equal(seteuid(4242), 0);
    must(guard_open_folder(AT_FDCWD, "theirs", "theirs", &fd, &err), &err);
    AUTO_FD root = -1;
    must(guard_open_folder(AT_FDCWD, "/", "/", &root, &err), &err);
    assert_int_equal(seteuid(0), 0);
}

/* Only the folder that is open counts, whatever its name leads to since. */
static void folders_above_decide(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_FD fd = -1;
    must(fs_mkdirs("a/b/c", 0700, &err), &err);
    must(guard_open_folder(AT_FDCWD, "a/b/c", "a/b/c", &fd, &err), &err);
    must(guard_check_parents(fd, "a/b/c", &err), &err);
    assert_int_equal(chmod("a", 0777), 0);
    refused(guard_check_parents(fd, "a/b/c", &err), &err, ERROR_INPUT, "a/b/c lies in ",
            "every user can write (mode 0777)", NULL);
    assert_int_equal(rename("a/b", "b"), 0);
    must(guard_check_parents(fd, "a/b/c", &err), &err);
    assert_int_equal(rename("b", "a/b"), 0);
    assert_int_equal(chmod("a", 01777), 0);
    must(guard_check_parents(fd, "a/b/c", &err), &err);
    assert_int_equal(guard_open_folder(AT_FDCWD, "none", "none", &fd, &err), -1);
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
}

/* ---- pipes ----------------------------------------------------------------------------------- */

static void *write_late(void *ctx)
{
    (void)ctx;
    (void)clock_sleep(100, NULL);
    int fd = open("fifo", O_WRONLY | O_CLOEXEC);
    for (int i = 0; i < 3 && fd >= 0; i++) {
        (void)!write(fd, "word ", 5);
        (void)clock_sleep(50, NULL);
    }
    close(fd);
    return NULL;
}

static void a_pipe_is_read_to_its_end(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUF out = BUF_INIT;
    pthread_t thread;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(pthread_create(&thread, NULL, write_late, NULL), 0);
    must(fs_read("fifo", 100, &out, &err), &err);
    pthread_join(thread, NULL);
    assert_string_equal(buf_str(&out), "word word word ");
}

static void *cancel_late(void *cancel)
{
    (void)clock_sleep(200, NULL);
    cancel_set(cancel);
    return NULL;
}

static void a_pipe_that_nobody_writes_to_is_given_up(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    struct error *err = NULL;
    struct cancel cancel;
    pthread_t thread;
    int64_t start = clock_now_ms();
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(cancel_init(&cancel), 0);
    fs_limit_waits(&cancel, clock_now_ms() + 200);
    refused(fs_read("fifo", 100, &out, &err), &err, ERROR_TIMEOUT, "fifo: nothing came", NULL);
    fs_limit_waits(&cancel, 0);
    assert_int_equal(pthread_create(&thread, NULL, cancel_late, &cancel), 0);
    refused(fs_read("fifo", 100, &out, &err), &err, ERROR_CANCELLED, "interrupted", "fifo", NULL);
    pthread_join(thread, NULL);
    fs_limit_waits(NULL, 0);
    cancel_release(&cancel);
    assert_true(clock_now_ms() - start < 5000);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(modes_decide),
        IN_FOLDER(owners_decide),
        IN_FOLDER(folders_above_decide),
        IN_FOLDER(a_pipe_is_read_to_its_end),
        IN_FOLDER(a_pipe_that_nobody_writes_to_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
