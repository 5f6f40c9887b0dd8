/* Files. Reads are bounded, writes are atomic (temporary file in the same folder, fsync, rename),
 * so that a half-written file is never seen. Errors name the path. */
#ifndef MESHCTL_BASE_FS_H
#define MESHCTL_BASE_FS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/cancel.h"
#include "meshctl/base/error.h"
#include "meshctl/base/guard.h"

/* Reads the whole regular file (or pipe; "-" is standard input) into `out`, at most `max` bytes.
 * A missing file is ERROR_NOT_FOUND, an unreadable one ERROR_DENIED, anything else ERROR_INPUT. A pipe
 * is waited for as fs_limit_waits says: ERROR_TIMEOUT, ERROR_CANCELLED. */
int fs_read(const char *path, size_t max, struct buf *out, struct error **err) MC_WARN_UNUSED;
/* As fs_read, of a file in an open folder; `path` stands in errors. */
int fs_read_at(int dir, const char *name, const char *path, size_t max, struct buf *out,
               struct error **err) MC_WARN_UNUSED;
/* As fs_read_at, of a file whose owner and mode are as `guard` wants them. */
int fs_read_guarded(int dir, const char *name, const char *path, size_t max, enum guard guard,
                    struct buf *out, struct error **err) MC_WARN_UNUSED;
/* What ends all waiting for pipes, in every thread: for the run as a whole, before its threads.
 * `deadline_ms` is of clock_now_ms; 0: ten minutes each. `cancel` may be NULL. */
void fs_limit_waits(struct cancel *cancel, int64_t deadline_ms);
/* Waits so until `fd` can be read, or is at its end. `path` stands in errors. */
int fs_wait_readable(int fd, const char *path, struct error **err) MC_WARN_UNUSED;
/* The kind of an errno that a path has led to. */
enum error_kind fs_error_kind(int errnum);
/* For MC_CLEANUP: closes what is open. */
void fs_close(int *fd);
#define AUTO_FD MC_CLEANUP(fs_close) int
/* Atomic replace with exactly `mode` (umask does not matter). */
int fs_write(const char *path, const void *data, size_t len, mode_t mode, struct error **err)
    MC_WARN_UNUSED;
/* rename(2): `to` is replaced at once, or nothing happens. */
int fs_rename(const char *from, const char *to, struct error **err) MC_WARN_UNUSED;
/* Makes the folder and its parents; those it makes get `mode`. An existing folder is fine. */
int fs_mkdirs(const char *path, mode_t mode, struct error **err) MC_WARN_UNUSED;
/* Removes a folder with all in it, as far as it can; links are removed, not followed. */
void fs_remove_tree(const char *path);
bool fs_exists(const char *path);
bool fs_is_dir(const char *path);
/* DIR/NAME; an absolute NAME is returned as it is. Yours to free. */
char *fs_join_dup(const char *dir, const char *name);
/* The folder part of a path, "." when there is none. Yours to free. */
char *fs_dirname_dup(const char *path);
/* The last part of a path; borrowed from it. */
const char *fs_basename(const char *path);

#endif
