/* A flag, and a pipe that whoever waits can poll. */
#include "meshctl/base/cancel.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

int cancel_init(struct cancel *c)
{
    atomic_init(&c->count, 0);
    atomic_init(&c->owes, false);
    return pipe2(c->fds, O_CLOEXEC | O_NONBLOCK);
}

void cancel_release(struct cancel *c)
{
    close(c->fds[0]);
    close(c->fds[1]);
    c->fds[0] = c->fds[1] = -1;
}

void cancel_set(struct cancel *c)
{
    /* Runs in a signal handler: errno belongs to the code that was interrupted. */
    int saved = errno;
    if (atomic_fetch_add(&c->count, 1) == 0) {
        ssize_t ignored = write(c->fds[1], "", 1);
        (void)ignored;
    }
    errno = saved;
}

bool cancel_is_set(struct cancel *c)
{
    return c && atomic_load(&c->count) > 0;
}

void cancel_owe(struct cancel *c, bool owes)
{
    if (c)
        atomic_store(&c->owes, owes);
}

int cancel_fd(struct cancel *c)
{
    return c ? c->fds[0] : -1;
}
