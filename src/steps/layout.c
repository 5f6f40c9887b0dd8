/* Which tasks a run has, in which lanes and after which others: one table. */
#include "layout.h"

#include "down.h"
#include "fleet.h"
#include "upgrade.h"

/* The tasks of one lane, in the order in which the lane runs them. */
enum task_id {
    TASK_OBSERVE,
    TASK_SETTLE,
    TASK_PROOF_GIVE_BACK,
    TASK_TRY_ADDRESS,
    TASK_COMPARE,
    TASK_ISSUE,
    TASK_PLACE,
    TASK_LOCK,
    TASK_BASE,
    TASK_CA,
    TASK_INSTALL,
    TASK_GATEWAY_APPLY,
    TASK_TOKEN,
    TASK_BOOKINFO_APPLY,
    TASK_GATEWAY_WAIT,
    TASK_BOOKINFO_WAIT,
    TASK_VERIFY_ALONE,
    TASK_LINKS,
    TASK_EXPOSE,
    TASK_LOOK,
    TASK_VERIFY_CLUSTER,
    TASK_PROOF_ASK,
    TASK_PROOF_PLACE,
    TASK_PROOF_WAIT,
    TASK_PROOF_SEND,
    TASK_PROOF_COUNT,
    TASK_PROOF_LOCALITY,
    TASK_PROOF_TRIALS,
    TASK_PROOF_CLEAN,
    TASK_VERIFY_SAMPLE,
    TASK_VERIFY_TRAFFIC,
    TASKS_COUNT,
};
#define AFTER(task) (1U << (task))

enum lanes {
    LANES_ALL,
    LANES_PRESENT, /* that could be looked at */
    LANES_WRITE,
    LANES_CHANGE, /* LANES_WRITE, and those that get to know one that joins */
    LANES_FIRST,  /* the first member's: where requests of the sample come in */
    LANES_OTHERS, /* all but the first member's */
    LANES_TURN,   /* the one whose turn it is */
    LANES_COMMON, /* one task for all, in the first member's that is written */
};

static bool writes(const struct steps *s)
{
    return !s->options.list_only &&
           (s->options.from < STEP_VERIFY || s->options.bookinfo || s->options.partition);
}

static bool has(const struct steps *s, enum step_id step)
{
    return !s->options.list_only && steps_include(s, step);
}

static bool when_listed(const struct steps *s)
{
    return s->options.list_only || writes(s);
}

/* Chart base needs no certificates: it is applied while keys are being made. */
static bool when_base(const struct steps *s)
{
    return has(s, STEP_CA) && has(s, STEP_INSTALL);
}

static bool when_ca(const struct steps *s)
{
    return has(s, STEP_CA);
}

static bool when_install(const struct steps *s)
{
    return has(s, STEP_INSTALL);
}

static bool when_gateway(const struct steps *s)
{
    return has(s, STEP_GATEWAY);
}

/* Clusters that others are told of, now or when the list is run. */
static bool when_shown(const struct steps *s)
{
    return steps_include(s, STEP_REMOTE_SECRET) && s->lanes_count > 1;
}

static bool when_links(const struct steps *s)
{
    return !s->options.list_only && when_shown(s);
}

static bool when_expose(const struct steps *s)
{
    return has(s, STEP_EXPOSE);
}

static bool when_verify(const struct steps *s)
{
    return has(s, STEP_VERIFY);
}

static bool when_sample(const struct steps *s)
{
    return has(s, STEP_VERIFY) && s->options.bookinfo;
}

/* With traffic of verify's own. */
static bool when_proof(const struct steps *s)
{
    return has(s, STEP_VERIFY) && s->options.proof;
}

static bool when_taken(const struct steps *s)
{
    return when_proof(s) && (s->options.failover || s->options.partition);
}

static bool when_tried(const struct steps *s)
{
    return when_taken(s) || (when_proof(s) && s->options.bench);
}

/* The first cluster by itself, as long as it knows nothing of the others. */
static bool when_alone(const struct steps *s)
{
    return when_sample(s) && when_links(s);
}

/* remove --keep-mesh: the others forget the cluster, and that is all. */
static bool when_taken_off(const struct steps *s)
{
    return !s->options.keep_mesh;
}

