/* Files in memory: bytes under paths, as they go into an archive, with a limit for each and for all. What
 * could not be had, or had no room, is remembered in words. One thread at a time. */
#ifndef MESHCTL_BASE_FILES_H
#define MESHCTL_BASE_FILES_H

#include "meshctl/base/buf.h"
#include "meshctl/base/strlist.h"

#define FILES_MAX_FILE ((size_t)2 * 1024 * 1024)   /* of one; what is longer is cut, and says so */
#define FILES_MAX_TOTAL ((size_t)64 * 1024 * 1024) /* of all */
#define FILES_MAX_COUNT 4000

struct files {
    struct file {
        char *path; /* "west/objects/Node.yaml" */
        char *data;
        size_t len;
    } * items;
    size_t count, cap, total;
    struct strlist missing; /* a line each: what is not there, and why */
};

#define FILES_INIT                                                                                 \
    {                                                                                              \
        0                                                                                          \
    }

/* Takes the bytes of `content`, which is empty then; an empty one leaves no file. */
void files_add(struct files *f, const char *path, struct buf *content);
void files_miss(struct files *f, const char *fmt, ...) MC_PRINTF(2, 3);
/* Appends a part of a path: a name of others, in which what is no letter, digit, '-', '_' or '.' and
 * a dot at the beginning becomes '_', and which is cut at 200 bytes. */
void files_append_name(struct buf *path, const char *name);
/* Takes all of `from`, which is empty then. */
void files_join(struct files *f, struct files *from);
void files_release(struct files *f);

#endif
