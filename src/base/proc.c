/* Child processes: started without a shell, read to their end, ended when that takes too long. */
#include "meshctl/base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/fs.h"

extern char **environ;

#define PROC_KILL_GRACE_MS 2000
#define CHUNK 4096
#define MAX_CHUNKS 16 /* of standard error at once: what a pipe holds */

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
static _Noreturn void child_run(const struct proc_spec *spec, const char *file, char **env, int out,
                                int errors, int report)
{
    int in = spec->asks ? STDIN_FILENO : open("/dev/null", O_RDONLY);
    char *const *argv = (char *const *)spec->argv;
    sigset_t none;
    sigemptyset(&none);
    if (in >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
        (errors < 0 || dup2(errors, STDERR_FILENO) >= 0) &&
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

/* Our ends of the child's pipes, and what came out of them. */
struct streams {
    const struct proc_spec *spec;
    int out;
    int errors; /* not blocking; -1: at its end, or it is not read by us */
    struct buf *text;
    size_t total;
    struct buf line; /* begun, of standard error */
};

static void tell_line(struct streams *s)
{
    if (s->line.len && s->line.data[s->line.len - 1] == '\r')
        buf_truncate(&s->line, s->line.len - 1);
    s->spec->on_error_line(s->spec->ctx, buf_str(&s->line));
    buf_clear(&s->line);
}

/* What there is of standard error now, at the most what a pipe holds. */
static void read_errors(struct streams *s)
{
    char chunk[CHUNK];
    ssize_t n = 1;
    for (int i = 0; i < MAX_CHUNKS && s->errors >= 0 && n > 0; i++) {
        n = read(s->errors, chunk, sizeof(chunk));
        for (ssize_t at = 0; at < n; at++) {
            if (chunk[at] == '\n' || s->line.len == PROC_MAX_ERROR_LINE)
                tell_line(s);
            if (chunk[at] != '\n')
                buf_appendc(&s->line, chunk[at]);
        }
        if (n == 0)
            close_fd(&s->errors);
    }
}

/* 1: more may follow; 0: that was the end. */
static int read_output(struct streams *s, struct error **err)
{
    char chunk[CHUNK];
    ssize_t n = read(s->out, chunk, sizeof(chunk));
    if (n < 0 && errno == EINTR)
        return 1;
    if (n <= 0)
        return 0;
    s->total += (size_t)n;
    if (s->total > s->spec->max_output)
        return error_set(err, ERROR_INPUT, "%s printed more than %zu bytes", s->spec->argv[0],
                         s->spec->max_output);
    buf_append(s->text, chunk, (size_t)n);
    mem_wipe(chunk, sizeof(chunk));
    return 1;
}

/* Reads until the end of output; -1 with *err on deadline, cancel or too much. */
static int collect(struct streams *s, int64_t deadline, struct error **err)
{
    const struct proc_spec *spec = s->spec;
    for (int rc = 1; rc > 0;) {
        struct pollfd fds[] = {{.fd = s->out, .events = POLLIN},
                               {.fd = s->errors, .events = POLLIN},
                               {.fd = cancel_fd(spec->cancel), .events = POLLIN}};
        int64_t left = clock_left_ms(deadline);
        if (left == 0)
            return fail_late(spec, err);
        if (poll(fds, MC_ARRAY_LEN(fds), (int)(left > 60000 ? 60000 : left)) < 0 && errno != EINTR)
            return error_errno(err, ERROR_INTERNAL, errno, "poll");
        if (cancel_is_set(spec->cancel))
            return fail_cancelled(spec, err);
        if (fds[1].revents)
            read_errors(s);
        if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
            rc = read_output(s, err);
        if (rc < 0)
            return -1;
    }
    return 0;
}

/* Waits for the child until the deadline or the cancel; -1 when it then still runs. */
static int wait_for_end(struct streams *s, pid_t pid, int64_t deadline, int *ret_status,
                        struct error **err)
{
    for (;;) {
        pid_t got = waitpid(pid, ret_status, WNOHANG);
        if (got == pid || (got < 0 && errno != EINTR))
            return 0;
        if (clock_left_ms(deadline) == 0)
            return fail_late(s->spec, err);
        if (clock_sleep(5, s->spec->cancel) < 0)
            return fail_cancelled(s->spec, err);
        read_errors(s);
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

/* A program of the background may not set them, and would be stopped. */
static void set_back(const struct termios *modes)
{
    if (tcgetpgrp(STDIN_FILENO) == getpgrp())
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, modes);
}

static int say_how_it_ended(const char *file, int status, struct error **err)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFSIGNALED(status))
        return error_set(err, ERROR_DENIED, "%s was ended by signal %d", file, WTERMSIG(status));
    return error_set(err, ERROR_DENIED, "%s failed with exit code %d", file, WEXITSTATUS(status));
}

/* Follows the started child to its end. */
static int follow(struct streams *s, pid_t pid, const char *file, struct error **err)
{
    int64_t deadline = clock_now_ms() + s->spec->timeout_ms;
    struct termios modes;
    bool has_modes = s->spec->asks && tcgetattr(STDIN_FILENO, &modes) == 0;
    int status = 0;
    int rc = collect(s, deadline, err);
    if (rc == 0)
        rc = wait_for_end(s, pid, deadline, &status, err);
    if (rc < 0)
        end_child(pid);
    if (s->errors >= 0)
        read_errors(s);
    if (s->line.len)
        tell_line(s);
    if (has_modes && (rc < 0 || !WIFEXITED(status)))
        set_back(&modes);
    return rc < 0 ? -1 : say_how_it_ended(file, status, err);
}

int proc_run(const struct proc_spec *spec, struct buf *out, struct error **err)
{
    const char *command = spec->argv[0];
    AUTO_FREE char *file =
        strchr(command, '/') && spec->dir ? fs_join_dup(spec->dir, command) : mem_strdup(command);
    AUTO_FREE char **env = merged_environment(spec->env);
    int out_pipe[2] = {-1, -1}, error_pipe[2] = {-1, -1}, report_pipe[2] = {-1, -1};
    if (pipe2(out_pipe, O_CLOEXEC) < 0)
        return error_errno(err, ERROR_INTERNAL, errno, "pipe");
    AUTO_FD out_read = out_pipe[0], out_write = out_pipe[1];
    if (spec->on_error_line && pipe2(error_pipe, O_CLOEXEC) < 0)
        return error_errno(err, ERROR_INTERNAL, errno, "pipe");
    AUTO_FD error_read = error_pipe[0], error_write = error_pipe[1];
    if (pipe2(report_pipe, O_CLOEXEC) < 0)
        return error_errno(err, ERROR_INTERNAL, errno, "pipe");
    AUTO_FD report_read = report_pipe[0], report_write = report_pipe[1];

    pid_t pid = fork();
    if (pid < 0)
        return error_errno(err, ERROR_INTERNAL, errno, "fork");
    if (pid == 0)
        child_run(spec, file, env, out_write, error_write, report_write);
    close_fd(&out_write);
    close_fd(&error_write);
    close_fd(&report_write);

    int exec_errno = 0;
    ssize_t got;
    do
        got = read(report_read, &exec_errno, sizeof(exec_errno));
    while (got < 0 && errno == EINTR);
    if (got == (ssize_t)sizeof(exec_errno)) {
        end_child(pid);
        return error_errno(err, ERROR_NOT_FOUND, exec_errno, "run %s", file);
    }
    struct streams s = {.spec = spec, .out = out_read, .errors = error_read, .text = out};
    if (s.errors >= 0)
        (void)fcntl(s.errors, F_SETFL, O_NONBLOCK);
    error_read = -1; /* closed at its end, by the reader */
    int rc = follow(&s, pid, file, err);
    close_fd(&s.errors);
    buf_release(&s.line);
    return rc;
}
