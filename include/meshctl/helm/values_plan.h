/* The values of the next revision, out of those of the last one and what this run would set
 * (pkg/action/upgrade.go reuseValues), and which of a person's values that takes away or changes.
 *
 * Whose a value is: a record that meshctl wrote says which part of its values meshctl had set
 * (release->own). What differs from that, or all of a record that another program wrote, is
 * somebody's own. Maps are compared key by key; anything else, lists too, as a whole, as Helm
 * merges them.
 *
 * VALUES_REUSE lays ours over theirs (Helm's --reset-then-reuse-values: defaults come from the new
 * chart; Helm's --reuse-values would take the old chart's defaults too, which breaks upgrades).
 * VALUES_RESET takes ours alone (Helm's --reset-values). In both, ours of an earlier run that are
 * not set now are gone. */
#ifndef MESHCTL_HELM_VALUES_PLAN_H
#define MESHCTL_HELM_VALUES_PLAN_H

#include "meshctl/data/json.h"

enum values_mode {
    VALUES_REUSE,
    VALUES_RESET,
};

struct values_change {
    char *path;     /* as for --set: "meshConfig.accessLogFile", dots in a key as "\." */
    json_t *before; /* theirs, as it is: showing it masked is the caller's */
    json_t *after;  /* NULL: gone, the chart's default holds */
};

struct values_plan {
    json_t *config;                /* of the next revision */
    struct values_change *changes; /* of theirs alone; needs their word when there are any */
    size_t count, cap;
};

/* `old_config` of the record that is followed, {} or NULL when there is none; `old_own` its own,
 * NULL when another program wrote it; `ours` what this run sets. All borrowed and unchanged. */
struct values_plan *values_plan_new(const json_t *old_config, const json_t *old_own,
                                    const json_t *ours, enum values_mode mode);
void values_plan_free(struct values_plan *p);

/* Before that, of what would be set: each leaf that is the same in `have` is taken out, but for those that
 * `keep` has (NULL: none); maps that become empty by that go too. */
void values_drop_had(json_t *values, const json_t *have, const json_t *keep);
/* Takes out each leaf that `known` (NULL: nothing) has not, whatever its value. */
void values_drop_unknown(json_t *values, const json_t *known);

MC_DEFINE_CLEANUP(values_plan_cleanup, struct values_plan, values_plan_free);

#endif
