/* Words an error with its place, level by level. */
#include <string.h>

#include "exec.h"
#include "meshctl/base/budget.h"

/* Errors of endless recursion grow with every level that they pass; the innermost end is cut. */
#define MESSAGE_MAX ((size_t)1024 * 1024)

/* "template: LOCATION: executing NAME at <NODE>: " (Go exec.go errorf). */
static void describe_place(const struct exec *x, struct buf *out)
{
    buf_appends(out, "template: ");
    node_location(out, x->tree->source, x->node);
    buf_appends(out, ": executing ");
    goquote_append(out, x->tree->name.data, x->tree->name.len);
    buf_appends(out, " at <");
    node_print(out, x->node);
    buf_appends(out, ">: ");
}

/* Replaces *err by "PLACE: before: message". */
static int set_at_place(struct exec *x, const char *before, const char *message, bool first)
{
    AUTO_BUF place = BUF_INIT;
    AUTO_BUF where = BUF_INIT;
    describe_place(x, &place);
    node_location(&where, x->tree->source, x->node);
    AUTO_ERROR struct error *inner = TAKE(*x->err);
    enum error_kind kind = inner && inner->kind == ERROR_CANCELLED ? ERROR_CANCELLED : ERROR_INPUT;
    error_set(x->err, kind, "%s%s%.*s", buf_str(&place), before, (int)MESSAGE_MAX, message);
    engine_note_level(x->set, strlen((*x->err)->message), first);
    if (inner && inner->hint)
        error_hint(x->err, "%s", inner->hint);
    return error_where(x->err, "%s", buf_str(&where));
}

int exec_fail(struct exec *x, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *message = mem_vprintf(fmt, ap);
    va_end(ap);
    x->set->foreign_error = false;
    return set_at_place(x, "", message, true);
}

int exec_fail_budget(struct exec *x)
{
    /* What a function said that could not go on is no error of the template. */
    error_clear(x->err);
    budget_fail(x->err);
    AUTO_FREE char *message = mem_strdup((*x->err)->message);
    x->set->foreign_error = false;
    return set_at_place(x, "", message, true);
}

int exec_fail_call(struct exec *x, const char *name)
{
    AUTO_FREE char *before = mem_printf("error calling %s: ", name);
    AUTO_FREE char *message = mem_strdup((*x->err)->message);
    bool nested = x->set->nested_error;
    x->set->nested_error = false;
    if (!nested)
        x->set->foreign_error = true;
    return set_at_place(x, before, message, !nested);
}
