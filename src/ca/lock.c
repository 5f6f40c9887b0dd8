/* The lock of a CA folder. */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"
#include "meshctl/base/who.h"

#define LOCK_FILE ".lock"
#define MAX_HOLDER 512 /* bytes that are read of a holder's text */

struct ca_lock {
    int fd;
};

/* Written after the lock was got, so that for a moment there may be nothing to read. */
static int busy(int fd, const char *dir, struct error **err)
{
    char text[MAX_HOLDER];
    AUTO_BUF holder = BUF_INIT;
    ssize_t len = pread(fd, text, sizeof(text), 0);
    text_append_clean(&holder, text, len > 0 ? (size_t)len : 0);
    error_set(err, ERROR_CHECK, "CA folder %s is in use by %s", dir,
              holder.len ? buf_str(&holder) : "another process");
    error_where(err, "%s/" LOCK_FILE, dir);
    return error_hint(err, "wait until that run has ended, then run this again");
}

static int refuse(int errnum, const char *path, struct error **err)
{
    enum error_kind kind =
        errnum == EACCES || errnum == EPERM || errnum == EROFS ? ERROR_DENIED : ERROR_INPUT;
    error_errno(err, kind, errnum, "lock %s", path);
    error_where(err, "%s", path);
    return error_hint(err, "name a folder on a filesystem that can be written and locked with "
                           "--ca-dir");
}

static void tell_holder(int fd)
{
    AUTO_FREE char *who = who_dup();
    AUTO_FREE char *since = clock_rfc3339_dup(time(NULL));
    AUTO_FREE char *text = mem_printf("%s pid %ld since %s", who, (long)getpid(), since);
    /* For people alone: the lock does not depend on it. */
    if (ftruncate(fd, 0) < 0 || pwrite(fd, text, strlen(text), 0) < 0)
        return;
}

int ca_lock_take(const char *dir, struct ca_lock **ret_lock, struct error **err)
{
    AUTO_FREE char *path = fs_join_dup(dir, LOCK_FILE);
    if (!fs_is_dir(dir) && fs_mkdirs(dir, 0700, err) < 0)
        return -1;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0)
        return refuse(errno, path, err);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        int rc = errno == EWOULDBLOCK ? busy(fd, dir, err) : refuse(errno, path, err);
        close(fd);
        return rc;
    }
    tell_holder(fd);
    *ret_lock = mem_zalloc(sizeof(**ret_lock));
    (*ret_lock)->fd = fd;
    return 0;
}

void ca_lock_release(struct ca_lock *lock)
{
    if (!lock)
        return;
    close(lock->fd);
    free(lock);
}
