/* Who else may change or read what is about to be used: judged by the open file, so that nothing can be
 * put in its place in between. Errors are ERROR_INPUT with the command that mends it. Thread-safe. */
#ifndef MESHCTL_BASE_GUARD_H
#define MESHCTL_BASE_GUARD_H

#include <stdbool.h>

#include "meshctl/base/error.h"

enum guard {
    GUARD_NONE,
    GUARD_WRITE, /* ours or root's, and nobody else may write */
    GUARD_READ,  /* nor read: a key */
};

#define GUARD_MAX_PARENTS 256

/* `path` stands in errors. */
int guard_check(int fd, const char *path, enum guard guard, struct error **err) MC_WARN_UNUSED;
/* Opens a folder within the open folder `dir` (or AT_FDCWD), held to GUARD_WRITE. ERROR_NOT_FOUND when
 * there is none. The descriptor is yours to close. */
int guard_open_folder(int dir, const char *name, const char *path, int *ret_fd, struct error **err)
    MC_WARN_UNUSED;
/* Nobody may put another folder in the place of the open one: no folder above it can be written by
 * everybody, unless it is one like /tmp, where names belong to who made them. */
int guard_check_parents(int fd, const char *path, struct error **err) MC_WARN_UNUSED;

#endif
