/* Child processes: started without a shell, read to their end, ended when that takes too long. */
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
#include "proc_group.h"

extern char **environ;

#define LOOK_EVERY_MS 5 /* for its end */
/* What it had printed when it ended is in the pipe. A child of it may have the pipe too, and is no
 * part of the answer. */
#define DRAIN_MS 300
#define CHUNK 4096
#define MAX_CHUNKS 16 /* of standard error at once: what a pipe holds */

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
static _Noreturn void child_run(const struct proc_spec *spec, const struct proc_group *group,
                                const char *file, char **env, int out, int errors, int report)
{
    char *const *argv = (char *const *)spec->argv;
    sigset_t none;
    sigemptyset(&none);
    proc_group_enter(group);
    int in = spec->asks ? STDIN_FILENO : open("/dev/null", O_RDONLY);
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
    int errors; /* neither blocks; -1: at its end, or it is not read by us */
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
            fs_close(&s->errors);
    }
}

/* What there is of it now; its end closes it. */
static int read_output(struct streams *s, struct error **err)
{
    char chunk[CHUNK];
    ssize_t n;
    while ((n = read(s->out, chunk, sizeof(chunk))) > 0 && s->total <= s->spec->max_output) {
        s->total += (size_t)n;
        if (s->total <= s->spec->max_output)
            buf_append(s->text, chunk, (size_t)n);
    }
    mem_wipe(chunk, sizeof(chunk));
    if (s->total > s->spec->max_output)
        return error_set(err, ERROR_INPUT, "%s printed more than %zu bytes", s->spec->argv[0],
                         s->spec->max_output);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        fs_close(&s->out);
    return 0;
}

/* Waits for more of it, for `ms` at the most, and reads that. */
static int read_more(struct streams *s, int64_t ms, struct error **err)
{
    struct pollfd fds[] = {{.fd = s->out, .events = POLLIN},
                           {.fd = s->errors, .events = POLLIN},
                           {.fd = cancel_fd(s->spec->cancel), .events = POLLIN}};
    if (poll(fds, MC_ARRAY_LEN(fds), (int)ms) < 0 && errno != EINTR)
        return error_errno(err, ERROR_INTERNAL, errno, "poll");
    if (fds[1].revents)
        read_errors(s);
    return fds[0].revents ? read_output(s, err) : 0;
}

/* Reads until it has ended and its output too, as far as it is its own. -1: it still runs, and too
 * long, too much, or nobody wants it any more. */
static int collect(struct streams *s, struct proc_group *group, int64_t deadline,
                   struct error **err)
{
    int64_t drained = 0; /* until then, since it has ended */
    for (;;) {
        if (!drained && proc_group_has_ended(group))
            drained = clock_now_ms() + DRAIN_MS;
        if (drained && (s->out < 0 || clock_left_ms(drained) == 0))
            return 0;
        if (!drained && clock_left_ms(deadline) == 0)
            return fail_late(s->spec, err);
        if (!drained && cancel_is_set(s->spec->cancel))
            return fail_cancelled(s->spec, err);
        if (read_more(s, LOOK_EVERY_MS, err) < 0)
            return -1;
    }
}

static int say_how_it_ended(const struct proc_spec *spec, const char *file, int status,
                            struct error **err)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    /* Ctrl-C came to it alone, while it had the terminal. */
    if (spec->asks && proc_was_interrupted(status)) {
        if (spec->cancel)
            cancel_set(spec->cancel);
        return fail_cancelled(spec, err);
    }
    if (WIFSIGNALED(status))
        return error_set(err, ERROR_DENIED, "%s was ended by signal %d", file, WTERMSIG(status));
    return error_set(err, ERROR_DENIED, "%s failed with exit code %d", file, WEXITSTATUS(status));
}

/* Follows the started child to its end. */
static int follow(struct streams *s, struct proc_group *group, const char *file, struct error **err)
{
    int64_t deadline = clock_now_ms() + s->spec->timeout_ms;
    int rc = collect(s, group, deadline, err);
    proc_group_end(group, rc < 0);
    if (s->errors >= 0)
        read_errors(s);
    if (s->line.len)
        tell_line(s);
    return rc < 0 ? -1 : say_how_it_ended(s->spec, file, group->status, err);
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

    struct proc_group group;
    proc_group_prepare(&group, spec->asks);
    group.pid = fork();
    if (group.pid < 0)
        return error_errno(err, ERROR_INTERNAL, errno, "fork");
    if (group.pid == 0)
        child_run(spec, &group, file, env, out_write, error_write, report_write);
    proc_group_begin(&group);
    fs_close(&out_write);
    fs_close(&error_write);
    fs_close(&report_write);

    int exec_errno = 0;
    ssize_t got;
    do
        got = read(report_read, &exec_errno, sizeof(exec_errno));
    while (got < 0 && errno == EINTR);
    if (got == (ssize_t)sizeof(exec_errno)) {
        proc_group_end(&group, /* by_force= */ true);
        return error_errno(err, ERROR_NOT_FOUND, exec_errno, "run %s", file);
    }
    struct streams s = {.spec = spec, .out = out_read, .errors = error_read, .text = out};
    (void)fcntl(s.out, F_SETFL, O_NONBLOCK);
    if (s.errors >= 0)
        (void)fcntl(s.errors, F_SETFL, O_NONBLOCK);
    out_read = error_read = -1; /* closed at their end, by the reader */
    int rc = follow(&s, &group, file, err);
    fs_close(&s.out);
    fs_close(&s.errors);
    buf_release(&s.line);
    return rc;
}
