/* Errors made, wrapped, given hints and places, freed. */
#include "meshctl/base/error.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int error_set(struct error **err, enum error_kind kind, const char *fmt, ...)
{
    assert(err && !*err);
    struct error *e = mem_zalloc(sizeof(*e));
    va_list ap;
    va_start(ap, fmt);
    e->kind = kind;
    e->message = mem_vprintf(fmt, ap);
    va_end(ap);
    *err = e;
    return -1;
}

int error_wrap(struct error **err, const char *fmt, ...)
{
    assert(err && *err);
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *context = mem_vprintf(fmt, ap);
    va_end(ap);
    char *message = mem_printf("%s: %s", context, (*err)->message);
    free((*err)->message);
    (*err)->message = message;
    return -1;
}

int error_hint(struct error **err, const char *fmt, ...)
{
    assert(err && *err);
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    free((*err)->hint);
    (*err)->hint = text;
    return -1;
}

int error_where(struct error **err, const char *fmt, ...)
{
    assert(err && *err);
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    free((*err)->where);
    (*err)->where = text;
    return -1;
}

int error_id(struct error **err, const char *id)
{
    assert(err && *err);
    free((*err)->id);
    (*err)->id = mem_strdup(id);
    return -1;
}

int error_errno(struct error **err, enum error_kind kind, int errnum, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *what = mem_vprintf(fmt, ap);
    va_end(ap);
    char text[128];
    /* The GNU strerror_r may return a static string instead of filling the buffer. */
    return error_set(err, kind, "%s: %s", what, strerror_r(errnum, text, sizeof(text)));
}

struct error *error_dup(const struct error *err)
{
    if (!err)
        return NULL;
    struct error *e = mem_zalloc(sizeof(*e));
    *e = *err;
    e->message = mem_strdup(err->message);
    e->hint = mem_strdup_opt(err->hint);
    e->where = mem_strdup_opt(err->where);
    e->id = mem_strdup_opt(err->id);
    return e;
}

void error_free(struct error *err)
{
    if (!err)
        return;
    free(err->message);
    free(err->hint);
    free(err->where);
    free(err->id);
    free(err);
}

void error_clear(struct error **err)
{
    error_free(*err);
    *err = NULL;
}

const char *error_kind_name(enum error_kind kind)
{
    static const char *const names[] = {
        [ERROR_INTERNAL] = "internal error",
        [ERROR_USAGE] = "usage",
        [ERROR_INPUT] = "bad input",
        [ERROR_NOT_FOUND] = "not found",
        [ERROR_CONFLICT] = "conflict",
        [ERROR_DENIED] = "access denied",
        [ERROR_UNREACHABLE] = "unreachable",
        [ERROR_TIMEOUT] = "timed out",
        [ERROR_REMOTE] = "refused by the server",
        [ERROR_CHECK] = "check failed",
        [ERROR_REFUSED] = "not confirmed",
        [ERROR_CANCELLED] = "interrupted",
    };
    return (size_t)kind < MC_ARRAY_LEN(names) ? names[kind] : "error";
}
