/* The end of a run: document or tables, errors, the verdict, what to do next. */
#include "result.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/report/changes.h"
#include "meshctl/report/checks.h"
#include "meshctl/report/short.h"
#include "meshctl/report/tables.h"
#include "meshctl/ui/line.h"
#include "meshctl/ui/progress.h"

int cli_exit_code_of(const struct plan *plan, const struct cli *cli)
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

static void set_about(const struct cli *cli, json_t *row, const struct error *e)
{
    json_object_set_new(row, "kind", json_string(error_kind_name(e->kind)));
    json_object_set_new(row, "message", json_string(e->message));
    if (e->id)
        json_object_set_new(row, "id", json_string(e->id));
    if (e->where)
        json_object_set_new(row, "where", json_string(e->where));
    if (e->hint) {
        AUTO_FREE char *fix = cli_pasteable_dup(cli, e->hint);
        json_object_set_new(row, "fix", json_string(fix));
    }
}

static json_t *errors_json(const struct cli *cli, const struct plan *plan)
{
    json_t *errors = json_array();
    for (int i = 0; i < plan_tasks(plan); i++) {
        const struct error *e = plan_task_error(plan, i);
        if (!e)
            continue;
        json_t *row =
            json_pack("{s:s, s:s}", "cluster", plan_lane_name(plan, plan_task_lane(plan, i)),
                      "step", plan_task_step(plan, i));
        set_about(cli, row, e);
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

static bool is_good(int code)
{
    return code == EXIT_CODE_OK || code == EXIT_CODE_DIFFERS;
}

json_t *cli_document(const struct cli *cli, const struct cli_run *run, const char *kind,
                     json_t *content)
{
    const struct plan *plan = steps_plan(run->steps);
    json_t *doc = json_pack("{s:s, s:s, s:s, s:s, s:b, s:i, s:I}", "apiVersion", "meshctl.io/v1",
                            "kind", kind, "mesh", run->mesh->id, "istio", run->mesh->istio_version,
                            "ok", is_good(cli->exit_code), "exitCode", cli->exit_code, "elapsedMs",
                            (json_int_t)run->elapsed_ms);
    json_object_update(doc, content);
    json_object_set_new(doc, "steps", tasks_json(plan));
    json_object_set_new(doc, "errors", errors_json(cli, plan));
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

static void append_error(struct cli *cli, struct buf *out, const struct error *e)
{
    AUTO_ERROR struct error *told = error_dup(e);
    if (e->hint) {
        AUTO_FREE char *fix = cli_pasteable_dup(cli, e->hint);
        error_hint(&told, "%s", fix);
    }
    ui_append_error(&cli->err_out, out, cli->program, told);
}

void cli_append_errors(struct cli *cli, const struct plan *plan, struct buf *out)
{
    for (int i = 0; i < plan_tasks(plan); i++) {
        const struct error *e = plan_task_error(plan, i);
        if (!e || e->kind == ERROR_CANCELLED || is_told(plan, i))
            continue;
        AUTO_FREE char *clusters = told_clusters_dup(plan, i);
        term_append(&cli->err_out, out, TERM_BOLD, clusters);
        buf_appendf(out, " %s\n", plan_task_step(plan, i));
        append_error(cli, out, e);
    }
}

static bool has_written(const json_t *report)
{
    size_t i;
    json_t *cluster;
    json_array_foreach(json_dig(report, "clusters", NULL), i, cluster)
        if (json_is_true(json_dig(cluster, "objects", "written", NULL)))
            return true;
    return false;
}

static void append_counts(const json_t *report, struct buf *out)
{
    long long created = 0, changed = 0, unchanged = 0, deleted = 0;
    size_t i;
    json_t *cluster;
    json_array_foreach(json_dig(report, "clusters", NULL), i, cluster) {
        created += json_dig_int(cluster, 0, "objects", "created", NULL);
        changed += json_dig_int(cluster, 0, "objects", "changed", NULL);
        unchanged += json_dig_int(cluster, 0, "objects", "unchanged", NULL);
        deleted += json_dig_int(cluster, 0, "objects", "deleted", NULL);
    }
    if (created + changed + unchanged + deleted)
        buf_appendf(out, " (created %lld, changed %lld, unchanged %lld", created, changed,
                    unchanged);
    if (deleted)
        buf_appendf(out, ", deleted %lld", deleted);
    if (created + changed + unchanged + deleted)
        buf_appendc(out, ')');
}

/* "Next: meshctl expose --west west.kubeconfig": a line that can be pasted. */
static void append_command(const struct cli *cli, struct buf *out, const char *before,
                           const char *command)
{
    AUTO_FREE char *text = mem_printf("meshctl %s with the same flags", command);
    AUTO_FREE char *line = cli_pasteable_dup(cli, text);
    buf_appends(out, before);
    line_append(out, line, strlen(line));
    buf_appendc(out, '\n');
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
    if (next[options->to]) {
        append_command(cli, out, "Next: ", next[options->to]);
    } else if (options->from == STEP_CA) {
        buf_appends(out, "Next: kubectl label namespace NAME istio-injection=enabled\n");
        append_command(cli, out, "test again: ", "verify");
    }
}

/* Whether the same command can go on from what is there: not where something has to be put right by
 * hand first. */
static bool can_go_on(const struct plan *plan)
{
    for (int i = 0; i < plan_tasks(plan); i++) {
        const struct error *e = plan_task_error(plan, i);
        if (e && (e->kind == ERROR_CONFLICT || e->kind == ERROR_INPUT || e->kind == ERROR_DENIED ||
                  e->kind == ERROR_REFUSED))
            return false;
    }
    return true;
}

/* What there is now that was not before. */
static char *kept_dup(const json_t *report, bool wrote)
{
    const char *namespace_ = json_dig_str(report, "verify", "namespace", "name", NULL);
    AUTO_STRLIST left = STRLIST_INIT;
    size_t i;
    json_t *cluster;
    if (wrote)
        return mem_strdup("what is done is kept");
    if (!namespace_)
        return mem_strdup("nothing was written");
    json_array_foreach(json_dig(report, "verify", "namespace", "left", NULL), i, cluster)
        strlist_add(&left, json_string_value(cluster));
    AUTO_FREE char *names = strlist_join_dup(&left, ", ");
    if (left.count)
        return mem_printf("nothing was written but namespace %s, which is still in %s", namespace_,
                          names);
    return mem_printf("nothing was written but namespace %s, which was deleted again", namespace_);
}

static void append_failure(const struct cli *cli, const struct cli_run *run, const json_t *report,
                           struct buf *out)
{
    AUTO_FREE char *elapsed = clock_duration_dup(run->elapsed_ms);
    bool wrote = has_written(report);
    AUTO_FREE char *kept = kept_dup(report, wrote);
    if (cli->exit_code == EXIT_CODE_CANCELLED)
        buf_appendf(out, "Interrupted after %s; %s, run the same command to go on.\n", elapsed,
                    kept);
    else
        buf_appendf(out, "%s of %s failed after %s; %s%s.\n", cli->command->name, run->mesh->id,
                    elapsed, kept,
                    wrote && can_go_on(steps_plan(run->steps)) ? ", run the same command to go on"
                                                               : "");
    if (run->options.verb == STEPS_UPGRADE && wrote && !run->options.back)
        append_command(cli, out, "back to where it came from: ", "upgrade abort");
}

/* The names of the clusters that are in, or out. */
static size_t list_clusters(const json_t *report, bool in, char **ret_names)
{
    AUTO_STRLIST names = STRLIST_INIT;
    size_t i;
    json_t *cluster;
    json_array_foreach(json_dig(report, "clusters", NULL), i, cluster)
        if (json_is_true(json_object_get(cluster, "in")) == in)
            strlist_add(&names, json_dig_str(cluster, "name", NULL));
    *ret_names = strlist_join_dup(&names, ", ");
    return names.count;
}

/* Whether this is a fleet of which some clusters failed by themselves, and enough went on. */
static bool is_partly(const struct cli *cli, const struct cli_run *run, const json_t *report)
{
    AUTO_FREE char *in = NULL, *left = NULL;
    return !is_good(cli->exit_code) && cli->exit_code != EXIT_CODE_CANCELLED &&
           run->options.verb == STEPS_UP && list_clusters(report, true, &in) > 1 &&
           list_clusters(report, false, &left) > 0;
}

static void append_partly(const struct cli *cli, const struct cli_run *run, const json_t *report,
                          struct buf *out)
{
    AUTO_FREE char *in = NULL, *left = NULL;
    AUTO_FREE char *elapsed = clock_duration_dup(run->elapsed_ms);
    size_t count = list_clusters(report, true, &in);
    size_t out_count = list_clusters(report, false, &left);
    buf_appendf(out, "%s of %s is done in %s; %s %s out: %zu of %zu clusters, %s",
                cli->command->name, run->mesh->id, in, left, out_count == 1 ? "is" : "are", count,
                run->mesh->members_count, elapsed);
    append_counts(report, out);
    buf_appends(out, ".\nMend what is told of it above, then run the same command again.\n");
}

/* The verdict of a run that did not end well. */
static void append_shortfall(const struct cli *cli, const struct cli_run *run, const json_t *report,
                             struct buf *out)
{
    if (is_partly(cli, run, report))
        append_partly(cli, run, report, out);
    else
        append_failure(cli, run, report, out);
}

static void append_verdict(struct cli *cli, const struct cli_run *run, const json_t *report,
                           struct buf *out)
{
    const struct steps_options *options = &run->options;
    AUTO_FREE char *elapsed = clock_duration_dup(run->elapsed_ms);
    const char *plural = run->mesh->members_count == 1 ? "" : "s";
    if (cli->exit_code != EXIT_CODE_OK) {
        append_shortfall(cli, run, report, out);
        return;
    }
    if (options->verb == STEPS_DOWN)
        buf_appendf(out, "%s is %s%s: %zu cluster%s, %s", run->mesh->id,
                    options->only ? "without " : "down", options->only ? options->only : "",
                    run->mesh->members_count, plural, elapsed);
    else if (options->verb == STEPS_UPGRADE)
        buf_appendf(out, "%s is of Istio %s%s: %zu cluster%s, %s", run->mesh->id,
                    run->mesh->istio_version, options->back ? " again" : "",
                    run->mesh->members_count, plural, elapsed);
    else if (options->add)
        buf_appendf(out, "%s is in %s: %zu clusters, %s", options->add, run->mesh->id,
                    run->mesh->members_count, elapsed);
    else if (options->from == STEP_CA && options->to == STEP_VERIFY)
        buf_appendf(out, "%s is up: %zu cluster%s, %s", run->mesh->id, run->mesh->members_count,
                    plural, elapsed);
    else
        buf_appendf(out, "%s of %s is done: %zu cluster%s, %s", cli->command->name, run->mesh->id,
                    run->mesh->members_count, plural, elapsed);
    append_counts(report, out);
    buf_appends(out, ".\n");
    if (options->verb == STEPS_UP)
        append_next(cli, options, out);
}

static void append_steps(const struct cli *cli, const struct plan *plan, struct buf *out)
{
    const char *names[STEPS_COUNT];
    for (int step = 0; step < STEPS_COUNT; step++)
        names[step] = step_name((enum step_id)step);
    report_append_steps(&cli->err_out, plan, names, STEPS_COUNT, out);
}

/* -o jsonl: what was found as events of their own, behind those of the run. */
static int print_findings(struct cli *cli, const json_t *findings, struct error **err)
{
    size_t i;
    json_t *finding;
    if (options_output_form(&cli->options) != OUTPUT_JSONL)
        return 0;
    json_array_foreach(findings, i, finding) {
        json_auto_t *row = json_pack("{s:s, s:s, s:s}", "apiVersion", "meshctl.io/v1", "kind",
                                     "Event", "event", "finding");
        json_object_update(row, finding);
        if (cli_print_document(cli, row, err) < 0)
            return -1;
    }
    return 0;
}

/* -o short, in one of report/short.h's ways. */
static int print_short(struct cli *cli, const struct cli_run *run,
                       void (*append)(const struct report_short *, struct buf *),
                       const json_t *clusters, const json_t *findings, struct error **err)
{
    json_auto_t *errors = errors_json(cli, steps_plan(run->steps));
    const struct report_short lines = {clusters, findings, errors};
    AUTO_BUF out = BUF_INIT;
    append(&lines, &out);
    return cli_print(cli, &out, err);
}

int cli_print_result(struct cli *cli, const struct cli_run *run, struct error **err)
{
    const struct plan *plan = steps_plan(run->steps);
    enum output_form form = options_output_form(&cli->options);
    bool quiet = options_output_of(&cli->options)->quiet;
    json_auto_t *report = steps_report(run->steps);
    AUTO_BUF out = BUF_INIT, end = BUF_INIT;
    int rc = 0;
    cli->exit_code = cli_exit_code_of(plan, cli);
    if (form == OUTPUT_TEXT) {
        report_append_matrix(&cli->out, report, &out);
        report_append_trials(&cli->out, report, &out);
        report_append_traffic(&cli->out, report, &out);
        report_append_endpoints(&cli->out, report, &out);
        report_append_outdated(&cli->out, report, &out);
        rc = cli_print(cli, &out, err);
    } else if (form == OUTPUT_SHORT) {
        rc = print_short(cli, run, report_short, json_object_get(report, "clusters"),
                         json_dig(report, "verify", "checks", NULL), err);
    } else if (form != OUTPUT_NAME) {
        bool is_down = run->options.verb == STEPS_DOWN;
        json_auto_t *list = is_down ? steps_changes(run->steps) : json_incref(report);
        json_auto_t *doc = cli_document(cli, run, is_down ? "Down" : "Report", list);
        rc = print_findings(cli, json_dig(report, "verify", "checks", NULL), err);
        rc = rc < 0 ? rc : cli_print_document(cli, doc, err);
    }
    if (!cli->err_out.is_tty && !quiet && form == OUTPUT_TEXT)
        append_steps(cli, plan, &end);
    cli_append_errors(cli, plan, &end);
    if (!quiet || cli->exit_code != EXIT_CODE_OK)
        append_verdict(cli, run, report, &end);
    (void)term_write(&cli->err_out, &end);
    return rc;
}

/* ---- the list of changes --------------------------------------------------------------------- */

static int print_list(struct cli *cli, const struct cli_run *run, json_t *list,
                      const json_t *report, const struct error *refused, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    if (cli_wants_document(cli)) {
        json_auto_t *doc = cli_document(cli, run, "Plan", list);
        if (refused) {
            json_t *row = json_object();
            set_about(cli, row, refused);
            json_array_append_new(json_object_get(doc, "errors"), row);
        }
        return cli_print_document(cli, doc, err);
    }
    if (options_output_form(&cli->options) == OUTPUT_SHORT)
        return print_short(cli, run, report_short_changes, json_object_get(list, "clusters"), NULL,
                           err);
    if (options_output_form(&cli->options) == OUTPUT_NAME) {
        report_change_names(list, &out);
        return cli_print_data(cli, &out, err);
    }
    if (is_good(cli->exit_code) || refused || is_partly(cli, run, report))
        report_changes(&cli->out, list, &out);
    return cli_print(cli, &out, err);
}

int cli_print_changes(struct cli *cli, const struct cli_run *run, enum exit_code good,
                      const struct error *refused, struct error **err)
{
    json_auto_t *list = steps_changes(run->steps);
    AUTO_BUF end = BUF_INIT;
    bool quiet = options_output_of(&cli->options)->quiet;
    cli->exit_code =
        refused ? exit_code_of(refused->kind) : cli_exit_code_of(steps_plan(run->steps), cli);
    if (cli->exit_code == EXIT_CODE_OK)
        cli->exit_code = good;
    json_auto_t *report = is_good(cli->exit_code) ? NULL : steps_report(run->steps);
    if (print_list(cli, run, list, report, refused, err) < 0)
        return -1;
    cli_append_errors(cli, steps_plan(run->steps), &end);
    if (refused) {
        append_error(cli, &end, refused);
    } else if (!is_good(cli->exit_code)) {
        append_shortfall(cli, run, report, &end);
    } else if (!quiet) {
        AUTO_FREE char *elapsed = clock_duration_dup(run->elapsed_ms);
        report_change_counts(list, &end);
        buf_appendf(&end, " (%s, nothing was written).\n", elapsed);
    }
    (void)term_write(&cli->err_out, &end);
    return 0;
}

/* ---- what was found -------------------------------------------------------------------------- */

static int exit_code_of_checks(struct cli *cli, const struct cli_run *run, const json_t *found)
{
    int code = cli_exit_code_of(steps_plan(run->steps), cli);
    if (code != EXIT_CODE_OK)
        return code;
    if (json_dig_int(found, 0, "counts", "unreached", NULL))
        return EXIT_CODE_UNREACHABLE;
    return report_first_cause(found) ? EXIT_CODE_FAILED : EXIT_CODE_OK;
}

static void append_check_verdict(const struct cli *cli, const struct cli_run *run,
                                 const json_t *found, struct buf *out)
{
    AUTO_FREE char *elapsed = clock_duration_dup(run->elapsed_ms);
    const json_t *cause = report_first_cause(found);
    buf_appendf(out, "%s %s: %zu cluster%s, ", cli->command->name, run->mesh->id,
                run->mesh->members_count, run->mesh->members_count == 1 ? "" : "s");
    report_check_counts(found, out);
    buf_appendf(out, " (%s, nothing was written).\n", elapsed);
    if (cause) {
        buf_appendf(out, "Next: mend %s of %s, then ", json_dig_str(cause, "id", NULL),
                    json_dig_str(cause, "cluster", NULL));
        append_command(cli, out, "", run->options.pre ? "check --pre" : "check");
    } else if (cli->exit_code == EXIT_CODE_OK) {
        append_command(cli, out, "Next: ", run->options.pre ? "up" : "verify --bookinfo");
    }
}

static void fill_fixes(const struct cli *cli, json_t *found)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(found, "checks"), i, row) {
        const char *fix = json_dig_str(row, "fix", NULL);
        AUTO_FREE char *filled = fix ? cli_pasteable_dup(cli, fix) : NULL;
        if (filled)
            json_object_set_new(row, "fix", json_string(filled));
    }
}

int cli_print_checks(struct cli *cli, const struct cli_run *run, struct error **err)
{
    json_auto_t *found = steps_checks(run->steps);
    AUTO_BUF out = BUF_INIT, end = BUF_INIT;
    int rc;
    fill_fixes(cli, found);
    cli->exit_code = exit_code_of_checks(cli, run, found);
    if (cli_wants_document(cli)) {
        json_auto_t *doc = cli_document(cli, run, "Check", found);
        rc = print_findings(cli, json_object_get(found, "checks"), err);
        rc = rc < 0 ? rc : cli_print_document(cli, doc, err);
    } else if (options_output_form(&cli->options) == OUTPUT_SHORT) {
        rc = print_short(cli, run, report_short, json_object_get(found, "clusters"),
                         json_object_get(found, "checks"), err);
    } else {
        report_checks(&cli->out, cli->program, found, &out);
        rc = cli_print(cli, &out, err);
    }
    cli_append_errors(cli, steps_plan(run->steps), &end);
    if (!options_output_of(&cli->options)->quiet || cli->exit_code != EXIT_CODE_OK)
        append_check_verdict(cli, run, found, &end);
    (void)term_write(&cli->err_out, &end);
    return rc;
}