struct task_row {
    enum step_id step;
    enum lanes lanes;
    bool (*when)(const struct steps *s); /* NULL: always */
    plan_fn fn;
    unsigned after; /* these tasks of all lanes */
};

/* Nothing is written anywhere before every cluster was looked at and all changes are known: what
 * writes comes after TASK_LOCK, and before it only the namespace that the lock is in is made, after
 * every TASK_COMPARE. */
static const struct task_row up_rows[TASKS_COUNT] = {
    [TASK_OBSERVE] = {STEP_CHECK, LANES_ALL, NULL, task_observe, 0},
    [TASK_SETTLE] = {STEP_CHECK, LANES_COMMON, NULL, task_settle, AFTER(TASK_OBSERVE)},
    [TASK_PROOF_GIVE_BACK] = {STEP_CHECK, LANES_CHANGE, when_proof, task_proof_give_back,
                              AFTER(TASK_SETTLE)},
    [TASK_TRY_ADDRESS] = {STEP_CHECK, LANES_ALL, when_shown, task_try_address, AFTER(TASK_SETTLE)},
    [TASK_COMPARE] = {STEP_PLAN, LANES_CHANGE, when_listed, task_compare,
                      AFTER(TASK_SETTLE) | AFTER(TASK_TRY_ADDRESS)},
    [TASK_ISSUE] = {STEP_PLAN, LANES_COMMON, when_ca, task_issue, AFTER(TASK_COMPARE)},
    [TASK_PLACE] = {STEP_PLAN, LANES_WRITE, writes, task_place,
                    AFTER(TASK_COMPARE) | AFTER(TASK_ISSUE)},
    [TASK_LOCK] = {STEP_PLAN, LANES_COMMON, writes, task_lock, AFTER(TASK_PLACE)},
    [TASK_BASE] = {STEP_INSTALL, LANES_WRITE, when_base, task_base, AFTER(TASK_LOCK)},
    [TASK_CA] = {STEP_CA, LANES_WRITE, when_ca, task_ca, AFTER(TASK_LOCK)},
    [TASK_INSTALL] = {STEP_INSTALL, LANES_WRITE, when_install, task_install, AFTER(TASK_LOCK)},
    [TASK_GATEWAY_APPLY] = {STEP_GATEWAY, LANES_WRITE, when_gateway, task_gateway_apply,
                            AFTER(TASK_LOCK)},
    /* The token takes its controller a moment; asked for now, it is there when it is needed. */
    [TASK_TOKEN] = {STEP_REMOTE_SECRET, LANES_ALL, when_links, task_token, AFTER(TASK_LOCK)},
    /* Before the gateways are waited for: their pods start side by side. */
    [TASK_BOOKINFO_APPLY] = {STEP_VERIFY, LANES_WRITE, when_sample, task_bookinfo_apply,
                             AFTER(TASK_LOCK)},
    [TASK_GATEWAY_WAIT] = {STEP_GATEWAY, LANES_WRITE, when_gateway, task_gateway_wait, 0},
    [TASK_BOOKINFO_WAIT] = {STEP_VERIFY, LANES_WRITE, when_sample, task_bookinfo_wait, 0},
    [TASK_VERIFY_ALONE] = {STEP_VERIFY, LANES_FIRST, when_alone, task_verify_alone, 0},
    [TASK_LINKS] = {STEP_REMOTE_SECRET, LANES_CHANGE, when_links, task_links,
                    AFTER(TASK_TOKEN) | AFTER(TASK_VERIFY_ALONE)},
    [TASK_EXPOSE] = {STEP_EXPOSE, LANES_WRITE, when_expose, task_expose, AFTER(TASK_LOCK)},
    [TASK_LOOK] = {STEP_VERIFY, LANES_ALL, when_verify, task_look,
                   AFTER(TASK_SETTLE) | AFTER(TASK_LOCK) | AFTER(TASK_LINKS) | AFTER(TASK_EXPOSE) |
                       AFTER(TASK_GATEWAY_WAIT) | AFTER(TASK_BOOKINFO_WAIT)},
    [TASK_VERIFY_CLUSTER] = {STEP_VERIFY, LANES_ALL, when_verify, task_verify_cluster,
                             AFTER(TASK_LOOK)},
    [TASK_PROOF_ASK] = {STEP_VERIFY, LANES_CHANGE, when_proof, task_proof_ask,
                        AFTER(TASK_VERIFY_CLUSTER)},
    [TASK_PROOF_PLACE] = {STEP_VERIFY, LANES_CHANGE, when_proof, task_proof_place,
                          AFTER(TASK_PROOF_ASK)},
    [TASK_PROOF_WAIT] = {STEP_VERIFY, LANES_CHANGE, when_proof, task_proof_wait, 0},
    [TASK_PROOF_SEND] = {STEP_VERIFY, LANES_CHANGE, when_proof, task_proof_send,
                         AFTER(TASK_PROOF_WAIT)},
    [TASK_PROOF_COUNT] = {STEP_VERIFY, LANES_CHANGE, when_proof, task_proof_count,
                          AFTER(TASK_PROOF_SEND)},
    [TASK_PROOF_LOCALITY] = {STEP_VERIFY, LANES_CHANGE, when_taken, task_proof_locality, 0},
    /* One after another, so one task for all. */
    [TASK_PROOF_TRIALS] = {STEP_VERIFY, LANES_COMMON, when_tried, task_proof_trials,
                           AFTER(TASK_PROOF_COUNT) | AFTER(TASK_PROOF_LOCALITY)},
    [TASK_PROOF_CLEAN] = {STEP_VERIFY, LANES_CHANGE, when_proof, task_proof_clean,
                          AFTER(TASK_PROOF_COUNT) | AFTER(TASK_PROOF_TRIALS)},
    [TASK_VERIFY_SAMPLE] = {STEP_VERIFY, LANES_OTHERS, when_sample, task_verify_sample, 0},
    [TASK_VERIFY_TRAFFIC] = {STEP_VERIFY, LANES_FIRST, when_sample, task_verify_traffic,
                             AFTER(TASK_VERIFY_CLUSTER) | AFTER(TASK_VERIFY_SAMPLE)},
};

