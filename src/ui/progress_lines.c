/* Off a terminal: a line an event. */
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/ui/line.h"
#include "progress_internal.h"

#define WAITING_LINE_EVERY_MS 10000

static bool is_due(struct progress *p, const struct event *e)
{
    int64_t now = clock_now_ms(), *last = &p->last_line_ms[e->task];
    /* Short waits need no line: the first one comes when the wait has lasted. */
    if (*last == 0)
        *last = now;
    if (now - *last < WAITING_LINE_EVERY_MS)
        return false;
    *last = now;
    return true;
}

static void append_text(struct buf *line, const char *before, const char *text)
{
    buf_appends(line, before);
    line_append(line, text, strlen(text));
}

static void append_waiting(struct buf *line, const struct event *e)
{
    AUTO_FREE char *waited = clock_duration_dup(e->waited_ms);
    AUTO_FREE char *limit = clock_duration_dup(e->limit_ms);
    buf_appendf(line, "waiting %s/%s", waited, limit);
    append_text(line, ": ", e->text);
}

static void append_done(struct buf *line, const struct event *e)
{
    AUTO_FREE char *elapsed = clock_duration_dup(e->elapsed_ms);
    buf_appendf(line, "done in %s", elapsed);
    if (e->text)
        append_text(line, ": ", e->text);
}

/* False when the event makes no line. */
static bool append_event(struct progress *p, struct buf *line, const struct event *e)
{
    switch (e->kind) {
    case EVENT_STARTED:
        buf_appends(line, "started");
        return true;
    case EVENT_WAITING:
        if (!is_due(p, e))
            return false;
        append_waiting(line, e);
        return true;
    case EVENT_NOTE:
        append_text(line, "", e->text);
        return p->verbose;
    case EVENT_WARNING:
        append_text(line, "warning: ", e->text);
        return true;
    case EVENT_DONE:
        append_done(line, e);
        return true;
    case EVENT_FAILED:
        buf_appendf(line, "FAILED %s%s%s", e->error->id ? e->error->id : "",
                    e->error->id ? " " : "", error_kind_name(e->error->kind));
        return true;
    case EVENT_SKIPPED:
        append_text(line, "skipped: ", e->text);
        return true;
    case EVENT_ENDED:
        return false;
    }
    return false;
}

void draw_lines(struct progress *p, const struct event *e)
{
    if (!e || e->task < 0)
        return;
    AUTO_BUF line = BUF_INIT;
    AUTO_FREE char *time = clock_rfc3339_dup(e->time);
    buf_appendf(&line, "%s %s %s ", time, e->cluster, e->step);
    if (!append_event(p, &line, e))
        return;
    buf_appendc(&line, '\n');
    (void)term_write(p->term, &line);
}
