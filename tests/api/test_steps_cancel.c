/* `up` over many clusters at once, interrupted anywhere: it ends soon, leaves no lock held, and the same `up`
 * then finishes with nothing left to do. Where it is cut is chosen by chance, from a seed that is told: after
 * some number of requests of all clusters together. Under ThreadSanitizer it is a search for data races. */
#include <pthread.h>
#include <stdatomic.h>

#include "meshctl/base/clock.h"
#include "meshctl/data/json.h"
#include "scratch.h"
#include "steps_fixture.h"

#define CLUSTERS 8
#define RUNS 4 /* CANCEL_RUNS asks for more */
#define SEED 1 /* CANCEL_SEED */
#define LOOK_EVERY_US 2000
#define ENDS_WITHIN_MS 20000 /* far more than it takes: sanitizers and neighbours are slow */
#define LEASE "/apis/coordination.k8s.io/v1/namespaces/istio-system/leases/meshctl"

/* ---- chance ---------------------------------------------------------------------------------- */

static unsigned long number_of(const char *variable, unsigned long usual)
{
    const char *text = getenv(variable);
    return text && *text ? strtoul(text, NULL, 10) : usual;
}

/* Knuth's MMIX generator: the same numbers everywhere. */
static uint64_t chance(uint64_t *state, uint64_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (*state >> 33) % below;
}

/* ---- looking --------------------------------------------------------------------------------- */

static void nobody_holds_the_lock(const struct clusters *c, const char *which)
{
    for (size_t i = 0; i < c->count; i++) {
        json_auto_t *lease = fakeapi_object(c->apis[i], LEASE);
        const char *holder =
            json_string_value(json_object_get(json_object_get(lease, "spec"), "holderIdentity"));
        if (holder && *holder)
            fail_msg("%s: %s holds the lock of cluster %zu", which, holder, i);
    }
}

/* ---- cutting --------------------------------------------------------------------------------- */

static int requests_of(const struct clusters *c)
{
    int count = 0;
    for (size_t i = 0; i < c->count; i++)
        count += fakeapi_count(c->apis[i], NULL, "/*");
    return count;
}

struct cutter {
    const struct clusters *clusters;
    struct cancel *cancel;
    int at;              /* requests */
    atomic_bool is_over; /* the run has ended */
    int64_t cut_ms;      /* when; 0: the run ended before */
};

static void *cut(void *arg)
{
    struct cutter *x = arg;
    while (!atomic_load(&x->is_over)) {
        if (requests_of(x->clusters) >= x->at) {
            x->cut_ms = clock_now_ms();
            cancel_set(x->cancel);
            return NULL;
        }
        usleep(LOOK_EVERY_US);
    }
    return NULL;
}

/* Returns how many ms it went on behind the cut. */
static int run_cut(const struct clusters *c, int at, const char *which)
{
    pthread_t thread;
    MC_CLEANUP(cancel_release) struct cancel cancel = {.fds = {-1, -1}};
    struct steps_options options = up_options;
    assert_int_equal(cancel_init(&cancel), 0);
    struct cutter x = {.clusters = c, .cancel = &cancel, .at = at};
    options.cancel = &cancel;
    assert_int_equal(pthread_create(&thread, NULL, cut, &x), 0);
    AUTO_RUN_RESULT o = {0};
    run_steps(c, &options, &o);
    int64_t end_ms = clock_now_ms();
    atomic_store(&x.is_over, true);
    pthread_join(thread, NULL);
    int spent_ms = x.cut_ms ? (int)(end_ms - x.cut_ms) : 0;
    if (spent_ms > ENDS_WITHIN_MS)
        fail_msg("%s: %d ms from the cut to the end", which, spent_ms);
    if (o.error && (!x.cut_ms || o.error->kind != ERROR_CANCELLED))
        fail_msg("%s: %s: %s", which, error_kind_name(o.error->kind), o.error->message);
    nobody_holds_the_lock(c, which);
    return spent_ms;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void run_to_the_end(const struct clusters *c, const char *which)
{
    AUTO_RUN_RESULT o = {0}, listed = {0};
    run_steps(c, &up_options, &o);
    if (o.error)
        fail_msg("%s: the next run: %s", which, o.error->message);
    run_steps(c, &plan_options, &listed);
    if (listed.error)
        fail_msg("%s: its list: %s", which, listed.error->message);
    if (steps_differ(listed.steps)) {
        AUTO_FREE char *text = json_dumps(listed.changes, JSON_INDENT(1));
        fail_msg("%s: the list is not empty: %s", which, text);
    }
    nobody_holds_the_lock(c, which);
}

/* How many requests a run takes that nobody cuts. */
static int whole_run(void)
{
    struct clusters c;
    clusters_start(&c, CLUSTERS);
    clusters_up(&c);
    int requests = requests_of(&c);
    clusters_stop(&c);
    return requests;
}

static int longer(int a, int b)
{
    return a > b ? a : b;
}

static void up_is_cut_anywhere(void **state)
{
    (void)state;
    unsigned long runs = number_of("CANCEL_RUNS", RUNS), seed = number_of("CANCEL_SEED", SEED);
    uint64_t random = seed;
    int all = whole_run(), longest_ms = 0;
    size_t held = json_held();
    for (unsigned long run = 0; run < runs; run++) {
        struct clusters c;
        /* Twice, now and then: what the first one left is what the second one is cut in. */
        int first = (int)chance(&random, (uint64_t)all) + 1;
        int second = chance(&random, 3) ? 0 : (int)chance(&random, (uint64_t)all) + 1;
        AUTO_FREE char *which =
            mem_printf("CANCEL_SEED=%lu, run %lu of %lu, cut at %d and %d of %d", seed, run, runs,
                       first, second, all);
        clusters_start(&c, CLUSTERS);
        longest_ms = longer(longest_ms, run_cut(&c, first, which));
        if (second)
            longest_ms = longer(longest_ms, run_cut(&c, requests_of(&c) + second, which));
        run_to_the_end(&c, which);
        clusters_stop(&c);
        /* All values are given back, however the runs ended. */
        if (json_held() != held)
            fail_msg("%s: %zu bytes of values are left, %zu before", which, json_held(), held);
    }
    print_message("%lu runs, at most %d ms from the cut to the end\n", runs, longest_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(up_is_cut_anywhere)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