/* status: what is counted is read first, and again when all else has been looked at. */
static bool when_measured(const struct steps *s)
{
    return s->options.measure;
}

static bool when_collected(const struct steps *s)
{
    return s->options.collect != NULL;
}

enum { CHECK_OBSERVE, CHECK_FLOWS_BEGIN, CHECK_CLUSTER, CHECK_FLOWS_END, CHECK_COLLECT };
static const struct task_row check_rows[] = {
    [CHECK_OBSERVE] = {STEP_CHECK, LANES_ALL, NULL, task_observe, 0},
    [CHECK_FLOWS_BEGIN] = {STEP_CHECK, LANES_ALL, when_measured, task_flows_begin, 0},
    [CHECK_CLUSTER] = {STEP_CHECK, LANES_ALL, NULL, task_check_cluster, AFTER(CHECK_OBSERVE)},
    [CHECK_FLOWS_END] = {STEP_CHECK, LANES_ALL, when_measured, task_flows_end, 0},
    [CHECK_COLLECT] = {STEP_CHECK, LANES_ALL, when_collected, task_collect, 0},
};

/* Before there is a mesh: what `up` would stop at, and what it would wait for in vain. */
enum { BEFORE_OBSERVE, BEFORE_CLUSTER };
static const struct task_row before_rows[] = {
    [BEFORE_OBSERVE] = {STEP_CHECK, LANES_ALL, NULL, task_observe, 0},
    [BEFORE_CLUSTER] = {STEP_CHECK, LANES_ALL, NULL, task_check_before, AFTER(BEFORE_OBSERVE)},
};

/* Down is two plans: what would go is shown before anything does. */
enum { DOWN_OBSERVE, DOWN_SETTLE, DOWN_COMPARE };
static const struct task_row down_list_rows[] = {
    [DOWN_OBSERVE] = {STEP_CHECK, LANES_ALL, NULL, task_observe, 0},
    [DOWN_SETTLE] = {STEP_CHECK, LANES_COMMON, NULL, task_settle, AFTER(DOWN_OBSERVE)},
    [DOWN_COMPARE] = {STEP_PLAN, LANES_ALL, NULL, task_compare_down, AFTER(DOWN_SETTLE)},
};

