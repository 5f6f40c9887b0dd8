/* fromYaml's texts, parsed in advance and kept for a while. */
#include "func_yaml_ahead.h"

#include <string.h>

#include "meshctl/data/json_scratch.h"
#include "meshctl/data/yaml.h"
#include "meshctl/value/tmap.h"

struct yaml_job {
    struct aside_job job;
    struct tval_string text;
    struct tval value; /* never given away, only copies of it */
    bool is_wanted;
};

static int read_text(struct arena *a, struct tval_string text, struct tval *ret_value,
                     struct error **err)
{
    json_t *j = NULL;
    AUTO_JSON_SCRATCH(scratch);
    if (yaml_read(text.data, text.len, "fromYaml", YAML_NUMBERS_FLOAT | YAML_FULL_ERRORS, &j, err))
        return -1;
    *ret_value = tval_from_json(a, j);
    return 0;
}

static bool read_quietly(void *ctx, struct arena *a)
{
    struct yaml_job *j = ctx;
    AUTO_ERROR struct error *ignored = NULL;
    return read_text(a, j->text, &j->value, &ignored) == 0;
}

static bool is_large(struct tval_string text)
{
    return text.len >= YAML_AHEAD_LEAST && text.len <= YAML_AHEAD_MOST;
}

static struct yaml_job *find(const struct yaml_ahead *y, struct tval_string text)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(y->jobs); i++) {
        struct yaml_job *j = y->jobs[i];
        if (j && j->text.len == text.len &&
            (j->text.data == text.data || memcmp(j->text.data, text.data, text.len) == 0))
            return j;
    }
    return NULL;
}

/* In the place of the oldest. */
static struct yaml_job *put(struct yaml_ahead *y, struct aside *aside, struct tval_string text)
{
    struct yaml_job **place = &y->jobs[y->next++ % MC_ARRAY_LEN(y->jobs)];
    if (!*place) {
        *place = arena_alloc(aside->arenas[WORKER_OWNER], sizeof(**place));
    } else {
        y->is_wasted |= !(*place)->is_wanted;
        aside_drop(aside, &(*place)->job);
    }
    **place = (struct yaml_job){.text = text};
    aside_job_init(&(*place)->job, aside, read_quietly, *place);
    return *place;
}

int yaml_ahead_read(struct yaml_ahead *y, struct aside *aside, struct tval_string text,
                    struct tval *ret_value, struct error **err)
{
    struct arena *a = aside->arenas[WORKER_OWNER];
    y->asked = text.data;
    if (!is_large(text))
        return read_text(a, text, ret_value, err);
    struct yaml_job *j = find(y, text);
    if (!j)
        j = put(y, aside, text);
    j->is_wanted = true;
    if (!aside_finish(aside, &j->job))
        return read_text(a, text, ret_value, err);
    *ret_value = tval_copy(a, j->value);
    return 0;
}

void yaml_ahead_ranged(struct yaml_ahead *y, struct aside *aside, const struct tlist *list,
                       size_t at)
{
    if (!aside->worker || y->is_wasted || list->items[at].kind != TVAL_STRING ||
        list->items[at].s.data != y->asked)
        return;
    size_t bytes = 0;
    for (size_t i = at + 1; i < list->count && i <= at + YAML_AHEAD_COUNT; i++) {
        const struct tval *item = &list->items[i];
        bytes += item->kind == TVAL_STRING ? item->s.len : 0;
        if (bytes > YAML_AHEAD_BYTES)
            return;
        if (item->kind == TVAL_STRING && is_large(item->s) && !find(y, item->s))
            aside_add(aside, &put(y, aside, item->s)->job, item->s.len);
    }
}

void yaml_ahead_release(struct yaml_ahead *y, struct aside *aside)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(y->jobs); i++)
        if (y->jobs[i])
            aside_drop(aside, &y->jobs[i]->job);
    *y = (struct yaml_ahead){0};
}
