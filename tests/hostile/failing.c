/* Loaded before a program (LD_PRELOAD): the name api.test leads to this machine, as serve_clusters
 * wants it, and the n-th call of one function fails once.
 *
 *   FAILING_CALL    read, write, open, fsync, rename or connect
 *   FAILING_NUMBER  which call of it fails, from 1 on; 0: none
 *   FAILING_COUNT   a file that gets the number of calls when the program ends
 *
 * open stands for all its forms. What the C library calls within itself is not seen. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_int calls;

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

/* Whether this call of `name` is the one; sets errno then. */
static int fails(const char *name, int errnum)
{
    if (strcmp(setting("FAILING_CALL"), name) != 0)
        return 0;
    if (atomic_fetch_add(&calls, 1) + 1 != strtol(setting("FAILING_NUMBER"), NULL, 10))
        return 0;
    errno = errnum;
    return 1;
}

/* At once: the program may end in any way. */
__attribute__((destructor)) static void tell(void)
{
    const char *path = setting("FAILING_COUNT");
    FILE *file = path[0] ? fopen(path, "w") : NULL;
    if (file && fprintf(file, "%d\n", atomic_load(&calls)) > 0)
        fclose(file);
}

#define NAME "api.test"
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t read(int fd, void *data, size_t len)
{
    return fails("read", EIO) ? -1 : REAL(read)(fd, data, len);
}

ssize_t write(int fd, const void *data, size_t len)
{
    return fails("write", ENOSPC) ? -1 : REAL(write)(fd, data, len);
}

int fsync(int fd)
{
    return fails("fsync", EIO) ? -1 : REAL(fsync)(fd);
}

int rename(const char *from, const char *to)
{
    return fails("rename", EIO) ? -1 : REAL(rename)(from, to);
}

int connect(int fd, const struct sockaddr *address, socklen_t len)
{
    return fails("connect", ECONNREFUSED) ? -1 : REAL(connect)(fd, address, len);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **result)
{
    return REAL(getaddrinfo)(node && strcmp(node, NAME) == 0 ? "127.0.0.1" : node, service, hints,
                             result);
}

/* The mode is there only where a file may be made; else it is not looked at. */
#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list ap;                                                                                \
        va_start(ap, flags);                                                                       \
        mode_t mode = va_arg(ap, mode_t);                                                          \
        va_end(ap);                                                                                \
        return fails("open", EMFILE) ? -1 : REAL(name)(path, flags, mode);                         \
    }
#define OPENAT(name)                                                                               \
    int name(int dir, const char *path, int flags, ...)                                            \
    {                                                                                              \
        va_list ap;                                                                                \
        va_start(ap, flags);                                                                       \
        mode_t mode = va_arg(ap, mode_t);                                                          \
        va_end(ap);                                                                                \
        return fails("open", EMFILE) ? -1 : REAL(name)(dir, path, flags, mode);                    \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

int mkostemp(char *pattern, int flags)
{
    return fails("open", EMFILE) ? -1 : REAL(mkostemp)(pattern, flags);
}
