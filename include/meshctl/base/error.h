/* Errors are values. A function that can fail is `int f(..., struct error **err)`: 0, or -1 with
 * *err set; *err is left alone on success and never already set on entry. Nothing below ui and cli
 * prints. The kind says how the caller may react and which exit code results (README, "Exit
 * codes"), not where the error came from.
 *
 * Message: what was being done, on which cluster or object, what was found. No full stop, no
 * newline. Hint: what the person can do, if possible a command. Where: FILE:LINE:COL or
 * CLUSTER/object. Never a key, token or password in any of them. One thread at a time. */
#ifndef MESHCTL_BASE_ERROR_H
#define MESHCTL_BASE_ERROR_H

#include "meshctl/base/mem.h"

enum error_kind {
    ERROR_INTERNAL,    /* a defect of ours, or a library that answered what it cannot */
    ERROR_USAGE,       /* the command line */
    ERROR_INPUT,       /* kubeconfig, mesh file, chart, values */
    ERROR_NOT_FOUND,   /* an object or file that should be there is not */
    ERROR_CONFLICT,    /* another owner has it */
    ERROR_DENIED,      /* credentials or rights */
    ERROR_UNREACHABLE, /* no connection, or it was lost: worth another try */
    ERROR_TIMEOUT,     /* a wait ended; the same command may go on later */
    ERROR_REMOTE,      /* the server understood and refused */
    ERROR_CHECK,       /* a check found something wrong */
    ERROR_REFUSED,     /* not confirmed by the person */
    ERROR_CANCELLED,   /* Ctrl-C */
};

struct error {
    enum error_kind kind;
    char *message;
    char *hint;          /* or NULL */
    char *where;         /* or NULL */
    char *id;            /* check id such as "MC304", or NULL */
    int http_status;     /* or 0 */
    long retry_after_ms; /* what the server asked for, or 0 */
};

/* Sets *err and returns -1, so that `return error_set(...)` reads well. */
int error_set(struct error **err, enum error_kind kind, const char *fmt, ...) MC_PRINTF(3, 4);
/* Puts "CONTEXT: " before the message, keeps all else. Returns -1. */
int error_wrap(struct error **err, const char *fmt, ...) MC_PRINTF(2, 3);
/* Sets or replaces the hint / the place / the check id. Each returns -1. */
int error_hint(struct error **err, const char *fmt, ...) MC_PRINTF(2, 3);
int error_where(struct error **err, const char *fmt, ...) MC_PRINTF(2, 3);
int error_id(struct error **err, const char *id);
/* Sets *err from errno: "open FILE: No such file or directory". */
int error_errno(struct error **err, enum error_kind kind, int errnum, const char *fmt, ...)
    MC_PRINTF(4, 5);
struct error *error_dup(const struct error *err);
/* NULL is fine. */
void error_free(struct error *err);
/* For an error that is deliberately ignored, or a retry: frees and sets NULL. */
void error_clear(struct error **err);
/* "usage", "bad input", "not found" ... */
const char *error_kind_name(enum error_kind kind);

MC_DEFINE_CLEANUP(error_cleanup, struct error, error_free);
#define AUTO_ERROR MC_CLEANUP(error_cleanup)

#endif
