/* The input as a file without a name, for readers that want a path. */
#ifndef FUZZ_TEMP_FILE_H
#define FUZZ_TEMP_FILE_H

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "input.h"

struct temp_file {
    int fd;
    char path[32];
};

static inline void temp_file_open(struct temp_file *f, struct part content)
{
    f->fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (f->fd < 0 || write(f->fd, content.data, content.len) != (ssize_t)content.len)
        abort();
    (void)snprintf(f->path, sizeof(f->path), "/proc/self/fd/%d", f->fd);
}

static inline void temp_file_close(struct temp_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
}

#define AUTO_TEMP_FILE MC_CLEANUP(temp_file_close) struct temp_file

#endif
