/* Files. Reads are bounded, writes are atomic (temporary file in the same folder, fsync, rename),
 * so that a half-written file is never seen. Errors name the path. */
#ifndef MESHCTL_BASE_FS_H
#define MESHCTL_BASE_FS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"

/* Reads the whole regular file (or pipe; "-" is standard input) into `out`, at most `max` bytes.
 * A missing file is ERROR_NOT_FOUND, an unreadable one ERROR_DENIED, anything else ERROR_INPUT. */
int fs_read(const char *path, size_t max, struct buf *out, struct error **err) MC_WARN_UNUSED;
/* As fs_read, of a file in an open folder; `path` stands in errors. */
int fs_read_at(int dir, const char *name, const char *path, size_t max, struct buf *out,
               struct error **err) MC_WARN_UNUSED;
/* Atomic replace with exactly `mode` (umask does not matter). */
int fs_write(const char *path, const void *data, size_t len, mode_t mode, struct error **err)
    MC_WARN_UNUSED;
/* rename(2): `to` is replaced at once, or nothing happens. */
int fs_rename(const char *from, const char *to, struct error **err) MC_WARN_UNUSED;
/* Makes the folder and its parents; those it makes get `mode`. An existing folder is fine. */
int fs_mkdirs(const char *path, mode_t mode, struct error **err) MC_WARN_UNUSED;
bool fs_exists(const char *path);
bool fs_is_dir(const char *path);
/* DIR/NAME; an absolute NAME is returned as it is. Yours to free. */
char *fs_join_dup(const char *dir, const char *name);
/* The folder part of a path, "." when there is none. Yours to free. */
char *fs_dirname_dup(const char *path);
/* The last part of a path; borrowed from it. */
const char *fs_basename(const char *path);

#endif
