/* One child process: started without a shell, fed, read, and ended in time. */
#include "meshctl/base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/fs.h"

extern char **environ;

#define PROC_KILL_GRACE_MS 2000

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}
#define AUTO_FD MC_CLEANUP(close_fd) int

/* Our environment with the given entries before it: execvpe's getenv takes the first of a name. */
static char **merged_environment(const char *const *extra)
{
    size_t count = 0, ours = 0;
    while (extra && extra[count])
        count++;
    while (environ[ours])
        ours++;
    char **merged = mem_array(count + ours + 1, sizeof(*merged));
    for (size_t i = 0; i < count; i++)
        merged[i] = (char *)extra[i];
    size_t n = count;
    for (size_t i = 0; i < ours; i++) {
        size_t name_len = strcspn(environ[i], "=") + 1;
        bool replaced = false;
        for (size_t j = 0; j < count && !replaced; j++)
            replaced = strncmp(environ[i], extra[j], name_len) == 0;
        if (!replaced)
            merged[n++] = environ[i];
    }
    return merged;
}

/* In the child, after fork: only async-signal-safe calls. Reports errno through `report`. */
static _Noreturn void child_run(const char *file, char *const *argv, char **env, int out,
                                int report)
{
    int null = open("/dev/null", O_RDONLY);
    sigset_t none;
    sigemptyset(&none);
    if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
        sigprocmask(SIG_SETMASK, &none, NULL) == 0) {
        signal(SIGPIPE, SIG_DFL);
        execvpe(file, argv, env);
    }
    int saved = errno;
    ssize_t ignored = write(report, &saved, sizeof(saved));
    (void)ignored;
    _exit(127);
}

static int fail_late(const struct proc_spec *spec, struct error **err)
{
    return error_set(err, ERROR_TIMEOUT, "%s did not end within %lld s", spec->argv[0],
                     (long long)((spec->timeout_ms + 999) / 1000));
}

static int fail_cancelled(const struct proc_spec *spec, struct error **err)
{
    return error_set(err, ERROR_CANCELLED, "interrupted while %s ran", spec->argv[0]);
}

/* Reads until the end of output; -1 with *err on deadline, cancel or too much. */
static int collect(const struct proc_spec *spec, int fd, int64_t deadline, struct buf *out,
                   struct error **err)
{
    size_t total = 0;
    for (;;) {
        struct pollfd fds[2] = {{.fd = fd, .events = POLLIN},
                                {.fd = cancel_fd(spec->cancel), .events = POLLIN}};
        int64_t left = clock_left_ms(deadline);
        if (left == 0)
            return fail_late(spec, err);
        if (poll(fds, 2, (int)(left > 60000 ? 60000 : left)) < 0 && errno != EINTR)
            return error_errno(err, ERROR_INTERNAL, errno, "poll");
        if (cancel_is_set(spec->cancel))
            return fail_cancelled(spec, err);
        if (!(fds[0].revents & (POLLIN | POLLHUP | POLLERR)))
            continue;
        char chunk[4096];
        ssize_t n = read(fd, chunk, sizeof(chunk));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return 0;
        total += (size_t)n;
        if (total > spec->max_output)
            return error_set(err, ERROR_INPUT, "%s printed more than %zu bytes", spec->argv[0],
                             spec->max_output);
        buf_append(out, chunk, (size_t)n);
        mem_wipe(chunk, sizeof(chunk));
    }
}

/* Waits for the child until the deadline or the cancel; -1 when it then still runs. */
static int wait_for_end(const struct proc_spec *spec, pid_t pid, int64_t deadline, int *ret_status,
                        struct error **err)
{
    for (;;) {
        pid_t got = waitpid(pid, ret_status, WNOHANG);
        if (got == pid || (got < 0 && errno != EINTR))
            return 0;
        if (clock_left_ms(deadline) == 0)
            return fail_late(spec, err);
        if (clock_sleep(5, spec->cancel) < 0)
            return fail_cancelled(spec, err);
    }
}

/* Ends the child, gently first, and collects it. */
static void end_child(pid_t pid)
{
    int status;
    int64_t deadline = clock_now_ms() + PROC_KILL_GRACE_MS;
    kill(pid, SIGTERM);
    while (clock_left_ms(deadline)) {
        pid_t got = waitpid(pid, &status, WNOHANG);
        if (got == pid || (got < 0 && errno != EINTR))
            return;
        clock_sleep(5, NULL);
    }
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
}

int proc_run(const struct proc_spec *spec, struct buf *out, struct error **err)
{
    const char *command = spec->argv[0];
    AUTO_FREE char *file =
        strchr(command, '/') && spec->dir ? fs_join_dup(spec->dir, command) : mem_strdup(command);
    AUTO_FREE char **env = merged_environment(spec->env);
    int out_pipe[2] = {-1, -1}, report_pipe[2] = {-1, -1};
    if (pipe2(out_pipe, O_CLOEXEC) < 0)
        return error_errno(err, ERROR_INTERNAL, errno, "pipe");
    AUTO_FD out_read = out_pipe[0], out_write = out_pipe[1];
    if (pipe2(report_pipe, O_CLOEXEC) < 0)
        return error_errno(err, ERROR_INTERNAL, errno, "pipe");
    AUTO_FD report_read = report_pipe[0], report_write = report_pipe[1];

    pid_t pid = fork();
    if (pid < 0)
        return error_errno(err, ERROR_INTERNAL, errno, "fork");
    if (pid == 0)
        child_run(file, (char *const *)spec->argv, env, out_write, report_write);
    close_fd(&out_write);
    close_fd(&report_write);

    int64_t deadline = clock_now_ms() + spec->timeout_ms;
    int exec_errno = 0, status = 0;
    ssize_t got;
    do
        got = read(report_read, &exec_errno, sizeof(exec_errno));
    while (got < 0 && errno == EINTR);
    if (got == (ssize_t)sizeof(exec_errno)) {
        end_child(pid);
        return error_errno(err, ERROR_NOT_FOUND, exec_errno, "run %s", file);
    }
    if (collect(spec, out_read, deadline, out, err) < 0 ||
        wait_for_end(spec, pid, deadline, &status, err) < 0) {
        end_child(pid);
        return -1;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFSIGNALED(status))
        return error_set(err, ERROR_DENIED, "%s was ended by signal %d", file, WTERMSIG(status));
    return error_set(err, ERROR_DENIED, "%s failed with exit code %d", file, WEXITSTATUS(status));
}
