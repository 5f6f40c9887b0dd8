/* Templates parsed by the worker. */
#include "parse_ahead.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/value/value.h"

struct parse_job {
    struct aside_job job;
    const struct tfuncs *functions;
    const char *name, *text;
    size_t len;
    struct tunit unit;
};

static bool parse(void *ctx, struct arena *a)
{
    struct parse_job *j = ctx;
    AUTO_ERROR struct error *ignored = NULL;
    return tunit_parse(a, j->functions, j->name, strlen(j->name), j->text, j->len, &j->unit,
                       &ignored) == 0;
}

void parse_ahead_add(struct parse_ahead *p, struct aside *aside, const struct tfuncs *functions,
                     const char *name, const char *text, size_t len)
{
    struct arena *a = aside->arenas[WORKER_OWNER];
    if (!aside->worker)
        return;
    if (!p->numbers)
        p->numbers = tval_map(a).map;
    if (tmap_get(p->numbers, name, strlen(name)))
        return;
    struct parse_job *j = arena_alloc(a, sizeof(*j));
    *j = (struct parse_job){.functions = functions, .name = name, .text = text, .len = len};
    aside_job_init(&j->job, aside, parse, j);
    p->jobs = mem_grow(p->jobs, &p->cap, p->count + 1, sizeof(*p->jobs));
    tmap_set(a, p->numbers, name, strlen(name), tval_int((int64_t)p->count));
    p->jobs[p->count++] = j;
    aside_add(aside, &j->job, len);
}

bool parse_ahead_take(struct parse_ahead *p, struct aside *aside, const char *name,
                      const char *text, struct tunit *ret_unit)
{
    const struct tval *number = p->numbers ? tmap_get(p->numbers, name, strlen(name)) : NULL;
    if (!number || p->jobs[number->i]->text != text)
        return false;
    struct parse_job *j = p->jobs[number->i];
    bool is_parsed = aside_finish(aside, &j->job);
    *ret_unit = j->unit;
    return is_parsed;
}

void parse_ahead_release(struct parse_ahead *p, struct aside *aside)
{
    for (size_t i = 0; i < p->count; i++)
        aside_drop(aside, &p->jobs[i]->job);
    free(p->jobs);
    *p = (struct parse_ahead){0};
}
