/* The end of a run: document or tables, errors, the verdict, what to do next. */
#include "result.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/report/tables.h"
#include "meshctl/ui/progress.h"

/* The exit code of a run with failures: being interrupted first, then whatever failed first. */
static int exit_code_of_plan(const struct plan *plan, struct cli *cli)
{
    int code = EXIT_CODE_OK;
    if (cancel_is_set(cli->cancel))
        return EXIT_CODE_CANCELLED;
    for (int i = 0; i < plan_tasks(plan); i++) {
        const struct error *e = plan_task_error(plan, i);
        if (e && code == EXIT_CODE_OK)
            code = exit_code_of(e->kind);
    }
    return code;
}

static json_t *errors_json(const struct plan *plan)
{
    json_t *errors = json_array();
    for (int i = 0; i < plan_tasks(plan); i++) {
        const struct error *e = plan_task_error(plan, i);
        if (!e)
            continue;
        json_t *row = json_pack("{s:s, s:s, s:s, s:s}", "cluster",
                                plan_lane_name(plan, plan_task_lane(plan, i)), "step",
                                plan_task_step(plan, i), "kind", error_kind_name(e->kind),
                                "message", e->message);
        if (e->id)
            json_object_set_new(row, "id", json_string(e->id));
        if (e->where)
            json_object_set_new(row, "where", json_string(e->where));
        if (e->hint)
            json_object_set_new(row, "fix", json_string(e->hint));
        json_array_append_new(errors, row);
    }
    return errors;
}

static const char *state_name(enum plan_state s)
{
    static const char *const names[] = {
        [PLAN_PENDING] = "pending", [PLAN_RUNNING] = "running", [PLAN_DONE] = "done",
        [PLAN_FAILED] = "failed",   [PLAN_SKIPPED] = "skipped",
    };
    return names[s];
}

static json_t *tasks_json(const struct plan *plan)
{
    json_t *tasks = json_array();
    for (int i = 0; i < plan_tasks(plan); i++) {
        json_t *row = json_pack(
            "{s:s, s:s, s:s, s:I}", "cluster", plan_lane_name(plan, plan_task_lane(plan, i)),
            "step", plan_task_step(plan, i), "state", state_name(plan_task_state(plan, i)),
            "elapsedMs", (json_int_t)plan_task_elapsed_ms(plan, i));
        if (plan_task_result(plan, i))
            json_object_set_new(row, "result", json_string(plan_task_result(plan, i)));
        json_array_append_new(tasks, row);
    }
    return tasks;
}

static json_t *document(struct cli *cli, const struct mesh *mesh, struct steps *steps,
                        const struct steps_options *options, int64_t elapsed_ms)
{
    const struct plan *plan = steps_plan(steps);
    json_t *doc = json_pack("{s:s, s:s, s:s, s:s, s:b, s:i, s:I}", "apiVersion", "meshctl.io/v1",
                            "kind", "Report", "mesh", mesh->id, "istio", mesh->istio_version, "ok",
                            cli->exit_code == 0, "exitCode", cli->exit_code, "elapsedMs",
                            (json_int_t)elapsed_ms);
    json_auto_t *report = steps_report(steps);
    json_object_update(doc, report);
    json_object_set_new(doc, "steps", tasks_json(plan));
    json_object_set_new(doc, "errors", errors_json(plan));
    if (options->dry_run)
        json_object_set_new(doc, "planned", steps_planned(steps));
    return doc;
}

/* ---- text ------------------------------------------------------------------------------------ */

/* Whether two tasks failed in the same step with the same words. */
static bool fail_alike(const struct plan *plan, int a, int b)
{
    const struct error *x = plan_task_error(plan, a), *y = plan_task_error(plan, b);
    return x && y && strcmp(x->message, y->message) == 0 &&
           strcmp(plan_task_step(plan, a), plan_task_step(plan, b)) == 0;
}

/* Whether an earlier task failed alike: then it is told there. */
static bool is_told(const struct plan *plan, int task)
{
    for (int i = 0; i < task; i++)
        if (fail_alike(plan, i, task))
            return true;
    return false;
}

/* "west, east": every cluster that failed like this one. */
static char *told_clusters_dup(const struct plan *plan, int task)
{
    AUTO_STRLIST names = STRLIST_INIT;
    for (int i = task; i < plan_tasks(plan); i++)
        if (fail_alike(plan, i, task))
            strlist_add(&names, plan_lane_name(plan, plan_task_lane(plan, i)));
    return strlist_join_dup(&names, ", ");
}

static void append_errors(struct cli *cli, const struct plan *plan, struct buf *out)
{
    for (int i = 0; i < plan_tasks(plan); i++) {
        const struct error *e = plan_task_error(plan, i);
        if (!e || e->kind == ERROR_CANCELLED || is_told(plan, i))
            continue;
        AUTO_FREE char *clusters = told_clusters_dup(plan, i);
        term_append(&cli->err_out, out, TERM_BOLD, clusters);
        buf_appendf(out, " %s\n", plan_task_step(plan, i));
        ui_append_error(&cli->err_out, out, cli->program, e);
    }
}

static bool has_written(const json_t *report)
{
    size_t i;
    json_t *cluster;
    json_array_foreach(json_dig(report, "clusters", NULL), i, cluster)
        if (json_dig_int(cluster, 0, "objects", "created", NULL) ||
            json_dig_int(cluster, 0, "objects", "changed", NULL))
            return true;
    return false;
}

