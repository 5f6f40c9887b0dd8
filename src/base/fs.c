/* Reading up to a limit, writing by rename, folders and paths. */
#include "meshctl/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "meshctl/base/clock.h"

enum error_kind fs_error_kind(int errnum)
{
    switch (errnum) {
    case ENOENT:
    case ENOTDIR:
        return ERROR_NOT_FOUND;
    case EACCES:
    case EPERM:
        return ERROR_DENIED;
    default:
        return ERROR_INPUT;
    }
}

void fs_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* What a run without a time limit of its own waits for a pipe: as long as one with the default. */
#define MAX_WAIT_MS ((int64_t)10 * 60 * 1000)

static struct {
    struct cancel *cancel;
    int64_t deadline_ms; /* 0: none */
} waits;

void fs_limit_waits(struct cancel *cancel, int64_t deadline_ms)
{
    waits.cancel = cancel;
    waits.deadline_ms = deadline_ms;
}

/* Until there is something to read, or the end. Whoever opened a pipe for writing, or has yet to, may
 * never write. */
int fs_wait_readable(int fd, const char *path, struct error **err)
{
    int64_t deadline = waits.deadline_ms ? waits.deadline_ms : clock_now_ms() + MAX_WAIT_MS;
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
                           {.fd = cancel_fd(waits.cancel), .events = POLLIN}};
    for (;;) {
        int64_t left = clock_left_ms(deadline);
        if (cancel_is_set(waits.cancel))
            return error_set(err, ERROR_CANCELLED, "interrupted while reading %s", path);
        if (poll(fds, MC_ARRAY_LEN(fds), left > 60000 ? 60000 : (int)left) < 0 && errno != EINTR)
            return error_errno(err, ERROR_INTERNAL, errno, "poll");
        if (fds[0].revents)
            return 0;
        if (left == 0) {
            error_set(err, ERROR_TIMEOUT, "%s: nothing came until the time was over", path);
            return error_hint(err, "it is no file but a pipe, and nobody writes to it");
        }
    }
}

/* Of a file that tells no size, or grows. */
#define CHUNK ((size_t)64 * 1024)
/* A pipe that nobody writes to opens, and a terminal does not become ours. */
#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

/* Straight into `out`, with room for one byte more than the file should have: a regular file whose
 * last read stops there has ended. */
static int read_all(int fd, const char *path, const struct stat *st, size_t max, struct buf *out,
                    struct error **err)
{
    bool may_block = !S_ISREG(st->st_mode);
    size_t size = !may_block && (uint64_t)st->st_size <= max ? (size_t)st->st_size : 0;
    for (size_t total = 0;;) {
        if (may_block && fs_wait_readable(fd, path, err) < 0)
            return -1;
        size_t want = size >= total ? size - total + 1 : CHUNK;
        buf_reserve(out, want);
        size_t room = out->cap - out->len - 1;
        char rest[4096]; /* what `out` cannot hold is counted still */
        ssize_t n = room ? read(fd, out->data + out->len, want < room ? want : room)
                         : read(fd, rest, sizeof(rest));
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return error_errno(err, fs_error_kind(errno), errno, "read %s", path);
        total += (size_t)n;
        if (total > max)
            return error_set(err, ERROR_INPUT, "%s is larger than the limit of %zu bytes", path,
                             max);
        if (room)
            out->len += (size_t)n;
        else if (n)
            out->overflow = true;
        out->data[out->len] = '\0';
        if (n == 0 || (size && total == size && (size_t)n < want))
            return 0;
    }
}

static int read_opened(int fd, const char *path, size_t max, enum guard guard, struct buf *out,
                       struct error **err)
{
    if (fd < 0)
        return error_errno(err, fs_error_kind(errno), errno, "open %s", path);
    struct stat st;
    if (fstat(fd, &st) < 0)
        return error_errno(err, ERROR_INPUT, errno, "look at %s", path);
    if (S_ISDIR(st.st_mode))
        return error_errno(err, ERROR_INPUT, EISDIR, "open %s", path);
    if (strcmp(path, "-") != 0 && isatty(fd))
        return error_set(err, ERROR_INPUT, "%s is a terminal, not a file", path);
    if (guard_check(fd, path, guard, err) < 0)
        return -1;
    return read_all(fd, path, &st, max, out, err);
}

int fs_read(const char *path, size_t max, struct buf *out, struct error **err)
{
    AUTO_FD fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, READ_FLAGS);
    return read_opened(fd, path, max, GUARD_NONE, out, err);
}

int fs_read_at(int dir, const char *name, const char *path, size_t max, struct buf *out,
               struct error **err)
{
    return fs_read_guarded(dir, name, path, max, GUARD_NONE, out, err);
}

int fs_read_guarded(int dir, const char *name, const char *path, size_t max, enum guard guard,
                    struct buf *out, struct error **err)
{
    AUTO_FD fd = openat(dir, name, READ_FLAGS);
    return read_opened(fd, path, max, guard, out, err);
}

/* ---- writing, folders, paths ------------------------------------------------------------------ */

static int write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

int fs_write(const char *path, const void *data, size_t len, mode_t mode, struct error **err)
{
    AUTO_FREE char *temp = mem_printf("%s.XXXXXX", path);
    AUTO_FD fd = mkostemp(temp, O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, fs_error_kind(errno), errno, "create %s", path);
    if (fchmod(fd, mode) < 0 || write_all(fd, data, len) < 0 || fsync(fd) < 0 ||
        rename(temp, path) < 0) {
        int saved = errno;
        unlink(temp);
        return error_errno(err, fs_error_kind(saved), saved, "write %s", path);
    }
    return 0;
}

int fs_rename(const char *from, const char *to, struct error **err)
{
    if (rename(from, to) < 0)
        return error_errno(err, fs_error_kind(errno), errno, "rename %s to %s", from, to);
    return 0;
}

int fs_mkdirs(const char *path, mode_t mode, struct error **err)
{
    if (!*path)
        return error_errno(err, ERROR_INPUT, ENOENT, "create folder \"\"");
    AUTO_FREE char *partial = mem_strdup(path);
    for (char *p = partial + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char saved = *p;
        *p = '\0';
        if (mkdir(partial, mode) == 0) {
            /* mkdir is subject to the umask, the promise in the header is not. Nobody gets another
             * mode who has put something else there since. */
            AUTO_FD made = open(partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (made < 0 || fchmod(made, mode) < 0)
                return error_errno(err, fs_error_kind(errno), errno, "chmod %s", partial);
        } else if (errno != EEXIST) {
            return error_errno(err, fs_error_kind(errno), errno, "create folder %s", partial);
        }
        *p = saved;
        if (!saved)
            break;
    }
    if (!fs_is_dir(path))
        return error_errno(err, ERROR_INPUT, ENOTDIR, "create folder %s", path);
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    (void)remove(path);
    return 0;
}

void fs_remove_tree(const char *path)
{
    enum { OPEN_FOLDERS = 8 };
    (void)nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

bool fs_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool fs_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *fs_join_dup(const char *dir, const char *name)
{
    if (name[0] == '/' || !dir[0])
        return mem_strdup(name);
    size_t len = strlen(dir), slash = dir[len - 1] != '/', name_len = strlen(name);
    char *path = mem_alloc(len + slash + name_len + 1);
    memcpy(path, dir, len);
    path[len] = '/';
    memcpy(path + len + slash, name, name_len + 1);
    return path;
}

char *fs_dirname_dup(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return mem_strdup(".");
    return mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

const char *fs_basename(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}
