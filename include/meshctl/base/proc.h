/* One child process, started without a shell; only a kubeconfig's exec plug-in needs it. */
#ifndef MESHCTL_BASE_PROC_H
#define MESHCTL_BASE_PROC_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/cancel.h"
#include "meshctl/base/error.h"

struct proc_spec {
    const char *const *argv; /* NULL-terminated; argv[0] is looked up on PATH, or relative to dir */
    const char *const *env;  /* "K=V" added to our environment, NULL-terminated; may be NULL */
    const char *dir; /* base for a relative argv[0] with a slash; NULL: the current folder */
    int64_t
        timeout_ms;    /* then it is ended, with all that it started (SIGTERM, 1 s later SIGKILL) */
    size_t max_output; /* bytes of standard output; more is an error */
    struct cancel *cancel; /* may be NULL */
    bool asks;             /* a person: it reads our standard input, which else it finds empty */
    /* Told each line of its standard error, raw and without its end; NULL: it writes to ours. */
    void (*on_error_line)(void *ctx, const char *line);
    void *ctx;
};

#define PROC_MAX_ERROR_LINE 4096 /* bytes; a longer one is told in pieces */

/* Runs it to its end, in a process group of its own, and appends its standard output: what it printed
 * until it ended, also where a child of it keeps that open. One that asks has the terminal in the
 * meantime: Ctrl-C comes to it alone, and when that ends it, `cancel` is set. Errors: not startable ERROR_NOT_FOUND,
 * non-zero exit ERROR_DENIED with the code, ERROR_TIMEOUT, ERROR_CANCELLED. Does not quote the
 * output, which may hold credentials. When one that asks did not end by itself, the modes of the
 * terminal (no echo while a password is typed) are set back. */
int proc_run(const struct proc_spec *spec, struct buf *out, struct error **err) MC_WARN_UNUSED;
/* Ends all that runs now, at once: for a handler of signals that leaves the process. */
void proc_kill_all(void);

#endif
