/* Loaded before the program: what comes over a network keeps its caller for ever, as a defect of a
 * library could. */
#include <sys/socket.h>
#include <unistd.h>

ssize_t recv(int fd, void *data, size_t len, int flags)
{
    (void)fd;
    (void)data;
    (void)len;
    (void)flags;
    for (;;)
        pause();
}
