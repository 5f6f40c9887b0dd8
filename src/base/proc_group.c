/* Process groups of children: the terminal goes to them and comes back, and nothing of them is left. */
#include "proc_group.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/mem.h"
#include "meshctl/base/proc.h"

/* A whole run shall be over within 2 s of a signal. */
#define KILL_GRACE_MS 1000
#define LOOK_EVERY_MS 5
#define MAX_RUNNING 64 /* that a handler knows of: there is one for each user of a kubeconfig */

static atomic_int running[MAX_RUNNING];

static void replace_running(int from, int to)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(running); i++) {
        int expected = from;
        if (atomic_compare_exchange_strong(&running[i], &expected, to))
            return;
    }
}

void proc_kill_all(void)
{
    int saved = errno;
    for (size_t i = 0; i < MC_ARRAY_LEN(running); i++) {
        int pid = atomic_load(&running[i]);
        if (pid > 0)
            kill(-pid, SIGKILL);
    }
    errno = saved;
}

/* ---- the terminal ---------------------------------------------------------------------------- */

/* Who is not in front is stopped for this, unless the signal is blocked. */
static void put_in_front(pid_t group)
{
    sigset_t stop, old;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &stop, &old);
    (void)tcsetpgrp(STDIN_FILENO, group);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static bool is_in_front(pid_t group)
{
    return tcgetpgrp(STDIN_FILENO) == group;
}

void proc_group_prepare(struct proc_group *g, bool asks)
{
    *g = (struct proc_group){.asks = asks};
    g->takes_terminal = asks && is_in_front(getpgrp());
    g->has_modes = asks && tcgetattr(STDIN_FILENO, &g->modes) == 0;
}

void proc_group_enter(const struct proc_group *g)
{
    (void)setpgid(0, 0);
    if (g->takes_terminal)
        put_in_front(getpid());
}

void proc_group_begin(struct proc_group *g)
{
    /* Both sides: whoever comes first. It fails once the child runs its program. */
    (void)setpgid(g->pid, g->pid);
    replace_running(0, g->pid);
}

static void take_terminal(const struct proc_group *g)
{
    if (g->asks && is_in_front(g->pid))
        put_in_front(getpgrp());
}

/* The shell has to see that its job has stopped, and continues it when the person says so. */
static void stop_with(const struct proc_group *g)
{
    take_terminal(g);
    kill(0, SIGTSTP);
    if (is_in_front(getpgrp()))
        put_in_front(g->pid);
    kill(-g->pid, SIGCONT);
}

bool proc_group_has_ended(struct proc_group *g)
{
    int status = 0;
    pid_t got = g->has_ended ? 0 : waitpid(g->pid, &status, WNOHANG | (g->asks ? WUNTRACED : 0));
    if (got == g->pid && WIFSTOPPED(status)) {
        stop_with(g);
    } else if (got == g->pid || (got < 0 && errno != EINTR)) {
        g->has_ended = true;
        g->status = status;
    }
    return g->has_ended;
}

/* ---- the end --------------------------------------------------------------------------------- */

static bool is_gone(struct proc_group *g)
{
    return proc_group_has_ended(g) && kill(-g->pid, 0) < 0;
}

static void end_all(struct proc_group *g)
{
    int64_t deadline = clock_now_ms() + KILL_GRACE_MS;
    g->asks = false; /* nobody continues it any more */
    kill(-g->pid, SIGTERM);
    kill(-g->pid, SIGCONT);
    while (!is_gone(g) && clock_left_ms(deadline))
        clock_sleep(LOOK_EVERY_MS, NULL);
    if (is_gone(g))
        return;
    kill(-g->pid, SIGKILL);
    while (!g->has_ended && waitpid(g->pid, &g->status, 0) < 0 && errno == EINTR)
        ;
    g->has_ended = true;
}

void proc_group_end(struct proc_group *g, bool by_force)
{
    take_terminal(g);
    if (by_force)
        end_all(g);
    replace_running(g->pid, 0);
    /* A program of the background may not set them, and would be stopped. */
    if (g->has_modes && (by_force || !WIFEXITED(g->status)) && is_in_front(getpgrp()))
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &g->modes);
}

bool proc_was_interrupted(int status)
{
    return (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) ||
           (WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGINT);
}
