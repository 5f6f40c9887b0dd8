/* `check --pre`: everything that `up` would stop at, told side by side, and what it would wait for in
 * vain. */
#include "internal.h"

#include "ca.h"
#include "look.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/before.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/needs.h"
#include "rights.h"

static bool is_told(const struct probe *p, const char *id)
{
    size_t i;
    json_t *row;
    json_array_foreach(p->findings, i, row)
        if (text_equal(json_dig_str(row, "id", NULL), id) &&
            text_equal(json_dig_str(row, "level", NULL), "error"))
            return true;
    return false;
}

/* An error of a stage as a finding, unless it was seen already; -1 when it is to be an end. */
static int tell(struct probe *p, const char *id, const char *wanted, struct error **problem,
                struct error **err)
{
    if ((*problem)->kind == ERROR_CANCELLED) {
        *err = TAKE(*problem);
        return -1;
    }
    if (!(*problem)->id || !is_told(p, (*problem)->id))
        finding_error(p, id, wanted, *problem);
    error_clear(problem);
    return 0;
}

/* Without the right to read not even the list of changes can be made: the rights that any `up` needs are
 * asked for then. */
static int check_rights(struct lane *lane, struct probe *p, bool is_compared, struct error **err)
{
    AUTO_STRLIST missing = STRLIST_INIT;
    AUTO_ERROR struct error *problem = NULL;
    int rc = is_compared ? lane_missing_rights(lane, &missing, &problem)
                         : needs_missing(p, NEED_UP, &missing, &problem);
    if (rc == 0 && missing.count)
        rc = lane_fail_rights(lane, &missing, &problem);
    if (rc < 0)
        return tell(p, "MC103", "the rights that up needs", &problem, err);
    finding_ok(p, "MC103", "all that up needs");
    return 0;
}

static int check_changes(struct lane *lane, struct probe *p, struct error **err)
{
    AUTO_ERROR struct error *problem = NULL;
    /* What may not be read is told already; without it nothing can be compared. */
    if (lane->facts->lacking.count)
        return check_rights(lane, p, false, err);
    if (lane_compare(lane, &problem) == 0) {
        finding_ok(p, "MC307", "nothing is in the way");
        return check_rights(lane, p, true, err);
    }
    bool is_denied = problem->kind == ERROR_DENIED;
    if (!is_denied && tell(p, "MC307", "what up needs", &problem, err) < 0)
        return -1;
    return check_rights(lane, p, false, err);
}

static int check_address(struct lane *lane, struct probe *p, struct error **err)
{
    AUTO_ERROR struct error *problem = NULL;
    if (p->mesh->members_count < 2)
        return 0;
    if (lane_try_address(lane, &problem) < 0)
        return tell(p, "MC404", "an address for the other clusters", &problem, err);
    finding_ok(p, "MC404", "%s",
               lane->member->server ? lane->member->server : lane->config->server);
    return 0;
}

static int check_before(struct lane *lane, struct probe *p, struct error **err)
{
    AUTO_ERROR struct error *problem = NULL;
    if (probe_before(p, &problem) < 0 &&
        tell(p, "MC106", "an answer of its API server", &problem, err) < 0)
        return -1;
    return check_address(lane, p, err) < 0 ? -1 : check_changes(lane, p, err);
}

int task_check_before(struct plan_task *task, void *ctx, struct error **err)
{
    return look_check(task, ctx, check_before, err);
}
