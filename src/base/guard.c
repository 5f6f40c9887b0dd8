/* Owner and mode of what is open. */
#include "meshctl/base/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "meshctl/base/fs.h"

#define WRITERS (S_IWGRP | S_IWOTH)
#define READERS (S_IRWXG | S_IRWXO)

static int refuse_owner(const char *path, const struct stat *st, struct error **err)
{
    error_set(err, ERROR_INPUT, "%s belongs to another user (uid %ld, this one is %ld)", path,
              (long)st->st_uid, (long)geteuid());
    error_where(err, "%s", path);
    return error_hint(err, "name one of your own; if that one is yours, chown %ld %s",
                      (long)geteuid(), path);
}

int guard_check(int fd, const char *path, enum guard guard, struct error **err)
{
    struct stat st;
    if (guard == GUARD_NONE)
        return 0;
    if (fstat(fd, &st) < 0)
        return error_errno(err, ERROR_INPUT, errno, "look at %s", path);
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return refuse_owner(path, &st, err);
    if (st.st_mode & WRITERS) {
        error_set(err, ERROR_INPUT,
                  "%s can be written by other users (mode %04o): it may not be what you made", path,
                  (unsigned)(st.st_mode & 07777));
        error_where(err, "%s", path);
        return error_hint(err, "chmod %s %s", guard == GUARD_READ ? "go=" : "go-w", path);
    }
    if (guard == GUARD_READ && st.st_mode & READERS) {
        error_set(err, ERROR_INPUT,
                  "%s is a key, and other users can read it (mode %04o): they may have a copy",
                  path, (unsigned)(st.st_mode & 07777));
        error_where(err, "%s", path);
        return error_hint(err, "chmod go= %s", path);
    }
    return 0;
}

int guard_open_folder(int dir, const char *name, const char *path, int *ret_fd, struct error **err)
{
    AUTO_FD fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, fs_error_kind(errno), errno, "open %s", path);
    if (guard_check(fd, path, GUARD_WRITE, err) < 0)
        return -1;
    *ret_fd = fd;
    fd = -1;
    return 0;
}

/* The path of an open folder, for people. */
static char *name_dup(int fd)
{
    char link[64], name[4096];
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, name, sizeof(name));
    return len > 0 ? mem_strndup(name, (size_t)len) : mem_strdup("a folder above it");
}

static int refuse_parent(int fd, const char *path, const struct stat *st, struct error **err)
{
    AUTO_FREE char *name = name_dup(fd);
    error_set(err, ERROR_INPUT, "%s lies in %s, which every user can write (mode %04o)", path, name,
              (unsigned)(st->st_mode & 07777));
    error_where(err, "%s", name);
    return error_hint(err, "chmod o-w %s", name);
}

int guard_check_parents(int fd, const char *path, struct error **err)
{
    AUTO_FD at = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat here, above;
    if (at < 0 || fstat(at, &here) < 0)
        return error_errno(err, ERROR_INPUT, errno, "look at %s", path);
    for (int i = 0; i < GUARD_MAX_PARENTS; i++) {
        int up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        fs_close(&at);
        at = up;
        if (at < 0 || fstat(at, &above) < 0)
            return error_errno(err, ERROR_INPUT, errno, "look above %s", path);
        if (above.st_dev == here.st_dev && above.st_ino == here.st_ino)
            return 0;
        if (above.st_mode & S_IWOTH && !(above.st_mode & S_ISVTX))
            return refuse_parent(at, path, &above, err);
        here = above;
    }
    return error_set(err, ERROR_INPUT, "%s lies below more than %d folders", path,
                     GUARD_MAX_PARENTS);
}
