/* Template errors as Helm's engine shows them (pkg/engine/engine.go cleanupParseError,
 * cleanupExecError; Helm 4 reformatExecErrorMsg). */
#include <string.h>

#include "engine.h"

struct span {
    const char *data;
    size_t len;
};

/* Splits `s` at the first `mark`; without it everything is before. */
static bool cut(struct span s, const char *mark, struct span *ret_before, struct span *ret_after)
{
    size_t mark_len = strlen(mark);
    const char *found = s.len ? memmem(s.data, s.len, mark, mark_len) : NULL;
    if (!found)
        return false;
    size_t before = (size_t)(found - s.data);
    *ret_before = (struct span){.data = s.data, .len = before};
    *ret_after = (struct span){.data = found + mark_len, .len = s.len - before - mark_len};
    return true;
}

static int replace_message(struct error **err, const char *what, struct span place,
                           struct span message)
{
    AUTO_ERROR struct error *old = TAKE(*err);
    error_set(err, old->kind, "%s (%.*s): %.*s", what, (int)place.len, place.data, (int)message.len,
              message.data);
    if (old->hint)
        error_hint(err, "%s", old->hint);
    return error_where(err, "%.*s", (int)place.len, place.data);
}

/* The second of the parts between ": ", which is the place. */
static bool find_place(const char *message, struct span *ret_place, struct span *ret_rest)
{
    struct span all = {.data = message, .len = strlen(message)};
    struct span head;
    struct span rest;
    if (!cut(all, ": ", &head, &rest))
        return false;
    if (!cut(rest, ": ", ret_place, ret_rest))
        *ret_place = *ret_rest = rest;
    return true;
}

int helm_engine_parse_error(const char *name, struct error **err)
{
    struct span place;
    struct span message;
    struct span skipped;
    const char *text = (*err)->message;
    if (!find_place(text, &place, &message)) {
        place = (struct span){.data = name, .len = strlen(name)};
        message = (struct span){.data = text, .len = strlen(text)};
        return replace_message(err, "parse error in", place, message);
    }
    while (cut(message, ": ", &skipped, &message))
        ;
    return replace_message(err, "parse error at", place, message);
}

/* ---- Helm 4's lines ---- */

struct level {
    struct span place;
    struct span function; /* `executing "NAME" at <NODE>:` */
    struct span message;
};

/* "PLACE: executing "NAME" at <NODE>: MESSAGE". */
static bool read_executing(struct span text, struct level *ret_level)
{
    struct span name;
    struct span rest;
    struct span node;
    if (!cut(text, ": executing \"", &ret_level->place, &rest))
        return false;
    const char *start = rest.data - 1 - strlen("executing ");
    if (!cut(rest, "\" at <", &name, &rest) || memchr(name.data, '"', name.len) ||
        !cut(rest, ">: ", &node, &ret_level->message))
        return false;
    ret_level->function =
        (struct span){.data = start, .len = (size_t)(node.data + node.len + 2 - start)};
    return true;
}

static void cut_inner(struct span *message)
{
    struct span inner;
    cut(*message, " template:", message, &inner);
}

/* Without that form (a name with a quote in it): what stands behind the last ": ". */
static bool read_simple(struct span text, struct level *ret_level)
{
    struct span before;
    struct span after;
    if (!cut(text, ": ", &before, &after))
        return false;
    while (cut(after, ": ", &before, &after))
        ;
    ret_level->message = after;
    ret_level->place = (struct span){.data = text.data, .len = text.len - after.len - 2};
    return true;
}

static bool read_level(const char *text, struct level *ret_level)
{
    static const char prefix[] = "template: ";
    *ret_level = (struct level){.message = {.data = text, .len = strlen(text)}};
    if (strncmp(text, prefix, strlen(prefix)) != 0)
        return false;
    struct span rest = {.data = text + strlen(prefix), .len = strlen(text) - strlen(prefix)};
    if (strncmp(rest.data, "no template ", 12) == 0)
        return true;
    if (!read_executing(rest, ret_level)) {
        *ret_level = (struct level){0};
        if (!read_simple(rest, ret_level))
            return false;
    }
    cut_inner(&ret_level->message);
    return true;
}

static void print_level(struct buf *out, const struct level *level)
{
    if (level->place.len)
        buf_appendf(out, "%.*s\n  ", (int)level->place.len, level->place.data);
    if (level->function.len)
        buf_appendf(out, "%.*s\n    ", (int)level->function.len, level->function.data);
    if (level->message.len)
        buf_appendf(out, "%.*s\n", (int)level->message.len, level->message.data);
}

static bool same_span(struct span x, struct span y)
{
    return x.len == y.len && (!x.len || memcmp(x.data, y.data, x.len) == 0);
}

/* False when some level is not as expected; Helm then keeps Go's text. */
static bool print_levels(const struct tmpl_trace *trace, const char *message, struct buf *out)
{
    size_t len = strlen(message);
    struct level last = {0};
    for (size_t i = trace->count; i > 0; i--) {
        struct level level;
        if (trace->levels[i - 1] > len || !read_level(message + len - trace->levels[i - 1], &level))
            return false;
        bool repeated = same_span(level.place, last.place) &&
                        same_span(level.function, last.function) &&
                        same_span(level.message, last.message);
        if (i == trace->count || !repeated)
            print_level(out, &level);
        last = level;
    }
    while (out->len && strchr(" \t\n\r\v\f", out->data[out->len - 1]))
        buf_truncate(out, out->len - 1);
    return out->len > 0;
}

/* The text that `fail` or `required` was given: from the first start mark to the last end mark. */
static bool marked_text(struct span text, struct span *ret_marked)
{
    struct span before;
    struct span after;
    struct span tail;
    if (!cut(text, HELM_FAIL_START, &before, &after))
        return false;
    size_t len = 0;
    bool found = false;
    for (tail = after; cut(tail, HELM_FAIL_END, &before, &tail); found = true)
        len = (size_t)(before.data + before.len - after.data);
    *ret_marked = (struct span){.data = after.data, .len = len};
    return found;
}

int helm_engine_exec_error(const struct helm_engine *e, const char *name, struct error **err)
{
    struct span place;
    struct span rest;
    struct span marked;
    const char *text = (*err)->message;
    if (!find_place(text, &place, &rest)) {
        place = (struct span){.data = name, .len = strlen(name)};
        marked = (struct span){.data = text, .len = strlen(text)};
        return replace_message(err, "execution error in", place, marked);
    }
    if (marked_text(rest, &marked))
        return replace_message(err, "execution error at", place, marked);
    AUTO_BUF lines = BUF_INIT;
    const struct tmpl_trace trace = tmpl_trace(e->set);
    if (e->options.helm_major < 4 || trace.is_foreign || !print_levels(&trace, text, &lines))
        return -1;
    AUTO_ERROR struct error *old = TAKE(*err);
    error_set(err, old->kind, "%s", buf_str(&lines));
    if (old->hint)
        error_hint(err, "%s", old->hint);
    return old->where ? error_where(err, "%s", old->where) : -1;
}