enum {
    DOWN_RIGHTS,
    DOWN_LOCK,
    DOWN_UNLINK,
    DOWN_SAMPLE,
    DOWN_EXPOSE,
    DOWN_GATEWAYS,
    DOWN_ISTIOD,
    DOWN_CA,
    DOWN_NAMESPACES
};
static const struct task_row down_rows[] = {
    [DOWN_RIGHTS] = {STEP_PLAN, LANES_PRESENT, NULL, task_check_rights, 0},
    [DOWN_LOCK] = {STEP_PLAN, LANES_COMMON, NULL, task_lock, AFTER(DOWN_RIGHTS)},
    [DOWN_UNLINK] = {STEP_REMOTE_SECRET, LANES_PRESENT, NULL, task_unlink, AFTER(DOWN_LOCK)},
    [DOWN_SAMPLE] = {STEP_VERIFY, LANES_WRITE, when_taken_off, task_remove_sample,
                     AFTER(DOWN_UNLINK)},
    [DOWN_EXPOSE] = {STEP_EXPOSE, LANES_WRITE, when_taken_off, task_remove_expose, 0},
    [DOWN_GATEWAYS] = {STEP_GATEWAY, LANES_WRITE, when_taken_off, task_remove_gateways, 0},
    [DOWN_ISTIOD] = {STEP_INSTALL, LANES_WRITE, when_taken_off, task_remove_istiod, 0},
    [DOWN_CA] = {STEP_CA, LANES_WRITE, when_taken_off, task_remove_ca, 0},
    [DOWN_NAMESPACES] = {STEP_INSTALL, LANES_WRITE, when_taken_off, task_remove_namespaces, 0},
};

/* Another version: all that can be known before, and chart base everywhere; then each cluster in its turn, which the
 * next one waits for, with all that proves it; then what is left to restart. Going back, base comes last. */
static bool when_former(const struct steps *s)
{
    return s->options.former;
}

static bool when_to(const struct steps *s)
{
    return !s->options.former;
}

static bool when_run(const struct steps *s)
{
    return !s->options.list_only;
}

static bool when_forth(const struct steps *s)
{
    return when_run(s) && !s->options.back;
}

static bool when_back(const struct steps *s)
{
    return when_run(s) && s->options.back;
}

enum {
    UPGRADE_OBSERVE,
    UPGRADE_SETTLE,
    UPGRADE_FORMER,
    UPGRADE_CHECK,
    UPGRADE_COMPARE,
    UPGRADE_LOCK,
    UPGRADE_BASE
};
static const struct task_row upgrade_rows[] = {
    [UPGRADE_OBSERVE] = {STEP_CHECK, LANES_ALL, NULL, task_observe, 0},
    [UPGRADE_SETTLE] = {STEP_CHECK, LANES_COMMON, NULL, task_settle, AFTER(UPGRADE_OBSERVE)},
    [UPGRADE_FORMER] = {STEP_CHECK, LANES_WRITE, when_former, task_upgrade_former,
                        AFTER(UPGRADE_SETTLE)},
    [UPGRADE_CHECK] = {STEP_CHECK, LANES_WRITE, when_to, task_upgrade_check, AFTER(UPGRADE_SETTLE)},
    [UPGRADE_COMPARE] = {STEP_PLAN, LANES_WRITE, when_to, task_compare, AFTER(UPGRADE_CHECK)},
    [UPGRADE_LOCK] = {STEP_PLAN, LANES_COMMON, when_run, task_lock, AFTER(UPGRADE_COMPARE)},
    [UPGRADE_BASE] = {STEP_INSTALL, LANES_WRITE, when_forth, task_base, AFTER(UPGRADE_LOCK)},
};

