#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "meshctl/base/fs.h"

static char folder[] = "/tmp/meshctl-test-fs-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

/* Removes the folder and what is at most one level below it. */
static int remove_folder(void **state)
{
    (void)state;
    DIR *dir = opendir(folder);
    if (!dir)
        return -1;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        AUTO_FREE char *path = fs_join_dup(folder, entry->d_name);
        if (entry->d_name[0] != '.' && unlink(path) < 0) {
            AUTO_FREE char *below = fs_join_dup(path, "below");
            rmdir(below);
            rmdir(path);
        }
    }
    closedir(dir);
    return rmdir(folder);
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void write_then_read(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUF out = BUF_INIT;
    AUTO_FREE char *path = fs_join_dup(folder, "file");
    mode_t old = umask(077);
    assert_int_equal(fs_write(path, "a\0b", 3, 0644, &err), 0);
    assert_int_equal(mode_of(path), 0644);
    assert_int_equal(fs_write(path, "new", 3, 0600, &err), 0);
    assert_int_equal(mode_of(path), 0600);
    umask(old);
    buf_appends(&out, "x");
    assert_int_equal(fs_read(path, 3, &out, &err), 0);
    assert_string_equal(buf_str(&out), "xnew");
}

/* Nothing is left behind, whether it went well or not. */
static void write_leaves_no_temporary_file(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_FREE char *sub = fs_join_dup(folder, "target");
    assert_int_equal(fs_mkdirs(sub, 0700, &err), 0);
    assert_int_equal(fs_write(sub, "x", 1, 0600, &err), -1);
    size_t count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += strstr(entry->d_name, "target.") != NULL;
    closedir(dir);
    assert_int_equal(count, 0);
}

static void read_is_bounded(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUF out = BUF_INIT;
    AUTO_FREE char *path = fs_join_dup(folder, "big");
    AUTO_FREE char *data = mem_zalloc(200000);
    assert_int_equal(fs_write(path, data, 200000, 0600, &err), 0);
    assert_int_equal(fs_read(path, 200000, &out, &err), 0);
    assert_int_equal(out.len, 200000);
    assert_int_equal(fs_read(path, 199999, &out, &err), -1);
    assert_int_equal(err->kind, ERROR_INPUT);
    assert_non_null(strstr(err->message, path));
}

static void read_errors_have_their_kind(void **state)
{
    (void)state;
    AUTO_ERR *missing = NULL;
    AUTO_ERR *is_folder = NULL;
    AUTO_BUF out = BUF_INIT;
    AUTO_FREE char *path = fs_join_dup(folder, "none");
    assert_int_equal(fs_read(path, 10, &out, &missing), -1);
    assert_int_equal(missing->kind, ERROR_NOT_FOUND);
    assert_non_null(strstr(missing->message, path));
    assert_int_equal(fs_read(folder, 10, &out, &is_folder), -1);
    assert_int_equal(is_folder->kind, ERROR_INPUT);
}

static void reads_a_pipe_as_standard_input(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUF out = BUF_INIT;
    int fds[2], saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "piped", 5), 5);
    close(fds[1]);
    dup2(fds[0], STDIN_FILENO);
    close(fds[0]);
    assert_int_equal(fs_read("-", 100, &out, &err), 0);
    dup2(saved, STDIN_FILENO);
    close(saved);
    assert_string_equal(buf_str(&out), "piped");
}

static void reads_in_an_open_folder(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_BUF text = BUF_INIT;
    AUTO_FREE char *path = fs_join_dup(folder, "inner");
    assert_int_equal(fs_write(path, "hello world", 11, 0600, &err), 0);
    int dir = open(folder, O_RDONLY | O_DIRECTORY);
    assert_true(dir >= 0);
    assert_int_equal(fs_read_at(dir, "inner", path, 11, &text, &err), 0);
    assert_string_equal(buf_str(&text), "hello world");
    assert_int_equal(fs_read_at(dir, "inner", path, 10, &text, &err), -1);
    assert_int_equal(err->kind, ERROR_INPUT);
    error_clear(&err);
    assert_int_equal(fs_read_at(dir, "outer", "some/outer", 10, &text, &err), -1);
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
    assert_non_null(strstr(err->message, "some/outer"));
    error_clear(&err);
    close(dir);
}

static void makes_folders(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_FREE char *top = fs_join_dup(folder, "top");
    AUTO_FREE char *below = fs_join_dup(top, "below");
    mode_t old = umask(077);
    assert_int_equal(fs_mkdirs(below, 0755, &err), 0);
    umask(old);
    assert_true(fs_is_dir(below));
    assert_int_equal(mode_of(top), 0755);
    assert_int_equal(mode_of(below), 0755);
    assert_int_equal(fs_mkdirs(below, 0700, &err), 0);
    assert_int_equal(mode_of(below), 0755);
}

static void folders_that_cannot_be(void **state)
{
    (void)state;
    AUTO_ERR *on_file = NULL;
    AUTO_ERR *below_file = NULL;
    AUTO_ERR *empty = NULL;
    AUTO_ERR *err = NULL;
    AUTO_FREE char *path = fs_join_dup(folder, "plain");
    AUTO_FREE char *below = fs_join_dup(path, "x");
    assert_int_equal(fs_write(path, "", 0, 0600, &err), 0);
    assert_int_equal(fs_mkdirs(path, 0700, &on_file), -1);
    assert_int_equal(fs_mkdirs(below, 0700, &below_file), -1);
    assert_int_equal(fs_mkdirs("", 0700, &empty), -1);
    assert_true(fs_exists(path));
    assert_false(fs_is_dir(path));
    assert_false(fs_exists(below));
}

static void path_parts(void **state)
{
    (void)state;
    static const struct {
        const char *dir, *name, *joined;
    } joins[] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"a", "/b", "/b"}, {"", "b", "b"}, {"/", "b", "/b"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(joins); i++) {
        AUTO_FREE char *joined = fs_join_dup(joins[i].dir, joins[i].name);
        assert_string_equal(joined, joins[i].joined);
    }
    static const struct {
        const char *path, *dir, *base;
    } splits[] = {{"a/b", "a", "b"}, {"b", ".", "b"}, {"/b", "/", "b"}, {"/a/b/c", "/a/b", "c"}};
    for (size_t i = 0; i < MC_ARRAY_LEN(splits); i++) {
        AUTO_FREE char *dir = fs_dirname_dup(splits[i].path);
        assert_string_equal(dir, splits[i].dir);
        assert_string_equal(fs_basename(splits[i].path), splits[i].base);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write_then_read),
        cmocka_unit_test(write_leaves_no_temporary_file),
        cmocka_unit_test(read_is_bounded),
        cmocka_unit_test(read_errors_have_their_kind),
        cmocka_unit_test(reads_a_pipe_as_standard_input),
        cmocka_unit_test(reads_in_an_open_folder),
        cmocka_unit_test(makes_folders),
        cmocka_unit_test(folders_that_cannot_be),
        cmocka_unit_test(path_parts),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