static void append_counts(const json_t *report, struct buf *out)
{
    long long created = 0, changed = 0, unchanged = 0;
    size_t i;
    json_t *cluster;
    json_array_foreach(json_dig(report, "clusters", NULL), i, cluster) {
        created += json_dig_int(cluster, 0, "objects", "created", NULL);
        changed += json_dig_int(cluster, 0, "objects", "changed", NULL);
        unchanged += json_dig_int(cluster, 0, "objects", "unchanged", NULL);
    }
    if (created + changed + unchanged)
        buf_appendf(out, " (created %lld, changed %lld, unchanged %lld)", created, changed,
                    unchanged);
}

/* What a person would do next. */
static void append_next(const struct cli *cli, const struct steps_options *options, struct buf *out)
{
    static const char *const next[STEPS_COUNT] = {
        [STEP_CA] = "install",
        [STEP_INSTALL] = "gateway",
        [STEP_GATEWAY] = "remote-secret",
        [STEP_REMOTE_SECRET] = "expose",
        [STEP_EXPOSE] = "verify",
    };
    if (options->dry_run)
        buf_appendf(out, "Nothing was written. Next: the same command without --dry-run\n");
    else if (next[options->to])
        buf_appendf(out, "Next: %s %s with the same flags\n", cli->program, next[options->to]);
    else if (options->from == STEP_CA)
        buf_appendf(out,
                    "Next: kubectl label namespace NAME istio-injection=enabled     test again: %s "
                    "verify\n",
                    cli->program);
}

static void append_verdict(struct cli *cli, const struct mesh *mesh,
                           const struct steps_options *options, const json_t *report,
                           int64_t elapsed_ms, struct buf *out)
{
    AUTO_FREE char *elapsed = clock_duration_dup(elapsed_ms);
    const char *name = cli->command->name;
    const char *kept = has_written(report) ? "what is done is kept" : "nothing was written";
    if (cli->exit_code == EXIT_CODE_CANCELLED) {
        buf_appendf(out, "Interrupted after %s; %s, run the same command to go on.\n", elapsed,
                    kept);
        return;
    }
    if (cli->exit_code != EXIT_CODE_OK) {
        buf_appendf(out, "%s of %s failed after %s; %s%s.\n", name, mesh->id, elapsed, kept,
                    has_written(report) ? ", run the same command to go on" : "");
        return;
    }
    if (options->dry_run)
        buf_appendf(out, "%s is ready for %s: %zu cluster%s, %s.\n", mesh->id, name,
                    mesh->members_count, mesh->members_count == 1 ? "" : "s", elapsed);
    else if (options->from == STEP_CA && options->to == STEP_VERIFY)
        buf_appendf(out, "%s is up: %zu cluster%s, %s", mesh->id, mesh->members_count,
                    mesh->members_count == 1 ? "" : "s", elapsed);
    else
        buf_appendf(out, "%s of %s is done: %zu cluster%s, %s", name, mesh->id, mesh->members_count,
                    mesh->members_count == 1 ? "" : "s", elapsed);
    if (!options->dry_run) {
        append_counts(report, out);
        buf_appends(out, ".\n");
    }
    append_next(cli, options, out);
}

static int print_text(struct cli *cli, struct steps *steps, const struct steps_options *options,
                      struct error **err)
{
    json_auto_t *report = steps_report(steps);
    AUTO_BUF out = BUF_INIT;
    report_append_traffic(&cli->out, report, &out);
    report_append_endpoints(&cli->out, report, &out);
    if (options->dry_run && cli->exit_code == EXIT_CODE_OK) {
        json_auto_t *planned = steps_planned(steps);
        report_append_planned(&cli->out, planned, &out);
    }
    return cli_print(cli, &out, err);
}

static void append_steps(const struct cli *cli, const struct plan *plan, struct buf *out)
{
    const char *names[STEPS_COUNT];
    for (int step = 0; step < STEPS_COUNT; step++)
        names[step] = step_name((enum step_id)step);
    report_append_steps(&cli->err_out, plan, names, STEPS_COUNT, out);
}

int cli_print_result(struct cli *cli, const struct mesh *mesh, struct steps *steps,
                     const struct steps_options *options, int64_t elapsed_ms, struct error **err)
{
    const struct plan *plan = steps_plan(steps);
    const char *output = cli->options.output ? cli->options.output : "text";
    json_auto_t *report = steps_report(steps);
    AUTO_BUF end = BUF_INIT;
    int rc = 0;
    cli->exit_code = exit_code_of_plan(plan, cli);
    if (strcmp(output, "text") == 0) {
        rc = print_text(cli, steps, options, err);
    } else if (strcmp(output, "jsonl") != 0) {
        json_auto_t *doc = document(cli, mesh, steps, options, elapsed_ms);
        rc = cli_print_document(cli, doc, err);
    }
    if (!cli->err_out.is_tty && !cli->options.quiet && strcmp(output, "text") == 0)
        append_steps(cli, plan, &end);
    append_errors(cli, plan, &end);
    if (!cli->options.quiet || cli->exit_code != EXIT_CODE_OK)
        append_verdict(cli, mesh, options, report, elapsed_ms, &end);
    (void)term_write(&cli->err_out, &end);
    return rc;
}