enum {
    TURN_BEGIN,
    TURN_INSTALL,
    TURN_GATEWAY_APPLY,
    TURN_GATEWAY_WAIT,
    TURN_LOOK,
    TURN_VERIFY,
    TURN_PROOF_ASK,
    TURN_PROOF_PLACE,
    TURN_PROOF_WAIT,
    TURN_PROOF_SEND,
    TURN_PROOF_COUNT,
    TURN_PROOF_CLEAN
};
static const struct task_row turn_rows[] = {
    [TURN_BEGIN] = {STEP_INSTALL, LANES_TURN, NULL, task_upgrade_turn, 0},
    [TURN_INSTALL] = {STEP_INSTALL, LANES_TURN, NULL, task_install, 0},
    [TURN_GATEWAY_APPLY] = {STEP_GATEWAY, LANES_TURN, NULL, task_gateway_apply, 0},
    [TURN_GATEWAY_WAIT] = {STEP_GATEWAY, LANES_TURN, NULL, task_gateway_wait, 0},
    [TURN_LOOK] = {STEP_VERIFY, LANES_ALL, when_verify, task_look, AFTER(TURN_GATEWAY_WAIT)},
    [TURN_VERIFY] = {STEP_VERIFY, LANES_TURN, when_verify, task_verify_cluster, AFTER(TURN_LOOK)},
    [TURN_PROOF_ASK] = {STEP_VERIFY, LANES_WRITE, when_proof, task_proof_ask, AFTER(TURN_VERIFY)},
    [TURN_PROOF_PLACE] = {STEP_VERIFY, LANES_WRITE, when_proof, task_proof_place,
                          AFTER(TURN_PROOF_ASK)},
    [TURN_PROOF_WAIT] = {STEP_VERIFY, LANES_WRITE, when_proof, task_proof_wait, 0},
    [TURN_PROOF_SEND] = {STEP_VERIFY, LANES_WRITE, when_proof, task_proof_send,
                         AFTER(TURN_PROOF_WAIT)},
    [TURN_PROOF_COUNT] = {STEP_VERIFY, LANES_WRITE, when_proof, task_proof_count,
                          AFTER(TURN_PROOF_SEND)},
    [TURN_PROOF_CLEAN] = {STEP_VERIFY, LANES_WRITE, when_proof, task_proof_clean,
                          AFTER(TURN_PROOF_COUNT)},
};

static const struct task_row upgraded_rows[] = {
    {STEP_VERIFY, LANES_ALL, when_run, task_upgrade_outdated, 0},
    {STEP_INSTALL, LANES_WRITE, when_back, task_base, 0},
};

/* Where none is, because the one that leaves is away, the first that could be looked at. */
static size_t first_writer(const struct steps *s)
{
    size_t i = 0, present = 0;
    while (i < s->lanes_count && s->lanes[i].mode != LANE_WRITE)
        i++;
    while (present < s->lanes_count && s->lanes[present].mode == LANE_ABSENT)
        present++;
    return i < s->lanes_count ? i : present;
}

static bool runs_in(const struct steps *s, enum lanes lanes, size_t lane, size_t turn)
{
    switch (lanes) {
    case LANES_ALL:
        return true;
    case LANES_PRESENT:
        return s->lanes[lane].mode != LANE_ABSENT;
    case LANES_WRITE:
        return s->lanes[lane].mode == LANE_WRITE;
    case LANES_CHANGE:
        return lane_changes(&s->lanes[lane]);
    case LANES_FIRST:
        return lane == 0;
    case LANES_OTHERS:
        return lane > 0;
    case LANES_TURN:
        return lane == turn;
    case LANES_COMMON:
        return lane == first_writer(s);
    }
    return false;
}

static bool runs(const struct steps *s, const struct task_row *row, size_t lane, size_t turn)
{
    return (!row->when || row->when(s)) && runs_in(s, row->lanes, lane, turn);
}

/* Whether one cluster that fails leaves the others to themselves. Nothing is taken off before all were
 * looked at. */
static bool ends_alone(const struct steps *s)
{
    return steps_is_fleet(s) ||
           (s->options.verb == STEPS_DOWN && !s->options.list_only && s->lanes_count > 2);
}

/* What a task waits for: the earlier rows' tasks of all other lanes that its row names. Where clusters
 * fail alone these only have to end, but for those that all have in common. */
