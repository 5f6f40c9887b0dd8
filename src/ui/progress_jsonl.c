/* For programs: one JSON object an event, on one line. */
#include <stdlib.h>

#include "meshctl/base/clock.h"
#include "meshctl/data/json.h"
#include "progress_internal.h"

static void set_opt(json_t *o, const char *key, const char *value)
{
    if (value)
        json_object_set_new(o, key, json_string(value));
}

static json_t *error_json(const struct error *err)
{
    json_t *o =
        json_pack("{s:s, s:s}", "kind", error_kind_name(err->kind), "message", err->message);
    set_opt(o, "id", err->id);
    set_opt(o, "where", err->where);
    set_opt(o, "fix", err->hint);
    return o;
}

void draw_jsonl(struct progress *p, const struct event *e)
{
    if (!e || (e->kind == EVENT_NOTE && !p->verbose))
        return;
    AUTO_BUF line = BUF_INIT;
    AUTO_FREE char *time = clock_rfc3339_dup(e->time);
    json_auto_t *o = json_pack("{s:s, s:s, s:s, s:s}", "apiVersion", "meshctl.io/v1", "kind",
                               "Event", "time", time, "event", event_kind_name(e->kind));
    set_opt(o, "cluster", e->cluster);
    set_opt(o, "step", e->step);
    set_opt(o, "text", e->text);
    if (e->error)
        json_object_set_new(o, "error", error_json(e->error));
    if (e->kind == EVENT_DONE || e->kind == EVENT_FAILED || e->kind == EVENT_ENDED)
        json_object_set_new(o, "elapsedMs", json_integer(e->elapsed_ms));
    if (e->kind == EVENT_WAITING) {
        json_object_set_new(o, "waitedMs", json_integer(e->waited_ms));
        json_object_set_new(o, "limitMs", json_integer(e->limit_ms));
    }
    json_write(&line, o, JSON_WRITE_KEEP_ORDER | JSON_WRITE_NO_ESCAPE);
    buf_appendc(&line, '\n');
    (void)term_write_data(p->term, &line);
}
