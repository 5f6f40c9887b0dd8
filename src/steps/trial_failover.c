/* A cluster's echo is taken away under load and given back: how long until others answer, what was
 * lost, how long until it answers itself again. */
#include "trial.h"

#include "meshctl/base/clock.h"

#define CALM_MS 1000   /* of load before anything happens */
#define AWAY_MS 30000  /* until the others must have taken over */
#define BACK_MS 120000 /* a pod has to start */

static int scale(struct kube_client *client, const char *namespace_, int replicas,
                 struct error **err)
{
    const struct kube_ref ref = {"apps/v1", "Deployment", namespace_, "echo"};
    json_auto_t *patch = json_pack("{s:{s:i}}", "spec", "replicas", replicas);
    return kube_patch(client, &ref, patch, NULL, err);
}

struct marks {
    int64_t begin, away, back, end;
};

static json_t *elapsed(int64_t until, int64_t from)
{
    return until < 0 ? json_null() : json_integer(until - from);
}

static json_t *judge(struct trial *t, size_t at, const struct marks *m)
{
    size_t count;
    AUTO_FREE struct load_sample *samples = load_samples_dup(t->loads[at], &count);
    struct load_counts calm = load_count_within(samples, count, (int)at, m->begin, m->away);
    struct load_counts away = load_count(samples, count, (int)at, m->away, m->back);
    struct load_counts back = load_count(samples, count, (int)at, m->back, m->end);
    json_t *row = json_object();
    json_object_set_new(row, "calmRequests", json_integer(calm.all));
    json_object_set_new(row, "calmOwn", json_integer(calm.own));
    json_object_set_new(row, "calmLeft", json_integer(calm.others + calm.failed));
    json_object_set_new(row, "firstElsewhereMs",
                        elapsed(load_first(samples, count, (int)at, true, m->away), m->away));
    json_object_set_new(row, "awayRequests", json_integer(away.all));
    json_object_set_new(row, "awayLost", json_integer(away.failed));
    json_object_set_new(row, "firstBackMs",
                        elapsed(load_first(samples, count, (int)at, false, m->back), m->back));
    json_object_set_new(row, "backRequests", json_integer(back.all));
    json_object_set_new(row, "backLost", json_integer(back.failed));
    json_object_set_new(row, "unasked", json_integer(calm.unasked + away.unasked + back.unasked));
    json_object_set_new(row, "failures", load_failures(t->loads[at]));
    return row;
}

static int run(struct trial *t, size_t at, json_t **ret_row, struct error **err)
{
    const struct steps *s = t->lane->steps;
    struct kube_client *client;
    struct marks m = {0};
    if (trial_client(t, at, &client, err) < 0 || trial_load(t, at, err) < 0 ||
        trial_settle(t, at, false, AWAY_MS, err) < 0)
        return -1;
    m.begin = clock_now_ms();
    if (clock_sleep(CALM_MS, s->options.cancel) < 0)
        return error_set(err, ERROR_CANCELLED, "cancelled");
    m.away = clock_now_ms();
    if (scale(client, s->proof_namespace, 0, err) < 0 ||
        trial_settle(t, at, true, AWAY_MS, err) < 0)
        return -1;
    m.back = clock_now_ms();
    if (scale(client, s->proof_namespace, 1, err) < 0 ||
        trial_settle(t, at, false, BACK_MS, err) < 0)
        return -1;
    m.end = clock_now_ms();
    *ret_row = judge(t, at, &m);
    return 0;
}

int trial_failover(struct trial *t, size_t at, json_t *rows, struct error **err)
{
    const struct steps *s = t->lane->steps;
    AUTO_ERROR struct error *why = NULL;
    json_t *row = NULL;
    int rc = run(t, at, &row, &why);
    trial_unload(t, at);
    if (rc < 0 && why->kind == ERROR_CANCELLED) {
        *err = TAKE(why);
        return -1;
    }
    if (rc < 0)
        row = json_pack("{s:s}", "problem", why->message);
    json_object_set_new(row, "trial", json_string("failover"));
    json_object_set_new(row, "cluster", json_string(lane_name(&s->lanes[at])));
    json_object_set_new(row, "rate", json_integer(trial_rate(s)));
    json_array_append_new(rows, row);
    return 0;
}