static void put_after(struct steps *s, const struct task_row *rows, size_t t, size_t lane,
                      int (*tasks)[PLAN_MAX_LANES])
{
    bool is_common = ends_alone(s) && rows[t].lanes == LANES_COMMON;
    if (is_common)
        plan_is_common(s->plan, tasks[t][lane]);
    for (size_t before = 0; before < t; before++) {
        bool common_before = rows[before].lanes == LANES_COMMON;
        for (size_t j = 0; j < s->lanes_count; j++) {
            if (tasks[before][j] < 0)
                continue;
            if (is_common && common_before)
                plan_after(s->plan, tasks[t][lane], tasks[before][j]);
            else if (!(rows[t].after & AFTER(before)) || j == lane)
                continue;
            else if (ends_alone(s) && !common_before)
                plan_when_ended(s->plan, tasks[t][lane], tasks[before][j]);
            else
                plan_after(s->plan, tasks[t][lane], tasks[before][j]);
        }
    }
}

/* The tasks that rows stand for, one a lane or -1. */
struct laid {
    int tasks[TASKS_COUNT][PLAN_MAX_LANES];
    size_t count;
};

/* `turn`: which lane LANES_TURN is. */
static void lay_out_turn(struct steps *s, const struct task_row *rows, size_t count, size_t turn,
                         struct laid *laid)
{
    laid->count = count;
    for (size_t t = 0; t < count; t++) {
        for (size_t i = 0; i < s->lanes_count; i++)
            laid->tasks[t][i] = runs(s, &rows[t], i, turn)
                                    ? plan_add_task(s->plan, (int)i, step_name(rows[t].step),
                                                    rows[t].fn, &s->lanes[i])
                                    : -1;
        for (size_t i = 0; i < s->lanes_count; i++)
            if (laid->tasks[t][i] >= 0)
                put_after(s, rows, t, i, laid->tasks);
    }
}

static void lay_out(struct steps *s, const struct task_row *rows, size_t count)
{
    struct laid laid;
    lay_out_turn(s, rows, count, 0, &laid);
}

/* The first row's tasks come after all that was laid out before. */
static void chain(struct steps *s, const struct laid *before, const struct laid *laid)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        for (size_t t = 0; t < before->count && laid->tasks[0][i] >= 0; t++)
            for (size_t j = 0; j < s->lanes_count; j++)
                if (before->tasks[t][j] >= 0 && i != j)
                    plan_after(s->plan, laid->tasks[0][i], before->tasks[t][j]);
}

static void lay_out_next(struct steps *s, const struct task_row *rows, size_t count, size_t turn,
                         struct laid *laid)
{
    struct laid next;
    lay_out_turn(s, rows, count, turn, &next);
    chain(s, laid, &next);
    *laid = next;
}

static void lay_out_upgrade(struct steps *s)
{
    struct laid laid;
    lay_out_turn(s, upgrade_rows, MC_ARRAY_LEN(upgrade_rows), 0, &laid);
    if (s->options.list_only)
        return;
    for (size_t i = 0; i < s->lanes_count; i++) {
        size_t turn = s->options.back ? s->lanes_count - 1 - i : i;
        if (s->lanes[turn].mode == LANE_WRITE)
            lay_out_next(s, turn_rows, MC_ARRAY_LEN(turn_rows), turn, &laid);
    }
    lay_out_next(s, upgraded_rows, MC_ARRAY_LEN(upgraded_rows), 0, &laid);
}

void steps_lay_out(struct steps *s)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        plan_add_lane(s->plan, lane_name(&s->lanes[i]));
    if (s->options.verb == STEPS_UP)
        lay_out(s, up_rows, MC_ARRAY_LEN(up_rows));
    else if (s->options.verb == STEPS_UPGRADE)
        lay_out_upgrade(s);
    else if (s->options.verb == STEPS_CHECK && s->options.pre)
        lay_out(s, before_rows, MC_ARRAY_LEN(before_rows));
    else if (s->options.verb == STEPS_CHECK)
        lay_out(s, check_rows, MC_ARRAY_LEN(check_rows));
    else if (s->options.list_only)
        lay_out(s, down_list_rows, MC_ARRAY_LEN(down_list_rows));
    else
        lay_out(s, down_rows, MC_ARRAY_LEN(down_rows));
}
